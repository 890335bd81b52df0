//! Exact scheduling over the lattice of order ideals.
//!
//! A stage's load is a function of two nested ideals, also with activation transfers, because what crosses a cut
//! depends on the ideal alone; so the smallest bottleneck over chains of ideals is the optimum (the view of Tarnawski
//! et al., NeurIPS 2020). Their solver scores every pair of ideals; this one searches the bottleneck's value and keeps
//! what can be reached under it, see `minimax`; where loads are plain sums, `packing` needs no pairs at all.
//! Objective: both. Optimal, or with the budget spent the best order with optimal cuts and a proved lower bound.
//! Complexity: the lattice, which is narrow for most networks and exponential in the width of the graph.

use super::budget::Budget;
use super::error::NotFound;
use super::found::Found;
use super::instance::Instance;
use super::lattice_search::{Ending, LatticeSearch, none_of_all};
use super::order::Order;
use super::order_cuts::best_of;
use super::solution::Status;
use crate::problem::Problem;

/// Searches all schedules for the best one.
///
/// # Errors
/// Returns an error if no schedule obeys the rules, or if the budget ended before one was found.
pub(crate) fn solve(problem: &Problem, instance: &Instance, budget: &Budget) -> Result<Found, NotFound> {
    let bound = instance.simple_bound();
    let heuristic = best_of(problem, instance, Order::FIXED.into_iter(), bound, None, budget);
    if let Some((value, schedule, detail)) = heuristic.clone().filter(|(value, ..)| *value <= bound) {
        let (value, status) = (Some(value), Status::Optimal);
        return Ok(Found { schedule, value, status, lower_bound: bound, detail });
    }
    let mut search = LatticeSearch { bound, best: heuristic, note: String::new() };
    match (search.run(problem, instance, budget), &search.best) {
        (Ending::Proved, Some((value, schedule, _))) => {
            let (schedule, value, lower_bound) = (schedule.clone(), Some(*value), *value);
            Ok(Found { schedule, value, status: Status::Optimal, lower_bound, detail: search.note })
        }
        (Ending::Proved, None) => Err(none_of_all(instance)),
        (_, _) => {
            let (value, schedule, order) = search.by_random_orders(problem, instance, budget)?;
            let detail = format!("{order} with optimal cuts; {}", search.note);
            let (value, status) = (Some(value), Status::BudgetExhausted);
            Ok(Found { schedule, value, status, lower_bound: search.bound, detail })
        }
    }
}
