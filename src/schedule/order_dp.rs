//! The best of several linear extensions, each cut optimally by dynamic programming over its prefixes.
//!
//! Every schedule is some linear extension with cuts, so the quality depends on the orders alone. Objective: both.
//! Optimal for each order it tries. Complexity: quadratic in the operations for each order at worst, divided by the
//! number of stages where loads are balanced. Fails only if no tried order has cuts that obey the rules.

use std::collections::HashSet;

use super::instance::Instance;
use super::minimax::Minimax;
use super::order::{Order, linear_extension};
use super::{Budget, Found, Schedule, Status};
use crate::graph::ideal::Chain;
use crate::problem::Problem;

/// The best cut of `orders`: its value, its schedule, the order's name.
pub(crate) fn best_of(
    instance: &Instance,
    orders: impl Iterator<Item = Order>,
    bound: u64,
    mut best: Option<(u64, Schedule, String)>,
    budget: &Budget,
) -> Option<(u64, Schedule, String)> {
    let mut tried = HashSet::new();
    for order in orders {
        let limit = best.as_ref().map_or(u64::MAX, |(value, ..)| *value);
        if limit <= bound || (best.is_some() && budget.is_over()) {
            break;
        }
        let sequence = linear_extension(instance, order);
        let chain = Chain::new(&sequence);
        if !tried.insert(sequence) {
            continue;
        }
        // One order is always cut to the end: without a schedule there is nothing to return.
        let unlimited = Budget { steps: u64::MAX, deadline: None, ..*budget };
        let mut minimax = Minimax::new(instance, &chain);
        if let Some((value, schedule)) = minimax.ascend(bound, limit, &unlimited).best {
            let schedule = minimax.least_total(value, &unlimited).unwrap_or(schedule);
            best = Some((value, schedule, order.to_string()));
        }
    }
    best
}

/// The random orders of `budget`.
pub(crate) fn random_orders(budget: &Budget) -> impl Iterator<Item = Order> + use<> {
    let seed = budget.seed;
    (0..budget.orders).map(move |number| Order::Random(seed, number))
}

/// Cuts the fixed orders and as many random ones as the budget says.
///
/// # Errors
/// No tried order has cuts that obey the rules.
pub(crate) fn solve(problem: &Problem, budget: &Budget) -> Result<Found, String> {
    let instance = Instance::new(problem);
    let lower_bound = instance.simple_bound();
    let orders = Order::FIXED.into_iter().chain(random_orders(budget));
    let (_, schedule, detail) = best_of(&instance, orders, lower_bound, None, budget)
        .ok_or("no order that was tried can be cut so: try more --orders, or fewer stages")?;
    Ok(Found { schedule, status: Status::Feasible, lower_bound, detail })
}
