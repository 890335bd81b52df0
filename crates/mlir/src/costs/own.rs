//! What an operation itself multiplies, by its name and shapes.

use std::borrow::Cow;

use melior::ir::operation::OperationLike;
use melior::ir::{OperationRef, ValueLike};

use super::layout;
use crate::model_builder::ModelBuilder;
use crate::operation::{attribute, name_of};
use crate::passes::rewrite::owner;
use crate::structure::{self, LoopsOf};
use crate::{inert, native, operator, types};
use respect::tflite::graph::graph;
use respect::tflite::ops::MacRule;

/// The work of an operation that multiplies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Work {
    /// The multiply-accumulates.
    pub macs: u64,
    /// The output channels; 0 if they are not known.
    pub channels: u64,
    /// The numbers that the operation makes.
    pub results: u64,
    /// True if each output channel has inputs of its own.
    pub per_channel: bool,
}

/// What is known of the work of an operation itself, without its regions and what it calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    /// The operation multiplies and adds.
    Multiplies(Work),
    /// The operation passes every value through once, and is priced by the bytes that it makes.
    Elementwise,
    /// The operation changes the shape alone.
    ShapeAlone,
    /// Nothing is known.
    Unknown,
}

/// The way in which the multiplications of an operation of this name follow from its shapes.
#[derive(Clone, Copy)]
enum Rule {
    /// A filter `[out, window…, in]` at every place of the result, whose channels are last.
    Conv,
    /// A filter `[window…, in, out]` at every place of the result, whose channels are last.
    ConvOutLast,
    /// A filter `[out, in, window…]` at every place of the result, whose channels come after the batch.
    ConvChannelsFirst,
    /// A filter `[window…, channels, multiplier]` at every place of the result.
    Depthwise,
    /// A filter `[out, window…, in]` at every place of operand 0.
    Transposed,
    /// A sum over the last dimension of operand 0.
    Dot,
    /// A product of matrices, the first of which may be transposed.
    Matmul,
    /// A sum over the dimensions that an attribute names.
    DotGeneral,
    /// A convolution whose dimensions an attribute names.
    ConvGeneral,
    /// Only the shape changes.
    Shape,
    /// The work does not follow from the shapes.
    Unknown,
}

/// The operations that multiply, change the shape alone, or do what no rule says.
const RULES: [(&str, Rule); 48] = [
    ("tosa.conv2d", Rule::Conv),
    ("tosa.conv3d", Rule::Conv),
    ("tosa.depthwise_conv2d", Rule::Depthwise),
    ("tosa.transpose_conv2d", Rule::Transposed),
    ("tosa.matmul", Rule::Dot),
    ("tosa.matmul_t_block_scaled", Rule::Dot),
    ("tosa.fft2d", Rule::Unknown),
    ("tosa.rfft2d", Rule::Unknown),
    ("tosa.custom", Rule::Unknown),
    ("tosa.cond_if", Rule::Unknown),
    ("tosa.while_loop", Rule::Unknown),
    ("tosa.reshape", Rule::Shape),
    ("stablehlo.dot", Rule::Dot),
    ("stablehlo.dot_general", Rule::DotGeneral),
    ("stablehlo.convolution", Rule::ConvGeneral),
    ("stablehlo.dynamic_conv", Rule::Unknown),
    ("stablehlo.fft", Rule::Unknown),
    ("stablehlo.cholesky", Rule::Unknown),
    ("stablehlo.triangular_solve", Rule::Unknown),
    ("stablehlo.custom_call", Rule::Unknown),
    ("stablehlo.composite", Rule::Unknown),
    ("stablehlo.if", Rule::Unknown),
    ("stablehlo.case", Rule::Unknown),
    ("stablehlo.while", Rule::Unknown),
    ("stablehlo.reshape", Rule::Shape),
    ("mhlo.dot", Rule::Dot),
    ("mhlo.dot_general", Rule::DotGeneral),
    ("mhlo.convolution", Rule::ConvGeneral),
    ("mhlo.reshape", Rule::Shape),
    ("onnx.Conv", Rule::ConvChannelsFirst),
    ("onnx.MatMul", Rule::Dot),
    ("onnx.Gemm", Rule::Matmul),
    ("onnx.Reshape", Rule::Shape),
    ("onnx.Squeeze", Rule::Shape),
    ("onnx.Unsqueeze", Rule::Shape),
    ("onnx.Flatten", Rule::Shape),
    ("tf.Conv2D", Rule::ConvOutLast),
    ("tf.DepthwiseConv2dNative", Rule::Depthwise),
    ("tf.MatMul", Rule::Matmul),
    ("tf.BatchMatMulV2", Rule::Matmul),
    ("tf.Reshape", Rule::Shape),
    ("tf.Squeeze", Rule::Shape),
    ("tf.ExpandDims", Rule::Shape),
    ("tensor.cast", Rule::Shape),
    ("tensor.collapse_shape", Rule::Shape),
    ("tensor.expand_shape", Rule::Shape),
    ("tensor.reshape", Rule::Shape),
    ("tensor.generate", Rule::Unknown),
];

