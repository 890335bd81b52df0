//! Balancing by time as libcoral's profiling partitioner (`partition_with_profiling`) does it, with predicted times where
//! it measures.
//!
//! In the order of libcoral's walk each stage but the last takes as many operations as it can within a target time, fewer
//! where the stages after it would then find no place, and the last takes the rest; the target is found by bisection.
//! libcoral starts from the times of the compiler's own segments and stops at one millisecond, because each trial is a
//! compilation and a measurement; here the search starts from nothing and from the whole model's time, and ends at a
//! thousandth of that. What must share a stage is taken as one operation. It balances time whatever the objective is, and
//! does not know all of the rules, so the judge may refuse its schedule. Complexity: a step for each operation of each
//! stage that is tried, at most the square of their number for each stage, times the logarithm of the total time.

use std::collections::HashSet;

use super::coral::{Abort, Unfit, before_first_sink};
use super::error::NotFound;
use super::found::Found;
use super::instance::Instance;
use super::order::{Order, linear_extension};
use super::solution::Status;
use super::stage_loads::StageLoads;
use crate::graph::OpId;
use crate::graph::ideal::Chain;
use crate::problem::Schedule;
use crate::problem::{Objective, Problem};

/// The width at which the bisection ends: a microsecond, in picoseconds.
const PRECISION: u64 = 1_000_000;

/// Cuts libcoral's walk into stages of equal time.
///
/// # Errors
/// Returns an error where libcoral's partitioner aborts, or if the order can't be cut into so many stages.
pub(crate) fn solve(problem: &Problem, instance: &Instance) -> Result<Found, NotFound> {
    let lower_bound = instance.simple_bound();
    let timed = Instance::unchecked(&Problem { objective: Objective::Latency, ..problem.clone() });
    let instance = if problem.objective == Objective::Latency { instance } else { &timed };
    let sequence = linear_extension(instance, Order::Coral);
    let chain = Chain::new(&sequence);
    let trials = Trials::new(problem, instance, &sequence, &chain)?;
    let (mut low, mut high) = (0, trials.stages.last_stage(0).unwrap_or(u64::MAX));
    let mut best = trials.filled(u64::MAX)?;
    while high.saturating_sub(low) > PRECISION {
        let target = low + (high - low) / 2;
        let Some(found) = trials.filled(target)? else {
            low = target;
            continue;
        };
        // The last stage takes what is left, however long that is.
        if found.last > target {
            low = target;
        }
        if found.last.max(target) < high {
            high = found.last.max(target);
            best = Some(found);
        }
    }
    let best = best.ok_or(NotFound::CoralOrder)?;
    let detail = "equal times in libcoral's order".into();
    let schedule = best.schedule(instance, &sequence);
    Ok(Found { schedule, value: None, status: Status::Feasible, lower_bound, detail })
}

/// The partitions that are tried.
struct Trials<'a> {
    stages: StageLoads<'a, Chain>,
    count: usize,
    /// How many units come before the first that only the last stage may hold.
    before_last: u32,
    unfit: Unfit<'a>,
    /// The operation that a cut at each place would hand on but must not.
    unfit_at: Vec<Option<OpId>>,
}

/// An order cut into stages.
struct Filled {
    /// The place at which each stage but the first starts.
    cuts: Vec<u32>,
    /// The load of the last stage.
    last: u64,
}

impl<'a> Trials<'a> {
    fn new(
        problem: &Problem<'a>,
        instance: &'a Instance,
        sequence: &[u32],
        chain: &'a Chain,
    ) -> Result<Trials<'a>, Abort> {
        let before_last = before_first_sink(&instance.succs, sequence);
        let graph = problem.graph;
        if before_last + 1 < instance.stages {
            let name = graph.op(instance.units[sequence[before_last] as usize][0]).name.clone();
            return Err(Abort::NoRoom { before: before_last, name, segments: problem.stages });
        }
        let mut place = vec![0; graph.ops().len()];
        for (at, &unit) in (0..).zip(sequence) {
            instance.units[unit as usize].iter().for_each(|op| place[op.index()] = at);
        }
        let unfit = Unfit::new(graph);
        if instance.stages > 1 {
            unfit.check_ends()?;
        }
        Ok(Trials {
            stages: StageLoads::new(instance, chain),
            count: instance.stages,
            before_last: before_last as u32,
            unfit_at: unfit.at_cuts(&place, sequence.len()),
            unfit,
        })
    }

    /// Fills one stage after the other up to `target`; returns `None` if there is no such partition.
    fn filled(&self, target: u64) -> Result<Option<Filled>, Abort> {
        let mut cuts = Vec::new();
        let mut dead = HashSet::new();
        let found = self.fill(0, target, &mut cuts, &mut dead)?;
        let last = cuts.last().copied().unwrap_or(0);
        Ok(found.then(|| Filled { last: self.stages.last_stage(last).unwrap_or(u64::MAX), cuts }))
    }

    /// Finds the ends of the stages after those that `cuts` ends; returns whether there are any. `dead` holds the
    /// places at which no stage can start, each with the number of stages before it.
    fn fill(
        &self,
        start: u32,
        target: u64,
        cuts: &mut Vec<u32>,
        dead: &mut HashSet<(usize, u32)>,
    ) -> Result<bool, Abort> {
        let later = (self.count - 1 - cuts.len()) as u32;
        if later == 0 {
            return Ok(true);
        }
        // One unit at least is left for each stage between this one and the last.
        let most = self.before_last - (later - 1);
        let mut tried = most + 1;
        for end in self.stages.ends(start, most, target).into_iter().rev() {
            // From the longest stage down, every end is tried.
            self.check_cuts(end..tried)?;
            tried = end;
            if dead.contains(&(cuts.len(), end)) {
                continue;
            }
            cuts.push(end);
            if self.fill(end, target, cuts, dead)? {
                return Ok(true);
            }
            cuts.pop();
            dead.insert((cuts.len(), end));
        }
        self.check_cuts(start + 1..tried)?;
        Ok(false)
    }

    fn check_cuts(&self, mut cuts: std::ops::Range<u32>) -> Result<(), Abort> {
        match cuts.find_map(|cut| self.unfit_at[cut as usize]) {
            Some(op) => Err(self.unfit.abort(op)),
            None => Ok(()),
        }
    }
}

