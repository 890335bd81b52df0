//! Schedules by hand: cuts after tensors that people name, judged as any other schedule.
//!
//! A stage holds all that its tensors need and no earlier stage holds, and what must share a stage with any of that. The
//! last stage holds the rest, but what no model output depends on: that goes where the last of its operands is made, so
//! that nothing is handed on for it alone. Complexity: linear in the graph.

mod error;
mod points;

use std::time::Instant;

use super::instance::Instance;
use super::solution::{Claim, Origin, Solution, Status};
use crate::graph::{OpGraph, OpId, TensorId};
use crate::problem::{Problem, Rules, Schedule, StageId};

pub use error::CutError;
pub use points::Cuts;

/// Returns the schedule of `cuts`, with the judge's figures. `bound` is a value that no valid schedule is below, among
/// those in which the first stage alone reads model inputs, see [`super::solve`].
///
/// # Errors
/// Returns an error if the graph can't be cut after a tensor, if the cuts are out of order, or if the stages break a
/// rule.
pub fn solve(problem: &Problem, cuts: &Cuts, bound: u64) -> Result<Solution, CutError> {
    let start = Instant::now();
    let problem = Problem { stages: cuts.stages(), ..problem.clone() };
    cuts.check(&problem)?;
    let instance =
        Instance::new(&problem).map_err(|defects| CutError::Problem { cuts: cuts.len(), defects })?;
    let schedule = schedule(&problem, &instance, cuts)?;
    let claim = Claim {
        status: Status::Feasible,
        lower_bound: bound,
        detail: format!("cut after {}", cuts.described(problem.graph).join(", then ")),
        solve_time: start.elapsed(),
    };
    let judged = |claim| Solution::judged(&problem, schedule.clone(), Origin::Hand, claim);
    let invalid = |violations| CutError::Invalid { violations, ends: cuts.ends(problem.graph) };
    let solution = judged(claim.clone()).map_err(invalid)?;
    // Cuts by hand may have a later stage read a model input as well: then only what holds of all schedules bounds them.
    if problem.rules == Rules::Coral && solution.evaluation.leaked_inputs().next().is_some() {
        let lower_bound = instance.simple_bound();
        return judged(Claim { lower_bound, ..claim }).map_err(invalid);
    }
    Ok(solution)
}

fn schedule(problem: &Problem, instance: &Instance, cuts: &Cuts) -> Result<Schedule, CutError> {
    let mut unit_of = vec![0; problem.graph.ops().len()];
    for (unit, ops) in (0u32..).zip(&instance.units) {
        ops.iter().for_each(|op| unit_of[op.index()] = unit);
    }
    let mut stage: Vec<Option<u32>> = vec![None; instance.len()];
    for (place, cut) in (0u32..).zip(cuts.tensors()) {
        let mut open: Vec<u32> = makers(problem.graph, cut).map(|op| unit_of[op.index()]).collect();
        let mut is_empty = true;
        while let Some(unit) = open.pop() {
            if stage[unit as usize].is_none() {
                stage[unit as usize] = Some(place);
                is_empty = false;
                open.extend(&instance.preds[unit as usize]);
            }
        }
        if is_empty {
            let tensors = cuts.described(problem.graph)[place as usize].clone();
            return Err(CutError::OutOfOrder { cut: place as usize + 1, tensors });
        }
        let is_with_its_readers = |&&tensor: &&TensorId| {
            let tensor = problem.graph.tensor(tensor);
            let maker = tensor.producer.map(|op| unit_of[op.index()]);
            !tensor.consumers.is_empty()
                && tensor.consumers.iter().all(|op| Some(unit_of[op.index()]) == maker)
        };
        if let Some(&tensor) = cut.iter().find(is_with_its_readers) {
            let name = problem.graph.tensor(tensor).name.clone();
            let why = "must share a stage with all that reads it".into();
            return Err(CutError::Uncuttable { cut: place as usize + 1, name, why });
        }
    }
    let last = cuts.len() as u32;
    // Units are in topological order: what a unit reads has a stage already.
    for unit in 0..instance.len() {
        if stage[unit].is_none() {
            let operands = instance.preds[unit].iter().filter_map(|&pred| stage[pred as usize]).max();
            let idle = problem.rules == Rules::Coral && !instance.useful[unit];
            stage[unit] = Some(if idle { operands.unwrap_or(0) } else { last });
        }
    }
    Ok(instance.schedule(&stage.into_iter().map(|stage| stage.unwrap_or(last)).collect::<Vec<_>>()))
}

/// Returns the operations that make the tensors of a cut.
fn makers(graph: &OpGraph, cut: &[TensorId]) -> impl Iterator<Item = OpId> {
    cut.iter().filter_map(|&tensor| graph.tensor(tensor).producer)
}

/// Returns a sentence for each cut of a schedule that says which tensors it hands on: their names and bytes.
pub fn handed_on(graph: &OpGraph, solution: &Solution) -> Vec<String> {
    let stages = solution.evaluation.stages.len() as u32;
    let sentence = |cut: u32| {
        let crosses = |crossing: &&crate::problem::judge::Crossing| {
            crossing.from.unwrap_or(StageId(0)) <= StageId(cut)
                && crossing.to.last().is_some_and(|last| last.0 > cut)
        };
        let tensors: Vec<String> = (solution.evaluation.crossings.iter().filter(crosses))
            .map(|crossing| graph.tensor(crossing.tensor))
            .map(|tensor| format!("'{}' ({})", tensor.name, tensor.bytes))
            .collect();
        format!("cut {}, between stages {cut} and {}, hands on {}", cut + 1, cut + 1, tensors.join(", "))
    };
    (0..stages.saturating_sub(1)).map(sentence).collect()
}

#[cfg(test)]
mod tests;
