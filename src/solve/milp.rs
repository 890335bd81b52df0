//! Exact scheduling by integer programming with HiGHS, which shows what a proof costs a solver that knows nothing of
//! the problem.
//!
//! The formulation is our own, in `program`: the precedence-constrained partition of Tarnawski et al. (NeurIPS 2020)
//! with a binary for each unit and cut, so that precedence is a row of two variables. `solve` has HiGHS start from the
//! best of the fixed orders with optimal cuts, and leaves out the stages in which a unit can't be if that schedule is
//! to be beaten, see `windows`; `solve_alone` does neither. Both run on one thread. Objective: both. Complexity:
//! exponential. Both fail if no schedule obeys the rules, or if time is up before one is found.
//!
//! Optimality: HiGHS computes in floating point, to within a tolerance. So loads are whole multiples of a quantum, no
//! more of them than that tolerance can tell apart, and HiGHS may leave no gap. Parameter bytes of any usual model, and
//! times of small graphs, are exact in this way: the result is optimal where the bound of HiGHS meets the judge's
//! figure. Times of large graphs are rounded down, to tens of nanoseconds for models of tens of milliseconds: the bound
//! holds, but a schedule better by less than the rounding may exist, so the result is feasible, with the gap that this
//! leaves. HiGHS gives no certificate that could be checked: its proof is taken on trust, unless its own schedule or
//! that of a fixed order, which is compared with the proof afterwards, contradicts it.

mod costs;
mod program;
mod windows;

use std::ffi::{c_char, c_int, c_void};
use std::time::Instant;

use highs::{HighsModelStatus, HighsSolutionStatus, Model, Sense};
use highs_sys::{HighsCallbackDataIn, HighsCallbackDataOut};

use self::program::IntegerProgram;
use super::budget::Budget;
use super::error::NotFound;
use super::found::Found;
use super::instance::Instance;
use super::local_search::loads;
use super::order::Order;
use super::order_cuts::best_of;
use super::solution::Status;
use crate::base::cancel::Cancel;
use crate::problem::Problem;
use crate::problem::Schedule;

/// Searches, with HiGHS, the schedules that are no worse than the best of the fixed orders, until the budget's
/// deadline.
///
/// # Errors
/// Returns an error if no schedule obeys the rules, or if time was up before one was found.
pub(crate) fn solve(problem: &Problem, instance: &Instance, budget: &Budget) -> Result<Found, NotFound> {
    let bound = instance.simple_bound();
    let start = of_fixed_orders(problem, instance, bound, budget);
    let known = start.as_ref().map(|(value, _)| *value);
    search(instance, bound, start, budget).map(|found| unless_contradicted(found, bound, known))
}

/// Searches all schedules with HiGHS, without any help, until the budget's deadline.
///
/// # Errors
/// Returns an error if no schedule obeys the rules, or if time was up before one was found.
pub(crate) fn solve_alone(
    problem: &Problem,
    instance: &Instance,
    budget: &Budget,
) -> Result<Found, NotFound> {
    let bound = instance.simple_bound();
    let found = search(instance, bound, None, budget)?;
    let known = of_fixed_orders(problem, instance, bound, budget).map(|(value, _)| value);
    Ok(unless_contradicted(found, bound, known))
}

/// Returns the best of the fixed orders with optimal cuts.
fn of_fixed_orders(
    problem: &Problem,
    instance: &Instance,
    bound: u64,
    budget: &Budget,
) -> Option<(u64, Schedule)> {
    let best = best_of(problem, instance, Order::FIXED.into_iter(), bound, None, budget);
    best.map(|(value, schedule, _)| (value, schedule))
}

/// Returns what HiGHS found, without the bound if the schedule found, or another one of `known` value, shows that the
/// bound is wrong.
fn unless_contradicted(found: Found, bound: u64, known: Option<u64>) -> Found {
    match known.into_iter().chain(found.value).any(|value| value < found.lower_bound) {
        false => found,
        true => Found {
            lower_bound: bound,
            status: Status::Feasible,
            detail: format!("{}; its bound is above a known schedule, and was left out", found.detail),
            ..found
        },
    }
}

