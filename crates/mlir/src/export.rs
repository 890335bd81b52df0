//! The export of a module as a model.

use std::borrow::Cow;

use melior::ir::attribute::{ArrayAttribute, DictionaryAttribute};
use melior::ir::operation::OperationLike;
use melior::ir::{Attribute, BlockLike, Module, OperationRef};

use super::complaint::Complaint;
use super::entry::MORE_METADATA;
use super::function::{Foreign, read_function};
use super::operation::{attribute, name_of};
use super::{attributes, native};
use respect::tflite::check::check;
use respect::tflite::model::{Metadata, Model, Signature};

/// Returns the model of a module's entry function: the one with `tf.entry_function`, else `main`, else the only
/// public one.
///
/// Complexity: as [`read_function`]'s.
///
/// # Errors
/// Returns a complaint about the first operation that no model can hold.
pub fn export<'m>(module: &'m Module<'m>) -> Result<Model<'m>, Complaint<'m>> {
    let function = entry(module)?;
    let model = read_function(function, Foreign::Refused)?.model;
    completed(model, module.as_operation(), function)
}

/// Adds to the model of a function what its module and its attributes say of the whole model: description, metadata and
/// signature.
///
/// # Errors
/// An attribute is not what it should be, or the function is no sound model.
pub(crate) fn completed<'m>(
    mut model: Model<'m>,
    module: OperationRef<'m, 'm>,
    function: OperationRef<'m, 'm>,
) -> Result<Model<'m>, Complaint<'m>> {
    let wrong = |message: String| Complaint { operation: module, message };
    model.description = attribute(module, "tfl.description").and_then(attributes::text).map(Cow::Borrowed);
    if let Some(metadata) = attribute(module, "tfl.metadata") {
        let entries = DictionaryAttribute::try_from(metadata)
            .map_err(|_| wrong("has an attribute tfl.metadata that must be a dictionary".into()))?;
        for place in 0..entries.len() {
            let Ok((name, value)) = entries.element(place) else { continue };
            let name = name.as_string_ref().as_str().unwrap_or_default().to_string();
            let bytes = native::string_bytes(value)
                .ok_or_else(|| wrong(format!("has metadata {name} that must be a string")))?;
            add_metadata(&mut model, Some(Cow::Owned(name)), bytes);
        }
    }
    if let Some(more) = attribute(module, MORE_METADATA) {
        let shape =
            || wrong(format!("has an attribute {MORE_METADATA} that must be a list of pairs of strings"));
        for pair in attributes::elements(more).ok_or_else(shape)? {
            let pair = attributes::elements(pair).ok_or_else(shape)?;
            let [name, bytes] = pair[..] else { return Err(shape()) };
            let (name, bytes) = attributes::text(name).zip(native::string_bytes(bytes)).ok_or_else(shape)?;
            add_metadata(&mut model, (!name.is_empty()).then_some(Cow::Borrowed(name)), bytes);
        }
    }
    model.signatures.extend(signature(function, &model));
    let complaint = |why: String| Complaint { operation: function, message: why };
    check(&model).map_err(|error| complaint(format!("makes no valid model: {error}")))?;
    Ok(model)
}

/// Adds metadata, with a buffer of its own.
fn add_metadata<'m>(model: &mut Model<'m>, name: Option<Cow<'m, str>>, bytes: &'m [u8]) {
    model.buffers.push((!bytes.is_empty()).then_some(Cow::Borrowed(bytes)));
    let buffer = model.buffers.len() as u32 - 1;
    model.metadata.push(Metadata { name, buffer });
}

/// Returns a module's entry function: the one with `tf.entry_function`, else `main`, else the only public one.
///
/// # Errors
/// Returns a complaint about the module if it has no such function.
pub fn entry<'m>(module: &'m Module<'m>) -> Result<OperationRef<'m, 'm>, Complaint<'m>> {
    let message = match entry_of(module) {
        Ok(function) => return Ok(function),
        Err(message) => message,
    };
    Err(Complaint { operation: module.as_operation(), message: message.into() })
}

fn entry_of<'m>(module: &'m Module<'m>) -> Result<OperationRef<'m, 'm>, &'static str> {
    let mut functions = Vec::new();
    let mut next = module.body().first_operation();
    while let Some(operation) = next {
        next = operation.next_in_block();
        if name_of(operation) == "func.func" {
            functions.push(operation);
        }
    }
    let is_public = |function: &&OperationRef<'m, 'm>| {
        attribute(**function, "sym_visibility").and_then(attributes::text).is_none_or(|text| text == "public")
    };
    let is_main = |function: &&OperationRef<'m, 'm>| {
        attribute(**function, "sym_name").and_then(attributes::text) == Some("main")
    };
    let found = functions.iter().find(|function| attribute(**function, "tf.entry_function").is_some());
    if let Some(function) = found.or_else(|| functions.iter().find(is_main)) {
        return Ok(*function);
    }
    let public: Vec<_> = functions.iter().filter(is_public).collect();
    match public[..] {
        [only] => Ok(*only),
        [] => Err("has no function; give a module with one"),
        _ => Err("has several functions and none is the entry; name one of them main, or give \
             one the attribute tf.entry_function"),
    }
}

/// Returns the signature that the function's attributes hold, if there is one.
fn signature<'m>(function: OperationRef<'m, 'm>, model: &Model<'m>) -> Option<Signature<'m>> {
    let first = |attribute: Attribute<'m>| attributes::elements(attribute)?.first().copied();
    let key =
        attribute(function, "tf_saved_model.exported_names").and_then(first).and_then(attributes::text)?;
    let side = |name: &str, tensors: &[u32]| {
        let paths = attribute(function, name).and_then(|list| ArrayAttribute::try_from(list).ok());
        let path = |place: usize| {
            let entry = DictionaryAttribute::try_from(paths?.element(place).ok()?).ok()?;
            first(entry.element_by_name("tf_saved_model.index_path")?).and_then(attributes::text)
        };
        let named = tensors.iter().enumerate();
        named.filter_map(|(place, &tensor)| Some((Some(Cow::Borrowed(path(place)?)), tensor))).collect()
    };
    Some(Signature {
        key: Some(Cow::Borrowed(key)),
        deprecated_tag: None,
        inputs: side("arg_attrs", &model.inputs),
        outputs: side("res_attrs", &model.outputs),
    })
}
