//! Safe functions for what melior and MLIR's C interface lack, or have for valid arguments only.

use std::ffi::{c_char, c_void};
use std::slice;

use melior::Context;
use melior::ir::attribute::AttributeLike;
use melior::ir::operation::OperationLike;
use melior::ir::{Attribute, Location, Operation, Type, TypeLike};
use mlir_sys::*;

unsafe extern "C" {
    fn respectResourceBytes(attribute: MlirAttribute, data: *mut *const c_char, length: *mut usize) -> bool;
    fn respectResourceKey(attribute: MlirAttribute) -> MlirStringRef;
    fn respectResourceWithType(attribute: MlirAttribute, r#type: MlirType) -> MlirAttribute;
    fn respectDenseBytes(
        attribute: MlirAttribute,
        data: *mut *const c_char,
        length: *mut usize,
        splat: *mut bool,
    ) -> bool;
    fn respectSetProperties(operation: MlirOperation, properties: MlirAttribute);
}

/// The key of the resource that stands for weights left out.
pub(super) const ELIDED: &[u8] = b"__elided__";

/// Returns bytes as a string of MLIR, which lives as long as they do.
pub(super) fn raw(bytes: &[u8]) -> MlirStringRef {
    MlirStringRef { data: bytes.as_ptr().cast(), length: bytes.len() }
}

/// Returns the bytes of a string of MLIR.
///
/// # Safety
/// `text` must live as long as the context behind `'c`.
pub(crate) unsafe fn bytes_of<'c>(text: MlirStringRef) -> &'c [u8] {
    if text.length == 0 {
        return &[];
    }
    // SAFETY: MLIR gives a pointer to as many bytes, and the caller vouches for their life.
    unsafe { slice::from_raw_parts(text.data.cast(), text.length) }
}

/// Returns a string attribute of any bytes.
pub(crate) fn string<'c>(context: &'c Context, bytes: &[u8]) -> Attribute<'c> {
    // SAFETY: MLIR copies the bytes into the context.
    unsafe { Attribute::from_raw(mlirStringAttrGet(context.to_raw(), raw(bytes))) }
}

/// Returns the bytes of a string attribute.
pub(super) fn string_bytes(attribute: Attribute<'_>) -> Option<&[u8]> {
    // SAFETY: the attribute is a string, whose bytes live in the context.
    attribute.is_string().then(|| unsafe { bytes_of(mlirStringAttrGetValue(attribute.to_raw())) })
}

/// Returns an attribute of an unregistered dialect: `#namespace<text>`.
pub(crate) fn opaque<'c>(context: &'c Context, namespace: &str, text: &str) -> Attribute<'c> {
    // SAFETY: MLIR copies both texts into the context.
    unsafe {
        Attribute::from_raw(mlirOpaqueAttrGet(
            context.to_raw(),
            raw(namespace.as_bytes()),
            text.len() as isize,
            text.as_ptr().cast(),
            mlirNoneTypeGet(context.to_raw()),
        ))
    }
}

/// Returns the text of an attribute of the unregistered dialect `namespace`.
pub(super) fn opaque_text<'c>(attribute: Attribute<'c>, namespace: &str) -> Option<&'c str> {
    if !attribute.is_opaque() {
        return None;
    }
    // SAFETY: the attribute is opaque, and its texts live in the context.
    let (found, text) = unsafe {
        (
            bytes_of(mlirOpaqueAttrGetDialectNamespace(attribute.to_raw())),
            bytes_of::<'c>(mlirOpaqueAttrGetData(attribute.to_raw())),
        )
    };
    (found == namespace.as_bytes()).then(|| str::from_utf8(text).ok())?
}

/// Returns a type of an unregistered dialect: `!namespace.text`.
pub(super) fn opaque_type<'c>(context: &'c Context, namespace: &str, text: &str) -> Type<'c> {
    // SAFETY: MLIR copies both texts into the context.
    unsafe {
        Type::from_raw(mlirOpaqueTypeGet(context.to_raw(), raw(namespace.as_bytes()), raw(text.as_bytes())))
    }
}

/// Returns the text of a type of the unregistered dialect `namespace`.
pub(super) fn opaque_type_text<'c>(kind: Type<'c>, namespace: &str) -> Option<&'c [u8]> {
    if !kind.is_opaque() {
        return None;
    }
    // SAFETY: the type is opaque, and its texts live in the context.
    let (found, text) = unsafe {
        (
            bytes_of(mlirOpaqueTypeGetDialectNamespace(kind.to_raw())),
            bytes_of::<'c>(mlirOpaqueTypeGetData(kind.to_raw())),
        )
    };
    (found == namespace.as_bytes()).then_some(text)
}

