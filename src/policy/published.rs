//! The RESPECT paper's own configuration (DAC 2023, arXiv 2304.04716), kept so that ours can be held against it.
//!
//! A pointer network reads the nodes of a graph and points out a sequence of them, which need not be an order that the
//! graph allows; packing then repairs it and cuts it into stages. It is asked once, greedily, knows of parameter bytes alone,
//! and so gives one schedule for both objectives. `embedding` says what it reads, [`PublishedNetwork`] what it is, `pointer` how it
//! runs, `packing` what becomes of the sequence.

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

/// The nodes of a graph as the paper sees them: what must share a stage is one node.
pub fn nodes(problem: &Problem) -> Nodes {
    Nodes::new(Instance::unchecked(&Problem { objective: Objective::Memory, ..problem.clone() }))
}

/// The schedule of the paper's configuration. It knows nothing of Coral's rules, so the judge may refuse it.
///
/// Complexity: quadratic in the nodes.
///
/// # Panics
/// If the graph has fewer nodes than the problem has stages, which [`check`](crate::solve::check) tells.
pub fn solve(problem: &Problem, network: &PublishedNetwork) -> Schedule {
    let nodes = nodes(problem);
    nodes.schedule(&PointerNetwork::new(network).sequence(&embedding::rows(&nodes), |_| {}))
}
