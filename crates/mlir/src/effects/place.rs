//! The places that effects are on, and which of them may be the same.

use melior::ir::block::BlockArgument;
use melior::ir::operation::OperationResult;
use melior::ir::{OperationRef, Value, ValueLike};
use mlir_sys::{
    mlirBlockArgumentGetOwner, mlirBlockEqual, mlirBlockGetParentOperation, mlirBlockGetParentRegion,
    mlirOpResultGetOwner, mlirRegionGetFirstBlock,
};

use super::known;
use super::native::{self, Kind};
use crate::operation::{attribute, name_of};

/// What an effect is on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// All of a resource, by its name: a print, or memory that no value stands for.
    Resource(String),
    /// State with a name, such as a global variable.
    State(String),
    /// Memory that an operation of the function makes: the value that stands for it.
    Local(usize),
    /// Memory that the caller passes: the number of the argument.
    Argument(usize),
    /// Memory of which nothing is known but that a value leads to it.
    Anywhere,
    /// What an operation that says nothing may touch.
    Unknown,
}

impl Place {
    /// Returns the place that stands for the flow of control. An operation after which the program may not go on writes the place;
    /// an operation that is undefined for some operands, so that another may guard it, reads the place.
    pub fn control() -> Place {
        Place::Resource("control".into())
    }

    /// Returns the place that the symbol or string in an operation's attribute names.
    pub fn state(operation: OperationRef, name: &str) -> Place {
        attribute(operation, name).map_or(Place::Anywhere, |held| Place::State(held.to_string()))
    }

    /// Returns whether two places may be the same, or lie in each other.
    pub fn may_meet(&self, other: &Place) -> bool {
        use Place::*;
        match (self, other) {
            (Unknown, _) | (_, Unknown) => true,
            (Resource(a), Resource(b)) => a == b,
            (Resource(name), _) | (_, Resource(name)) => name == DEFAULT,
            (Anywhere, _) | (_, Anywhere) => true,
            (State(a), State(b)) => a == b,
            (Local(a), Local(b)) => a == b,
            (Argument(_), Argument(_) | State(_)) | (State(_), Argument(_)) => true,
            (Local(_), _) | (_, Local(_)) => false,
        }
    }

    /// Returns whether everything that may meet `other` may meet this place, too.
    pub fn covers(&self, other: &Place) -> bool {
        use Place::*;
        match (self, other) {
            (Unknown, _) => true,
            (Anywhere, other) => !matches!(other, Unknown) && other.may_meet(&Anywhere),
            (Resource(name), other) if name == DEFAULT => !matches!(other, Unknown) && self.may_meet(other),
            (Argument(_), Argument(_) | State(_)) => true,
            (a, b) => a == b,
        }
    }

    /// Returns whether the place is state that stays on a device, rather than the order of things done outside.
    pub fn is_state(&self) -> bool {
        !matches!(self, Place::Resource(_) | Place::Unknown)
    }
}

/// The name that MLIR gives the resource of all memory.
const DEFAULT: &str = "<Default>";

/// Returns the memory or state that a value leads to.
pub fn root<'m>(value: Value<'m, 'm>) -> Place {
    let mut value = value;
    while let Some(source) = native::view_source(value) {
        value = source;
    }
    if let Ok(result) = OperationResult::try_from(value) {
        // SAFETY: a result's owner lives as long as it does.
        let owner = unsafe { OperationRef::from_raw(mlirOpResultGetOwner(result.to_raw())) };
        if let Some(state) = known::handle(owner, &name_of(owner)) {
            return Place::State(state);
        }
        let makes = |effect: &native::Effect| {
            effect.kind == Kind::Allocate
                && effect.value.is_some_and(|made| made.to_raw().ptr == value.to_raw().ptr)
        };
        return match native::effects(owner).unwrap_or_default().iter().any(makes) {
            true => Place::Local(value.to_raw().ptr as usize),
            false => Place::Anywhere,
        };
    }
    BlockArgument::try_from(value)
        .ok()
        .and_then(argument_of_function)
        .map_or(Place::Anywhere, Place::Argument)
}

/// Returns the number of an argument, if its block is the first of a function.
fn argument_of_function(argument: BlockArgument) -> Option<usize> {
    // SAFETY: the block of an argument, its region and its operation live as long as it does.
    unsafe {
        let block = mlirBlockArgumentGetOwner(argument.to_raw());
        let first = mlirRegionGetFirstBlock(mlirBlockGetParentRegion(block));
        let parent = mlirBlockGetParentOperation(block);
        let is_function = !parent.ptr.is_null()
            && mlirBlockEqual(block, first)
            && native::is_function(OperationRef::from_raw(parent));
        is_function.then(|| argument.argument_number())
    }
}
