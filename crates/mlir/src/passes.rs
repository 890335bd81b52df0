//! The bodies of the passes. `passes/` declares the passes and registers them with MLIR.
//!
//! Every body takes the operation that its pass runs on and the pass's statistics. Errors go out as diagnostics at an
//! operation's location, so a body returns only that there were some.

pub(crate) mod annotations;
pub mod emit;
mod graph;
mod hint;
pub mod inline;
pub mod judge;
mod native;
pub mod outline;
pub(crate) mod rewrite;
pub mod schedule;
mod symbols;
mod unpriced;

use std::ffi::CString;

use melior::StringRef;
use melior::ir::operation::OperationLike;
use melior::ir::{BlockLike, BlockRef, Location, OperationRef, RegionLike};
use mlir_sys::{MlirLocation, MlirStringRef, mlirEmitError};

use super::{Complaint, attributes};

/// The error of a pass that has reported errors as diagnostics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Diagnosed;

/// Reports an error at a location.
pub fn error(location: Location, text: &str) -> Diagnosed {
    let text = CString::new(text.replace('\0', "\\0")).expect("zero bytes are replaced");
    // SAFETY: the location lives in its context, and MLIR copies the text.
    unsafe { mlirEmitError(location.to_raw(), text.as_ptr()) };
    Diagnosed
}

/// Reports a warning at a location.
fn warning(location: Location, text: &str) {
    unsafe extern "C" {
        fn respectWarning(location: MlirLocation, text: MlirStringRef);
    }
    // SAFETY: the location lives in its context, and MLIR copies the text.
    unsafe { respectWarning(location.to_raw(), StringRef::new(text).to_raw()) };
}

/// A failure that has not been reported yet.
struct Failure<'c> {
    /// The location of the operation at fault.
    location: Location<'c>,
    /// What is wrong, and what to do about it.
    message: String,
}

impl Failure<'_> {
    /// Reports the failure as an error.
    fn report(self) -> Diagnosed {
        error(self.location, &self.message)
    }
}

impl<'m> From<Complaint<'m>> for Failure<'m> {
    fn from(Complaint { operation, message }: Complaint<'m>) -> Failure<'m> {
        let name = operation.name();
        let name = name.as_string_ref().as_str().unwrap_or("operation");
        Failure { location: operation.location(), message: format!("'{name}' {message}") }
    }
}

/// The kind of a remark: on what was done, or on what was not done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RemarkKind {
    Passed,
    Missed,
}

/// Reports a remark about `function` at a location, for hosts that ask for them (`mlir-opt --remarks-filter`).
fn remark(location: Location, kind: RemarkKind, name: &str, function: &str, text: &str) {
    unsafe extern "C" {
        fn respectRemark(
            location: MlirLocation,
            passed: bool,
            name: MlirStringRef,
            function: MlirStringRef,
            text: MlirStringRef,
        );
    }
    let raw = |text| StringRef::new(text).to_raw();
    // SAFETY: the strings live through the call, and MLIR copies them.
    unsafe {
        respectRemark(location.to_raw(), kind == RemarkKind::Passed, raw(name), raw(function), raw(text))
    };
}

/// Returns the functions of a module, without those inside nested modules.
fn functions<'c, 'a>(module: OperationRef<'c, 'a>) -> Vec<OperationRef<'c, 'a>> {
    let body = module.region(0).ok().and_then(|region| region.first_block());
    let operations = body.into_iter().flat_map(operations);
    operations.filter(|operation| operation.name().as_string_ref().as_str() == Ok("func.func")).collect()
}

/// Returns the functions that a pass on `operation` is for: the operation itself if it is a function, else those of the module;
/// and whether the functions that they call may be read, as no other thread changes them.
fn chosen<'c>(operation: OperationRef<'c, 'c>) -> (Vec<OperationRef<'c, 'c>>, bool) {
    match operation.name().as_string_ref().as_str() {
        Ok("func.func") => (vec![operation], false),
        _ => (functions(operation), true),
    }
}

/// Returns the operations of a block, its terminator included.
fn operations<'c, 'a>(block: BlockRef<'c, 'a>) -> impl Iterator<Item = OperationRef<'c, 'a>> {
    std::iter::successors(block.first_operation(), |operation| operation.next_in_block())
}

/// Returns a function's first block; none for a declaration.
fn body<'c, 'a>(function: OperationRef<'c, 'a>) -> Option<BlockRef<'c, 'a>> {
    function.region(0).ok()?.first_block()
}

/// Returns a symbol's name, without the `@`.
fn symbol<'c>(operation: OperationRef<'c, '_>) -> &'c str {
    string(operation, "sym_name").unwrap_or_default()
}

fn is_private(function: OperationRef) -> bool {
    string(function, "sym_visibility") == Some("private")
}

/// Returns the value of a string attribute.
fn string<'c>(operation: OperationRef<'c, '_>, name: &str) -> Option<&'c str> {
    attributes::text(operation.attribute(name).ok()?)
}
