//! The schedule that segments of a model make of it, told by the names of the tensors that they take and give.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::interface::{Interface, interface};
use super::segments::SegmentSet;
use crate::graph::{OpGraph, OpId};
use crate::problem::{Schedule, StageId};

/// The reason why segments are no partition of a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotOfModel {
    /// A segment takes or gives what the model does not have.
    #[error("segment {segment} {does} '{tensor}', which the model lacks")]
    Unknown {
        /// The number of the segment, from 0.
        segment: usize,
        /// What the segment does with the tensor, as a verb.
        does: &'static str,
        /// The name of the tensor.
        tensor: String,
    },
    /// An operation is in two segments.
    #[error("'{op}' is in segments {} and {second}", .first.0)]
    Twice {
        /// The name of the operation that is in both.
        op: String,
        /// The earlier segment of the two.
        first: StageId,
        /// The number of the later segment, from 0.
        second: usize,
    },
    /// No segment gives a model output.
    #[error("no segment gives '{tensor}', an output of the model")]
    NotGiven {
        /// The name of the model output.
        tensor: String,
    },
}

/// The reason why a set of segments in a folder can't be read as a partition of a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CutsError {
    /// A segment does not exist or is not a model.
    #[error("{file}: {why}")]
    Unreadable {
        /// The segment's file name.
        file: String,
        /// The reason why it can't be read.
        why: String,
    },
    /// The segments are not of the model.
    #[error(transparent)]
    NotOfModel(#[from] NotOfModel),
}

/// Returns the schedule that a set of segments in `folder`, compiled or not, makes of `graph`.
///
/// # Errors
/// Returns an error if a segment can't be read, or if the segments are no partition of `graph`.
pub fn of_segments(folder: &Path, set: &SegmentSet, graph: &OpGraph) -> Result<Schedule, CutsError> {
    let read =
        |file: String| interface(&folder.join(&file)).map_err(|why| CutsError::Unreadable { file, why });
    let interfaces: Vec<Interface> = set.files().map(read).collect::<Result<_, _>>()?;
    Ok(schedule(graph, &interfaces)?)
}

/// Returns the schedule that puts into each segment the operations that make its outputs out of its inputs. Operations
/// that no output needs go where the last of their operands is made.
pub(super) fn schedule(graph: &OpGraph, segments: &[Interface]) -> Result<Schedule, NotOfModel> {
    let tensors: HashMap<&str, Option<OpId>> =
        graph.tensors().iter().map(|tensor| (tensor.name.as_str(), tensor.producer)).collect();
    let mut reads = vec![Vec::new(); graph.ops().len()];
    for tensor in graph.tensors() {
        tensor.consumers.iter().for_each(|op| reads[op.index()].push(tensor));
    }
    let mut stage_of: Vec<Option<StageId>> = vec![None; graph.ops().len()];
    for (segment, Interface { inputs, outputs }) in segments.iter().enumerate() {
        let stage = StageId(segment as u32);
        let unknown = |does, tensor: &String| NotOfModel::Unknown { segment, does, tensor: tensor.clone() };
        if let Some(input) = inputs.iter().find(|input| !tensors.contains_key(input.as_str())) {
            return Err(unknown("takes", input));
        }
        let inputs: HashSet<&str> = inputs.iter().map(String::as_str).collect();
        let mut open: Vec<OpId> = Vec::new();
        for output in outputs {
            let maker = tensors.get(output.as_str()).ok_or_else(|| unknown("gives", output))?;
            open.extend(maker.filter(|_| !inputs.contains(output.as_str())));
        }
        while let Some(op) = open.pop() {
            match stage_of[op.index()].replace(stage) {
                Some(earlier) if earlier != stage => {
                    let op = graph.op(op).name.clone();
                    return Err(NotOfModel::Twice { op, first: earlier, second: segment });
                }
                Some(_) => {}
                None => {
                    let inside =
                        reads[op.index()].iter().filter(|tensor| !inputs.contains(tensor.name.as_str()));
                    open.extend(inside.filter_map(|tensor| tensor.producer));
                }
            }
        }
    }
    let outputs = graph.outputs().iter().map(|&output| graph.tensor(output));
    let is_made = |op: OpId| stage_of[op.index()].is_some();
    if let Some(output) = outputs.into_iter().find(|output| !output.producer.is_none_or(is_made)) {
        return Err(NotOfModel::NotGiven { tensor: output.name.clone() });
    }
    for &op in graph.execution_order() {
        if stage_of[op.index()].is_none() {
            let makers = reads[op.index()].iter().filter_map(|tensor| tensor.producer);
            stage_of[op.index()] =
                makers.filter_map(|maker| stage_of[maker.index()]).max().or(Some(StageId(0)));
        }
    }
    Ok(Schedule { stage_of: stage_of.into_iter().flatten().collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns four operations in a chain, with a skip from the first to the last, and one that makes nothing of use.
    fn graph() -> OpGraph {
        let op = |name| format!(r#"{{"name": "{name}", "kind": "K", "parameter_bytes": 1, "macs": 1}}"#);
        let tensor = |name, producer, consumers| {
            format!(r#"{{"name": "{name}", "bytes": 1, "producer": {producer}, "consumers": {consumers}}}"#)
        };
        let ops = ["a", "b", "c", "d", "e"].map(op).join(",");
        let tensors = [
            tensor("x", "null", "[0]"),
            tensor("ta", "0", "[1, 3]"),
            tensor("tb", "1", "[2, 4]"),
            tensor("tc", "2", "[3]"),
            tensor("td", "3", "[]"),
            tensor("te", "4", "[]"),
        ];
        let text =
            format!(r#"{{"name": "g", "ops": [{ops}], "tensors": [{}], "outputs": [4]}}"#, tensors.join(","));
        OpGraph::from_json(text.as_bytes()).unwrap()
    }

    fn cut(segments: &[(&[&str], &[&str])]) -> Result<Vec<u32>, String> {
        let owned = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
        let interface = |&(inputs, outputs): &(&[&str], &[&str])| Interface {
            inputs: owned(inputs),
            outputs: owned(outputs),
        };
        let interfaces: Vec<Interface> = segments.iter().map(interface).collect();
        let schedule = schedule(&graph(), &interfaces).map_err(|error| error.to_string())?;
        Ok(schedule.stage_of.iter().map(|stage| stage.0).collect())
    }

    #[test]
    fn the_cuts_are_told_by_the_tensors() {
        assert_eq!(cut(&[(&["x"], &["ta", "tb"]), (&["ta", "tb"], &["td"])]), Ok(vec![0, 0, 1, 1, 0]));
        assert_eq!(
            cut(&[(&["x"], &["ta"]), (&["ta"], &["tc"]), (&["ta", "tc"], &["td"])]),
            Ok(vec![0, 1, 1, 2, 1])
        );
    }

    #[test]
    fn segments_of_another_model_are_none() {
        let why = |segments: &[_]| cut(segments).unwrap_err();
        assert_eq!(why(&[(&["x"], &["other"])]), "segment 0 gives 'other', which the model lacks");
        assert_eq!(why(&[(&["z"], &["ta"])]), "segment 0 takes 'z', which the model lacks");
        assert_eq!(why(&[(&["x"], &["ta"])]), "no segment gives 'td', an output of the model");
        assert!(cut(&[(&["x"], &["tc"]), (&["x"], &["td"])]).unwrap_err().contains("is in segments 0 and 1"));
    }
}
