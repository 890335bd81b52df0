//! The judge: tells whether a schedule obeys the rules, and what it costs, from the graph alone.
//!
//! It uses nothing of the solvers, and computes prices by itself: it reads the definitions, stage by stage, and every
//! schedule passes through it. Solvers that mend a schedule may ask it what was wrong.

pub(crate) mod behind;
mod costs;
mod deployed;
mod evaluation;
mod violation;

use std::collections::BTreeSet;

use crate::device::EdgeTpu;
use crate::graph::{OpGraph, OpId, TensorId, Uncuttable};
use crate::problem::{Problem, Rules};
use crate::problem::{Schedule, StageId};

pub use deployed::{DeployedStage, DeploymentCost, DeploymentFault, verify_deployment};
pub use evaluation::{Crossing, Evaluation, StageCost};
pub(crate) use violation::detail;
pub use violation::{Bound, Violation};

/// Judges `schedule`; returns what it costs.
///
/// Complexity: linear in the graph, times the stages.
///
/// ```
/// use respect::problem::StageId;
/// use respect::{Device, Objective, OpGraph, Problem, Rules, Schedule, verify};
///
/// let graph = OpGraph::from_json(br#"{"name": "two", "outputs": [2],
///   "ops": [{"name": "a", "kind": "RELU", "parameter_bytes": 0, "macs": 0},
///           {"name": "b", "kind": "RELU", "parameter_bytes": 0, "macs": 0}],
///   "tensors": [{"name": "x", "bytes": 64, "producer": null, "consumers": [0]},
///               {"name": "y", "bytes": 64, "producer": 0, "consumers": [1]},
///               {"name": "z", "bytes": 64, "producer": 1, "consumers": []}]}"#)?;
/// let (device, objective) = (Device::usb3(), Objective::Latency);
/// let problem = Problem { graph: &graph, stages: 2, device, objective, rules: Rules::Coral };
/// let forward = Schedule { stage_of: vec![StageId(0), StageId(1)] };
/// assert_eq!(verify(&problem, &forward).unwrap().crossings.len(), 1);
/// let backward = Schedule { stage_of: vec![StageId(1), StageId(0)] };
/// assert!(verify(&problem, &backward).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Returns every [`Violation`] found.
pub fn verify(problem: &Problem, schedule: &Schedule) -> Result<Evaluation, Vec<Violation>> {
    let graph = problem.graph;
    let placed = schedule.stage_of.len();
    if placed != graph.ops().len() {
        return Err(vec![Violation::WrongLength { found: placed, expected: graph.ops().len() }]);
    }
    let mut violations: Vec<Violation> = Vec::new();
    for (op, &stage) in schedule.stage_of.iter().enumerate() {
        if stage.0 >= problem.stages {
            violations.push(Violation::NoSuchStage { op: OpId(op as u32), stage, stages: problem.stages });
        }
    }
    if !violations.is_empty() {
        return Err(violations);
    }
    let flows = Flow::all(graph, schedule);
    common_rules(problem, schedule, &flows, &mut violations);
    if problem.rules == Rules::Coral {
        coral_rules(problem, schedule, &flows, &mut violations);
    }
    if violations.is_empty() { Ok(evaluate(problem, schedule, &flows)) } else { Err(violations) }
}

/// The stages that make and read one tensor.
struct Flow {
    tensor: TensorId,
    from: Option<StageId>,
    readers: BTreeSet<StageId>,
}

impl Flow {
    fn all(graph: &OpGraph, schedule: &Schedule) -> Vec<Flow> {
        let stage = |op: OpId| schedule.stage_of[op.index()];
        let flow = |(index, tensor): (usize, &crate::graph::Tensor)| Flow {
            tensor: TensorId(index as u32),
            from: tensor.producer.map(stage),
            readers: tensor.consumers.iter().map(|&op| stage(op)).collect(),
        };
        graph.tensors().iter().enumerate().map(flow).collect()
    }

