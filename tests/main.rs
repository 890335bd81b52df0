//! The promises of the tool, a module each: `cargo test --test promises cli::` runs those of one.

mod common;
mod random;

mod by_hand;
mod calibrate;
mod certainty;
mod chain;
mod cli;
mod corpus;
mod damaged;
mod damaged_chain;
mod default_cuts;
mod deployments;
mod dynamic;
#[cfg(feature = "mlir")]
mod embedding;
#[cfg(feature = "mlir")]
mod execution;
mod faults;
mod folder;
mod full_disk;
mod guide;
mod hand_off;
mod inputs;
mod judge;
mod killed;
mod kinds;
mod labels;
mod laws;
mod limits;
mod lists;
#[cfg(feature = "mlir")]
mod mlir;
mod output;
mod partition;
mod pipeline;
#[cfg(feature = "mlir")]
mod plugin;
mod probe;
mod readonly;
mod report;
mod rounds;
mod runner;
mod segments;
#[cfg(feature = "mlir")]
mod tosa;
mod weights;
mod write_read;
