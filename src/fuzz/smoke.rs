//! Each target for a second, on spoiled copies of good files; the same copies every time, as far as the second goes.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::policy::network::{Network, Parameter, Shape};
use crate::policy::published::{self, network::PublishedNetwork};
use crate::policy::weights::Weights;
use crate::problem::Objective;
use crate::tflite::{extract::Part, extract::extract, read, write};

/// Runs `target` on every seed, and then on spoiled ones until the second is over; or, where `RESPECT_SEEDS` names a
/// folder, puts the seeds there for longer runs.
fn smoke(name: &str, target: impl Fn(&[u8]), seeds: &[Vec<u8>]) {
    if let Some(folder) = std::env::var_os("RESPECT_SEEDS") {
        let folder = Path::new(&folder).join(name);
        std::fs::create_dir_all(&folder).expect("a folder for seeds");
        for (number, seed) in seeds.iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{number}")), seed).expect("a file for a seed");
        }
        return;
    }
    seeds.iter().for_each(|seed| target(seed));
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(1) {
        let mut bytes = seeds[random.random_range(0..seeds.len())].clone();
        for _ in 0..random.random_range(1..6) {
            spoil(&mut bytes, &mut random, seeds);
        }
        target(&bytes);
    }
}

/// Changes, removes, repeats or takes over a few bytes.
fn spoil(bytes: &mut Vec<u8>, random: &mut ChaCha8Rng, seeds: &[Vec<u8>]) {
    let at = random.random_range(0..=bytes.len());
    let end = (at + random.random_range(0..16)).min(bytes.len());
    match random.random_range(0..5) {
        0 if at < bytes.len() => bytes[at] ^= 1 << random.random_range(0..8),
        1 => bytes[at..end].fill([0, 1, 0x7F, 0x80, 0xFF][random.random_range(0..5)]),
        2 => drop(bytes.drain(at..end)),
        3 => {
            let again = bytes[at..end].to_vec();
            bytes.splice(at..at, again);
        }
        _ => {
            let other = &seeds[random.random_range(0..seeds.len())];
            let from = random.random_range(0..=other.len());
            let part = &other[from..(from + random.random_range(0..64)).min(other.len())];
            bytes.splice(at..end, part.iter().copied());
        }
    }
}

/// A model of every operator of a bundled one.
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

#[cfg(feature = "mlir")]
#[test]
fn mlir_attributes() {
    smoke("mlir_attributes", super::mlir_attributes, &[vec![], (0..200).collect(), (0..200).rev().collect()]);
}

#[test]
fn weights() {
    let shape = Shape { hidden: 16, rounds: 1 };
    let numbers = |count| (0..count).map(|number| (number % 7) as f32 * 0.1 - 0.3).collect::<Vec<f32>>();
    let network = Network::new(shape, numbers(shape.numbers())).expect("as many as the shape says");
    let networks = vec![(Objective::Memory, network)];
    let ours = Weights { networks, recipe: BTreeMap::new() }.to_bytes();
    let count = published::network::parameters(16).iter().map(Parameter::len).sum();
    // Variances are among them.
    let numbers = numbers(count).into_iter().map(f32::abs).collect();
    let network = PublishedNetwork::new(16, numbers).expect("as many as the list says");
    smoke("weights", super::weights, &[ours, network.to_bytes(&BTreeMap::new())]);
}
