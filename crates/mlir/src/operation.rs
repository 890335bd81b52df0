//! Accessors for an operation's name and attributes.

use melior::ir::operation::OperationLike;
use melior::ir::{Attribute, OperationRef};

use super::native;

/// Returns an operation's full name, such as `tfl.add`.
pub(super) fn name_of(operation: OperationRef) -> String {
    operation.name().as_string_ref().as_str().unwrap_or_default().to_string()
}

/// Returns the name of a symbol, without the `@`; it need not be UTF-8.
pub(super) fn name_bytes<'m>(symbol: OperationRef<'m, 'm>) -> &'m [u8] {
    attribute(symbol, "sym_name").and_then(native::string_bytes).unwrap_or_default()
}

/// Returns the attribute of that name, inherent or not.
pub(super) fn attribute<'m>(operation: OperationRef<'m, 'm>, name: &str) -> Option<Attribute<'m>> {
    operation.attribute(name).ok()
}
