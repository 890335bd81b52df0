//! Exact scheduling over the lattice of order ideals.
//!
//! A stage's load is a function of two nested ideals, also with activation transfers, because what crosses a cut
//! depends on the ideal alone; so the smallest bottleneck over chains of ideals is the optimum (the view of Tarnawski
//! et al., NeurIPS 2020). Their solver scores every pair of ideals; this one searches the bottleneck's value and keeps
//! what can be reached under it, see `minimax`; where loads are plain sums, `packing` needs no pairs at all.
//! Objective: both. Optimal, or with the budget spent the best order with optimal cuts and a proved lower bound.
//! Complexity: the lattice, which is narrow for most networks and exponential in the width of the graph.

use super::instance::Instance;
use super::minimax::Minimax;
use super::order::Order;
use super::order_dp::{best_of, random_orders};
use super::packing::smallest_peak;
use super::{Budget, Found, NotFound, Status};
use crate::graph::ideal::{Ideals, Lattice};
use crate::problem::Problem;
use crate::problem::Schedule;

/// Steps spent on choosing among optimal schedules.
const POLISH_STEPS: u64 = 2_000_000;

/// Searches all schedules.
///
/// # Errors
/// No schedule obeys the rules, or the budget ended before one was found.
pub(crate) fn solve(problem: &Problem, instance: &Instance, budget: &Budget) -> Result<Found, NotFound> {
    let bound = instance.simple_bound();
    let heuristic = best_of(problem, instance, Order::FIXED.into_iter(), bound, None, budget);
    if let Some((value, schedule, detail)) = heuristic.clone().filter(|(value, ..)| *value <= bound) {
        let (value, status) = (Some(value), Status::Optimal);
        return Ok(Found { schedule, value, status, lower_bound: bound, detail });
    }
    let mut search = Search { bound, best: heuristic, note: String::new() };
    match (search.run(problem, instance, budget), &search.best) {
        (Verdict::Proved, Some((value, schedule, _))) => {
            let (schedule, value, lower_bound) = (schedule.clone(), Some(*value), *value);
            Ok(Found { schedule, value, status: Status::Optimal, lower_bound, detail: search.note })
        }
        (Verdict::Proved, None) => Err(none_of_all(instance)),
        (_, _) => {
            let (value, schedule, order) = search.by_random_orders(problem, instance, budget)?;
            let detail = format!("{order} with optimal cuts; {}", search.note);
            let (value, status) = (Some(value), Status::BudgetExhausted);
            Ok(Found { schedule, value, status, lower_bound: search.bound, detail })
        }
    }
}

/// The best cut of `orders` or, where none of them can be cut, the best that a search of all schedules finds.
///
/// # Errors
/// No schedule obeys the rules, or the budget ended before one was found.
pub(crate) fn any(
    problem: &Problem,
    instance: &Instance,
    orders: impl Iterator<Item = Order>,
    bound: u64,
    budget: &Budget,
) -> Result<Best, NotFound> {
    if let Some(best) = best_of(problem, instance, orders, bound, None, budget) {
        return Ok(best);
    }
    let mut search = Search { bound, best: None, note: String::new() };
    match (search.run(problem, instance, budget), search.best.take()) {
        (_, Some((value, schedule, _))) => Ok((value, schedule, search.note)),
        (Verdict::Proved, None) => Err(none_of_all(instance)),
        (_, None) => Err(search.none_found()),
    }
}

/// Returns why a problem is not solved, once it is proved that it can't be.
pub(crate) fn none_of_all(instance: &Instance) -> NotFound {
    if instance.apart.is_empty() { NotFound::Infeasible } else { NotFound::Inseparable }
}

/// A schedule's value, the schedule, and how it was found.
pub(crate) type Best = (u64, Schedule, String);

/// What is known so far: a bound that no schedule is below, and the best schedule.
pub(crate) struct Search {
    pub bound: u64,
    pub best: Option<Best>,
    pub note: String,
}

pub(crate) enum Verdict {
    /// `best` is the optimum, or there is none.
    Proved,
    /// The optimum found leaves stages empty, which only the unreduced problem can mend.
    Unused,
    /// The budget ended.
    Exhausted,
}

impl Search {
    /// Searches all schedules of `problem`, whose view is `instance`, for one that is better than the best.
    pub fn run(&mut self, problem: &Problem, instance: &Instance, budget: &Budget) -> Verdict {
        match instance.reduced(problem) {
            // What the reduced problem decides holds for the whole, unless its best schedule leaves stages empty.
            Some(reduced) => match self.search(&reduced, true, budget) {
                Verdict::Unused => self.search(instance, false, budget),
                verdict => verdict,
            },
            None => self.search(instance, false, budget),
        }
    }

    /// The best of what is known and of random orders, for when the budget has ended.
    ///
    /// # Errors
    /// There is none.
    pub fn by_random_orders(
        &mut self,
        problem: &Problem,
        instance: &Instance,
        budget: &Budget,
    ) -> Result<Best, NotFound> {
        let orders = random_orders(budget);
        let best = best_of(problem, instance, orders, self.bound, self.best.take(), budget);
        best.ok_or_else(|| self.none_found())
    }

    fn none_found(&self) -> NotFound {
        NotFound::BudgetSpent { spent: self.note.clone() }
    }

    fn search(&mut self, instance: &Instance, reduced: bool, budget: &Budget) -> Verdict {
        let limit = self.best.as_ref().map_or(u64::MAX, |(value, ..)| *value);
        let stop = || budget.is_over();
        // No cut holds what must be in the last stage: such ideals need not be known.
        let may_hold = |unit: u32| !instance.last_only[unit as usize];
        let lattice = Lattice::new(&instance.preds, &instance.succs, may_hold, budget.ideals, stop);
        let Some(lattice) = lattice else {
            self.note = format!("more than {} order ideals, or out of time or memory", budget.ideals);
            return Verdict::Exhausted;
        };
        self.note = format!("proved over {} order ideals", lattice.len());
        if instance.is_additive()
            && let Ok(best) = smallest_peak(instance, &lattice, self.bound, limit, budget)
        {
            match best {
                Some((value, schedule)) => self.best = Some((value, schedule, String::new())),
                // The reduced problem may have fewer units than stages: then the whole decides.
                None if reduced && self.best.is_none() => return Verdict::Unused,
                // Without a better one, the schedule that set the limit stays.
                None => {}
            }
            return Verdict::Proved;
        }
        let mut minimax =
            if reduced { Minimax::at_most(instance, &lattice) } else { Minimax::new(instance, &lattice) };
        let ascent = minimax.ascend(self.bound, limit, budget);
        self.bound = ascent.bound;
        match ascent.best {
            Some((_, schedule)) if schedule.stages() < instance.stages => return Verdict::Unused,
            Some((value, schedule)) => self.best = Some((value, schedule, String::new())),
            None if ascent.exhausted => {
                self.note = format!("{} order ideals, all steps used up", lattice.len());
                return Verdict::Exhausted;
            }
            // Nothing with any number of stages is below the limit: if there is none at all, the whole decides.
            None if reduced && self.best.is_none() => return Verdict::Unused,
            None => {}
        }
        // Which of the optimal schedules it is matters less than that it is optimal: few steps are spent on that.
        let polish = Budget { steps: budget.steps.min(POLISH_STEPS), ..*budget };
        if let Some((value, schedule, _)) = &mut self.best
            && let Some(cheapest) = minimax.least_total(*value, &polish)
        {
            *schedule = cheapest;
        }
        Verdict::Proved
    }
}
