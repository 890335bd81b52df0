//! The command `respect train --as-published`: trains the RESPECT paper's own configuration.

use std::collections::BTreeMap;
use std::path::Path;

use crate::output::{Verdict, print, write_output};
use respect_train::published::{Course, Progress, train};

/// Trains the paper's configuration and writes the weights to `output`; prints one line of CSV for each step.
pub fn run(steps: u64, seed: u64, output: &Path) -> anyhow::Result<Verdict> {
    let course = Course { steps, seed, ..Course::default() };
    print("step,loss,reward,baseline,validation\n")?;
    let network = train(&course, |Progress { step, loss, reward, baseline, validation }| {
        let validation = validation.map_or(String::new(), |reward| format!("{reward:.5}"));
        // A reader that has gone away is no reason to stop the training.
        let _ = print(&format!("{step},{loss:.5},{reward:.5},{baseline:.5},{validation}\n"));
    });
    let recipe = BTreeMap::from([("course".to_string(), format!("{course:?}"))]);
    write_output(output, |file| Ok(file.write_all(&network.to_bytes(&recipe))?))
}
