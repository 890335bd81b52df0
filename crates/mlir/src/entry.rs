//! Attributes of a module and of its entry function: description, metadata, names and signature.

use std::collections::HashSet;

use melior::ir::Attribute;
use melior::ir::attribute::ArrayAttribute;

use super::attribute_builder::{AttributeBuilder, NamedAttribute};
use super::imported::ImportError;
use super::native;
use respect::tflite::model::Model;

/// The attribute of metadata that the dictionary `tfl.metadata` can't hold, as its name is empty or stands there already:
/// a list of pairs of name and bytes, in the model's order.
pub(super) const MORE_METADATA: &str = "respect.metadata";

/// Returns the attributes of a module that hold what belongs to the model as a whole.
pub(super) fn module_attributes<'c>(builder: AttributeBuilder<'c>, model: &Model) -> Vec<NamedAttribute<'c>> {
    let mut attributes = Vec::new();
    if !model.signatures.is_empty() {
        attributes.push(builder.named("tf_saved_model.semantics", Attribute::unit(builder.context)));
    }
    if let Some(description) = model.description.as_deref().filter(|text| !text.is_empty()) {
        attributes.push(builder.named("tfl.description", builder.text(description)));
    }
    let mut names = HashSet::new();
    let mut metadata: Vec<NamedAttribute> = Vec::new();
    let mut more: Vec<Attribute> = Vec::new();
    for entry in &model.metadata {
        let name = entry.name.as_deref().unwrap_or_default();
        let bytes = model.buffers[entry.buffer as usize].as_deref().unwrap_or_default();
        let data = native::string(builder.context, bytes);
        // Google's importer takes the first entry of a name.
        if name.is_empty() || !names.insert(name) {
            more.push(ArrayAttribute::new(builder.context, &[builder.text(name), data]).into());
        } else {
            metadata.push(builder.named(name, data));
        }
    }
    if !metadata.is_empty() {
        attributes.push(builder.named("tfl.metadata", builder.dictionary(&metadata)));
    }
    if !more.is_empty() {
        attributes.push(builder.named(MORE_METADATA, ArrayAttribute::new(builder.context, &more)));
    }
    attributes.push(builder.named("tfl.schema_version", builder.i32(model.version as i32)));
    attributes
}

/// Returns the attributes of the function that hold the names of inputs and outputs, and the signature.
///
/// # Errors
/// Returns an error if a name has a comma, as the names are a list with commas, or if there are several signatures.
pub(super) fn function_attributes<'c>(
    builder: AttributeBuilder<'c>,
    model: &Model,
) -> Result<Vec<NamedAttribute<'c>>, ImportError> {
    let mut attributes = Vec::new();
    let sides = [("inputs", &model.inputs), ("outputs", &model.outputs)];
    let mut names = Vec::new();
    for (side, list) in sides {
        let labels: Vec<_> = list.iter().map(|&tensor| model.tensors[tensor as usize].label()).collect();
        if let Some(label) = labels.iter().find(|label| label.contains(',')) {
            return Err(ImportError(format!(
                "the name '{label}' of one of the model's {side} has a comma; rename that tensor"
            )));
        }
        let joined = labels.join(",");
        if !joined.is_empty() {
            names.push(builder.named(side, builder.text(&joined)));
        }
    }
    if !names.is_empty() {
        attributes.push(builder.named("tf.entry_function", builder.dictionary(&names)));
    }
    let signature = match &model.signatures[..] {
        [] => return Ok(attributes),
        [signature] => signature,
        more => {
            let count = more.len();
            return Err(ImportError(format!(
                "the model has {count} signatures, but a function holds one; drop the others"
            )));
        }
    };
    let key = builder.text(signature.key.as_deref().unwrap_or_default());
    attributes
        .push(builder.named("tf_saved_model.exported_names", ArrayAttribute::new(builder.context, &[key])));
    let sides =
        [("arg_attrs", &model.inputs, &signature.inputs), ("res_attrs", &model.outputs, &signature.outputs)];
    for (attribute, list, names) in sides {
        let paths = list.iter().map(|tensor| {
            let name = names.iter().find(|(_, named)| named == tensor);
            let path = name.map(|(name, _)| builder.text(name.as_deref().unwrap_or_default()));
            let path = path.map(|path| {
                builder.named("tf_saved_model.index_path", ArrayAttribute::new(builder.context, &[path]))
            });
            builder.dictionary(path.as_slice())
        });
        let paths: Vec<Attribute> = paths.collect();
        attributes.push(builder.named(attribute, ArrayAttribute::new(builder.context, &paths)));
    }
    Ok(attributes)
}
