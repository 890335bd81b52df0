//! The best deployments of real models, against ten thousand random ones.

use std::path::{Path, PathBuf};

use respect::problem::{Objective, Problem, Rules};
use respect::tflite::{self, read};

use super::shared;
use crate::common::deployments::assert_best;
use crate::common::{models, name};

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files_below(&path, files),
            false if path.extension().is_some_and(|ending| ending == "tflite") => files.push(path),
            false => {}
        }
    }
}

#[test]
fn no_deployment_of_a_real_model_is_faster_than_the_one_chosen() {
    let mut files = models();
    files_below(&shared("models"), &mut files);
    files.sort();
    let (mut judged, mut others) = (0, 0);
    for path in &files {
        let bytes = std::fs::read(path).unwrap();
        let mut model = read(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        tflite::names::complete(&mut model);
        let Ok(graph) = tflite::graph::graph(&model, &name(path)) else { continue };
        let problem = Problem {
            graph: &graph.graph,
            stages: 1,
            device: respect::Device::usb3(),
            objective: Objective::Latency,
            rules: Rules::Coral,
        };
        // What a compiler made already has no more to cut.
        if !problem.defects().is_empty() || graph.graph.ops().len() < 2 {
            continue;
        }
        judged += 1;
        others += assert_best(&graph.graph, &name(path), 8, 10_000);
    }
    println!(
        "{judged} models of {}, 1 to 8 devices: {others} deployments are neither copies nor pipelines",
        files.len()
    );
    assert!(judged > 60, "{judged}");
}
