//! The names of the files of a folder of stages, except those of the stages.

/// The manifest, with which the folder can be judged and run later.
pub const MANIFEST: &str = "schedule.json";

/// The script that runs the stages as a pipeline.
pub const RUN_PIPELINE: &str = "run_pipeline.py";

/// The module that `run_pipeline.py` is the command line of.
pub const ENGINE: &str = "respect_pipeline.py";

/// The page that reports the schedule, where the user asks for it.
pub const REPORT: &str = "report.html";
