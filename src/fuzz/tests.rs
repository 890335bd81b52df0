//! A short run of each fuzz target on spoiled copies of good files.

use std::collections::BTreeMap;
use std::path::Path;

use super::smoke::smoke;
use crate::edgetpu::package::standin::{self, Executable};
use crate::edgetpu::package::testing::{self, compiled, executables, options};
use crate::policy::network::{Network, Parameter, Shape};
use crate::policy::published;
use crate::policy::published::PublishedNetwork;
use crate::policy::weights::Weights;
use crate::problem::Objective;
use crate::tflite::extract::{Part, extract};
use crate::tflite::{read, write};

/// Returns a model for every operator of a bundled model.
fn operators() -> Vec<Vec<u8>> {
    let whole = include_bytes!("../../test-data/models/mixed.tflite");
    let model = read(whole).expect("the bundled model is sound");
    let single = |operator: u32| {
        let entry = &model.operators[operator as usize];
        let is_computed = |tensor: &u32| model.data(*tensor).is_none();
        let inputs = entry.inputs.iter().filter_map(|&tensor| u32::try_from(tensor).ok()).filter(is_computed);
        let part =
            Part { operators: vec![operator], inputs: inputs.collect(), outputs: entry.outputs.clone() };
        let mut file = Vec::new();
        write(&extract(&model, &part), &mut file).expect("memory takes all");
        file
    };
    (0..model.operators.len() as u32).map(single).filter(|file| file.len() < 4096).collect()
}

#[test]
fn flatbuffer() {
    smoke("flatbuffer", super::flatbuffer, &operators());
}

#[test]
fn graph_json() {
    let graphs = operators().into_iter().map(|file| {
        let model = read(&file).expect("written a moment ago");
        crate::tflite::graph::graph(&model, "model").expect("it is sound").graph.to_json().into_bytes()
    });
    let diamond = br#"{"name": "d", "outputs": [4], "together": [[1, 2]],
        "ops": [{"name": "a", "kind": "ADD", "parameter_bytes": 7, "macs": 9, "compute_us": 1.5},
                {"name": "b", "kind": "ADD", "parameter_bytes": 8, "macs": 9},
                {"name": "c", "kind": "ADD", "parameter_bytes": 9, "macs": 9},
                {"name": "d", "kind": "ADD", "parameter_bytes": 1, "macs": 9}],
        "shared_constants": [{"name": "s", "bytes": 5, "consumers": [0, 3]}],
        "tensors": [{"name": "x", "bytes": 64, "producer": null, "consumers": [0]},
                    {"name": "y", "bytes": 64, "producer": 0, "consumers": [1, 2], "transfer_us": 2.5},
                    {"name": "z", "bytes": 64, "producer": 1, "consumers": [3], "uncuttable": "opaque"},
                    {"name": "w", "bytes": 64, "producer": 2, "consumers": [3]},
                    {"name": "v", "bytes": 64, "producer": 3, "consumers": []}]}"#;
    smoke("graph_json", super::graph_json, &graphs.chain([diamond.to_vec()]).collect::<Vec<_>>());
}

#[test]
fn log() {
    let logs = ["fuzz/seeds/log/search", "fuzz/seeds/log/partial", "fuzz/seeds/log/crash"];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    smoke("log", super::log, &logs.map(|log| std::fs::read(folder.join(log)).expect("a bundled log")));
}

#[test]
fn package() {
    let [computes, caches] = executables();
    let alone = Executable { kind: 0, ..computes.clone() };
    let both = testing::package(&[computes, caches]);
    let chips = vec![both.to_bytes(), testing::package(std::slice::from_ref(&alone)).to_bytes()];
    let several = standin::Package { virtual_chip_id: -1, chips, ..standin::Package::default() };
    let packages = [both, testing::package(&[alone]), several];
    let mut seeds: Vec<Vec<u8>> = packages.iter().map(options).collect();
    let mut whole = Vec::new();
    write(&compiled(&[&seeds[0]]), &mut whole).expect("memory takes all");
    seeds.push(whole);
    smoke("package", super::package, &seeds);
}

#[test]
fn weights() {
    let shape = Shape { hidden: 16, rounds: 1 };
    let numbers = |count| (0..count).map(|number| (number % 7) as f32 * 0.1 - 0.3).collect::<Vec<f32>>();
    let network = Network::new(shape, numbers(shape.numbers())).expect("as many as the shape says");
    let networks = vec![(Objective::Memory, network)];
    let ours = Weights { networks, recipe: BTreeMap::new() }.to_bytes();
    let count = published::parameters(16).iter().map(Parameter::len).sum();
    // Variances are among them.
    let numbers = numbers(count).into_iter().map(f32::abs).collect();
    let network = PublishedNetwork::new(16, numbers).expect("as many as the list says");
    smoke("weights", super::weights, &[ours, network.to_bytes(&BTreeMap::new())]);
}
