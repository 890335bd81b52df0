//! The compiler's own partition: the schedule that `--num_segments` makes of a whole model, read from the segments that
//! were written.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::compiler::Compiler;
use super::error::RunError;
use super::interface::{Interface, interface};
use super::log::{self, Failure};
use super::names::{compiled_name, stage_name};
use super::process::Run;
use crate::base::cancel::Cancel;
use crate::base::hint::{Hint, Hinted};
use crate::graph::{OpGraph, OpId};
use crate::problem::{Schedule, StageId};

/// The first version of the compiler that can cut a model.
const SINCE: u32 = 15;

/// The reason why the compiler's own partition is not known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PartitionError {
    /// The compiler is too old to cut a model.
    #[error("edgetpu_compiler {version} cannot cut: --num_segments came with version {SINCE}")]
    TooOld {
        /// The version of the compiler at hand.
        version: String,
    },
    /// The compiler could not be run to its end.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The compiler ran and failed.
    #[error("edgetpu_compiler --num_segments {segments}: {}; {}", .failure.text, .failure.advice)]
    Failed {
        /// The number of segments that it was asked for.
        segments: u32,
        /// The failure, as the compiler's log tells it.
        failure: Failure,
    },
    /// A segment does not exist or is not a model.
    #[error("edgetpu_compiler wrote no readable {file}: {why}")]
    Unreadable {
        /// The segment's file name.
        file: String,
        /// The reason why it can't be read.
        why: String,
    },
    /// The segments do not fit the model's graph.
    #[error("segment {segment} gives '{tensor}', which the model lacks")]
    OtherModel {
        /// The number of the segment, from 0.
        segment: usize,
        /// The name of the tensor that the segment gives.
        tensor: String,
    },
    /// An operation is in two segments.
    #[error("operation {} is in segments {} and {second}", .op.0, .first.0)]
    Twice {
        /// The operation that is in both.
        op: OpId,
        /// The earlier segment of the two.
        first: StageId,
        /// The number of the later segment, from 0.
        second: usize,
    },
}

impl Hinted for PartitionError {
    fn hint(&self) -> Option<Hint> {
        match self {
            PartitionError::Run(error) => error.hint(),
            _ => None,
        }
    }
}

/// Runs the compiler to cut the model at `path` into segments and compile them, and reads its partition; returns the
/// schedule and the time that the compiler took.
///
/// # Errors
/// Returns an error if the compiler is too old, does not end in time, or fails; or if what it wrote is not a partition
/// of `graph`.
pub fn partition(
    compiler: &Compiler,
    path: &Path,
    graph: &OpGraph,
    segments: u32,
    limit: Duration,
    cancel: &Cancel,
) -> Result<(Schedule, Duration), PartitionError> {
    if !compiler.has(SINCE) {
        return Err(PartitionError::TooOld { version: compiler.version.clone().unwrap_or_default() });
    }
    let scratch = tempfile::tempdir().map_err(RunError::io("a scratch folder"))?;
    // A path that starts with a dash is no flag.
    let model = std::path::absolute(path).map_err(RunError::io(path.display().to_string()))?;
    let arguments =
        ["--show_operations", "--num_segments", &segments.to_string(), "--out_dir"].map(Into::into);
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let run = Run {
        program: &compiler.path,
        arguments: arguments.into_iter().chain([scratch.path().into(), model.into()]).collect(),
        subject: &file,
        limit,
        cancel,
    };
    let output = scratch.path().join("output.txt");
    let start = Instant::now();
    let status = run.to_end(&output, || false)?;
    let took = start.elapsed();
    let text = fs::read(&output).map_err(RunError::io("the compiler's output"))?;
    let log = log::read(&String::from_utf8_lossy(&text));
    if let Some(failure) = log.failure.filter(|_| !status.success()) {
        return Err(PartitionError::Failed { segments, failure });
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let read = |segment: usize| {
        let file = compiled_name(&stage_name(&stem, segment, segments as usize));
        interface(&scratch.path().join(&file)).map_err(|why| PartitionError::Unreadable { file, why })
    };
    let interfaces: Vec<Interface> = (0..segments as usize).map(read).collect::<Result<_, _>>()?;
    Ok((schedule(graph, &interfaces)?, took))
}

/// Returns the schedule that puts into each segment the operations that make its outputs out of its inputs. Operations
/// that no output needs go where the last of their operands is made.
fn schedule(graph: &OpGraph, segments: &[Interface]) -> Result<Schedule, PartitionError> {
    let tensors: HashMap<&str, Option<OpId>> =
        graph.tensors().iter().map(|tensor| (tensor.name.as_str(), tensor.producer)).collect();
    let mut reads = vec![Vec::new(); graph.ops().len()];
    for tensor in graph.tensors() {
        tensor.consumers.iter().for_each(|op| reads[op.index()].push(tensor));
    }
    let mut stage_of: Vec<Option<StageId>> = vec![None; graph.ops().len()];
    for (segment, Interface { inputs, outputs }) in segments.iter().enumerate() {
        let stage = StageId(segment as u32);
        let inputs: HashSet<&str> = inputs.iter().map(String::as_str).collect();
        let mut open: Vec<OpId> = Vec::new();
        for output in outputs {
            let maker = tensors.get(output.as_str());
            let other = || PartitionError::OtherModel { segment, tensor: output.clone() };
            let maker = maker.ok_or_else(other)?;
            open.extend(maker.filter(|_| !inputs.contains(output.as_str())));
        }
        while let Some(op) = open.pop() {
            match stage_of[op.index()].replace(stage) {
                Some(earlier) if earlier != stage => {
                    return Err(PartitionError::Twice { op, first: earlier, second: segment });
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
        assert!(cut(&[(&["x"], &["other"]), (&["other"], &["td"])]).unwrap_err().contains("'other'"));
        assert!(cut(&[(&["x"], &["tc"]), (&["x"], &["td"])]).unwrap_err().contains("is in segments 0 and 1"));
    }
}
