//! Contexts, and the parsing of modules.

use std::cell::RefCell;
use std::rc::Rc;

use super::bounds::Place;
use super::{bounds, dialect, native};
use melior::Context;
use melior::diagnostic::{Diagnostic, DiagnosticSeverity};
use melior::dialect::{DialectHandle, DialectRegistry};
use melior::ir::{Location, Module, Operation};
use mlir_sys::{
    MlirContext, MlirOperation, MlirStringRef, mlirGetDialectHandle__bufferization__,
    mlirGetDialectHandle__complex__, mlirGetDialectHandle__index__, mlirGetDialectHandle__math__,
    mlirGetDialectHandle__ml_program__, mlirGetDialectHandle__tosa__, mlirGetDialectHandle__ub__,
    mlirGetDialectHandle__vector__,
};

/// The reasons why a text is no module.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ParseError(
    /// The errors that MLIR reports, each with file, line and column.
    pub Vec<String>,
);

/// Returns a context that reads operations of any dialect, in generic form if it does not know them. It has `builtin`, `func`,
/// `arith`, `quant`, `tosa` and `respect`, and MLIR's dialects for tensors, memory and control flow where a module names them.
pub fn context() -> Context {
    let registry = DialectRegistry::new();
    // SAFETY: the handles are constants of MLIR.
    let [tosa, others @ ..] = unsafe {
        [
            mlirGetDialectHandle__tosa__(),
            mlirGetDialectHandle__bufferization__(),
            mlirGetDialectHandle__complex__(),
            mlirGetDialectHandle__index__(),
            mlirGetDialectHandle__math__(),
            mlirGetDialectHandle__ml_program__(),
            mlirGetDialectHandle__ub__(),
            mlirGetDialectHandle__vector__(),
        ]
        .map(|handle| DialectHandle::from_raw(handle))
    };
    let base =
        [DialectHandle::func(), DialectHandle::arith(), DialectHandle::quant(), tosa, dialect::handle()];
    let more = [
        DialectHandle::cf(),
        DialectHandle::linalg(),
        DialectHandle::llvm(),
        DialectHandle::memref(),
        DialectHandle::scf(),
        DialectHandle::tensor(),
    ];
    for dialect in base.iter().chain(&more).chain(&others) {
        dialect.insert_dialect(&registry);
    }
    let context = Context::new_with_registry(&registry, false);
    context.set_allow_unregistered_dialects(true);
    // The others are loaded where a module names them.
    for dialect in &base {
        dialect.load_dialect(&context);
    }
    context
}

/// Reads a module as MLIR's tools read a file: from text or from bytecode; operations that stand in no module are put into
/// one. `file` is its name in locations and in the error.
///
/// # Errors
/// Returns the errors that MLIR reports, if the text is no module, or one error if it is nested so deeply, or a
/// type has so many dimensions, that reading it would exhaust the stack or take for ever; prints nothing.
pub fn parse<'c>(context: &'c Context, text: &[u8], file: &str) -> Result<Module<'c>, ParseError> {
    let is_bytecode = text.starts_with(BYTECODE);
    if let Some((Place { line, column }, excess)) = bounds::excess(text).filter(|_| !is_bytecode) {
        return Err(ParseError(vec![format!("{file}:{line}:{column}: {excess}")]));
    }
    let reports = Rc::new(RefCell::new(Vec::new()));
    let sink = Rc::clone(&reports);
    let handler = context.attach_diagnostic_handler(move |diagnostic| {
        if matches!(diagnostic.severity(), DiagnosticSeverity::Error) {
            sink.borrow_mut().push(line(&diagnostic));
        }
        true
    });
    let module = read(context, text, file);
    context.detach_diagnostic_handler(handler);
    module.ok_or_else(|| {
        let mut reports = reports.take();
        if is_bytecode {
            reports.push(format!("{file}: {DAMAGED}"));
            return ParseError(reports);
        }
        let start = bounds::first_token(text);
        let start = start.map(|Place { line, column }| format!("{file}:{line}:{column}: "));
        if reports.iter().all(|report| start.as_ref().is_some_and(|start| report.starts_with(start))) {
            reports.push(format!("{file}: {EXPECTED}"));
        }
        ParseError(reports)
    })
}

