//! Google's `edgetpu_compiler`, which is closed and not part of this project: finding it, running it, and reading what
//! it prints and writes.
//!
//! [`compiler`] finds the program, [`one_stage`] runs it on one file and [`all_stages`] on all of a folder. [`log`] reads
//! what it prints and [`package`] what it writes, and [`accept`] compares that with the stage. [`flags`] knows what can be
//! passed on to it. [`partition`] has it cut a whole model by itself, [`segments`] finds what it left in a folder, and
//! [`cuts`] reads the cuts from that.

pub mod accept;
pub mod all_stages;
pub mod compiler;
pub mod cuts;
pub mod error;
pub mod flags;
mod interface;
pub mod log;
pub mod names;
pub mod one_stage;
pub mod package;
pub mod partition;
mod process;
pub mod segments;
