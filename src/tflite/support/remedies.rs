//! Remedies for operators that stay on the CPU.

/// The remedy for a shape that is known at run time only.
pub(in crate::tflite) const FIXED_SIZES: &str = "convert the model with fixed sizes, batch included (in Keras: Input(shape, \
    batch_size=1)), so that the converter can compute the shape";

pub(super) const QUANTIZE: &str = "convert with full-integer quantization, inputs and outputs included (a representative dataset, \
    TFLITE_BUILTINS_INT8, inference_input_type and inference_output_type int8 or uint8)";
pub(super) const EIGHT_BITS: &str =
    "quantize activations to 8 bits: TFLITE_BUILTINS_INT8 alone, without the 16x8 mode";
pub(super) const OUTSIDE: &str =
    "do such computations outside of the model, before its inputs or after its outputs";
pub(super) const REPLACE: &str =
    "build the model with operators that the Edge TPU has, or move this one to the model's end";
pub(super) const ORIGINAL: &str = "give the model from which it was compiled";
pub(super) const ONE_IMAGE: &str = "use batch 1, and tensors whose dimensions before the last three are 1";
pub(super) const PARAMETERS: &str = "make the operator's weights and biases constants of the model";

/// The remedies for operators that the Edge TPU lacks, by the operator's name; for all others it is [`REPLACE`].
pub(super) const KIND_REMEDIES: [(&str, &str); 4] = [
    ("DEQUANTIZE", QUANTIZE),
    ("CAST", OUTSIDE),
    ("HARD_SWISH", "use RELU6 as the activation"),
    ("LEAKY_RELU", "use RELU, RELU6, or PRELU with one slope per channel, as the activation"),
];

/// The remedies for values of a type, by the type's name.
pub(super) const TYPE_REMEDIES: [(&str, &str); 4] =
    [("FLOAT32", QUANTIZE), ("FLOAT16", QUANTIZE), ("BFLOAT16", QUANTIZE), ("INT16", EIGHT_BITS)];

/// Returns the remedy for `name`, or `otherwise` if there is none.
pub(super) fn known(remedies: &[(&str, &'static str)], name: &str, otherwise: &'static str) -> &'static str {
    remedies.iter().find(|(known, _)| *known == name).map_or(otherwise, |(_, remedy)| remedy)
}
