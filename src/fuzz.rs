//! The fuzz targets: for each kind of file that is read, a function that takes any bytes and panics only if a promise
//! is broken.
//!
//! `fuzz/` wraps the functions for `cargo fuzz`; the tests below run each for a second on spoiled copies of good
//! files.

mod flatbuffer;
mod graph_json;
mod log;
mod package;
pub mod smoke;
#[cfg(test)]
mod tests;
mod weights;

pub use flatbuffer::flatbuffer;
pub use graph_json::graph_json;
pub use log::log;
pub use package::package;
pub use weights::weights;

use crate::device::EdgeTpu;
use crate::graph::OpGraph;
use crate::policy::guided;
use crate::problem::{Objective, Problem, Rules};
use crate::solve::{Algorithm, Budget, Solution, SolveError, solve};

/// Returns a schedule of `graph` within a small budget, if one is found. The judge must accept what the solver finds,
/// at the value that the solver claims.
fn schedule(graph: &OpGraph, stages: u32, objective: Objective) -> Option<Solution> {
    let problem = Problem { graph, stages, device: EdgeTpu::usb3(), objective, rules: Rules::Coral };
    let budget = Budget { ideals: 500, steps: 50_000, orders: 1, ..guided(Algorithm::Respect) };
    match solve(&problem, Algorithm::Respect, &budget) {
        Ok(solution) => Some(solution),
        Err(error @ (SolveError::Invalid { .. } | SolveError::Disputed { .. })) => panic!("{error}"),
        Err(_) => None,
    }
}
