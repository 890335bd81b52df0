//! A TensorFlow Lite model in memory: everything that a file says, with names and weights borrowed from the file.

use super::ops::{self, FieldKind, OpDef, OptionsDef};
use super::types::TensorType;
use crate::base::c_string::c_string;
use crate::graph::array::Use;
use std::borrow::Cow;
use std::num::NonZeroU64;

/// A model of one subgraph. Reading and writing a model lose nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model<'a> {
    /// The schema version, which is 3.
    pub version: u32,
    /// The description, a free text.
    pub description: Option<Cow<'a, str>>,
    /// The kinds of operators in use, which [`Operator::code`] refers to by number.
    pub codes: Vec<OperatorCode<'a>>,
    /// The subgraph's name.
    pub name: Option<Cow<'a, str>>,
    /// The subgraph's place in debugging metadata; -1 for none.
    pub debug_metadata_index: i32,
    /// The tensors, by number.
    pub tensors: Vec<Tensor<'a>>,
    /// The model's inputs, as tensor numbers.
    pub inputs: Vec<u32>,
    /// The model's outputs, as tensor numbers.
    pub outputs: Vec<u32>,
    /// The operators, in execution order.
    pub operators: Vec<Operator<'a>>,
    /// The weights and other bytes, which [`Tensor::buffer`] and [`Metadata::buffer`] refer to by number; none for a
    /// buffer without data.
    pub buffers: Vec<Option<Cow<'a, [u8]>>>,
    /// The buffers that an old form of metadata refers to.
    pub metadata_buffer: Vec<u32>,
    /// The named metadata.
    pub metadata: Vec<Metadata<'a>>,
    /// The signatures, each with names for inputs and outputs.
    pub signatures: Vec<Signature<'a>>,
}

/// A kind of operator in use.
#[derive(Clone, Debug, PartialEq)]
pub struct OperatorCode<'a> {
    /// The builtin code as old files store it, in seven bits.
    pub deprecated_builtin_code: i8,
    /// The builtin code as new files store it.
    pub builtin_code: i32,
    /// The name of a custom operator.
    pub custom_code: Option<Cow<'a, str>>,
    /// The operator's version.
    pub version: i32,
    /// True if the code stands for an operation of another dialect in a module, whose results are as the module
    /// declares them.
    pub is_foreign: bool,
}

impl OperatorCode<'_> {
    /// Returns the operator's row in the operator table; reading has made sure that there is one.
    pub fn def(&self) -> &'static OpDef {
        let code = self.builtin_code.max(i32::from(self.deprecated_builtin_code));
        ops::by_code(code).expect("checked when the model was read or made")
    }

    /// Returns the name of the operator for people; for a custom operator, the custom name.
    pub fn label(&self) -> &str {
        self.custom_code.as_deref().filter(|_| self.def().name == "CUSTOM").unwrap_or(self.def().name)
    }
}

/// A tensor of a model: an activation, a constant or a variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor<'a> {
    /// The tensor's name, by which the runner joins stages.
    pub name: Option<Cow<'a, str>>,
    /// The tensor's dimensions.
    pub shape: Option<Vec<i32>>,
    /// The element type.
    pub kind: TensorType,
    /// The number of the buffer in [`Model::buffers`], which has data if the tensor is a constant.
    pub buffer: u32,
    /// The quantization, if the tensor is quantized.
    pub quantization: Option<Quantization>,
    /// True if the tensor keeps its value from one inference to the next.
    pub is_variable: bool,
    /// The dimensions with -1 for those that were left open when the model was made; the interpreter goes by `shape`.
    pub shape_signature: Option<Vec<i32>>,
    /// True if an absent shape means a scalar and not an unknown rank.
    pub has_rank: bool,
}