/// Returns several locations as one, with or without an attribute.
pub(super) fn fused<'c>(
    context: &'c Context,
    locations: &[Location<'c>],
    metadata: Option<Attribute<'c>>,
) -> Location<'c> {
    let raw: Vec<MlirLocation> = locations.iter().map(|location| location.to_raw()).collect();
    // SAFETY: all of it belongs to the context; a null attribute stands for none.
    unsafe {
        let metadata = metadata.map_or(mlirAttributeGetNull(), |metadata| metadata.to_raw());
        Location::from_raw(mlirLocationFusedGet(context.to_raw(), raw.len() as isize, raw.as_ptr(), metadata))
    }
}

/// Returns the name of a name location.
pub(super) fn location_name<'c>(location: Location<'c>) -> Option<&'c [u8]> {
    // SAFETY: the location is a name, whose bytes live in the context.
    location
        .is_name()
        .then(|| unsafe { bytes_of(mlirIdentifierStr(mlirLocationNameGetName(location.to_raw()))) })
}

/// Returns a name location.
pub(super) fn named<'c>(context: &'c Context, name: &str) -> Location<'c> {
    Location::name(context, name, Location::unknown(context))
}

/// Makes `properties` the inherent attributes of an operation that no dialect registers.
pub(super) fn set_properties<'c>(operation: &Operation<'c>, properties: Attribute<'c>) {
    // SAFETY: an unregistered operation takes any dictionary.
    unsafe { respectSetProperties(operation.to_raw(), properties.to_raw()) }
}

/// Returns a constant over `bytes` themselves, under a key.
///
/// # Safety
/// `bytes` must outlive the context, which keeps the blob for as long as it lives itself.
pub(super) unsafe fn resource<'c>(kind: Type<'c>, key: &str, bytes: &[u8]) -> Attribute<'c> {
    // SAFETY: the blob is marked as not mutable and has no deleter; the caller vouches for its life.
    unsafe {
        Attribute::from_raw(mlirUnmanagedDenseResourceElementsAttrGet(
            kind.to_raw(),
            raw(key.as_bytes()),
            bytes.as_ptr().cast_mut().cast::<c_void>(),
            bytes.len(),
            1,
            false,
            None,
            std::ptr::null_mut(),
        ))
    }
}

/// Returns a constant of type `kind` over the blob of `attribute`; `None` if `attribute` is no resource.
pub(super) fn resource_with_type<'c>(attribute: Attribute<'c>, kind: Type<'c>) -> Option<Attribute<'c>> {
    resource_key(attribute)?;
    // SAFETY: the attribute is a resource.
    kind.is_shaped()
        .then(|| unsafe { Attribute::from_raw(respectResourceWithType(attribute.to_raw(), kind.to_raw())) })
}

/// Returns the key of a resource.
pub(super) fn resource_key(attribute: Attribute<'_>) -> Option<&[u8]> {
    // SAFETY: the key lives in the context.
    let key = unsafe { respectResourceKey(attribute.to_raw()) };
    // SAFETY: as above.
    (!key.data.is_null()).then(|| unsafe { bytes_of(key) })
}

/// Returns the bytes of a resource, in place; `None` if the resource has no blob.
pub(super) fn resource_bytes(attribute: Attribute<'_>) -> Option<&[u8]> {
    let (mut data, mut length) = (std::ptr::null(), 0);
    // SAFETY: both places are valid to write.
    let found = unsafe { respectResourceBytes(attribute.to_raw(), &mut data, &mut length) };
    // SAFETY: the blob lives in the context or in memory that outlives it.
    found.then(|| unsafe { bytes_of(MlirStringRef { data, length }) })
}

/// Returns the bytes of a `dense` attribute of numbers, and whether they are one element that stands for all.
pub(super) fn dense_bytes(attribute: Attribute<'_>) -> Option<(&[u8], bool)> {
    let (mut data, mut length, mut splat) = (std::ptr::null(), 0, false);
    // SAFETY: all places are valid to write.
    let found = unsafe { respectDenseBytes(attribute.to_raw(), &mut data, &mut length, &mut splat) };
    // SAFETY: the bytes live in the context.
    found.then(|| (unsafe { bytes_of(MlirStringRef { data, length }) }, splat))
}

