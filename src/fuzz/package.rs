//! The fuzz target for the reader of what Google's compiler writes.

use std::borrow::Cow;

use crate::edgetpu::package::packages;
use crate::tflite::support::COMPILED;
use crate::tflite::{Model, model, ops, read};

/// Reads a compiled model, or else the options of a compiled operator; what can be read is printable as JSON.
pub fn package(bytes: &[u8]) {
    let model = read(bytes).unwrap_or_else(|_| compiled(bytes));
    let Ok(packages) = packages(&model) else { return };
    for compiled in &packages {
        compiled.package.bytes();
    }
    serde_json::to_string(&packages).expect("plain data serializes");
}

/// Returns a model of one compiled operator with these options.
fn compiled(options: &[u8]) -> Model<'_> {
    let def = ops::by_name("CUSTOM").expect("an operator of the table");
    let code = model::OperatorCode {
        deprecated_builtin_code: def.code as i8,
        builtin_code: def.code,
        custom_code: Some(Cow::Borrowed(COMPILED)),
        version: 1,
        is_foreign: false,
    };
    let operator = model::Operator {
        custom_options: Some(Cow::Borrowed(options)),
        ..model::Operator::bare(0, Vec::new(), Vec::new())
    };
    Model { codes: vec![code], operators: vec![operator], ..Model::default() }
}
