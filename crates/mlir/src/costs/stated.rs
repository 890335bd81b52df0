//! The figures that the attributes of an operation state.

use melior::ir::attribute::{Attribute, AttributeLike, FloatAttribute, IntegerAttribute};
use melior::ir::{OperationRef, TypeLike};

use crate::attributes;
use crate::operation::attribute;
use respect::tflite::model::Figures;

/// The attribute of an operation's multiply-accumulates.
const MACS: &str = "respect.macs";
/// The attribute of the bytes of an operation's parameters.
const PARAMETER_BYTES: &str = "respect.parameter_bytes";
/// The attribute of an operation's measured time in microseconds.
const COMPUTE_US: &str = "respect.compute_us";

/// Returns the figures that an operation's attributes state.
///
/// # Errors
/// Returns an error that says which attribute is wrong, and what it must be.
pub(super) fn of<'m>(operation: OperationRef<'m, 'm>) -> Result<Figures, String> {
    let count = |name: &str| {
        attribute(operation, name).map_or(Ok(None), |held| {
            let number = integer(held).and_then(|number| u64::try_from(number).ok());
            let wrong =
                || format!("has {name} = {held}, which must be an integer from 0, such as 1000 : i64");
            number.map(Some).ok_or_else(wrong)
        })
    };
    let time = |name: &str| {
        attribute(operation, name).map_or(Ok(None), |held| {
            let float = || FloatAttribute::try_from(held).ok().map(|value| value.value());
            let number = integer(held).map(|number| number as f64).or_else(float);
            let number = number.filter(|number| number.is_finite() && *number >= 0.0);
            let wrong = || {
                format!(
                    "has {name} = {held}, which must be a time in microseconds from 0, such as 12.5 : f64"
                )
            };
            number.map(Some).ok_or_else(wrong)
        })
    };
    Ok(Figures {
        macs: count(MACS)?,
        parameter_bytes: count(PARAMETER_BYTES)?,
        compute_us: time(COMPUTE_US)?,
        ..Figures::default()
    })
}

/// Returns the value of an integer of at most 64 bits, or of an index.
fn integer(held: Attribute) -> Option<i64> {
    let index = || held.is_integer() && held.r#type().is_index();
    attributes::integer(held, 64)
        .or_else(|| index().then(|| IntegerAttribute::try_from(held).ok().map(|value| value.value()))?)
}