impl Filled {
    fn schedule(&self, instance: &Instance, sequence: &[u32]) -> Schedule {
        let mut stage_of = vec![0; sequence.len()];
        for (place, &unit) in (0u32..).zip(sequence) {
            stage_of[unit as usize] = self.cuts.iter().take_while(|&&cut| cut <= place).count() as u32;
        }
        instance.schedule(&stage_of)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use crate::device::EdgeTpu;
    use crate::graph::OpGraph;
    use crate::problem::{Objective, Problem, Rules};
    use crate::solve::{Algorithm, Budget, solve};

    /// Returns a graph of operations in a row, with these measured times.
    fn chain(times: &[u32]) -> OpGraph {
        let ops: Vec<_> = (times.iter().enumerate())
            .map(|(place, us)| json!({"name": place.to_string(), "kind": "K", "parameter_bytes": 1, "macs": 0, "compute_us": us}))
            .collect();
        let tensor = |place: usize| {
            json!({"name": format!("t{place}"), "bytes": 1, "transfer_us": 0.0, "producer": place.checked_sub(1),
                   "consumers": if place < times.len() { vec![place] } else { vec![] }})
        };
        let tensors: Vec<_> = (0..=times.len()).map(tensor).collect();
        let graph = json!({"name": "chain", "ops": ops, "tensors": tensors, "outputs": [times.len()]});
        OpGraph::from_json(graph.to_string().as_bytes()).unwrap()
    }

    fn cut(graph: &OpGraph, stages: u32) -> Result<Vec<u32>, String> {
        let (device, objective) = (EdgeTpu::usb3(), Objective::Latency);
        let problem = Problem { graph, stages, device, objective, rules: Rules::Precedence };
        let solution = solve(&problem, Algorithm::Profiled, &Budget::of(Algorithm::Profiled));
        let solution = solution.map_err(|error| error.to_string())?;
        Ok(solution.schedule.stage_of.iter().map(|stage| stage.0).collect())
    }

    #[test]
    fn a_stage_is_shorter_where_the_next_would_find_no_place() {
        let mut parts = chain(&[10; 4]).parts().clone();
        // What operation 2 makes is so costly to hand on that 2 and 3 share a stage.
        parts.tensors[3].transfer_us = Some(1000.0);
        assert_eq!(cut(&OpGraph::new(parts).unwrap(), 3), Ok(vec![0, 1, 2, 2]));
    }

    #[test]
    fn a_trial_that_would_hand_on_one_of_several_outputs_aborts() {
        let mut parts = chain(&[10, 10, 500, 10, 10]).parts().clone();
        let mut second = parts.tensors[3].clone();
        second.name = "second".into();
        parts.tensors.push(second);
        // Operation 2 has two outputs, both of which 3 reads: the longest first stages would hand them on.
        let why = cut(&OpGraph::new(parts).unwrap(), 2).unwrap_err();
        assert!(why.contains("aborts: a segment would hand on what '2' makes, which has 2 outputs"), "{why}");
    }

    proptest! {
        #[test]
        fn a_chain_is_cut_as_well_as_can_be(times in prop::collection::vec(2u32..5000, 4..30), stages in 1u32..5) {
            let graph = chain(&times);
            let problem = Problem {
                graph: &graph,
                stages,
                device: EdgeTpu::usb3(),
                objective: Objective::Latency,
                rules: Rules::Coral,
            };
            let bottleneck = |algorithm| solve(&problem, algorithm, &Budget::of(algorithm)).unwrap().value;
            let (found, best) = (bottleneck(Algorithm::Profiled), bottleneck(Algorithm::Exact));
            prop_assert!(found >= best && found <= best + super::PRECISION, "{found} for {best}");
        }
    }
}
