//! What is told: the manifest of a folder of stages, tables and a page for people, an overlay for Model Explorer.

pub mod manifest;
pub mod model_explorer;
pub mod page;
pub mod round;
pub mod table;

/// The script that runs compiled stages with PyCoral, written beside them.
pub const RUN_PIPELINE: &str = include_str!("report/run_pipeline.py");

/// That script's file name.
pub const RUN_PIPELINE_NAME: &str = "run_pipeline.py";
