//! Why an operator stays on the CPU.

/// What kind of reason keeps an operator on the CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The Edge TPU has no such operator.
    Kind,
    /// Only a run tells the shape of a tensor.
    DynamicShape,
    /// Values of a type that the array does not take.
    Type,
    /// Too many dimensions above 1.
    Dimensions,
    /// Parameters that are computed.
    Parameters,
    /// An option or shape beyond the operator's own limits.
    Limit,
    /// It depends on an operator that stays on the CPU, and the compiler takes one piece of the model.
    Behind,
}

/// Why an operator stays on the CPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The kind of reason.
    pub cause: Cause,
    /// The reason, in a few words.
    pub why: String,
    /// What to do about it.
    pub remedy: &'static str,
}
