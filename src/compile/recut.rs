//! Cutting again where the compiler refuses a stage: what it refuses together must not share a stage any more.

use std::path::Path;

use anyhow::{Context, bail};

use super::narrow;
use super::{Attempt, History, Plan};
use crate::device::EdgeTpu;
use crate::edgetpu::driver::{CompileError, Failed};
use crate::graph::{OpGraph, OpId};
use crate::problem::Problem;
use crate::solve::Solution;
use crate::stages::parts::parts;
use crate::stages::rounds::{Refused, Reported, Round};
use crate::stages::write;
use crate::tflite::graph::ModelGraph;

/// Cuts and compiles until every stage is compiled.
///
/// # Errors
/// No schedule keeps apart what was refused, one operation is refused alone, the plan's number of cuts is used up, or
/// the compiler fails in a way that no cut helps against.
pub(super) fn attempt(
    plan: &Plan,
    mut graph: ModelGraph,
    device: EdgeTpu,
    folder: &Path,
    history: &mut History,
) -> anyhow::Result<Attempt> {
    let mut refused: Option<Box<Failed>> = None;
    for cut in 0.. {
        let problem = Problem { graph: &graph.graph, device: device.clone(), ..plan.problem.clone() };
        let solution = match ((plan.solve)(&problem), &refused) {
            (Ok(solution), _) => solution,
            (Err(error), Some(failed)) => {
                bail!("{failed}\nre-cut: it refuses {}, and {error:#}", all_apart(&graph.graph))
            }
            (Err(error), None) => return Err(error),
        };
        plan.cancel.check()?;
        let scratch = tempfile::tempdir_in(folder).context("a scratch folder")?;
        let stage_parts = parts(plan.model, &graph, &solution.evaluation);
        let files = write::write_stages(plan.model, plan.name, stage_parts, scratch.path())?;
        let compiled = match &plan.compiler {
            Some(compiler) => {
                (plan.progress)(Some(files.len()));
                let files: Vec<&str> = files.iter().map(|(_, file)| file.file.as_str()).collect();
                compiler.compile(scratch.path(), &files, || (plan.progress)(None))
            }
            None => Ok(Vec::new()),
        };
        let mut round = Round {
            cache_bytes: device.cache_bytes,
            bottleneck_us: solution.evaluation.bottleneck.as_us(),
            reported_bottleneck_us: None,
            refused: None,
            stages: Vec::new(),
            kept: false,
        };
        let failed = match compiled {
            Ok(compiled) => {
                round.stages = compiled.iter().map(Reported::of).collect();
                round.kept = true;
                history.rounds.push(round);
                return Ok(Attempt { folder: scratch, graph, device, solution, files, compiled });
            }
            Err(CompileError::Failed(failed)) if plan.recuts > 0 && failed.depends_on_operators() => failed,
            Err(CompileError::Failed(failed)) if refused.is_some() => bail!(
                "{failed}\nre-cut: it refuses {}, and does not take the stages that keep these apart either",
                all_apart(&graph.graph)
            ),
            Err(error) => return Err(error.into()),
        };
        if cut == plan.recuts {
            bail!("{failed}\nre-cut: {cut} times already; allow more with --recut")
        }
        let ops = ops_of(&solution, &files, &failed.file);
        let set = narrow::refused(plan, ops, &failed.file, folder)?;
        let what = names(&graph.graph, &set);
        if set.len() < 2 {
            bail!("{failed}\nre-cut: it refuses {what} in a stage of its own, so no other cut can help")
        }
        history.notes.push(format!(
            "{}: refused ({}), as the compiler does not take {what}; cut again with these apart",
            failed.file, failed.cause
        ));
        let (file, cause) = (failed.file.clone(), failed.cause.clone());
        round.refused = Some(Refused { file, cause, operators: set.clone() });
        history.rounds.push(round);
        graph.graph = graph.graph.with_apart(set)?;
        refused = Some(failed);
    }
    unreachable!("the cuts are counted")
}

/// The operations of the stage in `file`.
fn ops_of<'s, T>(
    solution: &'s Solution,
    files: &[(T, crate::stages::manifest::FileEntry)],
    file: &str,
) -> &'s [OpId] {
    let stage = files.iter().position(|(_, entry)| entry.file == file);
    stage.map_or(&[], |stage| &solution.evaluation.stages[stage].ops)
}

/// What must not share a stage, for people.
fn all_apart(graph: &OpGraph) -> String {
    graph.apart().iter().map(|set| names(graph, set)).collect::<Vec<_>>().join(", and ")
}

/// Operations for people: number, kind and name.
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
