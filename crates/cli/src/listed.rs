//! Closed lists of the library as values of options.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use respect::base::listed::Listed;

/// Returns the parser of an option that takes one of the list's names; help and errors show the list.
pub fn listed<T: Listed>() -> impl TypedValueParser<Value = T> {
    let choices = T::ALL.iter().map(|choice| PossibleValue::new(choice.name()).help(choice.help()));
    PossibleValuesParser::new(choices)
        .map(|name| T::named(&name).expect("the parser knows these names alone"))
}
