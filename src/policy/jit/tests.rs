//! The comparison of the compiled network with the plain one.

use std::thread;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::base::listed::Listed;
use crate::device::EdgeTpu;
use crate::learn::synth::{Family, Recipe};
use crate::policy::decode::{Choice, decode};
use crate::policy::engine::Policy;
use crate::policy::inputs::Inputs;
use crate::policy::network::Shape;
use crate::policy::reference::Reference;
use crate::problem::{Objective, Problem, Rules};
use crate::solve::instance::Instance;

const SHAPES: [Shape; 6] = [
    Shape { hidden: 16, rounds: 0 },
    Shape { hidden: 32, rounds: 1 },
    Shape { hidden: 48, rounds: 2 },
    Shape { hidden: 64, rounds: 3 },
    Shape { hidden: 80, rounds: 2 },
    Shape { hidden: 112, rounds: 1 },
];

/// Returns a network with random weights, of ordinary size if `scale` is 1.
fn network(shape: Shape, scale: f32, seed: u64) -> Network {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut values = Vec::new();
    for parameter in shape.parameters() {
        let span = scale / (parameter.rows as f32).sqrt();
        values.extend((0..parameter.len()).map(|_| (random.random::<f32>() * 2.0 - 1.0) * span));
    }
    Network::new(shape, values).unwrap()
}

/// Returns graph `number` as solvers see it.
fn instance(number: u64) -> Instance {
    let family = if number.is_multiple_of(2) { Family::Network } else { Family::Layered };
    let objective = Objective::ALL[(number / 2 % 2) as usize];
    let graph = Recipe::new(family, 2..=120, 7).graph(number);
    let stages = 2 + (number % 7) as u32;
    Instance::unchecked(&Problem {
        graph: &graph,
        stages,
        device: EdgeTpu::usb3(),
        objective,
        rules: Rules::Coral,
    })
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// Returns the bits of all that an engine computes for a graph: the encoding and the logits of every step; and the
/// order.
fn said(engine: &dyn Engine, instance: &Instance) -> (Vec<u32>, Vec<u32>) {
    let inputs = &Inputs::new(instance, instance.simple_bound());
    let encoded = engine.encode(instance, &inputs.rows);
    let mut all = [&encoded.gates[..], &encoded.glimpse, &encoded.pointer].concat();
    let order =
        decode(engine, instance, inputs, &encoded, Choice::Greedy, |step| all.extend_from_slice(step.logits));
    (bits(&all), order)
}

fn assert_same(jit: &Jit, network: &Network, numbers: impl Iterator<Item = u64>) {
    let reference = Reference::new(network);
    for number in numbers {
        let instance = instance(number);
        assert!(said(jit, &instance) == said(&reference, &instance), "{:?}, graph {number}", network.shape());
    }
}

#[test]
fn agrees_with_the_reference_in_every_bit_and_choice() {
    thread::scope(|scope| {
        for (place, shape) in (0..).zip(SHAPES) {
            scope.spawn(move || {
                let network = network(shape, 1.5, place);
                let jit = Jit::new(&network).unwrap();
                assert_same(&jit, &network, (0..2400).filter(|number| number % SHAPES.len() as u64 == place));
            });
        }
    });
}

#[test]
fn agrees_where_everything_saturates_or_vanishes() {
    for (seed, scale) in (0..).zip([0.0, 1e-40, 1e-20, 1e-3, 30.0, 1e6]) {
        let network = network(Shape { hidden: 48, rounds: 2 }, scale, seed);
        assert_same(&Jit::new(&network).unwrap(), &network, seed * 20..seed * 20 + 20);
    }
}

#[test]
fn several_threads_may_run_it_at_once() {
    let network = network(Shape::default(), 1.5, 3);
    let jit = Jit::new(&network).unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_same(&jit, &network, 0..40));
        }
    });
}

#[test]
fn a_policy_is_compiled_once_there_is_a_compiler() {
    let network = network(Shape::default(), 1.5, 4);
    let plain = Policy::plain(network.clone());
    install();
    let policy = Policy::new(network);
    assert!(policy.is_compiled() && !plain.is_compiled());
    let instance = instance(10);
    assert_eq!(policy.order(&instance), plain.order(&instance));
}