/// The dialects of which `RULES`, or the loops that an operation stands for, name every operation that multiplies.
const KNOWN_DIALECTS: [&str; 7] = ["arith", "complex", "linalg", "math", "stablehlo", "tensor", "tosa"];

/// Returns what is known of an operation that is no operator of TensorFlow Lite.
pub(super) fn of<'m>(operation: OperationRef<'m, 'm>) -> Own {
    match structure::loops(operation) {
        LoopsOf::Unknown => return Own::Unknown,
        LoopsOf::Known(loops) if loops.multiplications == 0 => return Own::Elementwise,
        LoopsOf::Known(loops) => {
            return Own::Multiplies(Work {
                macs: loops.points.saturating_mul(loops.multiplications),
                channels: loops.channels,
                results: loops.results,
                per_channel: loops.per_channel,
            });
        }
        LoopsOf::Other => {}
    }
    let name = name_of(operation);
    let rule = RULES.iter().find(|(known, _)| *known == name).map(|(_, rule)| *rule);
    let dialect = name.split('.').next().unwrap_or_default();
    match rule {
        Some(Rule::Unknown) => Own::Unknown,
        Some(Rule::Shape) => Own::ShapeAlone,
        Some(rule) => work(operation, rule).map_or(Own::Unknown, Own::Multiplies),
        None if KNOWN_DIALECTS.contains(&dialect) => Own::Elementwise,
        None => Own::Unknown,
    }
}

/// Returns the multiply-accumulates of an operation of any dialect itself.
pub(super) fn macs<'m>(operation: OperationRef<'m, 'm>) -> u64 {
    if operator::def(&name_of(operation)).is_some_and(|def| def.macs != MacRule::None) {
        return of_operator(operation).unwrap_or(0);
    }
    match of(operation) {
        Own::Multiplies(work) => work.macs,
        Own::Elementwise | Own::ShapeAlone | Own::Unknown => 0,
    }
}

/// Returns whether an operation that multiplies nothing is known to be one that passes values through, so that the
/// bytes that it makes price it.
pub(crate) fn priced_by_bytes<'m>(operation: OperationRef<'m, 'm>) -> bool {
    match operator::def(&name_of(operation)) {
        Some(def) => def.refused.is_none() && def.macs == MacRule::None && def.name != "CUSTOM",
        None => matches!(of(operation), Own::Elementwise | Own::ShapeAlone),
    }
}

