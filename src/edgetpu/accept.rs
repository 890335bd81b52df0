//! The acceptance of a compiled file: whether it is of the stage that it was made of, and what its packages move.

use std::path::Path;

use super::package::{CompiledOperator, DataType, Executable, Layer, PackageBytes, packages};
use crate::base::limits;
use crate::tflite;
use crate::tflite::model::{Model, Operator, Tensor};

/// The types of tensors that a package can hold: the name in the model, the type in the package, and by how much the
/// zero point there is larger, where there is one.
const TYPES: [(&str, DataType, Option<i64>); 4] = [
    ("UINT8", DataType::FixedPoint8, Some(0)),
    ("INT8", DataType::SignedFixedPoint8, Some(1 << 7)),
    ("INT16", DataType::SignedFixedPoint16, Some(1 << 15)),
    ("INT32", DataType::SignedFixedPoint32, None),
];

/// The reason why a file is not what the compiler makes of a stage, as a sentence about the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotOfStage {
    /// The stage itself can't be read.
    #[error("the stage can't be read: {0}")]
    Stage(String),
    /// The file is not a model, or a package in it can't be read.
    #[error("the file that it wrote can't be read: {0}")]
    Unreadable(String),
    /// The file has other inputs or outputs.
    #[error("the file that it wrote has other inputs or outputs than the stage: {0}")]
    OtherInterface(String),
    /// A package takes or makes other tensors than the operator that holds it.
    #[error("the package that it wrote, in operator {operator}, is not of this stage: {what}")]
    OtherPackage {
        /// The operator's number in the file.
        operator: u32,
        /// In what it differs.
        what: String,
    },
}

/// Returns what the packages in the compiled file `made` move, all of them together; `None` if the file holds no package,
/// as where nothing was compiled.
///
/// # Errors
/// Returns an error if a file can't be read, or if the compiled file or a package in it takes or makes other tensors than
/// the file `stage`: in name, shape, type, scale, zero point or size.
pub fn accept(stage: &Path, made: &Path) -> Result<Option<PackageBytes>, NotOfStage> {
    let map = |path: &Path| limits::map(path, limits::MODEL_BYTES).map_err(|error| error.to_string());
    let made = map(made).map_err(NotOfStage::Unreadable)?;
    let made = tflite::read(&made).map_err(|error| NotOfStage::Unreadable(error.to_string()))?;
    let stage = map(stage).map_err(NotOfStage::Stage)?;
    let stage = tflite::read(&stage).map_err(|error| NotOfStage::Stage(error.to_string()))?;
    for (side, theirs, ours) in
        [("input", &made.inputs, &stage.inputs), ("output", &made.outputs, &stage.outputs)]
    {
        if let Some(what) = difference(side, (&made, theirs), (&stage, ours)) {
            return Err(NotOfStage::OtherInterface(what));
        }
    }
    let compiled = packages(&made).map_err(|error| NotOfStage::Unreadable(error.to_string()))?;
    if let Some((operator, what)) = misplaced(&made, &compiled) {
        return Err(NotOfStage::OtherPackage { operator, what });
    }
    let bytes = compiled.iter().map(|entry| entry.package.bytes());
    Ok((!compiled.is_empty()).then(|| bytes.sum()))
}

/// Returns the first operator of a compiled file whose package takes or makes other tensors than the operator, with the
/// difference in words; `None` if all packages are where they belong.
pub fn misplaced(made: &Model, compiled: &[CompiledOperator]) -> Option<(u32, String)> {
    compiled.iter().find_map(|entry| {
        let operator = &made.operators[entry.operator as usize];
        let what = match entry.package.inference() {
            Some(inference) => other_package(made, operator, inference),
            None => Some("it is for several chips".into()),
        };
        Some((entry.operator, what?))
    })
}

/// Returns in what the inputs or outputs of a compiled file differ from those of the stage; `None` if they agree.
///
/// The compiler keeps neither the ranges that the converter saw nor dimensions that were left open.
fn difference(side: &str, made: (&Model, &[u32]), stage: (&Model, &[u32])) -> Option<String> {
    let ((made, theirs), (stage, ours)) = (made, stage);
    if theirs.len() != ours.len() {
        return Some(format!("{} {side}s, not {}", theirs.len(), ours.len()));
    }
    theirs.iter().zip(ours).enumerate().find_map(|(place, (&theirs, &ours))| {
        let (theirs, ours) = (&made.tensors[theirs as usize], &stage.tensors[ours as usize]);
        let (name, other) = (ours.label(), theirs.label());
        let what = if name != other {
            return Some(format!("{side} {place} is '{other}', not '{name}'"));
        } else if theirs.kind != ours.kind {
            "type"
        } else if theirs.dims() != ours.dims() {
            "shape"
        } else if scales(theirs) != scales(ours) {
            "scale or zero point"
        } else {
            return None;
        };
        Some(format!("{side} '{name}' has another {what}"))
    })
}

