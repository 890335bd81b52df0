//! RESPECT
#![warn(missing_docs)]

pub mod cost;
pub mod device;
pub mod graph;
pub mod problem;
pub mod schedule;
pub mod units;
pub mod verify;
