//! Balancing by time as libcoral's profiling partitioner (`partition_with_profiling`) does it, with predicted times where
//! it measures.
//!
//! In execution order each stage but the last takes as many operations as it can within a target time, and the last takes
//! the rest; the target is found by bisection. libcoral stops at one millisecond, because each trial is a compilation and a
//! measurement; here the search ends at a thousandth of that. It balances time whatever the objective is, and does not know
//! all of the rules, so the judge may refuse its schedule. Complexity: linear, times the logarithm of the total time.

use super::error::NotFound;
use super::found::Found;
use super::instance::Instance;
use super::minimax::Minimax;
use super::order::{Order, linear_extension};
use super::solution::Status;
use crate::graph::ideal::{Chain, Ideals};
use crate::problem::Schedule;
use crate::problem::{Objective, Problem};

/// The width at which the bisection ends: a microsecond, in picoseconds.
const PRECISION: u64 = 1_000_000;

/// Cuts the execution order into stages of equal time.
///
/// # Errors
/// Returns an error if the order can't be cut into so many stages.
pub(crate) fn solve(problem: &Problem, instance: &Instance) -> Result<Found, NotFound> {
    let lower_bound = instance.simple_bound();
    let timed = Instance::unchecked(&Problem { objective: Objective::Latency, ..problem.clone() });
    let instance = if problem.objective == Objective::Latency { instance } else { &timed };
    let sequence = linear_extension(instance, Order::File);
    let chain = Chain::new(&sequence);
    let stages = Minimax::new(instance, &chain);
    let (mut low, mut high) = (0, stages.last_stage(0));
    let mut best = filled(&stages, &chain, instance.stages, u64::MAX);
    while high.saturating_sub(low) > PRECISION {
        let target = low + (high - low) / 2;
        let Some(found) = filled(&stages, &chain, instance.stages, target) else {
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
    let best = best.ok_or(NotFound::FileOrder)?;
    let detail = "equal times in file order".into();
    let schedule = best.schedule(instance, &sequence);
    Ok(Found { schedule, value: None, status: Status::Feasible, lower_bound, detail })
}

/// An execution order cut into stages.
struct Filled {
    /// The place at which each stage but the first starts.
    cuts: Vec<u32>,
    /// The load of the last stage.
    last: u64,
}

/// Fills one stage after the other up to `target`; returns `None` if one of them can't hold anything.
fn filled(stages: &Minimax<Chain>, chain: &Chain, count: usize, target: u64) -> Option<Filled> {
    let mut cuts = Vec::new();
    let mut start = 0;
    for later in (1..count as u32).rev() {
        // One unit at least is left for each later stage.
        let most = (chain.len() as u32 - 1).checked_sub(later)?;
        start = stages.longest(start, most, target)?;
        cuts.push(start);
    }
    Some(Filled { last: stages.last_stage(start), cuts })
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
