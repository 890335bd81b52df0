//! A TensorFlow Lite model in memory: everything a file says, with names and weights borrowed from it.

use super::ops::{self, FieldKind, OpDef, OptionsDef};
use super::types::TensorType;
use crate::base::c_string::c_string;
use std::borrow::Cow;

/// A model of one subgraph. Reading and writing it lose nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model<'a> {
    /// Schema version; 3.
    pub version: u32,
    /// Free text.
    pub description: Option<Cow<'a, str>>,
    /// The operators in use, by number from [`Operator::code`].
    pub codes: Vec<OperatorCode<'a>>,
    /// The subgraph's name.
    pub name: Option<Cow<'a, str>>,
    /// The subgraph's place in debugging metadata; -1 for none.
    pub debug_metadata_index: i32,
    /// The tensors.
    pub tensors: Vec<Tensor<'a>>,
    /// Model inputs, as tensor numbers.
    pub inputs: Vec<u32>,
    /// Model outputs, as tensor numbers.
    pub outputs: Vec<u32>,
    /// The operators, in execution order.
    pub operators: Vec<Operator<'a>>,
    /// Weights and other bytes, by number from [`Tensor::buffer`] and [`Metadata::buffer`].
    pub buffers: Vec<Option<Cow<'a, [u8]>>>,
    /// Buffers that an old form of metadata names.
    pub metadata_buffer: Vec<u32>,
    /// Named metadata.
    pub metadata: Vec<Metadata<'a>>,
    /// Signatures.
    pub signatures: Vec<Signature<'a>>,
}

/// Which operator.
#[derive(Clone, Debug, PartialEq)]
pub struct OperatorCode<'a> {
    /// The code as old files have it.
    pub deprecated_builtin_code: i8,
    /// The code as new files have it.
    pub builtin_code: i32,
    /// The name of a custom operator.
    pub custom_code: Option<Cow<'a, str>>,
    /// The operator's version.
    pub version: i32,
    /// Whether it stands for an operation of another dialect in a module, whose results are as the module declares them.
    pub is_foreign: bool,
}

impl OperatorCode<'_> {
    /// The row of the operator table; reading has made sure that there is one.
    pub fn def(&self) -> &'static OpDef {
        let code = self.builtin_code.max(i32::from(self.deprecated_builtin_code));
        ops::by_code(code).expect("checked when the model was read or made")
    }

    /// The name for people: a custom operator's own.
    pub fn label(&self) -> &str {
        self.custom_code.as_deref().filter(|_| self.def().name == "CUSTOM").unwrap_or(self.def().name)
    }
}

/// A tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor<'a> {
    /// Its name; the runner joins stages by it.
    pub name: Option<Cow<'a, str>>,
    /// Its dimensions.
    pub shape: Option<Vec<i32>>,
    /// Its element type.
    pub kind: TensorType,
    /// Its bytes, if it is a constant.
    pub buffer: u32,
    /// Its quantization.
    pub quantization: Option<Quantization>,
    /// Whether it keeps its value from one inference to the next.
    pub is_variable: bool,
    /// Its dimensions with -1 for those that were left open when the model was made; the interpreter goes by `shape`.
    pub shape_signature: Option<Vec<i32>>,
    /// Whether an absent shape means a scalar and not an unknown rank.
    pub has_rank: bool,
}

impl Tensor<'_> {
    /// Its name as the interpreter and the runner read it, up to the first NUL; empty if it has none.
    pub fn label(&self) -> &str {
        c_string(self.name.as_deref().unwrap_or_default())
    }

    /// Its dimensions; none is a scalar.
    pub fn dims(&self) -> &[i32] {
        self.shape.as_deref().unwrap_or_default()
    }

    /// Its elements, or `None` if a dimension is unknown or their product is beyond a `u64`.
    pub fn elements(&self) -> Option<u64> {
        self.dims().iter().try_fold(1u64, |product, &dim| product.checked_mul(u64::try_from(dim).ok()?))
    }

    /// Its bytes, where they are fixed.
    pub fn bytes(&self) -> Option<u64> {
        self.kind.bytes(self.elements()?)
    }
}

