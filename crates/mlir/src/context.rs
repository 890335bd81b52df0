//! Contexts, and the parsing of modules.

use std::cell::RefCell;
use std::rc::Rc;

use super::dialect;
use melior::diagnostic::{Diagnostic, DiagnosticSeverity};
use melior::dialect::{DialectHandle, DialectRegistry};
use melior::ir::{Location, Module};
use melior::{Context, StringRef};
use mlir_sys::{mlirGetDialectHandle__tosa__, mlirOperationCreateParse};

/// The reasons why a text is no module.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ParseError(
    /// The errors that MLIR reports, each with file, line and column.
    pub Vec<String>,
);

/// Returns a context that reads operations of any dialect, and knows the dialects `builtin`, `func`, `arith`, `quant`,
/// `tosa` and `respect`.
pub fn context() -> Context {
    let registry = DialectRegistry::new();
    // SAFETY: the handle is a constant of MLIR.
    let tosa = unsafe { DialectHandle::from_raw(mlirGetDialectHandle__tosa__()) };
    for dialect in
        [DialectHandle::func(), DialectHandle::arith(), DialectHandle::quant(), tosa, dialect::handle()]
    {
        dialect.insert_dialect(&registry);
    }
    let context = Context::new_with_registry(&registry, false);
    context.set_allow_unregistered_dialects(true);
    context.load_all_available_dialects();
    context
}

/// Reads a module from text, or from MLIR's bytecode. `file` is its name in locations and in the error.
///
/// # Errors
/// Returns the errors that MLIR reports, if the text is no module; prints nothing.
pub fn parse<'c>(context: &'c Context, text: &[u8], file: &str) -> Result<Module<'c>, ParseError> {
    // MLIR's lexer looks at the byte behind the text.
    let mut source = Vec::with_capacity(text.len() + 1);
    source.extend_from_slice(text);
    source.push(0);
    let reports = Rc::new(RefCell::new(Vec::new()));
    let sink = Rc::clone(&reports);
    let handler = context.attach_diagnostic_handler(move |diagnostic| {
        if matches!(diagnostic.severity(), DiagnosticSeverity::Error) {
            sink.borrow_mut().push(line(&diagnostic));
        }
        true
    });
    let text = mlir_sys::MlirStringRef { data: source.as_ptr().cast(), length: source.len() - 1 };
    // SAFETY: the text and the name live through the call, and the operation that is made is ours. Null stands for none.
    let operation = unsafe {
        melior::ir::Operation::from_option_raw(mlirOperationCreateParse(
            context.to_raw(),
            text,
            StringRef::new(file).to_raw(),
        ))
    };
    context.detach_diagnostic_handler(handler);
    let module = operation.and_then(Module::from_operation);
    module.ok_or_else(|| {
        let mut reports = reports.take();
        if reports.is_empty() {
            reports.push(format!("{file}: the text is not one builtin.module; give a .mlir file of one"));
        }
        ParseError(reports)
    })
}

fn line(diagnostic: &Diagnostic) -> String {
    format!("{}: {diagnostic}", place(diagnostic.location()))
}

/// Returns a location as compilers print it, `file:line:column`, if it leads to a file; else as MLIR prints it.
pub(super) fn place(location: Location) -> String {
    let printed = location.to_string();
    let text = printed.trim_start_matches("loc(").trim_end_matches(')');
    match text.strip_prefix('"').and_then(|rest| rest.split_once("\":")) {
        Some((file, position)) => format!("{file}:{position}"),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_file_and_line() {
        let context = context();
        let error = parse(&context, b"module {\n  oops\n}", "x.mlir").unwrap_err();
        assert!(error.to_string().starts_with("x.mlir:2:3: "), "{error}");
        let error = parse(&context, b"", "empty.mlir").unwrap_err();
        assert!(error.to_string().contains("empty.mlir"), "{error}");
    }

    #[test]
    fn any_dialect_is_read() {
        let context = context();
        assert!(parse(&context, b"module { \"tfl.no_value\"() <{value}> : () -> none }", "x.mlir").is_ok());
    }
}
