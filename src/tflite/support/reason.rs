//! The reasons why operators stay on the CPU.

/// The kind of reason that keeps an operator on the CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The Edge TPU has no such operator.
    Kind,
    /// The shape of a tensor is known at run time only.
    DynamicShape,
    /// The operator has values of a type that the array does not take.
    Type,
    /// A tensor has too many dimensions above 1.
    Dimensions,
    /// A parameter of the operator is computed, not a constant.
    Parameters,
    /// An option or shape is beyond the limits of the operator's kind.
    Limit,
    /// The operator depends on one that stays on the CPU, and the compiler takes only one piece of the model.
    Behind,
    /// The compiler left the operator, for a reason that a compiled model does not tell.
    Compiled,
}

/// The reason why an operator stays on the CPU, with what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The kind of reason.
    pub cause: Cause,
    /// The reason, in a few words.
    pub why: String,
    /// An instruction that says what to do about the reason.
    pub remedy: &'static str,
}
