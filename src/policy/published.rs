//! The RESPECT paper's own configuration (DAC 2023, arXiv 2304.04716), kept so that ours can be compared with it.
//!
//! A pointer network reads the nodes of a graph and points out a sequence of them, which need not be an order that the
//! graph allows; packing then repairs the sequence and cuts it into stages. The network is asked once, greedily, knows
//! of parameter bytes alone, and so gives one schedule for both objectives. `embedding` computes what the network
//! reads, [`PublishedNetwork`] holds its parameters, `pointer` runs it, and `packing` makes a schedule of the sequence.

pub mod embedding;
pub mod packing;
pub mod pointer;
mod published_network;
#[cfg(test)]
mod tests;
pub mod weights;

use crate::problem::Schedule;
use crate::problem::{Objective, Problem};
use crate::solve::instance::Instance;
use packing::Nodes;
use pointer::PointerNetwork;

pub use published_network::{HIDDEN, NORM_EPSILON, PublishedNetwork, STATISTICS, is_valid, parameters};

/// Returns the nodes of a graph as the paper sees them: operations that must share a stage are one node.
pub fn nodes(problem: &Problem) -> Nodes {
    Nodes::new(Instance::unchecked(&Problem { objective: Objective::Memory, ..problem.clone() }))
}

/// Returns the schedule of the paper's configuration, which knows nothing of Coral's rules, so the judge may refuse it.
///
/// Complexity: quadratic in the nodes.
///
/// # Panics
/// Panics if the graph has fewer nodes than the problem has stages, which [`check`](crate::solve::check) tells.
pub fn solve(problem: &Problem, network: &PublishedNetwork) -> Schedule {
    let nodes = nodes(problem);
    nodes.schedule(&PointerNetwork::new(network).sequence(&embedding::rows(&nodes), |_| {}))
}
