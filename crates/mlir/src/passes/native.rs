//! Safe functions over `rewrite.cpp`: what rewrites of the IR need and MLIR's C interface lacks.

use std::collections::HashSet;
use std::ffi::c_void;

use melior::ir::OperationRef;
use mlir_sys::{MlirOperation, MlirStringRef};

use crate::native::bytes_of;

unsafe extern "C" {
    fn respectCalledFunction(operation: MlirOperation) -> MlirOperation;
    fn respectInlineCall(
        call: MlirOperation,
        function: MlirOperation,
        visit: extern "C" fn(MlirOperation, *mut c_void),
        data: *mut c_void,
    ) -> bool;
    fn respectSymbolReferences(
        operation: MlirOperation,
        visit: extern "C" fn(MlirStringRef, *mut c_void),
        data: *mut c_void,
    );
    fn respectAreEquivalent(a: MlirOperation, b: MlirOperation) -> bool;
    fn respectReplaceUses(a: MlirOperation, b: MlirOperation);
}

/// Returns the function that an operation calls, if the operation is a `func.call` and the function has a body.
pub fn called_function<'c>(operation: OperationRef<'c, 'c>) -> Option<OperationRef<'c, 'c>> {
    // SAFETY: only asks; the function lives in the module of the call.
    unsafe {
        let found = respectCalledFunction(operation.to_raw());
        (!found.ptr.is_null()).then(|| OperationRef::from_raw(found))
    }
}

/// Puts a copy of a function's body in the place of a call of it, and returns the copy's operations without its returns. The
/// call's block is split if the body has several blocks. The call is gone afterwards.
pub fn inline_call<'c>(
    call: OperationRef<'c, 'c>,
    function: OperationRef<'c, 'c>,
) -> Vec<OperationRef<'c, 'c>> {
    extern "C" fn visit(operation: MlirOperation, list: *mut c_void) {
        // SAFETY: the list lives through the call.
        unsafe { (*list.cast::<Vec<OperationRef>>()).push(OperationRef::from_raw(operation)) };
    }
    let mut list: Vec<OperationRef<'c, 'c>> = Vec::new();
    // SAFETY: the callers pass a verified call and the function that it names, and use the call no more.
    unsafe { respectInlineCall(call.to_raw(), function.to_raw(), visit, (&raw mut list).cast()) };
    list
}

/// Returns the names of all symbols that something within an operation refers to.
pub fn symbol_references(operation: OperationRef) -> HashSet<Vec<u8>> {
    extern "C" fn visit(name: MlirStringRef, set: *mut c_void) {
        // SAFETY: the set lives through the call, the name in the context.
        unsafe {
            (*set.cast::<HashSet<Vec<u8>>>()).insert(bytes_of(name).to_vec());
        }
    }
    let mut set: HashSet<Vec<u8>> = HashSet::new();
    // SAFETY: the set outlives the call.
    unsafe { respectSymbolReferences(operation.to_raw(), visit, (&raw mut set).cast()) };
    set
}

/// Returns whether two operations are the same but for their locations.
pub fn are_equivalent(a: OperationRef, b: OperationRef) -> bool {
    // SAFETY: only asks.
    unsafe { respectAreEquivalent(a.to_raw(), b.to_raw()) }
}

/// Lets the results of `with` stand for those of `operation`, which has as many of the same types.
pub fn replace_uses(operation: OperationRef, with: OperationRef) {
    // SAFETY: a pass may change what lies below the operation that it runs on.
    unsafe { respectReplaceUses(operation.to_raw(), with.to_raw()) };
}
