#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod base;
pub mod calibrate;
pub mod compile;
pub mod device;
pub mod edgetpu;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
pub mod graph;
pub mod learn;
pub mod pipeline;
pub mod policy;
pub mod problem;
#[cfg(feature = "report")]
pub mod report;
pub mod solve;
pub mod stages;
pub mod tflite;
