//! Safe functions over `effects.cpp`: the interfaces of side effects, calls and views.

use std::ffi::c_void;

use melior::ir::{Attribute, OperationRef, RegionRef, Value, ValueLike};
use mlir_sys::{MlirAttribute, MlirOperation, MlirRegion, MlirStringRef, MlirValue};

use crate::native::bytes_of;

unsafe extern "C" {
    fn respectEffects(
        operation: MlirOperation,
        visit: extern "C" fn(*const RawEffect, *mut c_void),
        data: *mut c_void,
    ) -> bool;
    fn respectHasRecursiveEffects(operation: MlirOperation) -> bool;
    fn respectIsCall(
        operation: MlirOperation,
        visit: extern "C" fn(MlirValue, *mut c_void),
        data: *mut c_void,
    ) -> bool;
    fn respectCalleeBody(operation: MlirOperation) -> MlirRegion;
    fn respectIsSpeculatable(operation: MlirOperation) -> bool;
    fn respectIsFunction(operation: MlirOperation) -> bool;
    fn respectNamesSymbols(operation: MlirOperation) -> bool;
    fn respectViewSource(value: MlirValue) -> MlirValue;
}

#[repr(C)]
struct RawEffect {
    kind: u32,
    resource: MlirStringRef,
    value: MlirValue,
    symbol: MlirAttribute,
}

/// The kind of an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something is read.
    Read,
    /// Something is written or freed.
    Write,
    /// Something new is made.
    Allocate,
}

/// The kinds in the order of `effects.cpp`.
const KINDS: [Kind; 3] = [Kind::Read, Kind::Write, Kind::Allocate];

/// One effect that an operation says it has.
pub struct Effect<'m> {
    /// The kind of the effect.
    pub kind: Kind,
    /// The name of the resource that is touched.
    pub resource: String,
    /// The value that stands for what is touched, if there is one.
    pub value: Option<Value<'m, 'm>>,
    /// The symbol that stands for what is touched, if there is one.
    pub symbol: Option<Attribute<'m>>,
}

/// Returns the effects that an operation says it has itself; `None` if it says nothing.
pub fn effects<'m>(operation: OperationRef<'m, 'm>) -> Option<Vec<Effect<'m>>> {
    extern "C" fn visit(effect: *const RawEffect, list: *mut c_void) {
        // SAFETY: both live through the call; the strings of resources are constants of the program.
        unsafe {
            let (effect, list) = (&*effect, &mut *list.cast::<Vec<Effect>>());
            list.push(Effect {
                kind: KINDS[effect.kind as usize],
                resource: String::from_utf8_lossy(bytes_of(effect.resource)).into_owned(),
                value: (!effect.value.ptr.is_null()).then(|| Value::from_raw(effect.value)),
                symbol: Attribute::from_option_raw(effect.symbol),
            });
        }
    }
    let mut list: Vec<Effect<'m>> = Vec::new();
    // SAFETY: the list outlives the call, and values and symbols live as long as the operation.
    unsafe { respectEffects(operation.to_raw(), visit, (&raw mut list).cast()) }.then_some(list)
}

/// Returns whether what the operations in an operation's regions do counts as done by the operation.
pub fn has_recursive_effects(operation: OperationRef) -> bool {
    // SAFETY: only asks.
    unsafe { respectHasRecursiveEffects(operation.to_raw()) }
}

/// Returns whether an operation may run at any time: its behaviour is defined for all operands, and it ends.
pub fn is_speculatable(operation: OperationRef) -> bool {
    // SAFETY: only asks.
    unsafe { respectIsSpeculatable(operation.to_raw()) }
}

/// Returns whether an operation is a function.
pub fn is_function(operation: OperationRef) -> bool {
    // SAFETY: only asks.
    unsafe { respectIsFunction(operation.to_raw()) }
}

/// Returns whether the attributes of an operation itself refer to symbols, as those of a call do.
pub fn names_symbols(operation: OperationRef) -> bool {
    // SAFETY: only asks.
    unsafe { respectNamesSymbols(operation.to_raw()) }
}

/// A call of a function.
pub struct Call<'m> {
    /// The values that are passed.
    pub arguments: Vec<Value<'m, 'm>>,
}

/// Returns what an operation calls, if it is a call.
pub fn call<'m>(operation: OperationRef<'m, 'm>) -> Option<Call<'m>> {
    extern "C" fn visit(value: MlirValue, list: *mut c_void) {
        // SAFETY: the list lives through the call.
        unsafe { (*list.cast::<Vec<Value>>()).push(Value::from_raw(value)) };
    }
    let mut arguments: Vec<Value<'m, 'm>> = Vec::new();
    // SAFETY: the list outlives the call.
    unsafe {
        respectIsCall(operation.to_raw(), visit, (&raw mut arguments).cast()).then_some(Call { arguments })
    }
}

/// Returns the body of the function that a call names, if it is in the module.
pub fn callee<'m>(call: OperationRef<'m, 'm>) -> Option<RegionRef<'m, 'm>> {
    // SAFETY: the operation is a call.
    let body = unsafe { respectCalleeBody(call.to_raw()) };
    // SAFETY: the function lives in the module of the call.
    (!body.ptr.is_null()).then(|| unsafe { RegionRef::from_raw(body) })
}

/// Returns the memory of which a value is a view.
pub fn view_source<'m>(value: Value<'m, 'm>) -> Option<Value<'m, 'm>> {
    // SAFETY: only asks; the source lives as long as its view.
    unsafe {
        let source = respectViewSource(value.to_raw());
        (!source.ptr.is_null()).then(|| Value::from_raw(source))
    }
}
