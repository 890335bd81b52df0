//! Tensors' types as MLIR's types and back: shapes, element types and quantization.

use melior::Context;
use melior::ir::r#type::{IntegerType, RankedTensorType};
use melior::ir::{Type, TypeLike};

use super::native::{self, Uniform};
use respect::base::limits;
use respect::tflite::TensorType;
use respect::tflite::model::{Quantization, Tensor};

/// The role of a tensor, as far as its type depends on the role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A computed tensor, or a constant that the dialect gives no narrow range.
    Value,
    /// A tensor of weights, whose smallest 8-bit number goes unused.
    Weights,
    /// A tensor that only the kernel uses, and whose shape says nothing.
    Intermediate,
}

/// Returns the element type of a kind of tensors, without quantization.
pub(super) fn element<'c>(context: &'c Context, kind: TensorType) -> Option<Type<'c>> {
    let integer = |bits| IntegerType::new(context, bits).into();
    let unsigned = |bits| IntegerType::unsigned(context, bits).into();
    Some(match kind.name {
        "FLOAT32" => Type::float32(context),
        "FLOAT16" => Type::float16(context),
        "FLOAT64" => Type::float64(context),
        "BFLOAT16" => Type::bfloat16(context),
        "FLOAT8_E4M3FN" => Type::float8_e4m3fn(context),
        "FLOAT8_E5M2" => Type::float8_e5m2(context),
        "BOOL" => integer(1),
        "INT2" => integer(2),
        "INT4" => integer(4),
        "INT8" => integer(8),
        "INT16" => integer(16),
        "INT32" => integer(32),
        "INT64" => integer(64),
        "UINT4" => unsigned(4),
        "UINT8" => unsigned(8),
        "UINT16" => unsigned(16),
        "UINT32" => unsigned(32),
        "UINT64" => unsigned(64),
        "COMPLEX64" => native::complex(Type::float32(context)),
        "COMPLEX128" => native::complex(Type::float64(context)),
        "STRING" => native::opaque_type(context, "tf_type", "string"),
        "RESOURCE" => native::opaque_type(context, "tf_type", "resource"),
        "VARIANT" => native::opaque_type(context, "tf_type", "variant"),
        _ => return None,
    })
}

/// Returns MLIR's type of a tensor.
///
/// # Errors
/// Returns an error if MLIR can't express the tensor's element type or quantization.
pub(super) fn tensor_type<'c>(
    context: &'c Context,
    tensor: &Tensor,
    is_constant: bool,
    role: Role,
) -> Result<Type<'c>, String> {
    let plain = element(context, tensor.kind)
        .ok_or_else(|| format!("has the type {}, which MLIR lacks", tensor.kind.name))?;
    let rank = tensor.dims().len().max(tensor.shape_signature.as_ref().map_or(0, |dims| dims.len()));
    if rank > limits::DIMENSIONS {
        return Err(too_many(rank));
    }
    let element = match tensor.quantization.as_ref().and_then(parameters) {
        Some((scales, zero_points, axis)) => {
            quantized(context, tensor, plain, scales, zero_points, axis, role)?
        }
        None => plain,
    };
    if role == Role::Intermediate {
        return Ok(RankedTensorType::new(&[0], element, None).into());
    }
    Ok(shaped(tensor, element, is_constant))
}

/// Returns the type of the numbers that a constant tensor stores.
pub(super) fn storage<'c>(context: &'c Context, tensor: &Tensor) -> Option<Type<'c>> {
    let is_quantized = tensor.quantization.as_ref().and_then(parameters).is_some();
    let element = match tensor.kind.name {
        // Quantized storage is signless; the quantized type says how it is read.
        "UINT8" if is_quantized => IntegerType::new(context, 8).into(),
        "UINT4" if is_quantized => IntegerType::new(context, 4).into(),
        _ => element(context, tensor.kind)?,
    };
    Some(shaped(tensor, element, true))
}

fn too_many(rank: usize) -> String {
    format!("has {rank} dimensions, and at most {} are read: reshape the tensor to fewer", limits::DIMENSIONS)
}

