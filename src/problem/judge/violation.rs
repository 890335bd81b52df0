//! What breaks a rule, in the words that people read.

use crate::graph::numbers;
use crate::graph::{OpId, TensorId, Uncuttable};
use crate::problem::StageId;

/// One breach of a rule. Rules are numbered as in the documentation of Coral's pipeline runner in the README.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// The schedule is of another graph.
    #[error("the schedule places {found} operations, but the graph has {expected}")]
    WrongLength {
        /// Operations in the schedule.
        found: usize,
        /// Operations in the graph.
        expected: usize,
    },
    /// A stage that does not exist.
    #[error("operation {} is in stage {}, but there are {stages} stages, from 0", .op.0, .stage.0)]
    NoSuchStage {
        /// The operation.
        op: OpId,
        /// Its stage.
        stage: StageId,
        /// How many there are.
        stages: u32,
    },
    /// Rule 1: a tensor is read before it is made.
    #[error("rule 1: tensor '{name}' is read in stage {} but made only in stage {}", .reader.0, .maker.0)]
    ReadBeforeMade {
        /// The tensor.
        name: String,
        /// The reading stage.
        reader: StageId,
        /// The making stage.
        maker: StageId,
    },
    /// Rule 1: a tensor without a name can't join two stages.
    #[error("rule 1: tensor {} crosses from stage {} to a later one but {}", .tensor.0, .maker.0, Uncuttable::Unnamed.reason())]
    Unnamed {
        /// The tensor.
        tensor: TensorId,
        /// The making stage.
        maker: StageId,
    },
    /// Rule 2: a stage that hands on nothing that a model output depends on; without any output the runner aborts.
    #[error("rule 2: stage {} makes nothing that a later stage needs for a model output", .stage.0)]
    NothingHandedOn {
        /// The stage.
        stage: StageId,
    },
    /// Rule 3: a model output is made before the last stage.
    #[error("rule 3: model output '{name}' is made in stage {}, not in the last", .stage.0)]
    EarlyOutput {
        /// The output.
        name: String,
        /// Its stage.
        stage: StageId,
    },
    /// Rule 3: a pipeline that returns nothing.
    #[error("rule 3: the model has no outputs, so the last stage returns nothing")]
    NoOutputs,
    /// Rule 3: a model output that the last stage can't make because no operation does.
    #[error("rule 3: model output '{name}' is not made by any operation, so the last stage can't return it")]
    OutputNotProduced {
        /// The output.
        name: String,
    },
    /// Rule 4: a model input that the first stage does not read.
    #[error("rule 4: model input '{name}' is read first in stage {}, but the first stage takes all inputs", .stage.0)]
    LateInput {
        /// The input.
        name: String,
        /// The first stage that reads it.
        stage: StageId,
    },
    /// Rule 5: a tensor that is held for a later stage would be replaced by another of its name.
    #[error("rule 5: tensor '{name}' is held after stage {} but shares its name with another tensor", .stage.0)]
    HeldNameTaken {
        /// The name.
        name: String,
        /// The stage that makes it.
        stage: StageId,
    },
    /// Rule 6: a tensor crosses that has no fixed type and shape to be equal on both sides.
    #[error("rule 6: tensor '{name}' crosses a cut after stage {} but {}{}", .stage.0, .why.reason(), detail(.because))]
    NotTransferable {
        /// The tensor.
        name: String,
        /// The stage that makes it.
        stage: StageId,
        /// Why it can't.
        why: Uncuttable,
        /// What makes it so.
        because: Option<String>,
    },
    /// Rule 7: a stage without operations.
    #[error("rule 7: stage {} holds no operation", .stage.0)]
    EmptyStage {
        /// The stage.
        stage: StageId,
    },
    /// Rule 6: the runner has to give a model input or output a buffer, and its size is not known.
    #[error("rule 6: tensor '{name}' is {place} but {}{}", Uncuttable::DynamicShape.reason(), detail(.because))]
    NoFixedSize {
        /// The tensor.
        name: String,
        /// Whether it is an input or an output.
        place: Bound,
        /// What makes it so.
        because: Option<String>,
    },
    /// Rule 8: an operator on the CPU reads a stage's input or output as a constant, at the first inference only.
    #[error("rule 8: tensor '{name}' is {} but {}{}", .place, Uncuttable::HeldOnce.reason(), detail(.because))]
    HeldOnce {
        /// The tensor.
        name: String,
        /// Where the runner binds it.
        place: Bound,
        /// The operator at fault and what it does.
        because: Option<String>,
    },
    /// Rule 9: an operator on the CPU computes nothing for a stage's output, or at the first inference only.
    #[error("rule 9: tensor '{name}' is {} but {}{}", .place, .why.reason(), detail(.because))]
    NotComputed {
        /// The tensor.
        name: String,
        /// Where the runner binds it.
        place: Bound,
        /// Which of the two.
        why: Uncuttable,
        /// The operator at fault and what it does.
        because: Option<String>,
    },
    /// Operations that share state are in different stages.
    #[error("operations {} and {} must share a stage (they share state) but are in {} and {}", .a.0, .b.0, .stage_a.0, .stage_b.0)]
    Separated {
        /// One operation.
        a: OpId,
        /// The other.
        b: OpId,
        /// Its stage.
        stage_a: StageId,
        /// The other's.
        stage_b: StageId,
    },
    /// Operations that must not all share a stage do.
    #[error("operations {} must not all share a stage, but all are in {}", numbers(.ops), .stage.0)]
    NotApart {
        /// The operations.
        ops: Vec<OpId>,
        /// Their stage.
        stage: StageId,
    },
}

/// Where the runner binds a tensor to a buffer of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Between a stage and a later one.
    After(StageId),
    /// On its way into the model.
    ModelInput,
    /// On its way out of the model.
    ModelOutput,
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Bound::After(stage) => write!(f, "handed over after stage {}", stage.0),
            Bound::ModelInput => f.write_str("a model input"),
            Bound::ModelOutput => f.write_str("a model output"),
        }
    }
}

/// What follows a reason, if more is known.
pub(crate) fn detail(text: &Option<String>) -> String {
    text.as_ref().map(|text| format!(": {text}")).unwrap_or_default()
}