/// Returns the scales, by their bits, and the zero points of a tensor; none for one that is not quantized.
fn scales(tensor: &Tensor) -> (Vec<u32>, Vec<i64>) {
    let Some(quantization) = &tensor.quantization else { return Default::default() };
    let scales = quantization.scale.iter().flatten().map(|scale| scale.to_bits());
    (scales.collect(), quantization.zero_point.clone().unwrap_or_default())
}

/// Returns in what a package's executable differs from the operator of `model` that holds it; `None` if it takes and makes
/// the operator's tensors.
fn other_package(model: &Model, operator: &Operator, executable: &Executable) -> Option<String> {
    let tensor = |number: u32| &model.tensors[number as usize];
    let inputs: Vec<&Tensor> = (operator.inputs.iter())
        .filter_map(|&input| u32::try_from(input).ok())
        .filter(|&input| !model.is_constant(input))
        .map(tensor)
        .collect();
    let outputs: Vec<&Tensor> = operator.outputs.iter().map(|&output| tensor(output)).collect();
    // State goes in as a tensor of the operator, and comes back under a name of the package's own.
    let states = inputs.iter().filter(|input| input.is_variable).count();
    let sides = [
        ("takes", "input", &inputs, &executable.inputs, 0),
        ("makes", "output", &outputs, &executable.outputs, states),
    ];
    sides.into_iter().find_map(|(verb, side, tensors, layers, more)| {
        let missing = tensors.iter().find_map(|tensor| {
            let layer = layers.iter().find(|layer| layer.name == tensor.label());
            match layer {
                Some(layer) => {
                    other_layer(layer, tensor).map(|what| format!("{side} '{}' {what}", layer.name))
                }
                None => Some(format!("it {verb} no '{}'", tensor.label())),
            }
        });
        let is_own = |layer: &&Layer| !tensors.iter().any(|tensor| tensor.label() == layer.name);
        let mut own = layers.iter().filter(is_own);
        missing.or_else(|| {
            own.nth(more).map(|layer| format!("it {verb} '{}', which the operator does not", layer.name))
        })
    })
}

/// Returns in what a layer differs from the tensor of its name; `None` if they agree.
fn other_layer(layer: &Layer, tensor: &Tensor) -> Option<String> {
    let Some((_, data_type, more)) = TYPES.iter().find(|(name, ..)| *name == tensor.kind.name) else {
        return Some(format!("has values of type {}, which no device takes", tensor.kind.name));
    };
    if layer.data_type != *data_type {
        return Some(format!("has the type {}, not {data_type}", layer.data_type));
    }
    let bytes = tensor.bytes().unwrap_or(0);
    let own = layer.extents.iter().fold(data_type.bytes(), |bytes, extent| bytes.saturating_mul(*extent));
    let own = own.saturating_mul(layer.executions_per_inference.into());
    if own != bytes || layer.bytes_per_inference() < bytes {
        let padded = layer.bytes_per_inference();
        return Some(format!("has {own} bytes, in {padded} with padding, not {bytes}"));
    }
    let quantization = tensor.quantization.as_ref();
    let first = |list: Option<&Vec<f32>>| list.and_then(|list| list.first().copied());
    if let Some(scale) = first(quantization.and_then(|q| q.scale.as_ref()))
        && layer.dequantization_factor.to_bits() != scale.to_bits()
    {
        return Some(format!("has the scale {}, not {scale}", layer.dequantization_factor));
    }
    let zero_point = quantization.and_then(|q| q.zero_point.as_ref()?.first().copied());
    let zero_point = zero_point.zip(*more).map(|(zero_point, more)| zero_point + more);
    zero_point
        .filter(|zero_point| *zero_point != i64::from(layer.zero_point))
        .map(|zero_point| format!("has the zero point {}, not {zero_point}", layer.zero_point))
}
