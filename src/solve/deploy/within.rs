//! The best deployment over one set of ideals, for each goal.

use super::super::budget::Budget;
use super::super::minimax::{Cut, Minimax, UnderCap};
use crate::base::units::Time;
use crate::graph::ideal::Ideals;
use crate::problem::fleet::Goal;

/// The steps spent on choosing, among deployments of equal throughput, the one of least latency.
const POLISH_STEPS: u64 = 2_000_000;
/// A cap that caps nothing, and can be added to.
const UNCAPPED: u64 = u64::MAX >> 8;

/// The result of a search.
pub(super) enum Search {
    /// The best deployment. `is_proved` says that no other of these ideals is better, `bound` that none gives a result
    /// sooner, or takes less time for one if that is the goal.
    Best { cut: Cut, bound: u64, is_proved: bool },
    /// None of these ideals is better than the limit.
    NoBetter,
    /// None keeps within what the goal asks for; the least that it could ask for is known.
    OutOfReach { least: u64 },
    /// The budget ended before anything was found; no deployment has a value below `bound`.
    Exhausted { bound: u64 },
}

/// Searches the ideals of `minimax` for the best deployment; none has a period below `bound`, and none of interest a
/// period of `limit` or more, if the goal is throughput.
pub(super) fn search<I: Ideals>(
    minimax: &mut Minimax<I>,
    goal: Goal,
    bound: u64,
    limit: u64,
    budget: &Budget,
) -> Search {
    match goal {
        Goal::Throughput { latency: None } => fastest(minimax, bound, limit, budget),
        Goal::Throughput { latency: Some(most) } => match minimax.least_total(UNCAPPED, budget) {
            UnderCap::Best(least, _) if least > most.0 => Search::OutOfReach { least },
            UnderCap::Best(_, cut) => throughput_within(minimax, most, bound, limit, cut, budget),
            UnderCap::None => Search::NoBetter,
            UnderCap::Exhausted => Search::Exhausted { bound },
        },
        Goal::Latency { period } => {
            let cap = period.map_or(UNCAPPED, |period| period.0);
            match minimax.least_total(cap, budget) {
                UnderCap::Best(least, cut) => {
                    // Of the deployments that are as quick, the one that gives most results.
                    let found = throughput_within(minimax, Time(least), bound, u64::MAX, cut, budget);
                    match found {
                        Search::Best { cut, is_proved, .. } => Search::Best { cut, bound: least, is_proved },
                        other => other,
                    }
                }
                UnderCap::None if period.is_none() => Search::NoBetter,
                UnderCap::None => match minimax.ascend(bound, UNCAPPED, budget).best {
                    Some((least, _)) => Search::OutOfReach { least },
                    None => Search::NoBetter,
                },
                UnderCap::Exhausted => Search::Exhausted { bound: 0 },
            }
        }
    }
}

/// Returns the deployment of the smallest period, and of those the one of the least latency as far as the budget for
/// that goes.
fn fastest<I: Ideals>(minimax: &mut Minimax<I>, bound: u64, limit: u64, budget: &Budget) -> Search {
    let ascent = minimax.ascend(bound, limit, budget);
    match ascent.best {
        Some((value, cut)) => {
            let polish = Budget { steps: budget.steps.min(POLISH_STEPS), ..*budget };
            let cut = minimax.least_total(value, &polish).best().map_or(cut, |(_, cheapest)| cheapest);
            Search::Best { cut, bound: value, is_proved: true }
        }
        None if ascent.exhausted => Search::Exhausted { bound: ascent.bound },
        None => Search::NoBetter,
    }
}

/// Returns the deployment of the smallest period below `limit` whose latency is at most `most`, by bisection: the least
/// latency under a cap on the period falls as the cap rises. `known` has such a latency.
///
/// Complexity: some forty searches under a cap.
fn throughput_within<I: Ideals>(
    minimax: &mut Minimax<I>,
    most: Time,
    bound: u64,
    limit: u64,
    known: Cut,
    budget: &Budget,
) -> Search {
    let (mut low, mut high, mut best) = (bound, limit, None);
    if minimax.period(&known) < high {
        high = minimax.period(&known);
        best = Some(known);
    }
    while low < high {
        let cap = low + (high - low) / 2;
        match minimax.least_total(cap.min(high - 1), budget) {
            UnderCap::Best(total, cut) if total <= most.0 => {
                high = minimax.period(&cut);
                best = Some(cut);
            }
            UnderCap::Best(..) | UnderCap::None => low = cap + 1,
            UnderCap::Exhausted => break,
        }
    }
    match best {
        Some(cut) => Search::Best { cut, bound: low, is_proved: low >= high },
        None if low >= high => Search::NoBetter,
        None => Search::Exhausted { bound: low },
    }
}