impl Tensor<'_> {
    /// Returns the tensor's name as the interpreter and the runner read it, up to the first NUL; empty if there is
    /// none.
    pub fn label(&self) -> &str {
        c_string(self.name.as_deref().unwrap_or_default())
    }

    /// Returns the tensor's dimensions; a scalar has none.
    pub fn dims(&self) -> &[i32] {
        self.shape.as_deref().unwrap_or_default()
    }

    /// Returns the number of elements, or `None` if a dimension is unknown or the product does not fit a `u64`.
    pub fn elements(&self) -> Option<u64> {
        self.dims().iter().try_fold(1u64, |product, &dim| product.checked_mul(u64::try_from(dim).ok()?))
    }

    /// Returns the tensor's size in bytes, or `None` if that is not fixed or does not fit a `u64`.
    pub fn bytes(&self) -> Option<u64> {
        self.kind.bytes(self.elements()?)
    }
}

/// An affine quantization, per tensor (one scale) or per channel. Floats are compared by their bits.
#[derive(Clone, Debug, Default)]
pub struct Quantization {
    /// The smallest real values that the converter saw.
    pub min: Option<Vec<f32>>,
    /// The largest real values that the converter saw.
    pub max: Option<Vec<f32>>,
    /// The scale of the tensor, or one for each channel.
    pub scale: Option<Vec<f32>>,
    /// The zero point of the tensor, or one for each channel.
    pub zero_point: Option<Vec<i64>>,
    /// The dimension of the channels.
    pub quantized_dimension: i32,
}

impl PartialEq for Quantization {
    fn eq(&self, other: &Quantization) -> bool {
        let bits = |floats: &Option<Vec<f32>>| {
            floats.as_ref().map(|floats| floats.iter().map(|float| float.to_bits()).collect::<Vec<_>>())
        };
        let key = |q: &Quantization| (bits(&q.min), bits(&q.max), bits(&q.scale), q.quantized_dimension);
        key(self) == key(other) && self.zero_point == other.zero_point
    }
}

/// An operator of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Operator<'a> {
    /// The kind of operator, as a number in [`Model::codes`].
    pub code: u32,
    /// The tensors that the operator reads, by number; -1 for an operand that is left out.
    pub inputs: Vec<i32>,
    /// The tensors that the operator makes, by number.
    pub outputs: Vec<u32>,
    /// The options of a builtin operator.
    pub options: Option<OperatorOptions<'a>>,
    /// The options of a custom operator, as bytes.
    pub custom_options: Option<Cow<'a, [u8]>>,
    /// The format of `custom_options`; 0 is FlexBuffers.
    pub custom_options_format: i8,
    /// True for each input that the operator changes.
    pub mutating_variable_inputs: Option<Vec<bool>>,
    /// The tensors that only the operator's kernel uses, by number.
    pub intermediates: Option<Vec<i32>>,
    /// The operator's place in debugging metadata; -1 for none.
    pub debug_metadata_index: i32,
    /// What is known of the operator's cost besides; no file holds it.
    pub figures: Figures,
}

impl<'a> Operator<'a> {
    /// Returns an operator without options.
    pub fn bare(code: u32, inputs: Vec<i32>, outputs: Vec<u32>) -> Operator<'a> {
        Operator {
            code,
            inputs,
            outputs,
            options: None,
            custom_options: None,
            custom_options_format: 0,
            mutating_variable_inputs: None,
            intermediates: None,
            debug_metadata_index: -1,
            figures: Figures::default(),
        }
    }
}

/// Figures of an operator's cost that its place in a model does not give: stated by hand, or worked out where the
/// operation comes from another dialect of MLIR. A figure that is there takes the place of what the model gives.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// The multiply-accumulates of one inference.
    pub macs: Option<u64>,
    /// The number of output channels.
    pub channels: Option<NonZeroU64>,
    /// The number of places over which the weights are moved.
    pub places: Option<NonZeroU64>,
    /// The way in which the operator uses the device's array.
    pub array: Option<Use>,
    /// The bytes of the parameters, instead of those of the constants that the operator reads.
    pub parameter_bytes: Option<u64>,
    /// The measured time in microseconds.
    pub compute_us: Option<f64>,
}