/// Affine quantization, per tensor (one scale) or per channel. Floats compare by their bits.
#[derive(Clone, Debug, Default)]
pub struct Quantization {
    /// Smallest real values, as the converter saw them.
    pub min: Option<Vec<f32>>,
    /// Largest real values.
    pub max: Option<Vec<f32>>,
    /// Scales.
    pub scale: Option<Vec<f32>>,
    /// Zero points.
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

/// One operator of the graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Operator<'a> {
    /// Which operator, as a number in [`Model::codes`].
    pub code: u32,
    /// The tensors it reads; -1 for one left out.
    pub inputs: Vec<i32>,
    /// The tensors it makes.
    pub outputs: Vec<u32>,
    /// Its options.
    pub options: Option<OperatorOptions<'a>>,
    /// A custom operator's options.
    pub custom_options: Option<Cow<'a, [u8]>>,
    /// The format of these; 0 is FlexBuffers.
    pub custom_options_format: i8,
    /// Which inputs it changes.
    pub mutating_variable_inputs: Option<Vec<bool>>,
    /// Tensors that only its kernel uses.
    pub intermediates: Option<Vec<i32>>,
    /// Its place in debugging metadata; -1 for none.
    pub debug_metadata_index: i32,
}

/// An operator's options: a value for each field of the table's row.
#[derive(Clone, Debug)]
pub struct OperatorOptions<'a> {
    /// The row.
    pub def: &'static OptionsDef,
    /// The values, in the order of its fields.
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

    /// The value of a scalar field by name, as an integer.
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.value(name)? {
            Value::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The name of the fused activation, if there is one.
    pub fn activation(&self) -> Option<&'static str> {
        let field = self.def.field("fused_activation_function")?;
        let FieldKind::Enum(def, _) = field.kind else { return None };
        let value = i32::try_from(self.int(field.name)?).ok()?;
        def.name_of(value).filter(|_| value != 0)
    }

    /// The integers of a vector field by name, if present.
    pub fn ints(&self, name: &str) -> Option<&[i32]> {
        match self.value(name)? {
            Value::Ints(Some(values)) => Some(values),
            _ => None,
        }
    }
}

/// The value of an options field; its kind follows from the table.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// Booleans, enums and integers.
    Int(i64),
    /// A float.
    Float(f32),
    /// A vector of integers, if present.
    Ints(Option<Vec<i32>>),
    /// A vector of floats, if present.
    Floats(Option<Vec<f32>>),
    /// Bytes, if present.
    Bytes(Option<Cow<'a, [u8]>>),
    /// Text, if present.
    Text(Option<Cow<'a, str>>),
}

impl FieldKind {
    /// The value that an absent option of this kind stands for.
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

/// Named metadata.
#[derive(Clone, Debug, PartialEq)]
pub struct Metadata<'a> {
    /// Its name.
    pub name: Option<Cow<'a, str>>,
    /// Its bytes.
    pub buffer: u32,
}

/// A signature: names for inputs and outputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature<'a> {
    /// Its key.
    pub key: Option<Cow<'a, str>>,
    /// A method name that old converters wrote.
    pub deprecated_tag: Option<Cow<'a, str>>,
    /// Its inputs: name and tensor.
    pub inputs: Vec<(Option<Cow<'a, str>>, u32)>,
    /// Its outputs: name and tensor.
    pub outputs: Vec<(Option<Cow<'a, str>>, u32)>,
}

impl<'a> Model<'a> {
    /// Whether a tensor is a constant: it has bytes, or needs none.
    pub fn is_constant(&self, tensor: u32) -> bool {
        let tensor = &self.tensors[tensor as usize];
        self.buffers[tensor.buffer as usize].is_some()
            || (tensor.elements() == Some(0) && !tensor.is_variable)
    }

    /// A constant's bytes.
    pub fn data(&self, tensor: u32) -> Option<&[u8]> {
        self.buffers[self.tensors[tensor as usize].buffer as usize].as_deref()
    }

    /// A constant's numbers, if it holds integers of 32 or 64 bits.
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

    /// The model without its weights, metadata and options: names, tensors and operators, borrowed from nothing.
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

    /// The operator-table row of an operator.
    pub fn def(&self, operator: &Operator) -> &'static OpDef {
        self.codes[operator.code as usize].def()
    }

    /// The operator's name for people.
    pub fn label(&self, operator: &Operator) -> &str {
        self.codes[operator.code as usize].label()
    }
}
