//! The pass `respect-verify-schedule`: judges the stages in the IR.

mod missing;

use melior::ir::OperationRef;
use melior::ir::operation::OperationLike;

use super::annotations::{self, Annotation};
use super::graph::{graph_of, order_of};
use super::{Diagnosed, Failure, RemarkKind, body, chosen, error, remark, symbol};
use crate::effects::Order;
use crate::{Foreign, FunctionModel, read_as};
use missing::{close_ranks, filled_in};
use respect::device::EdgeTpu;
use respect::graph::{OpGraph, OpId};
use respect::problem::judge::{Evaluation, Violation, verify};
use respect::problem::{Objective, Problem, Rules};
use respect::problem::{Schedule, StageId};
use respect::tflite::graph::ModelGraph;

/// A function whose stages obey the rules.
pub struct Judged<'m> {
    /// The function as a model.
    pub read: FunctionModel<'m>,
    /// The graph of the model.
    pub graph: ModelGraph,
    /// The stage of each operation.
    pub schedule: Schedule,
    /// The number of stages.
    pub stages: u32,
    /// The rules that were checked.
    pub rules: Rules,
    /// The device that the figures are for.
    pub device: EdgeTpu,
    /// The judge's figures of the schedule.
    pub evaluation: Evaluation,
    /// The schedule as `respect.schedule` describes it.
    pub annotation: Annotation,
    /// A sentence for each figure that `respect.schedule` gives wrongly: other passes may have changed the function since.
    pub stale: Vec<String>,
    /// The order of the function's side effects.
    pub(super) order: Order,
}

impl Judged<'_> {
    /// Corrects what the schedule of `function` says, where other passes have changed the function since: figures are those of
    /// now, and what was proved is dropped. Remarks tell of it.
    pub(super) fn correct(&mut self, function: OperationRef) {
        if self.stale.is_empty() {
            return;
        }
        for claim in &self.stale {
            remark(function.location(), RemarkKind::Missed, "stale-schedule", symbol(function), claim);
        }
        let Annotation { status, lower_bound, detail, bottleneck, peak_parameter_bytes, .. } =
            &mut self.annotation;
        (*status, *lower_bound, *detail) = (None, None, None);
        *bottleneck = bottleneck.map(|_| self.evaluation.bottleneck);
        *peak_parameter_bytes = peak_parameter_bytes.map(|_| self.evaluation.peak_parameter_bytes);
        for (operation, stage) in self.read.operations.iter().zip(&self.schedule.stage_of) {
            let attribute = annotations::stage_attribute(function, stage.0, self.stages);
            annotations::set(*operation, annotations::STAGE, attribute);
        }
        let attribute = annotations::of_annotation(function, self.stages, &self.annotation);
        annotations::set(function, annotations::SCHEDULE, attribute);
        self.stale.clear();
    }
}

/// Judges the schedule of a function, or of every function of a module; counts functions and violations.
///
/// # Errors
/// Returns an error if an attribute is not what it should be, or if a rule is broken.
pub fn run<'m>(operation: OperationRef<'m, 'm>, counts: &mut [u64; 2]) -> Result<(), Diagnosed> {
    let (functions, sees_callees) = chosen(operation);
    let reading = Reading { foreign: Foreign::AsCustom, sees_callees, fills_in: false };
    let mut result = Ok(());
    for function in functions {
        match judge(function, reading, &mut counts[1]) {
            Ok(None) => {}
            Ok(Some(judged)) => {
                counts[0] += 1;
                counts[1] += judged.stale.len() as u64;
                for claim in &judged.stale {
                    result = Err(error(function.location(), claim));
                }
            }
            Err(diagnosed) => result = Err(diagnosed),
        }
    }
    result
}

/// The way in which a schedule is read.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    /// What is done with operations that are no `tfl` operators.
    pub foreign: Foreign,
    /// True if the functions that are called may be read, too.
    pub sees_callees: bool,
    /// True if operations without a stage get one, rather than being errors: other passes may have made them.
    pub fills_in: bool,
}

