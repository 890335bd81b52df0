//! A folder of stages: its parts, its manifest, how it appears on disk, and how it is checked.

pub mod check;
pub mod manifest;
pub mod new_folder;
pub mod parts;
pub mod rejoin;
pub mod rounds;
pub mod write;

/// The script that runs compiled stages with PyCoral, written beside them.
pub const RUN_PIPELINE: &str = include_str!("stages/run_pipeline.py");

/// That script's file name.
pub const RUN_PIPELINE_NAME: &str = "run_pipeline.py";

/// The page that reports a schedule, where the user asks for it.
pub const REPORT_NAME: &str = "report.html";
