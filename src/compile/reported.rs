//! What compiled stages cost, by what the compiler reports of them.

use super::attempt::Attempt;
use super::request::Request;
use crate::base::units::{Bytes, Time};
use crate::device::prices::{Prices, Streaming};
use crate::device::{EdgeTpu, MIB};
use crate::graph::OpGraph;
use crate::problem::judge::{StageCost, verify};
use crate::problem::{Objective, Problem};
use crate::stages::attempts::ReportedBytes;
use crate::stages::exact::with_exact;

/// What the compiler reports of the stages of an attempt.
pub(super) struct Reported {
    /// The graph, with the bytes of operations as the compiled stages teach them.
    pub graph: OpGraph,
    /// The bytes of each stage, beside its cost with these bytes.
    pub stages: Vec<(ReportedBytes, StageCost)>,
    /// The time of the slowest stage.
    pub bottleneck: Time,
    /// The objective's value.
    pub value: u64,
}

impl Reported {
    /// Returns what the compiler reports of an attempt's stages.
    pub fn of(request: &Request, attempt: &Attempt) -> Reported {
        let solution = &attempt.solution;
        let bytes: Vec<ReportedBytes> = attempt.compiled.iter().map(ReportedBytes::of).collect();
        let exact = solution.evaluation.stages.iter().zip(&bytes);
        let exact: Vec<_> =
            exact.filter_map(|(stage, bytes)| Some((stage.ops.clone(), bytes.package?.into()))).collect();
        let graph = with_exact(&attempt.graph.graph, &exact);
        let problem = Problem { graph: &graph, ..attempt.problem(request) };
        let judged = verify(&problem, &solution.schedule);
        let costs = judged.map_or_else(|_| solution.evaluation.stages.clone(), |judged| judged.stages);
        let stages: Vec<(ReportedBytes, StageCost)> = bytes.into_iter().zip(costs).collect();
        let prices = Prices::new(&graph, &attempt.device).streaming;
        let times = stages.iter().map(|(bytes, cost)| time(bytes, cost, &attempt.device, &prices));
        let bottleneck = times.max().unwrap_or_default();
        let value = match request.problem.objective {
            Objective::Memory => solution.value,
            Objective::Latency => bottleneck.0,
        };
        Reported { stages, bottleneck, value, graph }
    }

    /// Returns whether a compiled file of every stage says its bytes.
    pub fn is_exact(&self) -> bool {
        self.stages.iter().all(|(bytes, _)| bytes.package.is_some())
    }
}

/// Returns the time of a stage, with the bytes that the compiler reports: those that are streamed and, where a package says
/// them, those that go to the device and come from it.
fn time(bytes: &ReportedBytes, cost: &StageCost, device: &EdgeTpu, prices: &Streaming) -> Time {
    let Some(streamed) = bytes.off_chip_bytes else { return cost.latency() };
    // What the compiler counts and the device model does not is streamed as well.
    let held = cost.device_bytes.max(Bytes(streamed));
    let prices = Streaming { cache: held - Bytes(streamed), ..*prices };
    let transfer = bytes.package.map_or(cost.transfer, |package| {
        let moved = |bytes: u64, us_per_mib: f64| Time::from_us(bytes as f64 * us_per_mib / MIB);
        moved(package.input_bytes, device.input_us_per_mib)
            + moved(package.output_bytes, device.output_us_per_mib)
    });
    cost.invoke + cost.instructions + cost.compute + transfer + prices.time(held, cost.resent_bytes)
}
