//! Accessors for an operation's name and attributes, and for what its regions hold.

use melior::ir::operation::OperationLike;
use melior::ir::{Attribute, OperationRef, Value};

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

/// Returns the operands of an operation and of all operations in its regions.
pub(crate) fn operands_within<'c, 'a>(operation: OperationRef<'c, 'a>) -> Vec<Value<'c, 'a>> {
    within(operation).into_iter().flat_map(|nested| nested.operands().collect::<Vec<_>>()).collect()
}

/// Returns an operation and all operations in its regions.
pub(crate) fn within<'c, 'a>(operation: OperationRef<'c, 'a>) -> Vec<OperationRef<'c, 'a>> {
    unsafe extern "C" fn visit(
        operation: mlir_sys::MlirOperation,
        list: *mut std::ffi::c_void,
    ) -> mlir_sys::MlirWalkResult {
        // SAFETY: the list below, which outlives the walk.
        unsafe { &mut *list.cast::<Vec<mlir_sys::MlirOperation>>() }.push(operation);
        mlir_sys::MlirWalkResult_MlirWalkResultAdvance
    }
    let mut list: Vec<mlir_sys::MlirOperation> = Vec::new();
    // SAFETY: the walk ends before the list does.
    unsafe {
        mlir_sys::mlirOperationWalk(
            operation.to_raw(),
            Some(visit),
            (&raw mut list).cast(),
            mlir_sys::MlirWalkOrder_MlirWalkPreOrder,
        );
    }
    // SAFETY: they live as long as the operation that holds them.
    list.into_iter().map(|raw| unsafe { OperationRef::from_raw(raw) }).collect()
}
