//! Why no cut may go through a tensor.

use serde::{Deserialize, Serialize};

/// Why a tensor can't be handed from one stage to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Uncuttable {
    /// It has no name, and the runner joins stages by name.
    Unnamed,
    /// Another tensor has the same name.
    DuplicateName,
    /// Its size is known at run time only.
    DynamicShape,
    /// The file declares another shape or type than its operation gives.
    WrongShape,
    /// How its operation shapes it is not known, so the declared shape can't be checked.
    UnknownShape,
    /// It is made of constants alone.
    ConstantResult,
    /// An operation on the CPU takes it for a constant where the runner hands it to a stage or out of one, and reads it
    /// at the first inference only.
    HeldOnce,
    /// The operation on the CPU that makes it is skipped where the runner takes it out of a stage.
    Skipped,
    /// An operation that reads it writes into it.
    Written,
    /// Its type is a handle, a string or another that has no fixed bytes.
    Opaque,
}

impl Uncuttable {
    /// Whether Coral's runner can't bind the tensor to a buffer of its own at all, so that it can't be an input or output of
    /// a pipeline either.
    pub fn forbids_binding(self) -> bool {
        use Uncuttable::{ConstantResult, DynamicShape, HeldOnce, Skipped};
        matches!(self, DynamicShape | ConstantResult | HeldOnce | Skipped)
    }

    /// The rule of Coral's runner, as the README numbers them, that a cut would break.
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

    /// The reason, as the end of a sentence that starts with the tensor.
    pub fn reason(self) -> &'static str {
        match self {
            Uncuttable::Unnamed => "has no name, and stages are joined by name",
            Uncuttable::DuplicateName => "shares its name with another tensor, and stages are joined by name",
            Uncuttable::DynamicShape => "has a shape that is known at run time only",
            Uncuttable::WrongShape => {
                "has another shape or type than the one declared, which a stage would start from"
            }
            Uncuttable::UnknownShape => "has a shape that no rule known here gives",
            Uncuttable::ConstantResult => "is made of constants alone, and belongs where it is read",
            Uncuttable::HeldOnce => {
                "is read at the first inference only, as Coral's runner hands it over like a constant"
            }
            Uncuttable::Skipped => {
                "is not computed by newer runtimes, as Coral's runner takes it over like a constant"
            }
            Uncuttable::Written => "is changed by an operation that reads it",
            Uncuttable::Opaque => {
                "has no fixed bytes (it is a resource, a variant or a string, or beyond 2^64)"
            }
        }
    }
}
