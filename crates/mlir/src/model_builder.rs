//! A model under construction.

use std::borrow::Cow;
use std::collections::HashMap;

use respect::tflite::model::{Model, OperatorCode, Tensor};
use respect::tflite::ops;
use respect::tflite::ops::OpDef;

/// A model to which tensors, operators and operator codes are added one after the other.
pub(super) struct ModelBuilder<'m> {
    /// The model so far.
    pub(super) model: Model<'m>,
    /// The number of each operator code.
    codes: HashMap<(i32, Option<String>, i32, bool), u32>,
}

impl Default for ModelBuilder<'_> {
    fn default() -> Self {
        let model = Model { version: 3, debug_metadata_index: -1, buffers: vec![None], ..Model::default() };
        ModelBuilder { model, codes: HashMap::new() }
    }
}

impl<'m> ModelBuilder<'m> {
    /// Adds a tensor, and returns its number.
    pub(super) fn add(&mut self, tensor: Tensor<'m>) -> u32 {
        self.model.tensors.push(tensor);
        self.model.tensors.len() as u32 - 1
    }

    /// Returns the number of an operator code, which is added if it is new.
    pub(super) fn code(&mut self, def: &OpDef, custom_code: Option<&str>, version: i32) -> u32 {
        self.code_of(def, custom_code, version, false)
    }

    /// Returns the number of the code that stands for operations of another dialect, which is added if it is new.
    pub(super) fn foreign_code(&mut self, custom: &OpDef, name: &str) -> u32 {
        self.code_of(custom, Some(name), 1, true)
    }

    fn code_of(&mut self, def: &OpDef, custom_code: Option<&str>, version: i32, is_foreign: bool) -> u32 {
        let key = (def.code, custom_code.map(String::from), version, is_foreign);
        let codes = &mut self.model.codes;
        *self.codes.entry(key).or_insert_with(|| {
            codes.push(OperatorCode {
                deprecated_builtin_code: def.code.min(ops::PLACEHOLDER).try_into().unwrap_or(i8::MAX),
                builtin_code: def.code,
                custom_code: custom_code.map(|code| Cow::Owned(code.to_string())),
                version,
                is_foreign,
            });
            codes.len() as u32 - 1
        })
    }
}
