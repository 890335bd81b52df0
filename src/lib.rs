//! Cuts quantized TensorFlow Lite models into the stages of a pipeline of Coral Edge TPUs.
//!
//! A model is read ([`Model`]), its operations become a graph ([`OpGraph`]), the graph with a number of stages, a device and
//! an objective is a [`Problem`], and a solver answers it with a [`Solution`]: a [`Schedule`], what it costs, and how far
//! it may be from the best. Every solution has been passed by an independent judge ([`verify`]).
//!
//! ```
//! use respect::{Algorithm, Device, Objective, OpGraph, Problem, Rules, Status, solve};
//!
//! let graph = OpGraph::from_json(br#"{"name": "two", "outputs": [2],
//!   "ops": [{"name": "a", "kind": "CONV_2D", "parameter_bytes": 900, "macs": 5000000},
//!           {"name": "b", "kind": "CONV_2D", "parameter_bytes": 700, "macs": 5000000}],
//!   "tensors": [{"name": "x", "bytes": 64, "producer": null, "consumers": [0]},
//!               {"name": "y", "bytes": 64, "producer": 0, "consumers": [1]},
//!               {"name": "z", "bytes": 64, "producer": 1, "consumers": []}]}"#)?;
//! let problem = Problem {
//!     graph: &graph,
//!     stages: 2,
//!     device: Device::usb3(),
//!     objective: Objective::Latency,
//!     rules: Rules::Coral,
//! };
//! let solution = solve(&problem, Algorithm::Respect, &respect::policy::guided(Algorithm::Respect))?;
//! assert_eq!(solution.status, Status::Optimal);
//! assert_eq!(solution.schedule.stage_of.len(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Contents
//!
//! The modules are listed in the order in which data pass through them. None uses a module that is listed below it;
//! `ARCHITECTURE.md` has the whole table.
//!
//! - [`base`]: units, limits, hashes, closed lists, cancellation.
//! - [`graph`]: operations, tensors, and which operations must or must not share a stage.
//! - [`tflite`]: reading and writing `.tflite` files, and the table of operators.
//! - [`device`]: the figures of an Edge TPU, and what operations and tensors cost on it.
//! - [`problem`]: problems, schedules and the judge.
//! - [`solve`](mod@solve): the solvers.
//! - [`verdict`]: what to do with the devices that there are.
//! - [`policy`]: the learned policy, which tells solvers in which order to look at operations.
//! - [`edgetpu`]: `edgetpu_compiler` and its logs.
//! - [`stages`]: writing and checking the folder of stages.
//! - [`compile`](mod@compile): the use case, from a model to a checked folder of compiled stages.
//! - [`pipeline`]: simulating the pipeline over time, and comparing numbers of devices.
//! - [`calibrate`]: fitting the device's figures to measured times.
//! - [`probe`](mod@probe): small models to measure a host with.
//! - [`learn`]: synthetic graphs, labels, and the evaluation of the policy.
#![cfg_attr(feature = "report", doc = "- [`report`]: a page that shows a schedule.")]
#![warn(missing_docs)]

pub mod base;
pub mod calibrate;
pub mod compile;
pub mod device;
pub mod draws;
pub mod edgetpu;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
pub mod graph;
pub mod learn;
pub mod pipeline;
pub mod policy;
pub mod probe;
pub mod problem;
#[cfg(feature = "report")]
pub mod report;
pub mod solve;
pub mod stages;
pub mod tflite;
pub mod verdict;

pub use base::cancel::Cancel;
pub use base::hint::{Hint, Hinted};
pub use compile::{CompileError, Outcome, Request, compile};
pub use device::EdgeTpu as Device;
pub use graph::OpGraph;
pub use problem::judge::{Evaluation, Violation, verify};
pub use problem::{Objective, Problem, Rules, Schedule};
pub use solve::{Algorithm, Budget, Solution, SolveError, Status, solve};
pub use tflite::Model;

/// The examples of the README and the guide, which are tests.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../README.md")]
    struct Readme;
    #[doc = include_str!("../docs/guide/embed.md")]
    struct Embed;
    #[doc = include_str!("../docs/guide/add-an-operator.md")]
    struct AddAnOperator;
    #[doc = include_str!("../docs/guide/add-a-solver.md")]
    struct AddASolver;
}
