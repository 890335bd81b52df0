//! What a schedule does not know the price of: operations that count for nothing, and graphs in which nothing counts.

use std::collections::BTreeMap;

use crate::FunctionModel;
use crate::operation::name_of;
use crate::priced_by_bytes;
use respect::base::units::{Bytes, Time};
use respect::device::prices::Prices;
use respect::graph::OpGraph;
use respect::problem::{Objective, Problem};

/// The way to give an operation a price, as the end of a sentence.
pub(super) const REMEDY: &str = "give respect.macs, respect.parameter_bytes or respect.compute_us";

/// Returns the operations of which nothing is known that would price them, counted by name, such as
/// `2 x my.op and 1 x other.op`; none if there are none.
pub(super) fn operations(read: &FunctionModel, graph: &OpGraph) -> Option<String> {
    let mut holds = vec![false; graph.ops().len()];
    for op in graph.shared().iter().flat_map(|constant| &constant.consumers) {
        holds[op.index()] = true;
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for ((op, operation), holds) in graph.ops().iter().zip(&read.operations).zip(holds) {
        let is_stated = op.compute_us.is_some() || op.macs.0 > 0 || op.parameter_bytes > Bytes(0) || holds;
        if !is_stated && !priced_by_bytes(*operation) {
            *counts.entry(name_of(*operation)).or_default() += 1;
        }
    }
    let counts: Vec<String> = counts.iter().map(|(name, count)| format!("{count} x {name}")).collect();
    match &counts[..] {
        [] => None,
        [one] => Some(one.clone()),
        [more @ .., last] => Some(format!("{} and {last}", more.join(", "))),
    }
}

/// Returns whether no operation adds to what the problem's objective balances: parameter bytes, or these and compute
/// time. Stages then differ by the tensors between them alone.
pub(super) fn is_all(problem: &Problem) -> bool {
    let graph = problem.graph;
    let holds_nothing = graph.parameter_bytes() == Bytes(0) && graph.shared().is_empty();
    let costs_nothing = || Prices::new(graph, &problem.device).compute.iter().all(|time| *time == Time(0));
    holds_nothing && (problem.objective == Objective::Memory || costs_nothing())
}
