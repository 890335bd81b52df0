//! Against published graphs and real models outside the repository; `RESPECT_SHARED` names their folder.

mod captures;
#[path = "../common/mod.rs"]
mod common;
mod compiled;
mod compiled_bytes;
mod corpus;
mod deployments;
#[cfg(feature = "mlir")]
mod dumps;
mod dynamic;
mod kept;
mod logs;
mod measured;
mod models;
mod pairs;
mod placed;
mod published;
mod segments;
#[path = "../../benches/goals/workload.rs"]
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