    /// Returns the stages that read the tensor from the host: for a model input all readers, else those after its
    /// maker.
    fn fetched_by(&self) -> impl Iterator<Item = StageId> + '_ {
        self.readers.iter().copied().filter(|&stage| self.from.is_none_or(|from| stage > from))
    }

    fn leaves(&self) -> bool {
        self.from.is_some() && self.fetched_by().next().is_some()
    }
}

fn common_rules(problem: &Problem, schedule: &Schedule, flows: &[Flow], violations: &mut Vec<Violation>) {
    let graph = problem.graph;
    for flow in flows {
        let Some(maker) = flow.from else { continue };
        for &reader in flow.readers.iter().filter(|&&reader| reader < maker) {
            let name = graph.tensor(flow.tensor).name.clone();
            violations.push(Violation::ReadBeforeMade { name, reader, maker });
        }
    }
    for stage in (0..problem.stages).map(StageId) {
        if !schedule.stage_of.contains(&stage) {
            violations.push(Violation::EmptyStage { stage });
        }
    }
    for group in graph.together() {
        for pair in group.windows(2) {
            let (stage_a, stage_b) = (schedule.stage_of[pair[0].index()], schedule.stage_of[pair[1].index()]);
            if stage_a != stage_b {
                violations.push(Violation::Separated { a: pair[0], b: pair[1], stage_a, stage_b });
            }
        }
    }
    for pair in graph.ordered() {
        let (a, b) = (pair.before, pair.after);
        let (stage_a, stage_b) = (schedule.stage_of[a.index()], schedule.stage_of[b.index()]);
        if stage_b < stage_a {
            violations.push(Violation::OutOfOrder {
                before: a,
                after: b,
                stage_before: stage_a,
                stage_after: stage_b,
            });
        } else if stage_a != stage_b && pair.shares_state && problem.rules == Rules::Coral {
            violations.push(Violation::Separated { a, b, stage_a, stage_b });
        }
    }
    for ops in graph.apart() {
        let stages: BTreeSet<StageId> = ops.iter().map(|op| schedule.stage_of[op.index()]).collect();
        if let (Some(&stage), 1) = (stages.first(), stages.len()) {
            violations.push(Violation::NotApart { ops: ops.clone(), stage });
        }
    }
}

fn coral_rules(problem: &Problem, schedule: &Schedule, flows: &[Flow], violations: &mut Vec<Violation>) {
    let graph = problem.graph;
    let last = StageId(problem.stages - 1);
    let needed = needed_ops(graph);
    let is_needed_after = |flow: &Flow, stage: StageId| {
        let later = |op: &&OpId| schedule.stage_of[op.index()] > stage && needed[op.index()];
        graph.tensor(flow.tensor).consumers.iter().any(|op| later(&op))
    };
    for stage in (0..last.0).map(StageId) {
        let hands_on = flows.iter().any(|flow| flow.from == Some(stage) && is_needed_after(flow, stage));
        if !hands_on && schedule.stage_of.contains(&stage) {
            violations.push(Violation::NothingHandedOn { stage });
        }
    }
    if graph.outputs().is_empty() && last > StageId(0) {
        violations.push(Violation::NoOutputs);
    }
    for &output in graph.outputs() {
        let name = graph.tensor(output).name.clone();
        match flows[output.index()].from {
            Some(stage) if stage != last => violations.push(Violation::EarlyOutput { name, stage }),
            None if last > StageId(0) => violations.push(Violation::OutputNotProduced { name }),
            _ => {}
        }
    }
    for &input in graph.inputs() {
        let first = flows[input.index()].readers.first();
        if let Some(&stage) = first.filter(|&&stage| stage != StageId(0)) {
            violations.push(Violation::LateInput { name: graph.tensor(input).name.clone(), stage });
        }
    }
    if last > StageId(0) {
        flows.iter().for_each(|flow| bound_rules(graph, flow, violations));
        violations.extend(behind::skipped(graph, schedule).into_iter().map(|skipped| {
            Violation::NotComputed {
                name: graph.tensor(skipped.tensor).name.clone(),
                place: skipped.place,
                why: Uncuttable::Skipped,
                because: Some(skipped.text(graph)),
            }
        }));
    }
    for flow in flows {
        let tensor = graph.tensor(flow.tensor);
        let Some(why) = tensor.uncuttable.filter(|why| !why.forbids_binding()) else { continue };
        // A model input crosses from the caller to the first stage in any case: only later stages add a cut.
        let Some(from) = flow.fetched_by().find(|&stage| stage > StageId(0)).map(|_| flow.from) else {
            continue;
        };
        let (stage, name) = (from.unwrap_or(StageId(0)), tensor.name.clone());
        let because = tensor.uncuttable_because.clone();
        violations.push(match why {
            Uncuttable::Unnamed => Violation::Unnamed { tensor: flow.tensor, maker: stage },
            Uncuttable::DuplicateName => Violation::HeldNameTaken { name, stage },
            why => Violation::NotTransferable { name, stage, why, because },
        });
    }
}

