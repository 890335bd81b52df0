//! The pass `respect-schedule`: gives every operation a stage.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use melior::ir::OperationRef;
use melior::ir::operation::OperationLike;

use super::graph::{graph_of, order_of};
use super::hint::with_advice;
use super::{
    Diagnosed, Failure, RemarkKind, annotations, body, chosen, error, is_private, remark, symbol, unpriced,
    warning,
};
use crate::effects::{Order, PURE};
use crate::operation::name_of;
use crate::{CONSTANTS, Foreign, read_as};
use respect::device::EdgeTpu;
use respect::policy::{Policy, embedded, guided};
use respect::problem::{Objective, Problem, Rules};
use respect::solve::{Algorithm, Budget, Solution, Status, solve_for_runner};
use respect::tflite::graph::ModelGraph;
use respect::tflite::support::listed;

/// The options of the pass `respect-schedule`.
#[derive(Clone, Debug)]
pub struct ScheduleOptions<'a> {
    /// The number of stages.
    pub stages: u32,
    /// The scheduler that finds the stages.
    pub scheduler: Algorithm,
    /// The figure to minimize.
    pub objective: Objective,
    /// The rules to obey.
    pub rules: Rules,
    /// The time limit of the search in milliseconds; 0 for none.
    pub time_limit_ms: u64,
    /// The device model: a preset's name or a file.
    pub device: &'a str,
    /// The operations, or whole dialects, that are taken to have no side effects, whatever they say.
    pub pure_operations: Vec<&'a str>,
    /// The names of further operations that are constants; the function keeps them for the passes that follow.
    pub constants: Vec<&'a str>,
    /// True to call a schedule optimal even if no operation has a price.
    pub allow_unpriced: bool,
    /// The names of the functions to schedule; none for every function that is not private.
    pub functions: Vec<&'a str>,
    /// What becomes of a function that cannot be cut.
    pub on_uncuttable: OnUncuttable,
}

/// What becomes of a function that cannot be cut into so many stages, or that is no graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnUncuttable {
    /// It is an error.
    Error,
    /// It is left as it is, with a warning. If no function can be cut, that is an error all the same.
    Skip,
}

/// What came of a function.
enum Outcome<'m> {
    Scheduled,
    /// The function is not for this pass; says why, unless it was not asked for.
    NotMeant(Option<&'static str>),
    /// The function cannot be cut; says where and why.
    Uncuttable(Failure<'m>),
}

/// Schedules a function, or every function of a module; counts functions, operations, proofs and functions left alone.
///
/// # Errors
/// Returns an error if the device is not known, if a function is named that the module has not, or if functions cannot be cut,
/// unless these are to be skipped and there are others.
pub fn run<'m>(
    operation: OperationRef<'m, 'm>,
    options: &ScheduleOptions,
    counts: &mut [u64; 4],
) -> Result<(), Diagnosed> {
    let (functions, sees_callees) = chosen(operation);
    if sees_callees {
        named_are_there(operation, &functions, options)?;
    }
    let Some(&first) = functions.first() else { return Ok(()) };
    let device =
        EdgeTpu::load(options.device).map_err(|cause| error(first.location(), &cause.to_string()))?;
    let cutter = Cutter { sees_callees, options, device };
    let mut uncuttable = Vec::new();
    for function in functions {
        match cutter.schedule(function, counts) {
            Outcome::Scheduled => {}
            Outcome::NotMeant(why) => {
                counts[3] += 1;
                if let Some(why) = why {
                    remark(function.location(), RemarkKind::Missed, "not-scheduled", symbol(function), why);
                }
            }
            Outcome::Uncuttable(failure) => uncuttable.push((function, failure)),
        }
    }
    let is_skipped = options.on_uncuttable == OnUncuttable::Skip && counts[0] > 0;
    let mut result = Ok(());
    for (function, Failure { location, message }) in uncuttable {
        if is_skipped {
            counts[3] += 1;
            let name = symbol(function);
            warning(location, &format!("'{name}' is left without stages, as it cannot be cut: {message}"));
        } else {
            result = Err(error(location, &message));
        }
    }
    result
}