fn shaped<'c>(tensor: &Tensor, element: Type<'c>, is_constant: bool) -> Type<'c> {
    let signature = tensor.shape_signature.as_deref().filter(|dims| !dims.is_empty() && !is_constant);
    let dims = signature.unwrap_or(tensor.dims());
    if dims.is_empty() && !is_constant && !tensor.has_rank {
        return native::unranked(element);
    }
    let size = |&dim: &i32| u64::try_from(dim).unwrap_or_else(|_| native::dynamic_size());
    let dims: Vec<u64> = dims.iter().map(size).collect();
    RankedTensorType::new(&dims, element, None).into()
}

/// Returns the scales, zero points and dimension of a quantization that has them.
fn parameters(quantization: &Quantization) -> Option<(&[f32], &[i64], i32)> {
    let scales = quantization.scale.as_deref().filter(|scales| !scales.is_empty())?;
    let zero_points = quantization.zero_point.as_deref().filter(|points| !points.is_empty())?;
    Some((scales, zero_points, quantization.quantized_dimension))
}

fn quantized<'c>(
    context: &'c Context,
    tensor: &Tensor,
    plain: Type<'c>,
    scales: &[f32],
    zero_points: &[i64],
    axis: i32,
    role: Role,
) -> Result<Type<'c>, String> {
    let signed = !tensor.kind.name.starts_with('U');
    let bits = match tensor.kind.name {
        "INT2" | "INT4" | "UINT4" | "INT8" | "UINT8" | "INT16" | "INT32" => tensor.kind.bits.unwrap_or(0),
        // MLIR's quantized types end at 32 bits; such a bias keeps its numbers and its scale is its operands'.
        "INT64" => return Ok(plain),
        name => return Err(format!("is quantized, but MLIR has no quantized type for {name}")),
    };
    let (low, high) =
        if signed { (-(1i64 << (bits - 1)), (1 << (bits - 1)) - 1) } else { (0, (1 << bits) - 1) };
    let is_per_axis = scales.len() > 1;
    let is_weights = bits == 8 && role == Role::Weights;
    let low = low + i64::from(is_weights);
    if zero_points.len() != scales.len() {
        return Err(format!("has {} scales but {} zero points", scales.len(), zero_points.len()));
    }
    if is_per_axis {
        let channels = usize::try_from(axis).ok().and_then(|axis| tensor.dims().get(axis));
        if channels.is_none_or(|&channels| channels as usize != scales.len()) {
            return Err(format!("has {} scales, which is not its size in dimension {axis}", scales.len()));
        }
    }
    if let Some(scale) = scales.iter().find(|scale| !scale.is_finite() || **scale < 0.0) {
        return Err(format!("has the scale {scale}; a scale must be finite and not negative"));
    }
    // Some files say 0 for channels of zeros; the smallest normal number stands for it.
    let scales = scales.iter().map(|&scale| f64::from(if scale == 0.0 { f32::MIN_POSITIVE } else { scale }));
    let uniform = Uniform {
        signed,
        scales: scales.collect(),
        zero_points: zero_points.to_vec(),
        axis: is_per_axis.then_some(axis),
        bounds: (low, high),
    };
    Ok(native::uniform(context, IntegerType::new(context, bits).into(), &uniform))
}

