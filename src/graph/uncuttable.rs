//! The reasons why no cut may go through a tensor.

use serde::{Deserialize, Serialize};

/// A reason why a tensor can't be handed from one stage to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Uncuttable {
    /// The tensor has no name, and the runner joins stages by name.
    Unnamed,
    /// Another tensor has the same name.
    DuplicateName,
    /// The tensor's shape is known at run time only.
    DynamicShape,
    /// The file declares another shape or type than the operation that makes the tensor gives.
    WrongShape,
    /// No shape rule is known for the operation that makes the tensor, so the declared shape can't be checked.
    UnknownShape,
    /// The tensor is computed from constants alone.
    ConstantResult,
    /// An operation on the CPU takes the tensor for a constant if the runner hands it into or out of a stage, and reads
    /// it at the first inference only.
    HeldOnce,
    /// The operation on the CPU that makes the tensor is skipped if the runner takes the tensor out of a stage.
    Skipped,
    /// An operation that reads the tensor also writes into it.
    Written,
    /// The tensor's type, such as a handle or a string, has no fixed number of bytes.
    Opaque,
}

impl Uncuttable {
    /// Returns whether Coral's runner can't bind the tensor to a buffer of its own at all, so that it can't be an input
    /// or output of a pipeline either.
    pub fn forbids_binding(self) -> bool {
        use Uncuttable::{ConstantResult, DynamicShape, HeldOnce, Skipped};
        matches!(self, DynamicShape | ConstantResult | HeldOnce | Skipped)
    }

    /// Returns the number, in the README's list, of the rule of Coral's runner that a cut would break.
    pub fn rule(self) -> u8 {
        match self {
            Uncuttable::Unnamed => 1,
            Uncuttable::DuplicateName => 5,
            Uncuttable::DynamicShape
            | Uncuttable::WrongShape
            | Uncuttable::UnknownShape
            | Uncuttable::Written
            | Uncuttable::Opaque => 6,
            Uncuttable::HeldOnce => 8,
            Uncuttable::Skipped | Uncuttable::ConstantResult => 9,
        }
    }

    /// Returns the reason as the end of a sentence that starts with the tensor.
    pub fn reason(self) -> &'static str {
        match self {
            Uncuttable::Unnamed => "has no name, and stages are joined by name",
            Uncuttable::DuplicateName => "shares its name with another tensor, and stages are joined by name",
            Uncuttable::DynamicShape => "has a shape that is known at run time only",
            Uncuttable::WrongShape => {
                "has another shape or type than the declared one, from which a stage would start"
            }
            Uncuttable::UnknownShape => "has a shape that can't be checked",
            Uncuttable::ConstantResult => {
                "is made of constants alone, and belongs in the stage that reads it"
            }
            Uncuttable::HeldOnce => {
                "is read at the first inference only, as Coral's runner binds it like a constant"
            }
            Uncuttable::Skipped => {
                "is not computed by newer runtimes, as Coral's runner binds it like a constant"
            }
            Uncuttable::Written => "is changed by an operation that reads it",
            Uncuttable::Opaque => {
                "has no fixed bytes (it is a resource, a variant, a variable or a string, or exceeds 2^64 bytes)"
            }
        }
    }
}