/// Checks that a module has the functions that are to be scheduled.
///
/// # Errors
/// Reports a name that the module has not, with those that it has.
fn named_are_there(
    module: OperationRef,
    functions: &[OperationRef],
    options: &ScheduleOptions,
) -> Result<(), Diagnosed> {
    let names: Vec<&str> = functions.iter().map(|function| symbol(*function)).collect();
    let Some(missing) = options.functions.iter().find(|name| !names.contains(name)) else { return Ok(()) };
    let list = match &names[..] {
        [] => "it has none".into(),
        _ => format!("it has {}", listed(&names)),
    };
    Err(error(module.location(), &format!("functions: the module has no function '{missing}'; {list}")))
}

/// What all functions of a run are scheduled with.
struct Cutter<'o> {
    /// True if the functions that are called may be read, too.
    sees_callees: bool,
    options: &'o ScheduleOptions<'o>,
    device: EdgeTpu,
}

impl Cutter<'_> {
    /// Schedules a function if the pass is for it; counts functions, operations and proofs.
    fn schedule<'m>(&self, function: OperationRef<'m, 'm>, counts: &mut [u64; 4]) -> Outcome<'m> {
        let options = self.options;
        let is_named = options.functions.contains(&symbol(function));
        if !options.functions.is_empty() && !is_named {
            return Outcome::NotMeant(None);
        }
        if body(function).is_none() {
            return Outcome::NotMeant(Some("a declaration has no operations"));
        }
        if is_private(function) && !is_named {
            return Outcome::NotMeant(Some(
                "a private function serves others: name it with functions= to schedule it",
            ));
        }
        if function.has_attribute(annotations::PIPELINE) {
            return Outcome::NotMeant(Some(
                "the function's stages are outlined already; run respect-inline-stages first to schedule it again",
            ));
        }
        // What a function that cannot be cut was before is what it stays.
        let lists = [(CONSTANTS, &options.constants), (PURE, &options.pure_operations)];
        let before = lists.map(|(name, _)| function.attribute(name).ok());
        for (name, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
            annotations::set(function, name, annotations::strings(function, list));
        }
        let outcome = self.cut(function, counts);
        if !matches!(outcome, Ok(Outcome::Scheduled)) {
            for ((name, _), before) in lists.iter().zip(before) {
                match before {
                    Some(attribute) => annotations::set(function, name, attribute),
                    None => annotations::remove(function, name),
                }
            }
        }
        outcome.unwrap_or_else(Outcome::Uncuttable)
    }

    /// Schedules a function, whatever its name.
    ///
    /// # Errors
    /// Returns where and why the function cannot be cut.
    fn cut<'m>(
        &self,
        function: OperationRef<'m, 'm>,
        counts: &mut [u64; 4],
    ) -> Result<Outcome<'m>, Failure<'m>> {
        let Cutter { sees_callees, options, ref device } = *self;
        let here = function.location();
        let name = symbol(function);
        let read = read_as(function, Foreign::AsCustom, sees_callees).map_err(Failure::from)?;
        if read.operations.is_empty() {
            return Ok(Outcome::NotMeant(Some("a function of constants alone has nothing to schedule")));
        }
        let order = order_of(function, &read, sees_callees)?;
        let ModelGraph { graph, .. } = graph_of(function, &read.model, &order)?;
        let problem = Problem {
            graph: &graph,
            stages: options.stages,
            device: device.clone(),
            objective: options.objective,
            rules: options.rules,
        };
        let budget = Budget {
            deadline: (options.time_limit_ms > 0)
                .then(|| Instant::now() + Duration::from_millis(options.time_limit_ms)),
            ..guided(options.scheduler)
        };
        let mut solution = solve_for_runner(&problem, options.scheduler, &budget).map_err(|cause| {
            Failure { location: here, message: format!("cannot schedule '{name}': {}", with_advice(&cause)) }
        })?;
        let is_unpriced = !options.allow_unpriced && unpriced::is_all(&problem);
        if is_unpriced && solution.status == Status::Optimal {
            solution.status = Status::Feasible;
            solution.detail = format!("{}; not called optimal, as no operation has a price", solution.detail);
        }
        for (operation, stage) in read.operations.iter().zip(&solution.schedule.stage_of) {
            let attribute = annotations::stage_attribute(function, stage.0, problem.stages);
            annotations::set(*operation, annotations::STAGE, attribute);
        }
        let attribute = annotations::of_solution(function, &problem, options.device, &solution);
        annotations::set(function, annotations::SCHEDULE, attribute);
        counts[0] += 1;
        counts[1] += read.operations.len() as u64;
        counts[2] += u64::from(solution.status == Status::Optimal);
        if let Some(names) = unpriced::operations(&read, problem.graph) {
            let text = format!("priced at nothing: {names}; {}", unpriced::REMEDY);
            remark(here, RemarkKind::Missed, "priced-at-nothing", name, &text);
        }
        if is_unpriced {
            let text = format!(
                "no operation has a price, so the stages balance nothing: {}, or allow-unpriced=true to call that optimal",
                unpriced::REMEDY
            );
            remark(here, RemarkKind::Missed, "nothing-priced", name, &text);
        }
        tell(function, &problem, &solution, &read.operations, is_unpriced);
        tell_unknown(function, &order, &read.operations);
        Ok(Outcome::Scheduled)
    }
}