/// Returns the module in a file of text or bytecode; `None`, after diagnostics, if there is none.
fn read<'c>(context: &'c Context, source: &[u8], file: &str) -> Option<Module<'c>> {
    unsafe extern "C" {
        fn respectParseModule(
            context: MlirContext,
            source: MlirStringRef,
            file: MlirStringRef,
        ) -> MlirOperation;
    }
    // SAFETY: both texts live through the call, which copies them, and the module that is made is ours. Null stands for none.
    let operation = unsafe {
        let (source, file) = (native::raw(source), native::raw(file.as_bytes()));
        Operation::from_option_raw(respectParseModule(context.to_raw(), source, file))
    };
    operation.and_then(Module::from_operation)
}

/// The first bytes of MLIR's bytecode.
const BYTECODE: &[u8] = b"ML\xefR";

/// What is told of bytecode that MLIR can't read.
const DAMAGED: &str = "the bytecode is damaged, cut short, or of a later version than MLIR 22 reads; write it again, or as text";

/// What is told of a text of which MLIR reads nothing.
const EXPECTED: &str = "is no module of MLIR; give a file of operations, such as builtin.module or func.func, as text or as bytecode";

fn line(diagnostic: &Diagnostic) -> String {
    format!("{}: {diagnostic}", place(diagnostic.location()))
}