/// Returns the work that a rule gives; none if a shape is not known, or not what the rule takes.
fn work<'m>(operation: OperationRef<'m, 'm>, rule: Rule) -> Option<Work> {
    let operand = |place: usize| dims(operation.operand(place).ok()?);
    let result = dims(operation.result(0).ok()?)?;
    let results = product(&result);
    let last = result.last().copied().unwrap_or(1);
    let dense =
        |each: u64| Work { macs: results.saturating_mul(each), channels: last, results, per_channel: false };
    Some(match rule {
        Rule::Conv => dense(product(operand(1)?.get(1..)?)),
        Rule::ConvOutLast => dense(product(operand(1)?.split_last()?.1)),
        Rule::ConvChannelsFirst => {
            let filter = operand(1)?;
            let per_channel = *filter.get(1)? == 1 && *operand(0)?.get(1)? > 1;
            Work { channels: *result.get(1)?, per_channel, ..dense(product(&filter[1..])) }
        }
        Rule::Depthwise => {
            let filter = operand(1)?;
            Work { per_channel: true, ..dense(product(&filter[..filter.len().checked_sub(2)?])) }
        }
        Rule::Transposed => {
            let macs = product(&operand(0)?).saturating_mul(product(operand(1)?.split_last()?.1));
            Work { macs, ..dense(0) }
        }
        Rule::Dot => dense(operand(0)?.last().copied().unwrap_or(1)),
        Rule::Matmul => {
            let (left, rows) = (operand(0)?, result.len().checked_sub(2).map(|place| result[place])?);
            let matrix = product(&left[left.len().checked_sub(2)?..]);
            dense(matrix.checked_div(rows).unwrap_or(0))
        }
        Rule::DotGeneral => {
            let (left, text) = (operand(0)?, attribute(operation, "dot_dimension_numbers")?.to_string());
            let summed: Option<Vec<u64>> =
                layout::contracted(&text)?.into_iter().map(|place| left.get(place).copied()).collect();
            dense(product(&summed?))
        }
        Rule::ConvGeneral => {
            let features = layout::features(&attribute(operation, "dimension_numbers")?.to_string())?;
            let filter = operand(1)?;
            let outputs = (*filter.get(features.filter_output)?).max(1);
            let per_channel =
                *filter.get(features.filter_input)? == 1 && *operand(0)?.get(features.input)? > 1;
            let channels = *result.get(features.output)?;
            Work { channels, per_channel, ..dense(product(&filter) / outputs) }
        }
        Rule::Shape | Rule::Unknown => return None,
    })
}

/// Returns the multiply-accumulates of an operator of TensorFlow Lite that lies in a region or in a called function.
fn of_operator<'m>(operation: OperationRef<'m, 'm>) -> Option<u64> {
    let name = name_of(operation);
    let mut builder = ModelBuilder::default();
    builder.model.buffers.push(Some(Cow::Borrowed(&[])));
    let constant = builder.model.buffers.len() as u32 - 1;
    let mut inputs = Vec::new();
    for operand in operation.operands() {
        let mut tensor = types::tensor_of(operand.r#type(), true).ok()?;
        let maker = owner(operand);
        if maker.is_some_and(inert::goes_with_its_users) {
            tensor.buffer = constant;
        }
        inputs.push(match maker.is_some_and(inert::is_left_out) {
            true => -1,
            false => builder.add(tensor) as i32,
        });
    }
    let mut outputs = Vec::new();
    for result in operation.results() {
        outputs.push(builder.add(types::tensor_of(result.r#type(), true).ok()?));
    }
    let entry = operator::read(&mut builder, operation, &name, operator::def(&name), inputs, outputs).ok()?;
    builder.model.operators.push(entry);
    Some(graph(&builder.model, "").ok()?.graph.ops().first()?.macs.0)
}

/// Returns the sizes of a value; one that is left open, as that of a batch may be, counts as 1.
fn dims<'m>(value: impl ValueLike<'m>) -> Option<Vec<u64>> {
    let dims = native::dimensions(value.r#type())?;
    dims.into_iter().map(|dim| u64::try_from(dim.unwrap_or(1)).ok()).collect()
}

fn product(dims: &[u64]) -> u64 {
    dims.iter().fold(1, |product, &dim| product.saturating_mul(dim))
}
