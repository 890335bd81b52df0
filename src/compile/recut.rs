//! Repeated cutting where the compiler refuses a stage: operations that it refuses together must no longer share a
//! stage.

use std::path::Path;

use super::attempt::{Attempt, History, WrittenStages, runs_on_coral, solve, written_and_compiled};
use super::error::CompileError;
use super::isolate;
use super::request::Request;
use crate::device::EdgeTpu;
use crate::edgetpu::error::{FailedRun, RunError};
use crate::graph::{OpGraph, OpId};
use crate::problem::Problem;
use crate::solve::Solution;
use crate::stages::attempts::{AttemptEntry, RefusalEntry, ReportedBytes};
use crate::stages::manifest::FileEntry;
use crate::tflite::graph::ModelGraph;

/// Cuts and compiles until every stage is compiled, beginning with `first` if it is given.
///
/// # Errors
/// Returns an error if no schedule keeps apart the operations that were refused, if one operation is refused alone, if
/// the request's number of cuts is used up, or if the compiler fails in a way that no cut can help.
pub(super) fn until_compiled(
    request: &Request,
    mut graph: ModelGraph,
    device: EdgeTpu,
    mut first: Option<&Solution>,
    folder: &Path,
    history: &mut History,
) -> Result<Attempt, CompileError> {
    let mut refused: Option<Box<FailedRun>> = None;
    for cuts in 0.. {
        let problem = Problem { graph: &graph.graph, device: device.clone(), ..request.problem.clone() };
        let solution = match first.take() {
            Some(first) => runs_on_coral(&problem, first).map(|()| first.clone()),
            None => solve(request, &problem),
        };
        let solution = match (solution, refused) {
            (Ok(solution), _) => solution,
            (Err(error @ CompileError::Interrupted(_)), _) | (Err(error), None) => return Err(error),
            (Err(error), Some(failed)) => {
                let apart = all_apart(&graph.graph);
                return Err(CompileError::NoOtherCut { failed, apart, cause: Box::new(error) });
            }
        };
        let WrittenStages { folder: scratch, files, compiled } =
            written_and_compiled(request, &graph, &solution, folder)?;
        let mut entry = AttemptEntry {
            cache_bytes: device.cache_bytes,
            bottleneck_us: solution.evaluation.bottleneck.as_us(),
            reported_bottleneck_us: None,
            refused: None,
            stages: Vec::new(),
            kept: false,
        };
        let failed = match compiled {
            Ok(compiled) => {
                entry.stages = compiled.iter().map(ReportedBytes::of).collect();
                entry.kept = true;
                history.attempts.push(entry);
                return Ok(Attempt { folder: scratch, graph, device, solution, files, compiled });
            }
            Err(RunError::Failed(failed)) if request.recuts > 0 && failed.depends_on_operators() => failed,
            Err(RunError::Failed(failed)) if cuts > 0 => {
                return Err(CompileError::StillRefused { failed, apart: all_apart(&graph.graph) });
            }
            Err(error) => return Err(error.into()),
        };
        if cuts == request.recuts {
            return Err(CompileError::RecutsSpent { failed, cuts });
        }
        let ops = ops_of(&solution, &files, &failed.file);
        let set = isolate::refused(request, ops, &failed.file, folder)?;
        let what = names(&graph.graph, &set);
        if let [operation] = set[..] {
            return Err(CompileError::RefusedAlone { failed, operation, name: what });
        }
        history.notes.push(format!(
            "{}: refused ({}), as the compiler does not take {what}; cut again with these apart",
            failed.file, failed.cause
        ));
        let (file, cause) = (failed.file.clone(), failed.cause.clone());
        entry.refused = Some(RefusalEntry { file, cause, operators: set.clone() });
        history.attempts.push(entry);
        graph.graph = graph.graph.with_apart(set).expect("the operations are the graph's own");
        refused = Some(failed);
    }
    unreachable!("the cuts are counted")
}

/// Returns the operations of the stage in `file`.
fn ops_of<'s, T>(solution: &'s Solution, files: &[(T, FileEntry)], file: &str) -> &'s [OpId] {
    let stage = files.iter().position(|(_, entry)| entry.file == file);
    stage.map_or(&[], |stage| &solution.evaluation.stages[stage].ops)
}

/// Returns the operations that must not share a stage, for people.
fn all_apart(graph: &OpGraph) -> String {
    graph.apart().iter().map(|set| names(graph, set)).collect::<Vec<_>>().join(", and ")
}

/// Returns operations for people: the number, kind and name of each.
fn names(graph: &OpGraph, ops: &[OpId]) -> String {
    let name = |&op: &OpId| format!("{} {} '{}'", graph.op(op).kind, op.0, graph.op(op).name);
    match ops {
        [op] => name(op),
        [first, .., last] if ops.len() > 4 => {
            format!("{} operations from {} to {} together", ops.len(), name(first), name(last))
        }
        _ => format!("{} together", ops.iter().map(name).collect::<Vec<_>>().join(" and ")),
    }
}