/// Returns a location as compilers print it, `file:line:column`, if it leads to a file, or `file` alone if it is that of a
/// whole file; else as MLIR prints it.
pub(super) fn place(location: Location) -> String {
    let printed = location.to_string();
    let text = printed.trim_start_matches("loc(").trim_end_matches(')');
    match text.strip_prefix('"').and_then(|rest| rest.split_once("\":")) {
        Some((file, "0:0")) => file.into(),
        Some((file, position)) => format!("{file}:{position}"),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::c_void;

    use melior::ir::BlockLike;
    use melior::ir::operation::OperationLike;
    use mlir_sys::mlirOperationWriteBytecode;

    use super::*;

    /// The errors of a text that is no module.
    fn errors(text: &[u8]) -> Vec<String> {
        parse(&context(), text, "x.mlir").unwrap_err().0
    }

    /// The names of the operations in a module's body.
    fn names(text: &[u8]) -> Vec<String> {
        let context = context();
        let module = parse(&context, text, "x.mlir").unwrap();
        let operations =
            std::iter::successors(module.body().first_operation(), |operation| operation.next_in_block());
        operations.map(crate::operation::name_of).collect()
    }

    /// A module as bytecode.
    fn bytecode(text: &str) -> Vec<u8> {
        unsafe extern "C" fn append(bytes: MlirStringRef, all: *mut c_void) {
            // SAFETY: MLIR calls it with what was given beside it, and with bytes that live through the call.
            unsafe { (*all.cast::<Vec<u8>>()).extend_from_slice(native::bytes_of(bytes)) }
        }
        let context = context();
        let module = parse(&context, text.as_bytes(), "x.mlir").unwrap();
        let mut bytes = Vec::new();
        let all: *mut Vec<u8> = &mut bytes;
        // SAFETY: the callback takes such a vector.
        unsafe { mlirOperationWriteBytecode(module.as_operation().to_raw(), Some(append), all.cast()) };
        bytes
    }

    #[test]
    fn errors_name_file_and_line() {
        assert!(errors(b"module {\n  oops\n}")[0].starts_with("x.mlir:2:3: "));
    }

    #[test]
    fn what_is_no_module_is_told_what_one_is() {
        for text in [&b"hello"[..], b"// a\n  {\"nodes\": []}", b"\x18\0\0\0TFL3", b"\xff\xfe", b"x\0y"] {
            let errors = errors(text);
            let [first, expected] = &errors[..] else { panic!("{errors:?}") };
            assert!(first.starts_with("x.mlir:"), "{first}");
            assert!(expected.starts_with("x.mlir: is no module of MLIR; give a file of "), "{expected}");
        }
        // Where some of it is, the error alone says what is wrong.
        assert_eq!(errors(b"module {\n  oops\n}").len(), 1);
    }

    #[test]
    fn any_dialect_is_read() {
        assert_eq!(names(b"module { \"tfl.no_value\"() <{value}> : () -> none }"), ["tfl.no_value"]);
    }

    #[test]
    fn operations_need_no_module_around_them() {
        let function = "func.func @f() { return }";
        assert_eq!(names(function.as_bytes()), ["func.func"]);
        let global = "\"memref.global\"() {sym_name = \"g\", type = memref<1xi8>} : () -> ()";
        let several = format!("{function} {global} func.func private @h()");
        assert_eq!(names(several.as_bytes()), ["func.func", "memref.global", "func.func"]);
        assert_eq!(names(b"module @a {} module @b {}"), ["builtin.module", "builtin.module"]);
        assert_eq!(names(b"").len() + names(b"// nothing").len(), 0);
    }

    #[test]
    fn bytecode_is_read_wherever_it_lies() {
        let written = bytecode(
            "func.func @f() { return } \"a.b\"() {w = dense_resource<w> : tensor<8xi8>} : () -> ()\n\
             {-# dialect_resources: {builtin: {w: \"0x400000000102030405060708\"}} #-}",
        );
        for offset in 0..8 {
            let moved = [vec![0; offset], written.clone()].concat();
            assert_eq!(names(&moved[offset..]), ["func.func", "a.b"]);
        }
    }

    #[test]
    fn damaged_bytecode_is_an_error() {
        let written = bytecode("func.func @f() { return }");
        for length in BYTECODE.len()..written.len() {
            let errors = errors(&written[..length]);
            assert!(errors[0].starts_with("x.mlir"), "{length}");
            assert!(errors.last().unwrap().contains("is damaged, cut short, or of a later version"));
        }
    }

    #[test]
    fn what_would_exhaust_the_stack_is_an_error_at_its_place() {
        let errors = errors(format!("module attributes {{\n  a = {}", "[".repeat(1 << 20)).as_bytes());
        assert_eq!(errors.len(), 1);
        assert!(errors[0].starts_with("x.mlir:2:506: more than 500 levels"), "{}", errors[0]);
    }

    #[test]
    fn what_is_nested_as_deep_as_may_be_fits_the_stack_of_a_thread() {
        let nested = |before: &str, open: &str, inside: &str, close: &str, after: &str, each: usize| {
            let levels = (bounds::MOST - 4) / each;
            format!("{before}{}{inside}{}{after}", open.repeat(levels), close.repeat(levels))
        };
        let texts = [
            nested("", "\"a.b\"() ({ ", "", "}) : () -> () ", "", 2),
            nested("", "module { ", "", "}", "", 1),
            nested("module attributes {a.a = ", "[", "1", "]", "} {}", 1),
            nested("module attributes {a.a = ", "tuple<", "i8", ">", "} {}", 1),
            nested("module attributes {a.a = ", "() -> (", "i8", ")", "} {}", 1),
            nested("module {} loc(", "fused[", "\"x\"", "]", ")", 1),
            nested("module {} loc(", "callsite(\"x\" at ", "\"y\"", ")", ")", 1),
            nested("module attributes {a.a = affine_map<(d0) -> (", "- ", "d0", "", ")>} {}", 1),
        ];
        for text in texts {
            let context = context();
            let module = parse(&context, text.as_bytes(), "x.mlir").expect("a module");
            assert!(module.as_operation().to_string().len() > 8);
        }
    }
}
