//! The reasons why what the compiler made can't be read.

use crate::tflite::support::COMPILED;

/// The reason why the package of a compiled operator can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("operator {operator} ({COMPILED}): {fault}; compile the model again")]
pub struct PackageError {
    /// The operator's number in the file.
    pub operator: u32,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a compiled operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The options are not a map of flexbuffers.
    #[error("its options are no map of flexbuffers: byte {at}: {what}")]
    NotMap {
        /// The byte of the options that shows it.
        at: usize,
        /// What is wrong there.
        what: &'static str,
    },
    /// The options hold no package.
    #[error("its options have no entry '4', where the package is")]
    NoPackage,
    /// The package is something else.
    #[error("{part} is no DarwiNN package: bytes 4 to 7 are not 'DWN1'")]
    NotDarwinn {
        /// The part of the options.
        part: String,
    },
    /// A flatbuffer is truncated or damaged.
    #[error("{part} is damaged: {why}")]
    Damaged {
        /// The part of the options.
        part: String,
        /// The place and the fault.
        why: String,
    },
    /// A number stands for nothing that is known, or contradicts another.
    #[error("{part}: {what}")]
    Inconsistent {
        /// The part of the options.
        part: String,
        /// What is wrong there.
        what: String,
    },
    /// Parts share bytes, which would make little of much.
    #[error("{part} shares its bytes with another")]
    Shared {
        /// The part of the options, or the options.
        part: String,
    },
    /// The package holds more than any real one.
    #[error("it holds more than {0} executables, chunks, layers and transfers")]
    TooMany(usize),
}
