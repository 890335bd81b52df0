//! The tests of the published configuration from end to end, with networks that learned nothing.

use std::collections::BTreeMap;

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::published_network::{PublishedNetwork, parameters};
use super::{nodes, solve};
use crate::base::listed::Listed;
use crate::device::EdgeTpu;
use crate::learn::synth::{Family, Recipe};
use crate::policy::tensors::WeightsError;
use crate::problem::judge::verify;
use crate::problem::{Objective, Problem, Rules};

const HIDDEN: usize = 32;

fn any_network(seed: u64) -> PublishedNetwork {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let values = parameters(HIDDEN).into_iter().flat_map(|parameter| {
        let low = if parameter.name.ends_with("variance") { 0.5 } else { -0.5 };
        (0..parameter.len()).map(|_| random.random::<f32>() + low).collect::<Vec<f32>>()
    });
    PublishedNetwork::new(HIDDEN, values.collect()).unwrap()
}

/// Calls `check` with graphs of both families and many sizes, each with a number of stages up to the number of its
/// operations.
fn for_each_problem(mut check: impl FnMut(&Problem, &mut ChaCha8Rng)) {
    for number in 0..120 {
        let mut random = ChaCha8Rng::seed_from_u64(number);
        let family = if number % 2 == 0 { Family::Layered } else { Family::Network };
        let mut recipe = Recipe::new(family, 2..=80, 3);
        if number % 5 == 0 {
            // Operations without any parameters at all must be cut too.
            recipe.parameter_bytes = 0..=0;
        }
        let graph = recipe.graph(number);
        let stages = random.random_range(1..=graph.ops().len().min(9)) as u32;
        let objective = Objective::ALL[number as usize / 2 % 2];
        let rules = Rules::Precedence;
        check(&Problem { graph: &graph, stages, device: EdgeTpu::usb3(), objective, rules }, &mut random);
    }
}

#[test]
fn every_schedule_is_sound_and_the_same_again() {
    let network = any_network(1);
    for_each_problem(|problem, _| {
        let schedule = solve(problem, &network);
        verify(problem, &schedule).unwrap();
        assert_eq!(schedule.stages(), problem.stages as usize);
        assert_eq!(solve(problem, &network), schedule);
    });
}

#[test]
fn any_permutation_is_repaired() {
    for_each_problem(|problem, random| {
        let nodes = nodes(problem);
        let mut sequence: Vec<u32> = (0..nodes.bytes.len() as u32).collect();
        sequence.shuffle(random);
        verify(problem, &nodes.schedule(&sequence)).unwrap();
    });
}

#[test]
fn one_schedule_serves_both_objectives() {
    let network = any_network(2);
    for_each_problem(|problem, _| {
        let both: [_; 2] = [Objective::Latency, Objective::Memory].map(|objective| {
            let problem = Problem { objective, ..problem.clone() };
            solve(&problem, &network)
        });
        assert_eq!(both[0], both[1]);
    });
}

#[test]
fn weights_survive_a_file_and_damaged_ones_are_refused() {
    let network = any_network(3);
    let recipe = BTreeMap::from([("seed".to_string(), "3".to_string())]);
    let bytes = network.to_bytes(&recipe);
    assert_eq!(network.to_bytes(&recipe), bytes);
    assert_eq!(PublishedNetwork::from_bytes(&bytes), Ok((network, recipe)));

    for cut in [0, 7, 100, bytes.len() / 2, bytes.len() - 1] {
        assert!(matches!(PublishedNetwork::from_bytes(&bytes[..cut]), Err(WeightsError::Format(_))), "{cut}");
    }
    let mut damaged = bytes.clone();
    damaged[bytes.len() - 20] ^= 1;
    assert_eq!(PublishedNetwork::from_bytes(&damaged), Err(WeightsError::Checksum));

    let replaced = |from: &str, to: &str| {
        let text = from.as_bytes();
        let at = bytes.windows(text.len()).position(|window| window == text).unwrap();
        let mut other = bytes.clone();
        other[at..at + text.len()].copy_from_slice(to.as_bytes());
        PublishedNetwork::from_bytes(&other)
    };
    let version = replaced(r#"\"version\":1"#, r#"\"version\":7"#);
    assert_eq!(version, Err(WeightsError::Version { found: 7, known: 1 }));
    assert_eq!(replaced("respect-published", "respect-republish"), Err(WeightsError::NotAPolicy));
    assert!(matches!(crate::policy::weights::Weights::from_bytes(&bytes), Err(WeightsError::NotAPolicy)));
}

#[test]
fn networks_of_impossible_numbers_are_refused() {
    let network = any_network(4);
    let with = |name: &str, value: f32| {
        let values = network.parameters().flat_map(|(parameter, values)| {
            let mut values = values.to_vec();
            if parameter.name == name {
                values[0] = value;
            }
            values
        });
        let network = PublishedNetwork::new(HIDDEN, values.collect()).unwrap();
        PublishedNetwork::from_bytes(&network.to_bytes(&BTreeMap::new()))
    };
    for (name, value) in [("embed.variance", -1.0), ("pointer.score", f32::NAN), ("decode.state", 1e9)] {
        assert!(matches!(with(name, value), Err(WeightsError::Tensor { .. })), "{name}");
    }
}