/// Returns a `dense` attribute of numbers from their bytes; `None` if they do not fit the type.
pub(super) fn dense<'c>(kind: Type<'c>, bytes: &[u8]) -> Option<Attribute<'c>> {
    // SAFETY: MLIR checks the length against the type, copies the bytes, and answers null if they do not fit.
    unsafe {
        Attribute::from_option_raw(mlirDenseElementsAttrRawBufferGet(
            kind.to_raw(),
            bytes.len(),
            bytes.as_ptr().cast(),
        ))
    }
}

/// Returns a `dense` attribute of booleans; there must be as many as the type has elements.
pub(super) fn dense_bools<'c>(kind: Type<'c>, values: &[i32]) -> Attribute<'c> {
    // SAFETY: MLIR copies the values.
    unsafe {
        Attribute::from_raw(mlirDenseElementsAttrBoolGet(
            kind.to_raw(),
            values.len() as isize,
            values.as_ptr(),
        ))
    }
}

/// Returns the boolean at a place within a `dense` attribute of booleans.
pub(super) fn dense_bool(attribute: Attribute<'_>, place: u64) -> bool {
    // SAFETY: the callers keep the place within the attribute's type.
    unsafe { mlirDenseElementsAttrGetBoolValue(attribute.to_raw(), place as isize) }
}

/// Returns a `dense` attribute of strings; there must be as many as the type has elements.
pub(super) fn dense_strings<'c>(kind: Type<'c>, values: &[&[u8]]) -> Attribute<'c> {
    let mut values: Vec<MlirStringRef> = values.iter().map(|value| raw(value)).collect();
    // SAFETY: MLIR copies the strings.
    unsafe {
        Attribute::from_raw(mlirDenseElementsAttrStringGet(
            kind.to_raw(),
            values.len() as isize,
            values.as_mut_ptr(),
        ))
    }
}

/// Returns the string at a place within a `dense` attribute of strings.
pub(super) fn dense_string(attribute: Attribute<'_>, place: u64) -> &[u8] {
    // SAFETY: the callers keep the place within the attribute's type; the strings live in the context.
    unsafe { bytes_of(mlirDenseElementsAttrGetStringValue(attribute.to_raw(), place as isize)) }
}

/// Returns whether a `dense` attribute holds one element that stands for all.
pub(super) fn is_splat(attribute: Attribute<'_>) -> bool {
    // SAFETY: asked of `dense` attributes only.
    attribute.is_dense_elements() && unsafe { mlirDenseElementsAttrIsSplat(attribute.to_raw()) }
}

