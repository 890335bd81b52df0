//! A search of all schedules, over the lattice of order ideals.

use super::budget::Budget;
use super::error::NotFound;
use super::instance::Instance;
use super::minimax::Minimax;
use super::order::Order;
use super::order_cuts::{best_of, random_orders};
use super::packing::smallest_peak;
use crate::graph::ideal::{Ideals, Lattice};
use crate::problem::{Problem, Schedule};

/// The number of steps spent on choosing among optimal schedules.
const POLISH_STEPS: u64 = 2_000_000;

/// Returns the best cut of `orders` or, if none of them can be cut, the best schedule that a search of all schedules
/// finds.
///
/// # Errors
/// Returns an error if no schedule obeys the rules, or if the budget ended before one was found.
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
    let mut search = LatticeSearch { bound, best: None, note: String::new() };
    match (search.run(problem, instance, budget), search.best.take()) {
        (_, Some((value, schedule, _))) => Ok((value, schedule, search.note)),
        (Ending::Proved, None) => Err(none_of_all(instance)),
        (_, None) => Err(search.none_found()),
    }
}

/// Returns the reason why a problem has no schedule, once it is proved that it has none.
pub(crate) fn none_of_all(instance: &Instance) -> NotFound {
    if instance.apart.is_empty() { NotFound::Infeasible } else { NotFound::Inseparable }
}

/// A schedule's value, the schedule, and a description of how it was found.
pub(crate) type Best = (u64, Schedule, String);

/// The state of a search: a bound that no schedule is below, and the best schedule so far.
pub(crate) struct LatticeSearch {
    pub bound: u64,
    pub best: Option<Best>,
    pub note: String,
}

/// The way in which a search ended.
pub(crate) enum Ending {
    /// The search proved that `best` is the optimum, or that there is no schedule.
    Proved,
    /// The search found an optimum that leaves stages empty, which only the unreduced problem can mend.
    Unused,
    /// The budget ended before the search did.
    Exhausted,
}

impl LatticeSearch {
    /// Searches all schedules of `problem`, whose view is `instance`, for one that is better than the best so far.
    pub fn run(&mut self, problem: &Problem, instance: &Instance, budget: &Budget) -> Ending {
        match instance.reduced(problem) {
            // What the reduced problem decides holds for the whole, unless its best schedule leaves stages empty.
            Some(reduced) => match self.search(&reduced, true, budget) {
                Ending::Unused => self.search(instance, false, budget),
                verdict => verdict,
            },
            None => self.search(instance, false, budget),
        }
    }

    /// Returns the better of the best schedule so far and the best cut of random orders, for when the budget has ended.
    ///
    /// # Errors
    /// Returns an error if there is no such schedule.
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

    fn search(&mut self, instance: &Instance, reduced: bool, budget: &Budget) -> Ending {
        let limit = self.best.as_ref().map_or(u64::MAX, |(value, ..)| *value);
        let stop = || budget.is_over();
        // No cut holds what must be in the last stage: such ideals need not be known.
        let may_hold = |unit: u32| !instance.last_only[unit as usize];
        let lattice = Lattice::new(&instance.preds, &instance.succs, may_hold, budget.ideals, stop);
        let Some(lattice) = lattice else {
            self.note = format!("more than {} order ideals, or out of time or memory", budget.ideals);
            return Ending::Exhausted;
        };
        self.note = format!("proved over {} order ideals", lattice.len());
        if instance.is_additive()
            && let Ok(best) = smallest_peak(instance, &lattice, self.bound, limit, budget)
        {
            match best {
                Some((value, schedule)) => self.best = Some((value, schedule, String::new())),
                // The reduced problem may have fewer units than stages: then the whole decides.
                None if reduced && self.best.is_none() => return Ending::Unused,
                // Without a better one, the schedule that set the limit stays.
                None => {}
            }
            return Ending::Proved;
        }
        let mut minimax =
            if reduced { Minimax::at_most(instance, &lattice) } else { Minimax::new(instance, &lattice) };
        let ascent = minimax.ascend(self.bound, limit, budget);
        self.bound = ascent.bound;
        match ascent.best {
            Some((_, cut)) if cut.schedule.stages() < instance.stages => return Ending::Unused,
            Some((value, cut)) => self.best = Some((value, cut.schedule, String::new())),
            None if ascent.exhausted => {
                self.note = format!("{} order ideals, all steps used up", lattice.len());
                return Ending::Exhausted;
            }
            // Nothing with any number of stages is below the limit: if there is none at all, the whole decides.
            None if reduced && self.best.is_none() => return Ending::Unused,
            None => {}
        }
        // Which of the optimal schedules it is matters less than that it is optimal: few steps are spent on that.
        let polish = Budget { steps: budget.steps.min(POLISH_STEPS), ..*budget };
        if let Some((value, schedule, _)) = &mut self.best
            && let Some((_, cheapest)) = minimax.least_total(*value, &polish).best()
        {
            *schedule = cheapest.schedule;
        }
        Ending::Proved
    }
}
