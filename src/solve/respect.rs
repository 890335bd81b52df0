//! The learned scheduler: a proof where the lattice of ideals is so small that a proof costs a millisecond; else the
//! policy's order with optimal cuts, a longer search for a proof, and where the budget does not allow it, more orders
//! drawn from the policy and a local search.
//!
//! Objective: both. `policy` is one greedy order and its best cut, feasible; linear time. `respect` is optimal where
//! its budget allows the proof, else at least as good as `policy`, with a proved lower bound; the time beyond the
//! policy's is bounded by the budget. Both fail only if no schedule obeys the rules, or if the budget ends before one
//! is found; neither fails where `order-dp` finds a schedule, as both try its orders before they give up. Source:
//! RESPECT (DAC 2023, arXiv 2304.04716) for the policy; the guide of the budget is the policy.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::budget::Budget;
use super::error::NotFound;
use super::found::Found;
use super::guide::Guidance;
use super::instance::Instance;
use super::lattice_search::{Best, Ending, LatticeSearch, any, none_of_all};
use super::local_search::improve;
use super::order::Order;
use super::order_cuts::{best_of, cut, cut_or_part, random_orders};
use super::solution::Status;
use crate::problem::Problem;

/// The most words that all ideals held together may take, where each ideal is a bit set.
const WORDS: usize = 1 << 24;
/// The most ideals held for a proof before the policy is asked: most networks are narrow enough to need fewer.
const QUICK_IDEALS: usize = 4_000;
/// The most steps spent on a proof before the policy is asked, see [`QUICK_IDEALS`].
const QUICK_STEPS: u64 = 200_000;

/// Returns the policy's greedy order with optimal cuts or, if that order has none, the best of the orders that
/// `order-dp` tries.
///
/// # Errors
/// Returns an error if the weights have no network for the objective, if no schedule obeys the rules, or if the budget
/// ended before one was found.
pub(crate) fn policy(problem: &Problem, instance: &Instance, budget: &Budget) -> Result<Found, NotFound> {
    let bound = instance.simple_bound();
    let guide = budget.guide.ok_or(NotFound::NoGuide)?.read(problem.objective, instance, bound)?;
    let orders = || Order::FIXED.into_iter().chain(random_orders(budget));
    let (value, schedule, detail) = match greedy(problem, instance, &*guide, bound, budget) {
        Some(best) => best,
        None => any(problem, instance, orders(), bound, budget)?,
    };
    Ok(Found { schedule, value: Some(value), status: Status::Feasible, lower_bound: bound, detail })
}

/// Returns the best schedule within the budget, with a proof if the budget allows one.
///
/// # Errors
/// Returns an error if the weights have no network for the objective, if no schedule obeys the rules, or if the budget
/// ended before one was found.
pub(crate) fn solve(problem: &Problem, instance: &Instance, budget: &Budget) -> Result<Found, NotFound> {
    if let Some(guide) = budget.guide {
        // A policy that the user gave must fit, whether it is needed or not.
        guide.check(problem.objective)?;
    }
    let simple_bound = instance.simple_bound();
    // Where loads are plain sums, a schedule to beat costs more than it spares.
    let orders = if instance.is_additive() { &[][..] } else { &[Order::List] };
    let start = best_of(problem, instance, orders.iter().copied(), simple_bound, None, budget);
    let mut search = LatticeSearch { bound: simple_bound, best: start, note: String::new() };
    let quick =
        Budget { ideals: budget.ideals.min(QUICK_IDEALS), steps: budget.steps.min(QUICK_STEPS), ..*budget };
    if let Some(found) = proof(problem, instance, &mut search, &quick)? {
        return Ok(found);
    }
    let guide =
        budget.guide.map(|guide| guide.read(problem.objective, instance, simple_bound)).transpose()?;
    let guide = guide.as_deref();
    let greedy = guide.and_then(|guide| greedy(problem, instance, guide, simple_bound, budget));
    let best = greedy.into_iter().chain(search.best).min_by_key(|best| best.0);
    // Simple orders cost little beside what follows, and on some networks one of them is hard to beat.
    search.best = best_of(problem, instance, Order::FIXED.into_iter(), search.bound, best, budget);
    let held = WORDS / instance.len().div_ceil(64);
    let long = Budget { ideals: budget.ideals.min(held), ..*budget };
    if let Some(found) = proof(problem, instance, &mut search, &long)? {
        return Ok(found);
    }
    let best = match search.best.take() {
        Some(best) => best,
        None => search.by_random_orders(problem, instance, budget)?,
    };
    let LatticeSearch { bound, note, .. } = search;
    let (value, schedule, order) = refine(problem, instance, guide, bound, best, budget);
    let detail = format!("{order}; {note}");
    let (value, status) = (Some(value), Status::BudgetExhausted);
    Ok(Found { schedule, value, status, lower_bound: bound, detail })
}

/// Returns the optimum, if the budget allows a proof that the best schedule known is optimal.
///
/// # Errors
/// Returns an error if it is proved that there is no schedule.
fn proof(
    problem: &Problem,
    instance: &Instance,
    search: &mut LatticeSearch,
    budget: &Budget,
) -> Result<Option<Found>, NotFound> {
    let optimal = |(value, schedule, detail)| {
        Some(Found { schedule, value: Some(value), status: Status::Optimal, lower_bound: value, detail })
    };
    if let Some(best) = search.best.take_if(|best| best.0 <= search.bound) {
        return Ok(optimal(best));
    }
    match (search.run(problem, instance, budget), search.best.take()) {
        (Ending::Proved, Some((value, schedule, _))) => Ok(optimal((value, schedule, search.note.clone()))),
        (Ending::Proved, None) => Err(none_of_all(instance)),
        (_, best) => {
            search.best = best;
            Ok(None)
        }
    }
}

/// Returns the greedy order with optimal cuts, if there are any.
fn greedy(
    problem: &Problem,
    instance: &Instance,
    guide: &dyn Guidance,
    bound: u64,
    budget: &Budget,
) -> Option<Best> {
    let (value, schedule) = cut_or_part(problem, instance, &guide.greedy(), bound, budget)?;
    Some((value, schedule, "the policy's order".into()))
}

/// Returns the best of `best`, of the cuts of more orders drawn from the guide, and of a local search that starts from
/// the best of all these.
fn refine(
    problem: &Problem,
    instance: &Instance,
    guide: Option<&dyn Guidance>,
    bound: u64,
    mut best: Best,
    budget: &Budget,
) -> Best {
    for (guide, sample) in
        guide.into_iter().flat_map(|guide| (0..budget.samples).map(move |sample| (guide, sample)))
    {
        if best.0 <= bound || budget.is_over() {
            return best;
        }
        let mut random = ChaCha8Rng::seed_from_u64(budget.seed);
        random.set_stream(u64::from(sample));
        let sequence = guide.drawn(&mut random);
        if let Some((value, schedule)) = cut(problem, instance, &sequence, bound, best.0, budget) {
            best = (value, schedule, format!("order {sample} drawn from the policy"));
        }
    }
    let copies = vec![1; instance.stages];
    let (value, stages) = improve(instance, &instance.stages_of_units(&best.1), &copies, bound, budget);
    if value < best.0 {
        best = (value, instance.schedule(&stages), format!("{}, improved by local search", best.2));
    }
    best
}
