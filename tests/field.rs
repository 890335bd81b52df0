//! Against published graphs and real models outside the repository; `RESPECT_SHARED` names their folder.

mod common;
#[path = "field/corpus.rs"]
mod corpus;
#[path = "field/dynamic.rs"]
mod dynamic;
#[path = "field/logs.rs"]
mod logs;
#[path = "field/measured.rs"]
mod measured;
#[path = "field/models.rs"]
mod models;
#[path = "field/placed.rs"]
mod placed;
#[path = "field/published.rs"]
mod published;
#[path = "../benches/goals/workload.rs"]
mod workload;

use std::path::PathBuf;

/// A file or folder of the reference data. It fails, rather than skips, where the data is missing.
fn shared(path: &str) -> PathBuf {
    let root = std::env::var("RESPECT_SHARED").unwrap_or_else(|_| "../shared".into());
    let path = PathBuf::from(root).join(path);
    assert!(
        path.exists(),
        "{} is missing: set RESPECT_SHARED to the reference data's folder",
        path.display()
    );
    path
}
