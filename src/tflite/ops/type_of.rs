//! Where a type that no attribute holds can be read.

/// A tensor whose type says what no attribute does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeOf {
    /// The operand of this index.
    Operand(usize),
    /// The result of this index.
    Result(usize),
    /// The entry of this index in the operator's list of intermediate tensors.
    Intermediate(usize),
}
