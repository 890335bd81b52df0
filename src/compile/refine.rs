//! The correction of the cache's capacity by what the compiler reports of the stages.

use std::path::Path;

use super::attempt::{Attempt, History, solve};
use super::error::CompileError;
use super::recut;
use super::request::Request;
use crate::base::units::{Bytes, Time};
use crate::device::EdgeTpu;
use crate::device::prices::{Prices, Streaming};
use crate::problem::judge::{StageCost, Violation};
use crate::problem::{Objective, Problem};
use crate::solve::{Claim, Solution};
use crate::stages::attempts::ReportedBytes;

/// Schedules again for the capacity that the compiler reports, until nothing better is predicted or the request's
/// number of refinements is used up; returns the best stages by the compiler's figures.
///
/// # Errors
/// Returns an error where the first attempt would, see [`until_compiled`](super::recut::until_compiled).
pub(super) fn refine(
    request: &Request,
    first: Attempt,
    folder: &Path,
    history: &mut History,
) -> Result<Attempt, CompileError> {
    let mut capacity = None;
    let mut best = first;
    let mut kept = history.attempts.len() - 1;
    let mut best_value = reported(request, &best);
    history.attempts[kept].reported_bottleneck_us = Some(bottleneck(&best).as_us());
    let mut latest = figures(&best);
    for _ in 0..request.refinements {
        capacity = capacity.into_iter().chain(latest.iter().filter_map(capacity_of)).min();
        let Some(cache_bytes) = capacity else {
            history.notes.push("the compiler's logs tell no bytes, so nothing was refined".into());
            break;
        };
        let device = EdgeTpu { cache_bytes, ..best.device.clone() };
        let problem = Problem { graph: &best.graph.graph, device: device.clone(), ..request.problem.clone() };
        let next = solve(request, &problem)?;
        let Ok(corrected) = corrected(&problem, &best.solution, &next) else { break };
        if corrected.value <= next.value {
            history.notes.push(format!(
                "the compiler caches {} of parameters, and no better schedule is predicted for that",
                Bytes(cache_bytes)
            ));
            best.solution = corrected;
            best.device = device;
            break;
        }
        history.notes.push(format!(
            "the compiler caches {} of parameters, not {}; cut again for that",
            Bytes(cache_bytes),
            Bytes(best.device.cache_bytes)
        ));
        let attempt = recut::until_compiled(request, best.graph.clone(), device, None, folder, history)?;
        let round = history.attempts.len() - 1;
        history.attempts[round].reported_bottleneck_us = Some(bottleneck(&attempt).as_us());
        latest = figures(&attempt);
        let value = reported(request, &attempt);
        let is_better = value < best_value;
        history.attempts[if is_better { kept } else { round }].kept = false;
        if is_better {
            (best, best_value, kept) = (attempt, value, round);
        }
    }
    Ok(best)
}

/// Returns the bytes that the compiler reports of each stage, beside the predicted cost.
fn figures(attempt: &Attempt) -> Vec<(ReportedBytes, StageCost)> {
    let reported = attempt.compiled.iter().map(|stage| ReportedBytes::of(stage));
    reported.zip(attempt.solution.evaluation.stages.iter().cloned()).collect()
}

/// Returns the bytes of parameters, as the device model counts them, that the compiler surely caches for one stage;
/// `None` if it reports too little.
///
/// The compiler may count more bytes than the device model does. A stage of which it caches a part does not fit.
fn capacity_of((reported, stage): &(ReportedBytes, StageCost)) -> Option<u64> {
    let (used, off_chip) = (reported.on_chip_used_bytes?, reported.off_chip_bytes?);
    let (held, holds) = (used + off_chip, stage.device_bytes.0);
    let remaining = reported.on_chip_remaining_bytes.unwrap_or(0);
    let room = (used + remaining).saturating_sub(imprecision(used) + imprecision(remaining));
    let padded = held > holds + imprecision(used) + imprecision(off_chip) && holds > 0;
    let room = if padded { (u128::from(room) * u128::from(holds) / u128::from(held)) as u64 } else { room };
    Some(if off_chip > 0 { room.min(holds.saturating_sub(1)) } else { room })
}

/// Returns by how many bytes a size can differ from what the compiler prints, which is rounded to two decimals of a
/// unit.
fn imprecision(bytes: u64) -> u64 {
    match bytes {
        0..1024 => 0,
        1024..0x10_0000 => 6,
        _ => 5_300,
    }
}

/// Returns the slowest stage's time, with the off-chip bytes that the compiler reports.
fn bottleneck(attempt: &Attempt) -> Time {
    let prices = Prices::new(&attempt.graph.graph, &attempt.device).streaming;
    let time = |(reported, stage): &(ReportedBytes, StageCost)| match reported.off_chip_bytes {
        Some(bytes) => {
            // What the compiler counts and the device model does not is streamed as well.
            let held = stage.device_bytes.max(Bytes(bytes));
            let prices = Streaming { cache: held - Bytes(bytes), ..prices };
            stage.invoke
                + stage.instructions
                + stage.compute
                + stage.transfer
                + prices.time(held, stage.resent_bytes)
        }
        None => stage.latency(),
    };
    figures(attempt).iter().map(time).max().unwrap_or_default()
}

/// Returns the objective's value by the compiler's figures.
fn reported(request: &Request, attempt: &Attempt) -> u64 {
    match request.problem.objective {
        Objective::Memory => attempt.solution.value,
        Objective::Latency => bottleneck(attempt).0,
    }
}

/// Returns the schedule of `old`, judged anew for the corrected problem, with the lower bound and the status that
/// `proof` has.
fn corrected(problem: &Problem, old: &Solution, proof: &Solution) -> Result<Solution, Vec<Violation>> {
    let claim = Claim {
        status: proof.status,
        lower_bound: proof.lower_bound,
        detail: old.detail.clone(),
        solve_time: old.solve_time,
    };
    Solution::judged(problem, old.schedule.clone(), old.origin.clone(), claim)
}