/// Returns a tensor of a type of MLIR; name and buffer are left open.
///
/// # Errors
/// Returns an error if no tensor can have the type.
pub(super) fn tensor_of(kind: Type<'_>, any_type: bool) -> Result<Tensor<'static>, String> {
    let element = native::element_type(kind).unwrap_or(kind);
    let stored = native::storage_type(element).unwrap_or(element);
    let uniform = native::uniform_of(element);
    let signed = uniform.as_ref().is_none_or(|uniform| uniform.signed);
    let is_tensor = kind.is_tensor();
    if !any_type && !is_tensor {
        return Err(format!("the type {kind} is no tensor; wrap it in one"));
    }
    // A buffer is a place in memory: it has no bytes that one device could send another.
    let is_sent = is_tensor || kind.is_vector() || !kind.is_shaped();
    let code = tensor_type_of(stored, signed).filter(|_| is_sent);
    let bits = if is_sent { bits(stored) } else { None };
    let tensor_type = match code {
        Some(kind) => kind,
        None if any_type => TensorType { code: OTHER, name: "OTHER", bits },
        None => {
            return Err(format!(
                "TensorFlow Lite has no type like {kind}; convert the function to types of TensorFlow Lite first"
            ));
        }
    };
    if !any_type && native::storage_type(element).is_some() && uniform.is_none() {
        return Err(format!("the quantization of {kind} is neither per tensor nor per axis"));
    }
    let dims = match native::dimensions(kind) {
        Some(dims) => Some(dims),
        None if is_tensor => None,
        None => Some(Vec::new()),
    };
    if let Some(rank) = dims.as_ref().map(Vec::len).filter(|&rank| rank > limits::DIMENSIONS) {
        return Err(format!("its type {}", too_many(rank)));
    }
    let size = |dim: i64| i32::try_from(dim).map_err(|_| format!("a dimension of {dim} is beyond 2^31"));
    let shape = dims.as_ref().map(|dims| dims.iter().map(|dim| dim.map_or(Ok(1), size)).collect());
    let shape: Option<Vec<i32>> = shape.transpose()?;
    let signature = match dims.filter(|dims| dims.contains(&None)) {
        Some(dims) => Some(dims.iter().map(|dim| dim.map_or(Ok(-1), size)).collect::<Result<_, _>>()?),
        None => None,
    };
    Ok(Tensor {
        name: None,
        has_rank: shape.is_some(),
        shape,
        kind: tensor_type,
        buffer: 0,
        quantization: uniform.map(|uniform| Quantization {
            scale: Some(uniform.scales.iter().map(|&scale| scale as f32).collect()),
            zero_point: Some(uniform.zero_points),
            quantized_dimension: uniform.axis.unwrap_or(0),
            ..Quantization::default()
        }),
        is_variable: false,
        shape_signature: signature,
    })
}

/// The code that stands for types that the schema lacks, and that no file holds.
const OTHER: i8 = i8::MAX;

/// Returns the schema's type for an element type.
pub(super) fn tensor_type_of(element: Type<'_>, signed: bool) -> Option<TensorType> {
    let code = if element.is_integer() {
        let integer = IntegerType::try_from(element).ok()?;
        let unsigned = integer.is_unsigned() || !signed;
        match (integer.width(), unsigned) {
            _ if integer.is_signed() => return None,
            (1, false) => 6,
            (2, false) => 19,
            (4, false) => 17,
            (8, false) => 9,
            (16, false) => 7,
            (32, false) => 2,
            (64, false) => 4,
            (4, true) => 20,
            (8, true) => 3,
            (16, true) => 16,
            (32, true) => 15,
            (64, true) => 12,
            _ => return None,
        }
    } else if let Some(part) = native::complex_element(element) {
        match () {
            () if part.is_f32() => 8,
            () if part.is_f64() => 11,
            () => return None,
        }
    } else {
        match native::opaque_type_text(element, "tf_type") {
            Some(b"string") => 5,
            Some(b"resource") => 13,
            Some(b"variant") => 14,
            Some(_) => return None,
            None if element.is_f32() => 0,
            None if element.is_f16() => 1,
            None if element.is_f64() => 10,
            None if element.is_bf16() => 18,
            None if element.is_float8e4m3fn() => 21,
            None if element.is_float8e5m2() => 22,
            None => return None,
        }
    };
    TensorType::by_code(code)
}

/// The bits of an index, where no data layout says otherwise.
const INDEX_BITS: u32 = 64;

/// Returns the bits of a number that the schema has no type for.
fn bits(element: Type<'_>) -> Option<u32> {
    if let Ok(integer) = IntegerType::try_from(element) {
        return Some(integer.width());
    }
    if element.is_index() {
        return Some(INDEX_BITS);
    }
    if let Some(part) = native::complex_element(element) {
        return bits(part)?.checked_mul(2);
    }
    element.is_float().then(|| element.float_width())
}
