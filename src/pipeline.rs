//! Pipelines at work: the simulation of their stages, and the gain of each number of devices.

pub mod plan;
pub mod simulate;
