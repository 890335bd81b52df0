#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod calibrate;
pub mod cli;
pub mod cost;
pub mod delivery;
pub mod device;
pub mod edgetpu;
pub mod evaluate;
pub mod folder;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
pub mod graph;
pub mod hash;
pub mod interrupt;
pub mod labels;
pub mod limits;
#[cfg(feature = "mlir")]
pub mod mlir;
pub mod output;
pub mod plan;
pub mod policy;
pub mod problem;
pub mod report;
pub mod rounds;
pub mod schedule;
pub mod simulate;
pub mod stages;
pub mod statistics;
pub mod synth;
pub mod tflite;
#[cfg(feature = "train")]
pub mod train;
pub mod units;
pub mod verify;