/// Reads and judges the schedule of a function; `None` if the function has none.
///
/// # Errors
/// Returns an error if an attribute is not what it should be, or if a rule is broken.
pub(super) fn judge<'m>(
    function: OperationRef<'m, 'm>,
    reading: Reading,
    violations: &mut u64,
) -> Result<Option<Judged<'m>>, Diagnosed> {
    let here = function.location();
    let Some(block) = body(function) else { return Ok(None) };
    // The functions of stages and of pipelines have been judged before they were made.
    if [annotations::PIPELINE, annotations::STAGE].iter().any(|name| function.has_attribute(name)) {
        return Ok(None);
    }
    let annotation =
        annotations::schedule(function, annotations::SCHEDULE).map_err(|text| error(here, &text))?;
    if annotation.is_none()
        && super::operations(block).all(|operation| !operation.has_attribute(annotations::STAGE))
    {
        return Ok(None);
    }
    let annotation = annotation.unwrap_or_default();
    let read = read_as(function, reading.foreign, reading.sees_callees)
        .map_err(|complaint| Failure::from(complaint).report())?;
    let mut stated = Vec::with_capacity(read.operations.len());
    let mut diagnosed = None;
    // As the function says it, or the first operation that does.
    let mut said = annotation.stages;
    for operation in &read.operations {
        let complaint = match annotations::stage(*operation) {
            Ok(Some(stage)) => match (stage.stages, said) {
                (Some(stages), Some(said)) if stages != said => format!(
                    "the operation's stage is one of {stages}, but '@{}' has {said} stages; run respect-schedule",
                    symbol(function)
                ),
                (stages, _) => {
                    said = said.or(stages);
                    stated.push(Some(stage.stage));
                    continue;
                }
            },
            Ok(None) if reading.fills_in => {
                stated.push(None);
                continue;
            }
            Ok(None) => format!(
                "the operation has no '{}', although '@{}' is scheduled; give it one, or run respect-schedule",
                annotations::STAGE,
                symbol(function)
            ),
            Err(text) => text,
        };
        *violations += 1;
        diagnosed = Some(error(operation.location(), &complaint));
    }
    if let Some(diagnosed) = diagnosed {
        return Err(diagnosed);
    }
    let order = order_of(function, &read, reading.sees_callees).map_err(Failure::report)?;
    let graph = graph_of(function, &read.model, &order).map_err(Failure::report)?;
    let mut stage_of = filled_in(&read, &order, &stated);
    let mut stages = said.unwrap_or_else(|| stage_of.iter().max().map_or(0, |last| last.saturating_add(1)));
    let mut stale = Vec::new();
    if reading.fills_in
        && let Some(left) = close_ranks(&mut stage_of, stages)
    {
        stale.push(format!("'{}' says {stages} stages, but {left} have operations", annotations::SCHEDULE));
        stages = left;
    }
    let schedule = Schedule { stage_of: stage_of.into_iter().map(StageId).collect() };
    // A stage that a hostile attribute names must not decide how much memory is used.
    if stages as usize > graph.graph.ops().len().max(1) {
        let text =
            format!("{stages} stages for {} operations: a stage needs at least one", graph.graph.ops().len());
        *violations += 1;
        return Err(error(here, &text));
    }
    let known = annotation.device.as_deref().map_or(Ok(EdgeTpu::usb3()), EdgeTpu::load).ok();
    let device = known.clone().unwrap_or_else(EdgeTpu::usb3);
    let rules = annotation.rules.unwrap_or(Rules::Coral);
    let objective = annotation.objective.unwrap_or(Objective::Latency);
    let problem = Problem { graph: &graph.graph, stages, device: device.clone(), objective, rules };
    let evaluation = verify(&problem, &schedule).map_err(|found| {
        for violation in &found {
            let place = place(violation, &graph.graph, &schedule);
            let location = place.map_or(here, |op| read.operations[op.index()].location());
            error(location, &violation.to_string());
        }
        *violations += found.len() as u64;
        Diagnosed
    })?;
    // Figures of a device that this machine does not know cannot be compared.
    if known.is_some() {
        stale.extend(false_claims(&annotation, objective, &evaluation));
    }
    Ok(Some(Judged { read, graph, schedule, stages, rules, device, evaluation, annotation, stale, order }))
}

