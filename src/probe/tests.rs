//! Tests of the models that tell a host's coefficients.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::base::statistics::mean;
use crate::calibrate::{Loaded, calibrate, measurements};
use crate::graph::OpGraph;
use crate::problem::judge::verify;
use crate::problem::{Objective, Problem, Rules, Schedule, StageId};
use crate::tflite::shapes;
use crate::tflite::support::Placement;

/// A host unlike every preset.
fn host() -> EdgeTpu {
    EdgeTpu {
        invoke_us: 240.0,
        us_per_gmac: 1010.0,
        us_per_gmac_by_places: 1250.0,
        us_per_weight_mib: 40.0,
        us_per_value_mib: 140.0,
        us_per_depthwise_mib: 330.0,
        us_per_operation: 31.0,
        stream_us_per_mib: 3300.0,
        resend: 2.1,
        input_us_per_mib: 5200.0,
        output_us_per_mib: 7900.0,
        uncertainty: None,
        ..EdgeTpu::usb3()
    }
}

/// The graphs of the models, by their files.
fn graphs(probe: &Probe) -> BTreeMap<String, OpGraph> {
    let graph = |chosen: &Chosen| {
        let model = build(&chosen.network, Weights::Absent);
        (chosen.file(), tflite::graph::graph(&model, &chosen.network.name).unwrap().graph)
    };
    probe.models.iter().map(graph).collect()
}

/// The time of an inference, in milliseconds, as the judge has it.
fn time(graph: &OpGraph, device: &EdgeTpu) -> f64 {
    let problem = Problem {
        graph,
        stages: 1,
        device: device.clone(),
        objective: Objective::Latency,
        rules: Rules::Coral,
    };
    let whole = Schedule { stage_of: vec![StageId(0); graph.ops().len()] };
    verify(&problem, &whole).unwrap().bottleneck.as_us() / 1e3
}

/// Returns about a standard normal number.
fn normal(random: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0
}

/// Returns how far off each coefficient that `probe` tells is in a fit of `base` to times of the models on `host`, which
/// are off by one percent.
fn errors(probe: &Probe, base: &EdgeTpu, host: &EdgeTpu, seed: u64) -> Vec<f64> {
    let graphs = graphs(probe);
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let row = |(file, graph): (&String, &OpGraph)| {
        format!("{file},{}\n", time(graph, host) * (0.01 * normal(&mut random)).exp())
    };
    let rows = format!("model,value_ms\n{}", graphs.iter().map(row).collect::<String>());
    let load = |file: &str| Ok(Loaded { graph: graphs[file].clone(), reported: None });
    let found = calibrate(&measurements::read(&rows).unwrap(), Some(base), &load).unwrap().devices.remove(0);
    let [found, real]: [BTreeMap<Key, f64>; 2] = [&found, host].map(|device| coefficients(device).into());
    probe.told.iter().map(|(key, _)| found[key] / real[key] - 1.0).collect()
}

#[test]
fn each_coefficient_of_a_made_up_host_is_found_within_three_percent() {
    let (base, host) = (EdgeTpu::usb3(), host());
    let probe = probe(&base, MODELS).unwrap();
    // All but the prices of the host's CPU.
    assert_eq!(probe.told.len(), 11);
    for seed in 0..4 {
        for ((key, _), error) in probe.told.iter().zip(errors(&probe, &base, &host, seed)) {
            assert!(error.abs() < 0.03, "{seed} {key:?} {:+.2} %", error * 100.0);
        }
    }
}

#[test]
fn coefficients_are_as_sure_as_it_says() {
    for base in [EdgeTpu::usb3(), EdgeTpu::pcie()] {
        let host = EdgeTpu { uncertainty: None, ..base.clone() };
        let probe = probe(&base, MODELS).unwrap();
        let squares = (0..16).flat_map(|seed| {
            let errors = errors(&probe, &base, &host, seed);
            probe.told.iter().zip(errors).map(|((_, said), error)| (error / said).powi(2)).collect::<Vec<_>>()
        });
        let squares: Vec<f64> = squares.collect();
        let size = mean(squares.iter().copied()).sqrt();
        assert!((0.8..1.25).contains(&size), "{}: {size}", base.name);
    }
}

#[test]
fn a_choice_is_small_and_the_same_each_time() {
    let twice = [0, 1].map(|_| probe(&EdgeTpu::usb3(), MODELS).unwrap());
    let [files, again] =
        twice.each_ref().map(|probe| probe.models.iter().map(Chosen::file).collect::<Vec<_>>());
    assert_eq!(files, again);
    assert_eq!(files.len(), MODELS);
    assert!(twice[0].models.iter().map(|chosen| chosen.bytes).sum::<u64>() <= MOST_BYTES);
    let smallest = twice[0].models.iter().min_by_key(|chosen| chosen.bytes).unwrap();
    let bytes = |chosen: &Chosen| {
        let mut bytes = Vec::new();
        tflite::write(&chosen.model(), &mut bytes).unwrap();
        bytes
    };
    assert_eq!(bytes(smallest), bytes(smallest));
    let file = bytes(smallest);
    assert!(tflite::read(&file).is_ok());
}

#[test]
fn a_device_without_prices_has_nothing_to_tell() {
    let none = EdgeTpu {
        invoke_us: 0.0,
        us_per_gmac: 0.0,
        us_per_gmac_by_places: 0.0,
        us_per_weight_mib: 0.0,
        us_per_value_mib: 0.0,
        us_per_depthwise_mib: 0.0,
        us_per_operation: 0.0,
        stream_us_per_mib: 0.0,
        input_us_per_mib: 0.0,
        output_us_per_mib: 0.0,
        ..EdgeTpu::usb3()
    };
    assert!(probe(&none, MODELS).unwrap().told.is_empty());
}

#[test]
fn every_model_of_the_grid_is_for_the_edge_tpu() {
    for network in grid() {
        let model = build(&network, Weights::Absent);
        let shapes = shapes::analyze(&model);
        let judge = Placement::new(&model, &shapes);
        assert!(judge.whole().is_none(), "{}", network.name);
        assert_eq!(judge.on_cpu(&judge.all()), [], "{}", network.name);
        let doubts: Vec<_> = model.operators.iter().filter_map(|operator| judge.doubt(operator)).collect();
        assert!(doubts.is_empty(), "{}: {doubts:?}", network.name);
    }
}
