//! References to tensors whose type stands in for an attribute.

/// A tensor of an operator whose element type gives a type that no attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeOf {
    /// The operand at this index.
    Operand(usize),
    /// The result at this index.
    Result(usize),
    /// The entry at this index in the operator's list of intermediate tensors.
    Intermediate(usize),
}