/// Returns a tensor type of unknown rank.
pub(super) fn unranked(element: Type<'_>) -> Type<'_> {
    // SAFETY: the callers give element types that tensors take.
    unsafe { Type::from_raw(mlirUnrankedTensorTypeGet(element.to_raw())) }
}

/// Returns the complex type over a float type.
pub(super) fn complex(element: Type<'_>) -> Type<'_> {
    // SAFETY: the callers give float types.
    unsafe { Type::from_raw(mlirComplexTypeGet(element.to_raw())) }
}

/// Returns the element type of a complex type.
pub(super) fn complex_element(kind: Type<'_>) -> Option<Type<'_>> {
    // SAFETY: the type is complex.
    kind.is_complex().then(|| unsafe { Type::from_raw(mlirComplexTypeGetElementType(kind.to_raw())) })
}

/// Returns the element type of a tensor, vector or memref.
pub(super) fn element_type(kind: Type<'_>) -> Option<Type<'_>> {
    // SAFETY: the type is shaped.
    kind.is_shaped().then(|| unsafe { Type::from_raw(mlirShapedTypeGetElementType(kind.to_raw())) })
}

/// Returns the dimensions of a tensor, vector or memref of known rank; `None` for a dimension known at run time only.
pub(super) fn dimensions(kind: Type<'_>) -> Option<Vec<Option<i64>>> {
    // SAFETY: the type is shaped, and has a rank where it is asked for.
    unsafe {
        if !kind.is_shaped() || !mlirShapedTypeHasRank(kind.to_raw()) {
            return None;
        }
        let rank = mlirShapedTypeGetRank(kind.to_raw());
        let dimension = |place| {
            let is_dynamic = mlirShapedTypeIsDynamicDim(kind.to_raw(), place as isize);
            (!is_dynamic).then(|| mlirShapedTypeGetDimSize(kind.to_raw(), place as isize))
        };
        Some((0..rank).map(dimension).collect())
    }
}

/// Returns the size that stands for a dimension known at run time only.
pub(super) fn dynamic_size() -> u64 {
    // SAFETY: takes no arguments.
    unsafe { mlirShapedTypeGetDynamicSize() as u64 }
}

/// The parameters of a uniform quantized type.
pub(super) struct Uniform {
    /// True if the stored numbers are signed.
    pub signed: bool,
    /// The scales: one, or one for each channel.
    pub scales: Vec<f64>,
    /// The zero points, as many as scales.
    pub zero_points: Vec<i64>,
    /// The dimension of the channels, if there are channels.
    pub axis: Option<i32>,
    /// The smallest and the largest stored number.
    pub bounds: (i64, i64),
}

/// Returns the quantized type with the parameters `uniform`, which must be valid.
pub(super) fn uniform<'c>(context: &'c Context, storage: Type<'c>, uniform: &Uniform) -> Type<'c> {
    let (low, high) = uniform.bounds;
    let (mut scales, mut zero_points) = (uniform.scales.clone(), uniform.zero_points.clone());
    // SAFETY: the caller has checked the parameters; MLIR copies the lists.
    unsafe {
        let flags = if uniform.signed { mlirQuantizedTypeGetSignedFlag() } else { 0 };
        let float = mlirF32TypeGet(context.to_raw());
        Type::from_raw(match uniform.axis {
            Some(axis) => mlirUniformQuantizedPerAxisTypeGet(
                flags,
                storage.to_raw(),
                float,
                scales.len() as isize,
                scales.as_mut_ptr(),
                zero_points.as_mut_ptr(),
                axis,
                low,
                high,
            ),
            None => mlirUniformQuantizedTypeGet(
                flags,
                storage.to_raw(),
                float,
                scales[0],
                zero_points[0],
                low,
                high,
            ),
        })
    }
}

/// Returns the storage type of a quantized type, if the type says how its values are stored; else the type that they stand for.
pub(super) fn storage_type(kind: Type<'_>) -> Option<Type<'_>> {
    if !kind.is_quantized_type() {
        return None;
    }
    // SAFETY: the type is quantized; null stands for none, as for calibrated types.
    unsafe {
        Type::from_option_raw(mlirQuantizedTypeGetStorageType(kind.to_raw()))
            .or_else(|| Type::from_option_raw(mlirQuantizedTypeGetExpressedType(kind.to_raw())))
    }
}

/// Returns the parameters of a type, if it is uniform quantized per tensor or per axis.
pub(super) fn uniform_of(kind: Type<'_>) -> Option<Uniform> {
    let raw = kind.to_raw();
    // SAFETY: each question is asked of a type that was found to be of its kind.
    unsafe {
        let (scales, zero_points, axis);
        if mlirTypeIsAUniformQuantizedType(raw) {
            scales = vec![mlirUniformQuantizedTypeGetScale(raw)];
            zero_points = vec![mlirUniformQuantizedTypeGetZeroPoint(raw)];
            axis = None;
        } else if mlirTypeIsAUniformQuantizedPerAxisType(raw) {
            let channels = 0..mlirUniformQuantizedPerAxisTypeGetNumDims(raw);
            scales = channels.clone().map(|c| mlirUniformQuantizedPerAxisTypeGetScale(raw, c)).collect();
            zero_points = channels.map(|c| mlirUniformQuantizedPerAxisTypeGetZeroPoint(raw, c)).collect();
            axis = Some(mlirUniformQuantizedPerAxisTypeGetQuantizedDimension(raw));
        } else {
            return None;
        }
        let bounds = (mlirQuantizedTypeGetStorageTypeMin(raw), mlirQuantizedTypeGetStorageTypeMax(raw));
        Some(Uniform { signed: mlirQuantizedTypeIsSigned(raw), scales, zero_points, axis, bounds })
    }
}

/// Returns whether an attribute is `dense`.
pub(super) fn is_dense(attribute: Attribute<'_>) -> bool {
    attribute.is_dense_elements()
}

/// Returns whether a `dense` attribute holds strings.
pub(super) fn is_strings(attribute: Attribute<'_>) -> bool {
    attribute.is_dense_elements()
        && !attribute.is_dense_int_elements()
        && !attribute.is_dense_fp_elements()
        && dense_bytes(attribute).is_none()
}

/// Returns the number of elements of a `dense` attribute.
pub(super) fn elements(attribute: Attribute<'_>) -> u64 {
    // SAFETY: asked of `dense` attributes only.
    unsafe { mlirElementsAttrGetNumElements(attribute.to_raw()) as u64 }
}

/// Returns the element type of an attribute's type.
pub(super) fn element_type_of(attribute: Attribute<'_>) -> Option<Type<'_>> {
    element_type(attribute.r#type())
}
