//! The schema's tensor types.

/// A tensor's element type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TensorType {
    /// The type's number in the schema's `TensorType`.
    pub code: i8,
    /// The type's name in the schema.
    pub name: &'static str,
    /// The bits of one element; none for types without fixed bytes.
    pub bits: Option<u32>,
}

const fn row(code: i8, name: &'static str, bits: u32) -> TensorType {
    TensorType { code, name, bits: if bits == 0 { None } else { Some(bits) } }
}

static TYPES: [TensorType; 23] = [
    row(0, "FLOAT32", 32),
    row(1, "FLOAT16", 16),
    row(2, "INT32", 32),
    row(3, "UINT8", 8),
    row(4, "INT64", 64),
    row(5, "STRING", 0),
    row(6, "BOOL", 8),
    row(7, "INT16", 16),
    row(8, "COMPLEX64", 64),
    row(9, "INT8", 8),
    row(10, "FLOAT64", 64),
    row(11, "COMPLEX128", 128),
    row(12, "UINT64", 64),
    row(13, "RESOURCE", 0),
    row(14, "VARIANT", 0),
    row(15, "UINT32", 32),
    row(16, "UINT16", 16),
    row(17, "INT4", 4),
    row(18, "BFLOAT16", 16),
    row(19, "INT2", 2),
    row(20, "UINT4", 4),
    row(21, "FLOAT8_E4M3FN", 8),
    row(22, "FLOAT8_E5M2", 8),
];

impl TensorType {
    /// Returns the type with this number in the schema; none if the number is unknown.
    pub fn by_code(code: i8) -> Option<TensorType> {
        TYPES.get(usize::try_from(code).ok()?).copied()
    }

    /// Returns the bytes of `elements` elements; none if the type has no fixed bytes or the result does not fit a
    /// `u64`.
    pub fn bytes(self, elements: u64) -> Option<u64> {
        Some(elements.checked_mul(u64::from(self.bits?))?.div_ceil(8))
    }

    /// Returns whether the Edge TPU's array takes values of this type.
    pub fn is_for_the_array(self) -> bool {
        matches!(self.name, "INT8" | "UINT8")
    }
}
