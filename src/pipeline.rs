//! The pipeline at work: a simulation of its stages, and what each number of devices gives.

pub mod plan;
pub mod simulate;
