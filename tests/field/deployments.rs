//! The best deployments of real models, against ten thousand random ones.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use respect::problem::{Objective, Problem, Rules};
use respect::tflite::{self, read};

use super::shared;
use crate::common::deployments::assert_best;
use crate::common::{models, name, on_two_threads};

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
    let [judged, others, unreadable] = [const { AtomicU32::new(0) }; 3];
    on_two_threads(&files, |path| {
        let bytes = std::fs::read(path).unwrap();
        let Ok(mut model) = read(&bytes) else {
            unreadable.fetch_add(1, Relaxed);
            return;
        };
        tflite::names::complete(&mut model);
        let Ok(graph) = tflite::graph::graph(&model, &name(path)) else { return };
        let problem = Problem {
            graph: &graph.graph,
            stages: 1,
            device: respect::Device::usb3(),
            objective: Objective::Latency,
            rules: Rules::Coral,
        };
        // What a compiler made already has no more to cut.
        if problem.defects().is_empty() && graph.graph.ops().len() > 1 {
            judged.fetch_add(1, Relaxed);
            others.fetch_add(assert_best(&graph.graph, &name(path), 8, 10_000), Relaxed);
        }
    });
    let [judged, others, unreadable] = [judged, others, unreadable].map(AtomicU32::into_inner);
    println!(
        "{judged} models of {}, 1 to 8 devices: {others} deployments are neither copies nor pipelines",
        files.len()
    );
    assert!(judged > 60 && unreadable <= 1, "{judged} {unreadable}");
}
