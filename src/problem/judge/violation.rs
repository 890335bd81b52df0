//! The breaches of rules, in the words that people read.

use crate::graph::numbers;
use crate::graph::{OpId, TensorId, Uncuttable};
use crate::problem::StageId;

/// One breach of a rule. Rules are numbered as in the documentation of Coral's pipeline runner in the README.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// The schedule does not have as many operations as the graph, so it is of another graph.
    #[error("the schedule places {found} operations, but the graph has {expected}")]
    WrongLength {
        /// The number of operations in the schedule.
        found: usize,
        /// The number of operations in the graph.
        expected: usize,
    },
    /// An operation is in a stage that does not exist.
    #[error("operation {} is in stage {}, but there are {stages} stages, from 0", .op.0, .stage.0)]
    NoSuchStage {
        /// The operation that is placed there.
        op: OpId,
        /// The stage that does not exist.
        stage: StageId,
        /// The number of stages that there are.
        stages: u32,
    },
    /// Rule 1: a tensor is read before it is made.
    #[error("rule 1: tensor '{name}' is read in stage {} but made only in stage {}", .reader.0, .maker.0)]
    ReadBeforeMade {
        /// The tensor's name.
        name: String,
        /// The stage that reads the tensor.
        reader: StageId,
        /// The stage that makes the tensor.
        maker: StageId,
    },
    /// Rule 1: a tensor without a name can't join two stages.
    #[error("rule 1: tensor {} crosses from stage {} to a later one but {}", .tensor.0, .maker.0, Uncuttable::Unnamed.reason())]
    Unnamed {
        /// The tensor without a name.
        tensor: TensorId,
        /// The stage that makes the tensor.
        maker: StageId,
    },
    /// Rule 2: a stage hands on nothing that a model output depends on; without any output the runner aborts.
    #[error("rule 2: stage {} makes nothing that a later stage needs for a model output", .stage.0)]
    NothingHandedOn {
        /// The stage at fault.
        stage: StageId,
    },
    /// Rule 3: a model output is made before the last stage.
    #[error("rule 3: model output '{name}' is made in stage {}, not in the last", .stage.0)]
    EarlyOutput {
        /// The model output's name.
        name: String,
        /// The stage that makes the output.
        stage: StageId,
    },
    /// Rule 3: the pipeline returns nothing.
    #[error("rule 3: the model has no outputs, so the last stage returns nothing")]
    NoOutputs,
    /// Rule 3: the last stage can't make a model output because no operation does.
    #[error("rule 3: model output '{name}' is not made by any operation, so the last stage can't return it")]
    OutputNotProduced {
        /// The model output's name.
        name: String,
    },
    /// Rule 4: the first stage does not read a model input.
    #[error("rule 4: model input '{name}' is read first in stage {}, but the first stage takes all inputs", .stage.0)]
    LateInput {
        /// The model input's name.
        name: String,
        /// The first stage that reads the input.
        stage: StageId,
    },
    /// Rule 5: a tensor that is held for a later stage would be replaced by another of its name.
    #[error("rule 5: tensor '{name}' is held after stage {} but shares its name with another tensor", .stage.0)]
    HeldNameTaken {
        /// The name that both tensors have.
        name: String,
        /// The stage that makes the tensor.
        stage: StageId,
    },
    /// Rule 6: a tensor that crosses a cut has no fixed type and shape to be equal on both sides.
    #[error("rule 6: tensor '{name}' crosses a cut after stage {} but {}{}", .stage.0, .why.reason(), detail(.because))]
    NotTransferable {
        /// The tensor's name.
        name: String,
        /// The stage that makes the tensor.
        stage: StageId,
        /// The reason why the tensor can't cross.
        why: Uncuttable,
        /// The operator at fault and its effect, if they are known.
        because: Option<String>,
    },
    /// Rule 7: a stage has no operations.
    #[error("rule 7: stage {} holds no operation", .stage.0)]
    EmptyStage {
        /// The stage without operations.
        stage: StageId,
    },
    /// Rule 6: the runner has to give a model input or output a buffer, and its size is not known.
    #[error("rule 6: tensor '{name}' is {place} but {}{}", Uncuttable::DynamicShape.reason(), detail(.because))]
    NoFixedSize {
        /// The tensor's name.
        name: String,
        /// The place where the runner binds the tensor: as a model input or output.
        place: Bound,
        /// The operator at fault and its effect, if they are known.
        because: Option<String>,
    },
    /// Rule 8: an operator on the CPU reads a stage's input or output as a constant, at the first inference only.
    #[error("rule 8: tensor '{name}' is {} but {}{}", .place, Uncuttable::HeldOnce.reason(), detail(.because))]
    HeldOnce {
        /// The tensor's name.
        name: String,
        /// The place where the runner binds the tensor.
        place: Bound,
        /// The operator at fault and its effect, if they are known.
        because: Option<String>,
    },
    /// Rule 9: an operator on the CPU computes nothing for a stage's output, or at the first inference only.
    #[error("rule 9: tensor '{name}' is {} but {}{}", .place, .why.reason(), detail(.because))]
    NotComputed {
        /// The tensor's name.
        name: String,
        /// The place where the runner binds the tensor.
        place: Bound,
        /// The reason: nothing is computed, or only at the first inference.
        why: Uncuttable,
        /// The operator at fault and its effect, if they are known.
        because: Option<String>,
    },
    /// Operations that share state are in different stages.
    #[error("operations {} and {} must share a stage (they share state) but are in {} and {}", .a.0, .b.0, .stage_a.0, .stage_b.0)]
    Separated {
        /// The first of the two operations.
        a: OpId,
        /// The second of the two operations.
        b: OpId,
        /// The stage of operation `a`.
        stage_a: StageId,
        /// The stage of operation `b`.
        stage_b: StageId,
    },
    /// An operation is in an earlier stage than one that it must follow, although it reads nothing of that one.
    #[error("operation {} is in stage {}, before operation {} in stage {}, but must follow it: their side effects may meet",
            .after.0, .stage_after.0, .before.0, .stage_before.0)]
    OutOfOrder {
        /// The operation that comes first.
        before: OpId,
        /// The operation that must follow.
        after: OpId,
        /// The stage of operation `before`.
        stage_before: StageId,
        /// The stage of operation `after`.
        stage_after: StageId,
    },
    /// Operations that must not all share a stage are all in one.
    #[error("operations {} must not all share a stage, but all are in {}", numbers(.ops), .stage.0)]
    NotApart {
        /// The operations that must not all share a stage.
        ops: Vec<OpId>,
        /// The stage that holds them all.
        stage: StageId,
    },
}

/// The place where the runner binds a tensor to a buffer of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The tensor is handed over after this stage.
    After(StageId),
    /// The tensor is a model input.
    ModelInput,
    /// The tensor is a model output.
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

/// Returns the text that follows a reason: a colon and `text`, or nothing if there is none.
pub(crate) fn detail(text: &Option<String>) -> String {
    text.as_ref().map(|text| format!(": {text}")).unwrap_or_default()
}