impl Figures {
    /// Returns these figures with those of `stated`, where it has some, in their place.
    pub fn stating(self, stated: Figures) -> Figures {
        Figures {
            macs: stated.macs.or(self.macs),
            channels: stated.channels.or(self.channels),
            places: stated.places.or(self.places),
            array: stated.array.or(self.array),
            parameter_bytes: stated.parameter_bytes.or(self.parameter_bytes),
            compute_us: stated.compute_us.or(self.compute_us),
        }
    }
}

/// An operator's options: a value for each field of an options table.
#[derive(Clone, Debug)]
pub struct OperatorOptions<'a> {
    /// The definition of the options table.
    pub def: &'static OptionsDef,
    /// The values, in the order of the definition's fields.
    pub values: Vec<Value<'a>>,
}

impl PartialEq for OperatorOptions<'_> {
    fn eq(&self, other: &OperatorOptions) -> bool {
        self.def.name == other.def.name && self.values == other.values
    }
}

impl OperatorOptions<'_> {
    fn value(&self, name: &str) -> Option<&Value<'_>> {
        let place = self.def.fields.iter().position(|field| field.name == name)?;
        self.values.get(place)
    }

    /// Returns the value of a boolean, enum or integer field by name; none if there is no such field.
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.value(name)? {
            Value::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns the name of the fused activation, if there is one.
    pub fn activation(&self) -> Option<&'static str> {
        let field = self.def.field("fused_activation_function")?;
        let FieldKind::Enum(def, _) = field.kind else { return None };
        let value = i32::try_from(self.int(field.name)?).ok()?;
        def.name_of(value).filter(|_| value != 0)
    }

    /// Returns the integers of a vector field by name, if there are any.
    pub fn ints(&self, name: &str) -> Option<&[i32]> {
        match self.value(name)? {
            Value::Ints(Some(values)) => Some(values),
            _ => None,
        }
    }
}

/// The value of an options field, of the kind that the options table declares.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// A boolean, an enum or an integer.
    Int(i64),
    /// A float of 32 bits.
    Float(f32),
    /// A vector of integers, if present.
    Ints(Option<Vec<i32>>),
    /// A vector of floats, if present.
    Floats(Option<Vec<f32>>),
    /// A vector of bytes, if present.
    Bytes(Option<Cow<'a, [u8]>>),
    /// A string, if present.
    Text(Option<Cow<'a, str>>),
}

impl FieldKind {
    /// Returns the value for which an absent option of this kind stands.
    pub fn default_value(self) -> Value<'static> {
        match self {
            FieldKind::Bool(value) => Value::Int(value.into()),
            FieldKind::I32(value) | FieldKind::EnumI32(_, value) => Value::Int(value.into()),
            FieldKind::I64(value) => Value::Int(value),
            FieldKind::U32(value) => Value::Int(value.into()),
            FieldKind::Enum(_, value) => Value::Int(value.into()),
            FieldKind::F32(value) => Value::Float(value),
            FieldKind::I32Vec => Value::Ints(None),
            FieldKind::F32Vec => Value::Floats(None),
            FieldKind::U8Vec => Value::Bytes(None),
            FieldKind::String => Value::Text(None),
        }
    }
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Value) -> bool {
        let bits = |floats: &[f32]| floats.iter().map(|float| float.to_bits()).collect::<Vec<_>>();
        match (self, other) {
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
            (Value::Ints(a), Value::Ints(b)) => a == b,
            (Value::Floats(a), Value::Floats(b)) => a.as_deref().map(bits) == b.as_deref().map(bits),
            (Value::Bytes(a), Value::Bytes(b)) => a == b,
            (Value::Text(a), Value::Text(b)) => a == b,
            _ => false,
        }
    }
}

/// A named piece of metadata.
#[derive(Clone, Debug, PartialEq)]
pub struct Metadata<'a> {
    /// The name of the metadata.
    pub name: Option<Cow<'a, str>>,
    /// The number of the buffer in [`Model::buffers`] that holds the metadata.
    pub buffer: u32,
}

