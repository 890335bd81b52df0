//! What can be done about operators that stay on the CPU.

/// What to do about a shape that only a run tells.
pub(in crate::tflite) const FIXED_SIZES: &str = "convert the model with fixed sizes, batch included (in Keras: Input(shape, \
    batch_size=1)), so that the converter can compute the shape";

pub(super) const QUANTIZE: &str = "convert with full-integer quantization, inputs and outputs included (a representative dataset, \
    TFLITE_BUILTINS_INT8, inference_input_type and inference_output_type int8 or uint8)";
pub(super) const EIGHT_BITS: &str =
    "quantize activations to 8 bits: TFLITE_BUILTINS_INT8 alone, without the 16x8 mode";
pub(super) const OUTSIDE: &str =
    "do such arithmetic outside of the model, before its inputs or after its outputs";
pub(super) const REPLACE: &str =
    "build the model with operators that the Edge TPU has, or move this one to the model's end";
pub(super) const ORIGINAL: &str = "give the model that it was made from";
pub(super) const ONE_IMAGE: &str = "use batch 1, and tensors whose dimensions before the last three are 1";
pub(super) const PARAMETERS: &str = "make its weights and biases constants of the model";

/// What to do about an operator that the Edge TPU lacks, where more is known than [`REPLACE`].
pub(super) const KIND_REMEDIES: [(&str, &str); 4] = [
    ("DEQUANTIZE", QUANTIZE),
    ("CAST", OUTSIDE),
    ("HARD_SWISH", "use RELU6 as the activation"),
    ("LEAKY_RELU", "use RELU, RELU6 or PRELU with a slope a channel as the activation"),
];

/// What to do about values of a type, by the type's name.
pub(super) const TYPE_REMEDIES: [(&str, &str); 4] =
    [("FLOAT32", QUANTIZE), ("FLOAT16", QUANTIZE), ("BFLOAT16", QUANTIZE), ("INT16", EIGHT_BITS)];

/// The remedy for `name`, or else `otherwise`.
pub(super) fn known(remedies: &[(&str, &'static str)], name: &str, otherwise: &'static str) -> &'static str {
    remedies.iter().find(|(known, _)| *known == name).map_or(otherwise, |(_, remedy)| remedy)
}