fn search(
    instance: &Instance,
    bound: u64,
    start: Option<(u64, Schedule)>,
    budget: &Budget,
) -> Result<Found, NotFound> {
    let (limit, start) = start.map_or((u64::MAX, None), |(value, schedule)| (value, Some(schedule)));
    let program = IntegerProgram::new(instance, bound, limit);
    let mut model = program.rows().clone().optimise(Sense::Minimise);
    if let Some(start) = &start {
        let values = program.values(&instance.stages_of_units(start));
        model.set_solution(Some(&values), None, None, None);
    }
    set_options(&mut model, program.tolerance(), budget);
    let solved = model.try_solve().map_err(NotFound::Highs)?;
    if solved.status() == HighsModelStatus::Infeasible {
        return Err(NotFound::Infeasible);
    }
    let found = match solved.primal_solution_status() {
        HighsSolutionStatus::Feasible => {
            Some(instance.schedule(&program.stage_of_unit(solved.get_solution().columns())))
        }
        _ => start,
    };
    let schedule = found.ok_or(NotFound::TimeUp)?;
    // The optimum is whole, and HiGHS is less than half a quantum off.
    let quanta =
        solved.double_info_value(c"mip_dual_bound").map_or(0.0, |quanta| (quanta - 0.5).ceil().max(0.0));
    let lower_bound = bound.max((quanta as u64).saturating_mul(program.quantum()));
    // HiGHS knows loads in whole quanta alone.
    let value = loads(instance, &instance.stages_of_units(&schedule)).into_iter().max();
    // Where the bound meets the judge's figure, `solve` makes this optimal.
    let status = match solved.status() {
        HighsModelStatus::Optimal => Status::Feasible,
        _ => Status::BudgetExhausted,
    };
    let detail = format!("HiGHS over {} binary variables", program.binaries());
    Ok(Found { schedule, value, status, lower_bound, detail })
}

/// Sets the options of HiGHS: one thread, so that results repeat and times compare; no gap; and a stop at the deadline
/// or an interrupt.
fn set_options(model: &mut Model, tolerance: f64, budget: &Budget) {
    model.set_option("threads", 1);
    model.set_option("mip_rel_gap", 0.0);
    model.set_option("mip_abs_gap", 0.0);
    model.set_option("mip_feasibility_tolerance", tolerance);
    if let Some(deadline) = budget.deadline {
        model.set_option("time_limit", deadline.saturating_duration_since(Instant::now()).as_secs_f64());
    }
    let Some(cancel) = budget.cancel else { return };
    let data = std::ptr::from_ref::<Cancel>(cancel).cast_mut().cast();
    // SAFETY: the model is alive, the function is of the type that HiGHS calls, and the request to stop, which is its data,
    // outlives the budget's borrow and so the search.
    unsafe {
        highs_sys::Highs_setCallback(model.as_mut_ptr(), Some(stop_if_interrupted), data);
        highs_sys::Highs_startCallback(model.as_mut_ptr(), highs_sys::kHighsCallbackMipInterrupt);
    }
}

/// Tells HiGHS, which asks now and then, whether to stop.
unsafe extern "C" fn stop_if_interrupted(
    _: c_int,
    _: *const c_char,
    _: *const HighsCallbackDataOut,
    answer: *mut HighsCallbackDataIn,
    data: *mut c_void,
) {
    // SAFETY: HiGHS passes null or a structure of its own that outlives the call, and the data that it was given with the
    // function, which is a request to stop that is shared by threads.
    if let (Some(answer), Some(cancel)) = unsafe { (answer.as_mut(), data.cast::<Cancel>().as_ref()) } {
        answer.user_interrupt = c_int::from(cancel.is_requested());
    }
}