/// Checks rules 6, 8 and 9 for a tensor that the runner can't bind to a buffer: no stage may take it from another or
/// hand it out.
fn bound_rules(graph: &OpGraph, flow: &Flow, violations: &mut Vec<Violation>) {
    let tensor = graph.tensor(flow.tensor);
    let Some(why) = tensor.uncuttable.filter(|why| why.forbids_binding()) else { return };
    let place = match flow.from {
        None if !flow.readers.is_empty() => Bound::ModelInput,
        Some(maker) if flow.leaves() => Bound::After(maker),
        _ if graph.outputs().contains(&flow.tensor) => Bound::ModelOutput,
        _ => return,
    };
    let (name, because) = (tensor.name.clone(), tensor.uncuttable_because.clone());
    violations.push(match (why, place) {
        (Uncuttable::DynamicShape, Bound::After(stage)) => {
            Violation::NotTransferable { name, stage, why, because }
        }
        (Uncuttable::DynamicShape, _) => Violation::NoFixedSize { name, place, because },
        (Uncuttable::HeldOnce, _) => Violation::HeldOnce { name, place, because },
        _ => Violation::NotComputed { name, place, why, because },
    });
}

/// Returns, for each operation, whether a model output depends on it.
fn needed_ops(graph: &OpGraph) -> Vec<bool> {
    let mut needed = vec![false; graph.ops().len()];
    let makers = |tensors: &mut dyn Iterator<Item = &TensorId>| -> Vec<OpId> {
        tensors.filter_map(|&tensor| graph.tensor(tensor).producer).collect()
    };
    let mut inputs_of = vec![Vec::new(); graph.ops().len()];
    for (index, tensor) in graph.tensors().iter().enumerate() {
        tensor.consumers.iter().for_each(|op| inputs_of[op.index()].push(TensorId(index as u32)));
    }
    let mut open = makers(&mut graph.outputs().iter());
    while let Some(op) = open.pop() {
        if !std::mem::replace(&mut needed[op.index()], true) {
            open.extend(makers(&mut inputs_of[op.index()].iter()));
        }
    }
    needed
}

/// Returns the cost of every stage of a schedule that was judged before, on each of `devices` in place of the problem's.
///
/// Complexity: linear in the graph, for each device.
pub fn prices_on(problem: &Problem, schedule: &Schedule, devices: &[EdgeTpu]) -> Vec<Vec<StageCost>> {
    costs::of_stages(problem, schedule, devices)
}

fn evaluate(problem: &Problem, schedule: &Schedule, flows: &[Flow]) -> Evaluation {
    let stages = prices_on(problem, schedule, std::slice::from_ref(&problem.device)).remove(0);
    let crossing = |flow: &Flow| {
        let to: Vec<StageId> =
            flow.fetched_by().filter(|&stage| flow.from.is_some() || stage.0 > 0).collect();
        (!to.is_empty()).then_some(Crossing { tensor: flow.tensor, from: flow.from, to })
    };
    Evaluation {
        peak_parameter_bytes: stages.iter().map(|s| s.parameter_bytes).max().unwrap_or_default(),
        bottleneck: stages.iter().map(StageCost::latency).max().unwrap_or_default(),
        crossings: flows.iter().filter_map(crossing).collect(),
        stages,
    }
}
