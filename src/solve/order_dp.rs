//! The best of several linear extensions, each cut optimally by dynamic programming over its prefixes.
//!
//! Every schedule is some linear extension with cuts, so the quality depends on the orders alone. Objective: both.
//! Optimal for each order it tries. Complexity: quadratic in the operations for each order at worst, divided by the
//! number of stages where loads are balanced. Where no order that it tries has cuts that obey the rules it searches all
//! schedules, so it fails only if there is none, or the budget ends before one is found.

use super::budget::Budget;
use super::error::NotFound;
use super::found::Found;
use super::instance::Instance;
use super::lattice_search::any;
use super::order::Order;
use super::order_cuts::random_orders;
use super::solution::Status;
use crate::problem::Problem;

/// Cuts the fixed orders and as many random ones as the budget says.
///
/// # Errors
/// Returns an error if no schedule obeys the rules, or if the budget ended before one was found.
pub(crate) fn solve(problem: &Problem, instance: &Instance, budget: &Budget) -> Result<Found, NotFound> {
    let lower_bound = instance.simple_bound();
    let orders = Order::FIXED.into_iter().chain(random_orders(budget));
    let (value, schedule, detail) = any(problem, instance, orders, lower_bound, budget)?;
    Ok(Found { schedule, value: Some(value), status: Status::Feasible, lower_bound, detail })
}
