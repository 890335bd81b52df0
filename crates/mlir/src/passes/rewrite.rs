//! Operations that are moved, copied and removed, where melior's interface ends. Handles stay valid: no function here
//! is called on an operation that was destroyed.

use std::collections::HashMap;

use melior::ir::operation::OperationRefMut;
use melior::ir::operation::{OperationLike, OperationMutLike, OperationResult};
use melior::ir::{Operation, OperationRef, Value, ValueLike};
use mlir_sys::{
    mlirOpResultGetOwner, mlirOperationClone, mlirOperationRemoveFromParent, mlirValueGetFirstUse,
};

use crate::within::{Inner, within};

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

/// Makes `value` the operand of an operation at a place below their number.
pub fn set_operand<'c>(operation: OperationRef<'c, '_>, place: usize, value: Value<'c, '_>) {
    // SAFETY: a pass may change what lies below the operation that it runs on.
    unsafe { mlir_sys::mlirOperationSetOperand(operation.to_raw(), place as isize, value.to_raw()) };
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
    pub fn apply<'m>(&self, operation: OperationRef<'m, 'm>) {
        for Inner { operation: nested, .. } in within(operation) {
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
