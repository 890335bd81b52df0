//! Linear extensions, each cut optimally by dynamic programming over its prefixes.

use std::collections::HashSet;

use super::budget::Budget;
use super::instance::Instance;
use super::minimax::Minimax;
use super::order::{Order, linear_extension};
use crate::graph::ideal::Chain;
use crate::problem::{Problem, Schedule};

/// The number of places between which the cuts of a long order are chosen.
pub const PLACES: usize = 1024;

/// Returns the best cut of `orders`: its value, its schedule and the order's name.
pub(crate) fn best_of(
    problem: &Problem,
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
        if tried.contains(&sequence) {
            continue;
        }
        let found = if best.is_none() {
            cut_or_part(problem, instance, &sequence, bound, budget)
        } else {
            cut(problem, instance, &sequence, bound, limit, budget)
        };
        best = found.map(|(value, schedule)| (value, schedule, order.to_string())).or(best);
        tried.insert(sequence);
    }
    best
}

/// Returns the best cut of one linear extension or, if no cut of it obeys the rules, of that extension rearranged so
/// that sets which must be kept apart are as easy to part as possible.
pub(crate) fn cut_or_part(
    problem: &Problem,
    instance: &Instance,
    sequence: &[u32],
    bound: u64,
    budget: &Budget,
) -> Option<(u64, Schedule)> {
    let cut = |sequence: &[u32]| cut(problem, instance, sequence, bound, u64::MAX, budget);
    cut(sequence).or_else(|| (!instance.apart.is_empty()).then(|| cut(&instance.parted(sequence))).flatten())
}

/// Returns the best cut of one linear extension with a bottleneck from `bound` to below `limit`, if there is one; among
/// equally good cuts, the one with the least total load.
///
/// One order is always cut to the end, whatever the budget: without a schedule there is nothing to return. Of a long
/// order only so many places are tried that the time stays linear in its length.
pub fn cut(
    problem: &Problem,
    instance: &Instance,
    sequence: &[u32],
    bound: u64,
    limit: u64,
    budget: &Budget,
) -> Option<(u64, Schedule)> {
    if sequence.len() > 2 * PLACES {
        let (blocks, order) = instance.blocks(problem, sequence, PLACES);
        return cut_anywhere(&blocks, &order, bound, limit, budget);
    }
    cut_anywhere(instance, sequence, bound, limit, budget)
}

/// Returns the best cut as [`cut`] does, with every place of the order tried.
///
/// Complexity: quadratic in the operations at worst, divided by the number of stages where loads are balanced.
pub fn cut_anywhere(
    instance: &Instance,
    sequence: &[u32],
    bound: u64,
    limit: u64,
    budget: &Budget,
) -> Option<(u64, Schedule)> {
    let unlimited = Budget { steps: u64::MAX, deadline: None, ..*budget };
    let chain = Chain::new(sequence);
    let mut minimax = Minimax::new(instance, &chain);
    let (value, cut) = minimax.ascend(bound, limit, &unlimited).best?;
    let cheapest = minimax.least_total(value, &unlimited).best();
    Some((value, cheapest.map_or(cut, |(_, cheapest)| cheapest).schedule))
}

/// Returns the random orders that `budget` asks for.
pub fn random_orders(budget: &Budget) -> impl Iterator<Item = Order> + use<> {
    let seed = budget.seed;
    (0..budget.orders).map(move |number| Order::Random(seed, number))
}