/// Returns a sentence for each figure that `respect.schedule` gives wrongly.
fn false_claims(annotation: &Annotation, objective: Objective, evaluation: &Evaluation) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut compare = |what: &str, said: Option<String>, is: String| {
        if let Some(said) = said.filter(|said| *said != is) {
            wrong.push(format!("'{}' says {what} {said}, but it is {is}", annotations::SCHEDULE));
        }
    };
    let us = |time: respect::base::units::Time| format!("{} us", time.as_us());
    compare("bottleneck", annotation.bottleneck.map(us), us(evaluation.bottleneck));
    let bytes = |bytes: respect::base::units::Bytes| format!("{} bytes", bytes.0);
    compare(
        "largest stage",
        annotation.peak_parameter_bytes.map(bytes),
        bytes(evaluation.peak_parameter_bytes),
    );
    let value = match objective {
        Objective::Memory => evaluation.peak_parameter_bytes.0 as f64,
        Objective::Latency => evaluation.bottleneck.as_us(),
    };
    if let Some(bound) = annotation.lower_bound.filter(|bound| *bound > value) {
        wrong.push(format!(
            "'{}' says lower_bound {bound}, but its own value is {value}",
            annotations::SCHEDULE
        ));
    }
    wrong
}

/// Returns the operation to show a violation at; none if the violation is of the whole function.
fn place(violation: &Violation, graph: &OpGraph, schedule: &Schedule) -> Option<OpId> {
    let maker = |name: &str| {
        let mut tensors = graph.tensors().iter().filter(|tensor| tensor.name == name);
        tensors.find_map(|tensor| tensor.producer)
    };
    let reader = |name: &str, stage: StageId| {
        let tensors = graph.tensors().iter().filter(|tensor| tensor.name == name);
        tensors
            .flat_map(|tensor| &tensor.consumers)
            .find(|op| schedule.stage_of[op.index()] == stage)
            .copied()
    };
    let first = |stage: StageId| {
        let place = schedule.stage_of.iter().position(|of| *of == stage)?;
        Some(OpId(place as u32))
    };
    match violation {
        Violation::NoSuchStage { op, .. } => Some(*op),
        Violation::Separated { b, .. } => Some(*b),
        Violation::OutOfOrder { after, .. } => Some(*after),
        Violation::NotApart { ops, .. } => ops.last().copied(),
        Violation::ReadBeforeMade { name, reader: stage, .. } | Violation::LateInput { name, stage } => {
            reader(name, *stage)
        }
        Violation::EarlyOutput { name, .. }
        | Violation::HeldNameTaken { name, .. }
        | Violation::NotTransferable { name, .. }
        | Violation::NoFixedSize { name, .. }
        | Violation::HeldOnce { name, .. }
        | Violation::NotComputed { name, .. } => maker(name),
        Violation::Unnamed { tensor, .. } => graph.tensors()[tensor.index()].producer,
        Violation::NothingHandedOn { stage } => first(*stage),
        Violation::WrongLength { .. }
        | Violation::NoOutputs
        | Violation::OutputNotProduced { .. }
        | Violation::EmptyStage { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use melior::ir::Module;

    use super::*;
    use crate::context;
    use crate::passes::functions;

    /// Every operation in the stage before that of its operand.
    const BACKWARDS: &str = r#"
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.stage = 2 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}"#;

    #[test]
    fn every_violation_is_told_and_counted_once() {
        let context = context();
        let module = Module::parse(&context, BACKWARDS).expect("a module");
        let told = Arc::new(Mutex::new(Vec::new()));
        let telling = Arc::clone(&told);
        context.attach_diagnostic_handler(move |diagnostic| {
            telling.lock().unwrap().push(diagnostic.to_string());
            true
        });
        let mut counts = [0; 2];
        assert_eq!(run(functions(module.as_operation())[0], &mut counts), Err(Diagnosed));
        let told = told.lock().unwrap();
        let rules: Vec<&str> = told.iter().filter_map(|text| text.split(':').next()).collect();
        assert_eq!(rules, ["rule 1", "rule 1", "rule 2", "rule 2", "rule 3", "rule 4"]);
        assert_eq!(counts, [0, 6]);
    }

    #[test]
    fn a_sound_schedule_is_counted_without_violations() {
        let context = context();
        let sound = BACKWARDS.replace("stage = 2", "stage = _").replace("stage = 0", "stage = 2");
        let module = Module::parse(&context, &sound.replace("stage = _", "stage = 0")).expect("a module");
        let mut counts = [0; 2];
        assert_eq!(run(functions(module.as_operation())[0], &mut counts), Ok(()));
        assert_eq!(counts, [1, 0]);
    }
}