/// Reports remarks on what was done, how far it may be from the optimum, and where no cut was possible.
fn tell(
    function: OperationRef,
    problem: &Problem,
    solution: &Solution,
    operations: &[OperationRef],
    is_unpriced: bool,
) {
    let name = symbol(function);
    let figures = &solution.evaluation;
    let text = format!(
        "{} operations in {} stages: bottleneck {}, largest stage {}, {} ({})",
        operations.len(),
        problem.stages,
        figures.bottleneck,
        figures.peak_parameter_bytes,
        solution.status,
        solution.detail
    );
    remark(function.location(), RemarkKind::Passed, "scheduled", name, &text);
    if embedded().policy(problem.objective).is_ok_and(Policy::runs_compiled) {
        let text = "the policy runs as code that was compiled for this processor";
        remark(function.location(), RemarkKind::Passed, "policy-compiled", name, text);
    }
    if solution.status != Status::Optimal && !is_unpriced {
        let text = format!("not proved optimal: at most {:.2} % above the optimum", solution.gap() * 100.0);
        remark(function.location(), RemarkKind::Missed, "not-proved-optimal", name, &text);
    }
    for tensor in problem.graph.tensors() {
        if let (Some(why), Some(producer)) = (tensor.uncuttable, tensor.producer)
            && !tensor.consumers.is_empty()
        {
            let text =
                format!("no cut can follow this operation: its result '{}' {}", tensor.name, why.reason());
            remark(operations[producer.index()].location(), RemarkKind::Missed, "not-cut", name, &text);
        }
    }
}

/// Reports a remark on the operations that keep their order only because nothing is known of their effects.
fn tell_unknown(function: OperationRef, order: &Order, operations: &[OperationRef]) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for op in &order.unknown {
        *counts.entry(name_of(operations[op.index()])).or_default() += 1;
    }
    if order.ordered.is_empty() || counts.is_empty() {
        return;
    }
    let list: Vec<String> = counts.iter().map(|(name, count)| format!("{count} x {name}")).collect();
    let text = format!(
        "operations of unknown side effects keep their order ({}); name those without any, or their dialect, with pure=",
        list.join(", ")
    );
    remark(function.location(), RemarkKind::Missed, "unknown-effects", symbol(function), &text);
}
