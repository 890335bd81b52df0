//! The correction of the device and of the operations' bytes by what the compiler reports of the stages.

use std::path::Path;

use super::attempt::{Attempt, History, solve};
use super::error::CompileError;
use super::recut;
use super::reported::Reported;
use super::request::Request;
use crate::base::units::Bytes;
use crate::device::EdgeTpu;
use crate::problem::Problem;
use crate::problem::judge::{StageCost, Violation};
use crate::solve::{Claim, Solution};
use crate::stages::attempts::ReportedBytes;
use crate::tflite::graph::ModelGraph;

/// Schedules again for the bytes that the compiler reports, until nothing better is predicted or the request's number of
/// refinements is used up; returns the best stages by the compiler's figures.
///
/// A compiled file says to the byte what a stage holds, streams and sends: operations are corrected by it. Of the cache's
/// capacity only the log tells. Where a file holds no package, the log's rounded figures are all that there is.
///
/// # Errors
/// Returns an error where the first attempt would, see [`until_compiled`](super::recut::until_compiled).
pub(super) fn refine(
    request: &Request,
    first: Attempt,
    folder: &Path,
    history: &mut History,
) -> Result<Attempt, CompileError> {
    let mut reported = Reported::of(request, &first);
    let mut kept = history.attempts.len() - 1;
    history.attempts[kept].reported_bottleneck_us = Some(reported.bottleneck.as_us());
    if !reported.is_exact() {
        history.notes.push(
            "some compiled stages hold no package that tells their bytes, so the log's rounded figures are used".into(),
        );
    }
    let mut graph = ModelGraph { graph: reported.graph.clone(), ..first.graph.clone() };
    let (mut best_value, mut capacity) = (reported.value, None);
    let mut tried = vec![first.solution.schedule.clone()];
    let mut best = first;
    for _ in 0..request.refinements {
        capacity = capacity.into_iter().chain(reported.stages.iter().filter_map(capacity_of)).min();
        let known = || reported.is_exact().then_some(best.device.cache_bytes);
        let Some(cache_bytes) = capacity.or_else(known) else {
            history.notes.push("the compiler's logs tell no bytes, so nothing was refined".into());
            break;
        };
        let device = EdgeTpu { cache_bytes, ..best.device.clone() };
        let problem = Problem { graph: &graph.graph, device: device.clone(), ..request.problem.clone() };
        let next = solve(request, &problem)?;
        let Ok(corrected) = corrected(&problem, &best.solution, &next) else { break };
        if corrected.value <= next.value || tried.contains(&next.schedule) {
            history.notes.push(format!(
                "the compiler caches {} of parameters, and no better schedule is predicted for that",
                Bytes(cache_bytes)
            ));
            (best.solution, best.device, best.graph) = (corrected, device, graph);
            break;
        }
        history.notes.push(format!(
            "the compiler caches {} of parameters, not {}; cut again for that",
            Bytes(cache_bytes),
            Bytes(best.device.cache_bytes)
        ));
        let attempt = recut::until_compiled(request, graph, device, Some(&next), folder, history)?;
        let round = history.attempts.len() - 1;
        reported = Reported::of(request, &attempt);
        history.attempts[round].reported_bottleneck_us = Some(reported.bottleneck.as_us());
        graph = ModelGraph { graph: reported.graph.clone(), ..attempt.graph.clone() };
        tried.push(attempt.solution.schedule.clone());
        let is_better = reported.value < best_value;
        history.attempts[if is_better { kept } else { round }].kept = false;
        if is_better {
            (best, best_value, kept) = (attempt, reported.value, round);
        }
    }
    Ok(best)
}

/// Returns the bytes of parameters, as the device model counts them, that the compiler surely caches for one stage;
/// `None` if it reports too little.
///
/// Without a package, the compiler may count more bytes than the device model does. A stage of which it caches a part
/// does not fit.
fn capacity_of((reported, stage): &(ReportedBytes, StageCost)) -> Option<u64> {
    let (used, off_chip) = (reported.on_chip_used_bytes?, reported.off_chip_bytes?);
    let imprecision = |bytes: u64| if reported.package.is_some() { 0 } else { imprecision(bytes) };
    let (held, holds) = (used + off_chip, stage.device_bytes.0);
    let remaining = match reported.on_chip_remaining_bytes {
        Some(remaining) => remaining,
        // What fits says nothing of what would.
        None if off_chip == 0 => return None,
        None => 0,
    };
    let room = (used + remaining).saturating_sub(imprecision(used) + self::imprecision(remaining));
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