/// A signature: names for inputs and outputs, under a key.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature<'a> {
    /// The key by which callers choose the signature.
    pub key: Option<Cow<'a, str>>,
    /// A method name that old converters wrote.
    pub deprecated_tag: Option<Cow<'a, str>>,
    /// The inputs, each as name and tensor number.
    pub inputs: Vec<(Option<Cow<'a, str>>, u32)>,
    /// The outputs, each as name and tensor number.
    pub outputs: Vec<(Option<Cow<'a, str>>, u32)>,
}

impl<'a> Model<'a> {
    /// Returns whether a tensor is a constant: whether its buffer has data, or it needs none.
    pub fn is_constant(&self, tensor: u32) -> bool {
        let tensor = &self.tensors[tensor as usize];
        self.buffers[tensor.buffer as usize].is_some()
            || (tensor.elements() == Some(0) && !tensor.is_variable)
    }

    /// Returns the bytes of a constant; none if the tensor is not a constant.
    pub fn data(&self, tensor: u32) -> Option<&[u8]> {
        self.buffers[self.tensors[tensor as usize].buffer as usize].as_deref()
    }

    /// Returns whether an operator keeps state from one inference to the next, as far as the file tells.
    pub fn keeps_state(&self, operator: &Operator) -> bool {
        let operands = operator.inputs.iter().filter_map(|&operand| self.tensors.get(operand as usize));
        self.codes[operator.code as usize].def().stateful
            || operands.into_iter().any(|operand| operand.is_variable)
    }

    /// Returns the size of a constant in bytes, which follows from the tensor's type where the buffer is empty because the
    /// weights are not at hand.
    pub(super) fn constant_bytes(&self, tensor: u32) -> u64 {
        let held = self.data(tensor).map_or(0, |data| data.len() as u64);
        let by_type = || self.tensors[tensor as usize].bytes().unwrap_or(0);
        if held > 0 { held } else { by_type() }
    }

    /// Returns the numbers of a constant that holds integers of 32 or 64 bits; none for any other tensor.
    pub fn integers(&self, tensor: u32) -> Option<Vec<i64>> {
        if self.is_constant(tensor) && self.tensors[tensor as usize].elements() == Some(0) {
            return Some(Vec::new());
        }
        let data = self.data(tensor).filter(|data| !data.is_empty())?;
        match self.tensors[tensor as usize].kind.name {
            "INT32" => {
                Some(data.as_chunks().0.iter().map(|&bytes| i64::from(i32::from_le_bytes(bytes))).collect())
            }
            "INT64" => Some(data.as_chunks().0.iter().map(|&bytes| i64::from_le_bytes(bytes)).collect()),
            _ => None,
        }
    }

    /// Returns an owned copy of the model's names, tensors and operators, without weights, metadata and options.
    pub fn outline(&self) -> Model<'static> {
        let owned = |text: &Option<Cow<str>>| text.as_ref().map(|text| Cow::Owned(text.to_string()));
        Model {
            version: self.version,
            codes: (self.codes.iter())
                .map(|code| OperatorCode { custom_code: owned(&code.custom_code), ..*code })
                .collect(),
            tensors: (self.tensors.iter())
                .map(|tensor| Tensor {
                    name: owned(&tensor.name),
                    shape: tensor.shape.clone(),
                    quantization: tensor.quantization.clone(),
                    shape_signature: tensor.shape_signature.clone(),
                    ..*tensor
                })
                .collect(),
            inputs: self.inputs.clone(),
            outputs: self.outputs.clone(),
            operators: (self.operators.iter())
                .map(|operator| Operator {
                    inputs: operator.inputs.clone(),
                    outputs: operator.outputs.clone(),
                    options: None,
                    custom_options: None,
                    mutating_variable_inputs: None,
                    intermediates: None,
                    ..*operator
                })
                .collect(),
            buffers: vec![None; self.buffers.len()],
            ..Model::default()
        }
    }

    /// Returns an operator's row in the operator table.
    pub fn def(&self, operator: &Operator) -> &'static OpDef {
        self.codes[operator.code as usize].def()
    }

    /// Returns the name of an operator for people.
    pub fn label(&self, operator: &Operator) -> &str {
        self.codes[operator.code as usize].label()
    }
}
