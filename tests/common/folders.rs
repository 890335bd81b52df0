//! Folders of stages, by every scheduler.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::{assert_sound, cut, manifest};

/// Those that seek a valid schedule.
pub const SEEKING: [&str; 4] = ["respect", "policy", "exact", "order-dp"];
/// Those that take what comes of their one order, which may be no valid schedule.
pub const FIXED: [&str; 2] = ["parameter-count", "profiled"];
/// What can be sought.
pub const OBJECTIVES: [&str; 2] = ["memory", "latency"];

/// Folders of stages, of which those with the same schedule, and so the same stages, are kept once.
pub struct Folders {
    scratch: tempfile::TempDir,
    schedules: HashSet<Vec<usize>>,
    /// One folder for each schedule.
    pub distinct: Vec<PathBuf>,
}

impl Folders {
    /// None yet.
    pub fn new() -> Folders {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        Folders { scratch, schedules: HashSet::new(), distinct: Vec::new() }
    }

    /// Cuts, and has the result verified.
    pub fn cut(&mut self, model: &Path, stages: u32, scheduler: &str, objective: &str) -> Result<(), String> {
        let folder = self.scratch.path().join(format!("{scheduler}-{objective}-{stages}"));
        let mut options = vec!["--scheduler", scheduler, "--objective", objective];
        if scheduler == "exact" && stages > 6 {
            options.extend(["--max-ideals", "100000"]); // A proof may take minutes; a schedule may not.
        }
        cut(model, stages, &folder, &options)?;
        assert_sound(&folder);
        let manifest = manifest(&folder);
        assert_eq!(manifest.stages.len(), stages as usize, "{}", folder.display());
        if self.schedules.insert(manifest.stage_of.iter().map(|stage| stage.index()).collect()) {
            self.distinct.push(folder);
        }
        Ok(())
    }

    /// Cuts by a scheduler of [`FIXED`]: where its order gives no valid schedule, it must say so.
    pub fn cut_if_valid(&mut self, model: &Path, stages: u32, scheduler: &str, objective: &str) {
        if let Err(why) = self.cut(model, stages, scheduler, objective) {
            let names_a_rule = why.contains(&format!("the schedule of {scheduler} can't run: rule "));
            let has_no_room = why.contains("libcoral's order has no room for so many stages");
            let aborts = why.contains("Google's partitioner, which it follows, aborts: ");
            assert!(
                (names_a_rule || has_no_room || aborts) && stages > 1,
                "{scheduler}, {objective}, {stages} stages: {why}"
            );
        }
    }
}
