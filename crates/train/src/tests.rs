//! Tests that the network in tch is the network in plain Rust: the same logits, and the same greedy choices.

use tch::Device;

use super::batch::Batch;
use super::episode::{Episode, Step, Task};
use super::inference::order;
use super::learner::{Learner, numbers};
use respect::device::EdgeTpu;
use respect::learn::synth::{Family, Recipe};
use respect::policy::decode::Engine;
use respect::policy::decode::{Choice, decode};
use respect::policy::engine::Policy;
use respect::policy::network::Network;
use respect::policy::reference::Reference;
use respect::policy::weights::Weights;
use respect::problem::{Objective, Problem, Rules};
use respect::solve::instance::Instance;

/// The largest difference of equal logits, whose sums run in another order.
const CLOSE: f32 = 1e-4;

/// Compares the choices in the problems `numbers_of`; returns the number of choices.
fn compare(objective: Objective, network: &Network, numbers_of: std::ops::Range<u64>) -> usize {
    let engine = Reference::new(network);
    let tasks: Vec<Task> = numbers_of.map(|number| Task::draw(objective, (8, 40), 77, number)).collect();
    let mut expected: Vec<f32> = Vec::new();
    let episodes: Vec<Episode> = tasks
        .iter()
        .enumerate()
        .map(|(place, task)| {
            let mut steps = Vec::new();
            let encoded = engine.encode(&task.instance, &task.inputs.rows);
            decode(&engine, &task.instance, &task.inputs, &encoded, Choice::Greedy, |step| {
                expected.extend(step.logits);
                let (units, rows) = (step.units.to_vec(), step.rows.to_vec());
                steps.push(Step { moment: *step.moment, units, rows, chosen: step.chosen });
            });
            Episode { task: place, steps, cost: 0.0 }
        })
        .collect();
    let batch = Batch::new(&tasks, &episodes.iter().collect::<Vec<_>>());
    let found = numbers(&Learner::new(network, Device::Cpu).answer(&batch).logits);
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(&expected) {
        assert!((found - expected).abs() < CLOSE, "{found} and {expected}");
    }
    let mut first = 0;
    for (step, chosen) in batch.chosen_rows.iter().enumerate() {
        let last = first + batch.row_step[first..].iter().take_while(|&&own| own == step as i64).count();
        let largest = found[first..last].iter().copied().fold(f32::NEG_INFINITY, f32::max);
        // Units that look alike have equal logits, of which either may come out ahead by a rounding.
        assert!(found[*chosen as usize] >= largest - CLOSE, "step {step} chooses otherwise");
        first = last;
    }
    batch.chosen_rows.len()
}

#[test]
fn plain_rust_and_tch_agree_on_thousands_of_graphs() {
    tch::set_num_threads(1);
    let weights = Weights::from_bytes(include_bytes!("../../../src/policy/weights.safetensors")).unwrap();
    for (objective, network) in &weights.networks {
        let choices: usize =
            (0..10).map(|part| compare(*objective, network, part * 120..(part + 1) * 120)).sum();
        assert!(choices > 10_000);
    }
}

#[test]
fn a_graph_is_ordered_alike_step_by_step() {
    tch::set_num_threads(1);
    let weights = Weights::from_bytes(include_bytes!("../../../src/policy/weights.safetensors")).unwrap();
    let network = weights.network(Objective::Latency).unwrap();
    let policy = Policy::plain(network.clone());
    let recipe = Recipe::new(Family::Network, 10..=60, 78);
    let same = (0..40).filter(|&number| {
        let graph = recipe.graph(number);
        let (device, objective, rules) = (EdgeTpu::usb3(), Objective::Latency, Rules::Coral);
        let problem = Problem { graph: &graph, stages: 3, device, objective, rules };
        let instance = Instance::new(&problem).expect("room for three stages");
        order(network, &instance) == policy.order(&instance)
    });
    // Of equal logits either may come out ahead by a rounding, and the rest of the order then differs.
    assert!(same.count() >= 36);
}
