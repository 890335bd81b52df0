//! The defects for which a problem has no solution.

use super::judge::{Bound, detail};
use crate::graph::{OpGraph, OpId, TensorId, Uncuttable, numbers};

/// The reason why a problem has no solution.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Defect {
    /// The number of stages is zero.
    #[error("0 stages: give at least 1")]
    NoStages,
    /// The graph has no operations.
    #[error("the graph has no operations: there is nothing to schedule")]
    NoOperations,
    /// The number of stages is larger than the graph has room for.
    #[error("{stages} stages, but {why}: use at most {room}{}", uncut.as_ref().map(|text| format!("; {text}")).unwrap_or_default())]
    TooManyStages {
        /// The number of stages asked for.
        stages: u32,
        /// The largest number of stages that is possible.
        room: u32,
        /// The reason why no more stages are possible.
        why: String,
        /// The tensors that can't be cut, if there are any, and the rules that say so.
        uncut: Option<String>,
    },
    /// Some operations must not all share a stage, but have to.
    #[error("operations {} must not all share a stage, but {why}", numbers(.ops))]
    Inseparable {
        /// The operations that must not all share a stage.
        ops: Vec<OpId>,
        /// The reason why they have to share one, as the end of a sentence.
        why: &'static str,
    },
    /// The runner can't bind a model input or output to a buffer.
    #[error("tensor '{name}' is {place} but {}{}; Coral's runner binds it to a buffer of its own, so no pipeline of the model can be relied on (rule {})",
            .why.reason(), detail(.because), .why.rule())]
    Unbindable {
        /// The tensor's name.
        name: String,
        /// The place where the runner binds the tensor: as a model input or output.
        place: Bound,
        /// The reason why it can't be bound.
        why: Uncuttable,
        /// The operator at fault and its effect, if they are known.
        because: Option<String>,
    },
    /// The graph has no outputs, so the last stage has nothing to return.
    #[error("the graph has no outputs, so no last stage could return any: list them")]
    NoOutputs,
    /// A model output is made by no operation, so it can't come from the last stage.
    #[error("model output '{name}' (tensor {}) is not made by any operation, so the last stage can't return it: use 1 stage", .tensor.0)]
    OutputNotProduced {
        /// The model output.
        tensor: TensorId,
        /// The model output's name.
        name: String,
    },
}

/// Returns a sentence on the model outputs that hold all operations after them in the last stage; `None` if there are
/// none.
pub(super) fn early_outputs(graph: &OpGraph) -> Option<String> {
    let is_early = |output: &&TensorId| {
        let tensor = graph.tensor(**output);
        tensor.producer.is_some() && !tensor.consumers.is_empty()
    };
    let early: Vec<String> = graph
        .outputs()
        .iter()
        .filter(is_early)
        .map(|&output| format!("'{}'", graph.tensor(output).name))
        .collect();
    let (first, more) = early.split_first()?;
    let more = if more.is_empty() { String::new() } else { format!(" (and {} more)", more.len()) };
    Some(format!(
        "model output {first}{more} is read by operations too, and as the last stage returns all outputs, what comes after its \
         maker is in the last stage as well (rule 3)"
    ))
}

/// Returns a sentence on the tensors between operations that can't be cut, the most frequent reasons first, and the
/// rules behind them; `None` if there are none.
pub(super) fn uncut(graph: &OpGraph) -> Option<String> {
    const MOST_REASONS: usize = 3;
    let between = || graph.tensors().iter().filter(|t| t.producer.is_some() && !t.consumers.is_empty());
    let mut groups: Vec<(Uncuttable, &Option<String>, &str, usize)> = Vec::new();
    for tensor in between() {
        let Some(why) = tensor.uncuttable else { continue };
        let because = &tensor.uncuttable_because;
        match groups.iter_mut().find(|(other, text, ..)| (*other, *text) == (why, because)) {
            Some((.., count)) => *count += 1,
            None => groups.push((why, because, &tensor.name, 1)),
        }
    }
    let total: usize = groups.iter().map(|(.., count)| count).sum();
    groups.sort_by_key(|(.., count)| std::cmp::Reverse(*count));
    let mut rules: Vec<u8> = groups.iter().map(|(why, ..)| why.rule()).collect();
    rules.sort_unstable();
    rules.dedup();
    let mut reasons: Vec<String> = (groups.iter().take(MOST_REASONS))
        .map(|(why, because, name, count)| match count - 1 {
            0 => format!("'{name}' {}{}", why.reason(), detail(because)),
            more => format!("'{name}', like {more} more, {}{}", why.reason(), detail(because)),
        })
        .collect();
    let others: usize = groups.iter().skip(MOST_REASONS).map(|(.., count)| count).sum();
    reasons.extend((others > 0).then(|| format!("{others} others for other reasons")));
    let rules: Vec<String> = rules.iter().map(u8::to_string).collect();
    (total > 0).then(|| {
        format!(
            "{total} of the {} tensors between its operations can't be cut: {} ({} {})",
            between().count(),
            reasons.join("; "),
            if rules.len() == 1 { "rule" } else { "rules" },
            rules.join(", ")
        )
    })
}

/// Returns a defect for each model input and output that the runner can't bind to a buffer in any pipeline.
pub(super) fn unbindable(graph: &OpGraph) -> impl Iterator<Item = Defect> + '_ {
    let at_fault = |tensor: &TensorId| graph.tensor(*tensor).uncuttable.filter(|why| why.forbids_binding());
    let defect = move |tensor: &TensorId, place| {
        let entry = graph.tensor(*tensor);
        let (name, because) = (entry.name.clone(), entry.uncuttable_because.clone());
        at_fault(tensor).map(|why| Defect::Unbindable { name, place, why, because })
    };
    let is_read = |tensor: &&TensorId| !graph.tensor(**tensor).consumers.is_empty();
    let inputs = graph.inputs().iter().filter(is_read).filter_map(move |t| defect(t, Bound::ModelInput));
    let made = |tensor: &&TensorId| graph.tensor(**tensor).producer.is_some();
    inputs.chain(graph.outputs().iter().filter(made).filter_map(move |t| defect(t, Bound::ModelOutput)))
}
