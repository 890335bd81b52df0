//! Tests that the published network learns, the same way each time, and is the same in plain Rust as in tch.

use tch::Tensor;

use super::lessons::{Lessons, noise};
use super::pointer_learner::PointerLearner;
use super::{Course, Progress, fresh, is_better, train};
use crate::learner::numbers;
use respect::device::EdgeTpu;
use respect::learn::synth::{Family, Recipe};
use respect::policy::published::embedding::{FIGURES, rows};
use respect::policy::published::nodes;
use respect::policy::published::pointer::PointerNetwork;
use respect::problem::{Objective, Problem, Rules};

fn small() -> Course {
    Course { steps: 12, batch: 16, nodes: 10, hidden: 32, rate: 1e-2, every: 4, seed: 5, ..Course::default() }
}

#[test]
fn plain_rust_agrees_with_tch() {
    // Statistics of the norms that training has moved.
    let learner = PointerLearner::new(&fresh(64, 1));
    let course = Course { hidden: 64, batch: 8, ..Course::default() };
    tch::no_grad(|| {
        let lessons = Lessons::draw(&course, 1, 0);
        (0..3).for_each(|step| drop(learner.attempt(&lessons.rows, Some(&noise(&course, step)), |_| {})));
    });
    let network = learner.network();
    let pointer = PointerNetwork::new(&network);
    for number in 0..20 {
        let graph = Recipe::new(Family::Layered, 5..=60, 11).graph(number);
        let problem = Problem {
            graph: &graph,
            stages: 2,
            device: EdgeTpu::usb3(),
            objective: Objective::Memory,
            rules: Rules::Precedence,
        };
        let figures = rows(&nodes(&problem));
        let shape = [1, graph.ops().len() as i64, FIGURES as i64];
        let (mut left, mut all): (Vec<Vec<f32>>, Vec<Vec<f32>>) = (Vec::new(), Vec::new());
        let attempt = tch::no_grad(|| {
            let rows = Tensor::from_slice(&figures).reshape(shape);
            learner.attempt(&rows, None, |logits| all.push(numbers(logits)))
        });
        let sequence = pointer.sequence(&figures, |logits| left.push(logits.to_vec()));
        let expected: Vec<i64> = Vec::try_from(attempt.sequences.reshape([-1])).unwrap();
        assert_eq!(sequence.iter().map(|&node| i64::from(node)).collect::<Vec<_>>(), expected);
        for (own, theirs) in left.iter().zip(all) {
            let theirs: Vec<f32> = theirs.into_iter().filter(|logit| logit.is_finite()).collect();
            assert_eq!(own.len(), theirs.len());
            assert!(own.iter().zip(theirs).all(|(own, theirs)| (own - theirs).abs() < 1e-4));
        }
    }
}

#[test]
fn training_is_the_same_for_a_seed_and_raises_the_reward() {
    let course = small();
    let run = |course: &Course| {
        let mut log: Vec<Progress> = Vec::new();
        (train(course, |progress| log.push(progress)), log)
    };
    let (network, log) = run(&course);
    assert_eq!(run(&course), (network, log.clone()));
    assert_ne!(run(&Course { seed: 6, ..course.clone() }).1, log);
    let (_, log) = run(&Course { steps: 120, ..course });
    let mean =
        |part: &[Progress]| part.iter().map(|progress| progress.reward).sum::<f64>() / part.len() as f64;
    let (early, late) = (mean(&log[..20]), mean(&log[100..]));
    assert!(late > early + 0.02, "{early} {late}");
}

#[test]
fn a_copy_is_replaced_only_by_what_is_clearly_better() {
    let base: Vec<f64> = (0..128).map(|place| f64::from(place % 7) / 10.0).collect();
    let with = |add: fn(usize) -> f64| base.iter().enumerate().map(|(i, v)| v + add(i)).collect::<Vec<f64>>();
    assert!(is_better(&with(|_| 0.01), &base));
    assert!(!is_better(&base, &base));
    assert!(!is_better(&with(|_| -0.01), &base));
    assert!(!is_better(&with(|place| if place % 2 == 0 { 0.1 } else { -0.09 }), &base));
}
