//! The operations that are no operators of a model: constants, and notes on values.

use melior::ir::OperationRef;

use super::operation::name_of;

/// The names of operations whose results are constants, with the attribute of their value.
const CONSTANTS: [(&str, &str); 6] = [
    ("tfl.pseudo_const", "value"),
    ("tfl.pseudo_qconst", "value"),
    ("arith.constant", "value"),
    ("tosa.const", "values"),
    ("tosa.const_shape", "values"),
    ("tfl.no_value", "value"),
];

/// The operation that notes the range of a value and hands the value on as it is. Google's importer puts one after
/// each float tensor that has a `min` and a `max`, and its exporter leaves them out.
const NOTE: &str = "quantfork.stats";

/// Returns the name of the attribute with an operation's value, if operations of this name are constants.
pub(super) fn value_attribute(name: &str) -> Option<&'static str> {
    CONSTANTS.iter().find(|(constant, _)| *constant == name).map(|(_, value)| *value)
}

/// Returns whether an operation is a note: no operator, but a remark on its operand and another name of that value.
pub(crate) fn is_note(operation: OperationRef) -> bool {
    name_of(operation) == NOTE
}

/// Returns whether an operation is no operator, and so is in every stage that uses its result: a constant or a note.
pub(crate) fn goes_with_its_users(operation: OperationRef) -> bool {
    value_attribute(&name_of(operation)).is_some() || is_note(operation)
}
