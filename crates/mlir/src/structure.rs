//! Safe functions for what MLIR's C interface does not tell of an operation: its traits, interfaces and symbols.

use std::ffi::c_void;

use melior::ir::{Attribute, OperationRef};
use mlir_sys::{MlirAttribute, MlirOperation};

unsafe extern "C" {
    fn respectConstantValue(operation: MlirOperation) -> MlirAttribute;
    fn respectCallees(
        operation: MlirOperation,
        found: unsafe extern "C" fn(MlirOperation, *mut c_void),
        list: *mut c_void,
    );
    fn respectTripCount(operation: MlirOperation) -> u64;
    fn respectLoops(operation: MlirOperation, loops: *mut Loops) -> u32;
}

/// The loops that one operation stands for; sizes beyond 64 bits are the largest number.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Loops {
    /// The number of points that all loops visit together.
    pub points: u64,
    /// The number of these that make a result of their own.
    pub results: u64,
    /// The number of products that each point adds to a sum.
    pub multiplications: u64,
    /// The number of output channels; 0 if that is not known.
    pub channels: u64,
    /// True if each output channel has inputs of its own.
    pub per_channel: bool,
}

/// What is known of the loops that an operation stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LoopsOf {
    /// The operation is none that stands for loops.
    Other,
    /// Some loop's bounds are known at run time only.
    Unknown,
    /// All sizes are known.
    Known(Loops),
}

/// Returns the value of an operation with the trait `ConstantLike`; none for any other operation.
pub(super) fn constant_value<'c>(operation: OperationRef<'c, '_>) -> Option<Attribute<'c>> {
    // SAFETY: folding a constant reads it alone; the value lives in the context.
    unsafe { Attribute::from_option_raw(respectConstantValue(operation.to_raw())) }
}

/// Returns the functions that the attributes of an operation name, as those of a call do.
pub(super) fn callees<'c, 'a>(operation: OperationRef<'c, 'a>) -> Vec<OperationRef<'c, 'a>> {
    unsafe extern "C" fn add(callee: MlirOperation, list: *mut c_void) {
        // SAFETY: the list below, which outlives the call.
        unsafe { &mut *list.cast::<Vec<MlirOperation>>() }.push(callee);
    }
    let mut list: Vec<MlirOperation> = Vec::new();
    // SAFETY: only reads the operation, and the symbols around it.
    unsafe { respectCallees(operation.to_raw(), add, (&raw mut list).cast()) };
    // SAFETY: they live as long as the module around the operation.
    list.into_iter().map(|raw| unsafe { OperationRef::from_raw(raw) }).collect()
}

/// Returns how often an operation runs its regions: 1, unless it is a loop whose bounds say more.
pub(super) fn trip_count(operation: OperationRef) -> u64 {
    // SAFETY: only reads the operation.
    unsafe { respectTripCount(operation.to_raw()) }
}

/// Returns the loops that an operation stands for.
pub(super) fn loops(operation: OperationRef) -> LoopsOf {
    let mut loops = Loops::default();
    // SAFETY: only reads the operation, and writes the loops.
    match unsafe { respectLoops(operation.to_raw(), &raw mut loops) } {
        0 => LoopsOf::Other,
        1 => LoopsOf::Unknown,
        _ => LoopsOf::Known(loops),
    }
}
