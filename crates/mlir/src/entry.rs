//! Attributes of a module and of its entry function: description, metadata, names and signature.

use std::collections::HashSet;

use melior::ir::Attribute;
use melior::ir::attribute::ArrayAttribute;

use super::import::{ImportError, Importer, Named};
use super::native;

/// The attribute of metadata that the dictionary `tfl.metadata` can't hold, as its name is empty or stands there already:
/// a list of pairs of name and bytes, in the model's order.
pub(super) const MORE_METADATA: &str = "respect.metadata";

/// What a module says of the whole model.
pub(super) fn module_attributes<'c>(importer: &Importer<'c, '_>) -> Vec<Named<'c>> {
    let model = importer.model;
    let mut attributes = Vec::new();
    if !model.signatures.is_empty() {
        attributes.push(importer.named("tf_saved_model.semantics", Attribute::unit(importer.context)));
    }
    if let Some(description) = model.description.as_deref().filter(|text| !text.is_empty()) {
        attributes.push(importer.named("tfl.description", importer.text(description)));
    }
    let mut names = HashSet::new();
    let mut metadata: Vec<Named> = Vec::new();
    let mut more: Vec<Attribute> = Vec::new();
    for entry in &model.metadata {
        let name = entry.name.as_deref().unwrap_or_default();
        let bytes = model.buffers[entry.buffer as usize].as_deref().unwrap_or_default();
        let data = native::string(importer.context, bytes);
        // Google's importer takes the first of a name.
        if name.is_empty() || !names.insert(name) {
            more.push(ArrayAttribute::new(importer.context, &[importer.text(name), data]).into());
        } else {
            metadata.push(importer.named(name, data));
        }
    }
    if !metadata.is_empty() {
        attributes.push(importer.named("tfl.metadata", importer.dictionary(&metadata)));
    }
    if !more.is_empty() {
        attributes.push(importer.named(MORE_METADATA, ArrayAttribute::new(importer.context, &more)));
    }
    attributes.push(importer.named("tfl.schema_version", importer.i32(model.version as i32)));
    attributes
}

/// The names of inputs and outputs, and those of the signature.
///
/// # Errors
/// Names that a list with commas cannot hold, and several signatures.
pub(super) fn function_attributes<'c>(importer: &Importer<'c, '_>) -> Result<Vec<Named<'c>>, ImportError> {
    let model = importer.model;
    let mut attributes = Vec::new();
    let sides = [("inputs", &model.inputs), ("outputs", &model.outputs)];
    let mut names = Vec::new();
    for (side, list) in sides {
        let labels: Vec<_> = list.iter().map(|&tensor| model.tensors[tensor as usize].label()).collect();
        if let Some(label) = labels.iter().find(|label| label.contains(',')) {
            return Err(ImportError(format!(
                "the name '{label}' of one of its {side} has a comma; rename it"
            )));
        }
        let joined = labels.join(",");
        if !joined.is_empty() {
            names.push(importer.named(side, importer.text(&joined)));
        }
    }
    if !names.is_empty() {
        attributes.push(importer.named("tf.entry_function", importer.dictionary(&names)));
    }
    let signature = match &model.signatures[..] {
        [] => return Ok(attributes),
        [signature] => signature,
        more => {
            let count = more.len();
            return Err(ImportError(format!(
                "the model has {count} signatures, a function has one; drop the others"
            )));
        }
    };
    let key = importer.text(signature.key.as_deref().unwrap_or_default());
    attributes
        .push(importer.named("tf_saved_model.exported_names", ArrayAttribute::new(importer.context, &[key])));
    let sides =
        [("arg_attrs", &model.inputs, &signature.inputs), ("res_attrs", &model.outputs, &signature.outputs)];
    for (attribute, list, names) in sides {
        let paths = list.iter().map(|tensor| {
            let name = names.iter().find(|(_, named)| named == tensor);
            let path = name.map(|(name, _)| importer.text(name.as_deref().unwrap_or_default()));
            let path = path.map(|path| {
                importer.named("tf_saved_model.index_path", ArrayAttribute::new(importer.context, &[path]))
            });
            importer.dictionary(path.as_slice())
        });
        let paths: Vec<Attribute> = paths.collect();
        attributes.push(importer.named(attribute, ArrayAttribute::new(importer.context, &paths)));
    }
    Ok(attributes)
}
