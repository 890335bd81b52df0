//! Operations that are moved, copied and removed, where melior's interface ends. Handles stay valid: no function here
//! is called on an operation that was destroyed.

use std::collections::HashMap;

use melior::ir::operation::OperationRefMut;
use melior::ir::operation::{OperationLike, OperationMutLike, OperationResult};
use melior::ir::{Operation, OperationRef, Value, ValueLike};
use mlir_sys::{
    mlirOpResultGetOwner, mlirOperationClone, mlirOperationRemoveFromParent, mlirOperationWalk,
    mlirValueGetFirstUse,
};

/// Returns a number that identifies an operation while it lives.
pub fn key(operation: OperationRef) -> usize {
    operation.to_raw().ptr as usize
}

/// Takes an operation out of its block.
pub fn take<'c>(operation: OperationRef<'c, '_>) -> Operation<'c> {
    // SAFETY: a pass may move what lies below the operation that it runs on; taken out, it has one owner.
    unsafe {
        mlirOperationRemoveFromParent(operation.to_raw());
        Operation::from_raw(operation.to_raw())
    }
}

/// Returns a copy of an operation that lies in no block.
pub fn clone<'c>(operation: OperationRef<'c, '_>) -> Operation<'c> {
    // SAFETY: the operation lives; the copy is ours.
    unsafe { Operation::from_raw(mlirOperationClone(operation.to_raw())) }
}

/// Destroys an operation whose results nothing uses.
pub fn destroy(operation: OperationRef) {
    debug_assert!(is_unused(operation));
    drop(take(operation));
}

/// Returns whether nothing uses any result of an operation.
pub fn is_unused(operation: OperationRef) -> bool {
    // SAFETY: its results live as long as it does.
    operation.results().all(|result| unsafe { mlirValueGetFirstUse(result.to_raw()) }.ptr.is_null())
}

/// Returns the operation whose result a value is.
pub fn owner<'c, 'a>(value: Value<'c, 'a>) -> Option<OperationRef<'c, 'a>> {
    let result = OperationResult::try_from(value).ok()?;
    // SAFETY: a result's owner lives as long as it does.
    Some(unsafe { OperationRef::from_raw(mlirOpResultGetOwner(result.to_raw())) })
}

/// Returns the operands of an operation and of all operations in its regions.
pub fn operands_within<'c, 'a>(operation: OperationRef<'c, 'a>) -> Vec<Value<'c, 'a>> {
    let mut operands = Vec::new();
    for nested in within(operation) {
        operands.extend(nested.operands());
    }
    operands
}

/// Returns an operation and all operations in its regions.
fn within<'c, 'a>(operation: OperationRef<'c, 'a>) -> Vec<OperationRef<'c, 'a>> {
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
        mlirOperationWalk(
            operation.to_raw(),
            Some(visit),
            (&raw mut list).cast(),
            mlir_sys::MlirWalkOrder_MlirWalkPreOrder,
        );
    }
    // SAFETY: they live as long as the operation that holds them.
    list.into_iter().map(|raw| unsafe { OperationRef::from_raw(raw) }).collect()
}

/// Values, each with the value that is to stand for it.
#[derive(Default)]
pub struct Replacements<'c, 'a>(HashMap<usize, Value<'c, 'a>>);

impl<'c, 'a> Replacements<'c, 'a> {
    /// Lets `new` stand for `old`.
    pub fn add(&mut self, old: Value<'c, 'a>, new: Value<'c, 'a>) {
        self.0.insert(old.to_raw().ptr as usize, new);
    }

    /// Returns the value that stands for a value: the value itself, unless replaced.
    pub fn of(&self, value: Value<'c, 'a>) -> Value<'c, 'a> {
        self.0.get(&(value.to_raw().ptr as usize)).copied().unwrap_or(value)
    }

    /// Replaces the operands of an operation and of all operations in its regions.
    pub fn apply(&self, operation: OperationRef<'c, 'a>) {
        for nested in within(operation) {
            // SAFETY: no other handle reads it meanwhile.
            let mut nested = unsafe { OperationRefMut::from_raw(nested.to_raw()) };
            for index in 0..nested.operand_count() {
                let old = nested.operand(index).expect("an index below the count");
                if let Some(&new) = self.0.get(&(old.to_raw().ptr as usize)) {
                    nested.set_operand(index, new);
                }
            }
        }
    }
}

impl<'c, 'a> FromIterator<(Value<'c, 'a>, Value<'c, 'a>)> for Replacements<'c, 'a> {
    fn from_iter<I: IntoIterator<Item = (Value<'c, 'a>, Value<'c, 'a>)>>(pairs: I) -> Self {
        let mut replacements = Replacements::default();
        pairs.into_iter().for_each(|(old, new)| replacements.add(old, new));
        replacements
    }
}
