//! Laws that hold for every solver, on hundreds of random small graphs, against brute force.

use proptest::prelude::*;
use respect::device::EdgeTpu;
use respect::graph::{GraphParts, Op, OpGraph, OpId, SharedConstant, Tensor, TensorId, Uncuttable};
use respect::problem::{Objective, Problem, Rules};
use respect::schedule::{Algorithm, Budget, Schedule, SolveError, StageId, Status, solve};
use respect::units::{Bytes, Macs};
use respect::verify::verify;

/// A device with round prices, a small cache, and every kind of cost in play.
fn device() -> EdgeTpu {
    EdgeTpu {
        name: "test".into(),
        invoke_us: 3.0,
        us_per_gmac: 1000.0,
        cache_bytes: 60,
        stream_us_per_mib: 1e5,
        input_us_per_mib: 3e4,
        output_us_per_mib: 7e4,
    }
}

/// A graph of up to `most` operations: forward edges, several inputs and outputs, tensors with many readers, unread
/// ones, measured figures, shared constants, groups, and tensors that must not cross.
fn graphs(most: usize) -> impl Strategy<Value = OpGraph> {
    (2..=most)
        .prop_flat_map(|ops| {
            let op = (0u64..80, 0u64..9_000_000, prop::option::weighted(0.15, 0.0..20.0));
            // For each operation one output: its bytes, reader mask, whether it is an output, and rarities.
            let tensor = (
                0u64..60,
                any::<u16>(),
                any::<u16>(),
                0u8..8,
                prop::option::weighted(0.15, 0.0..9.0),
                0u8..30,
            );
            let input = (0u64..60, any::<u16>());
            let shared = (1u64..80, any::<u16>());
            (
                prop::collection::vec(op, ops),
                prop::collection::vec(tensor, ops),
                prop::collection::vec(input, 0..3),
                prop::collection::vec(shared, 0..3),
                prop::option::weighted(0.2, any::<u16>()),
            )
        })
        .prop_map(|(ops, tensors, inputs, shared, together)| {
            let count = ops.len();
            let set = |mask: u16, from: usize| -> Vec<OpId> {
                (from..count).filter(|bit| mask >> bit & 1 == 1).map(|op| OpId(op as u32)).collect()
            };
            let mut parts = GraphParts { name: "random".into(), ..GraphParts::default() };
            for (index, (bytes, macs, compute_us)) in ops.into_iter().enumerate() {
                parts.ops.push(Op {
                    name: format!("op{index}"),
                    kind: "TEST".into(),
                    parameter_bytes: Bytes(bytes),
                    macs: Macs(macs),
                    compute_us,
                });
            }
            for (index, (bytes, mask)) in inputs.into_iter().enumerate() {
                let consumers = set(mask, 0);
                let name = format!("in{index}");
                parts.tensors.push(Tensor {
                    name,
                    bytes: Bytes(bytes),
                    producer: None,
                    consumers,
                    transfer_us: None,
                    uncuttable: None,
                });
            }
            for (index, (bytes, a, b, output, transfer_us, rare)) in tensors.into_iter().enumerate() {
                let consumers = set(a & b, index + 1);
                // An unread tensor mostly is an output, now and then nobody's.
                if output == 0 || (consumers.is_empty() && output < 7) {
                    parts.outputs.push(TensorId(parts.tensors.len() as u32));
                }
                let uncuttable = (rare == 0).then_some(Uncuttable::DynamicShape);
                let name = format!("t{index}");
                parts.tensors.push(Tensor {
                    name,
                    bytes: Bytes(bytes),
                    producer: Some(OpId(index as u32)),
                    consumers,
                    transfer_us,
                    uncuttable,
                });
            }
            for (index, (bytes, mask)) in shared.into_iter().enumerate() {
                let consumers = set(mask, 0);
                if consumers.len() > 1 {
                    parts.shared.push(SharedConstant {
                        name: format!("c{index}"),
                        bytes: Bytes(bytes),
                        consumers,
                    });
                }
            }
            if let Some(mask) = together {
                let group: Vec<OpId> = set(mask, 0).into_iter().take(2).collect();
                if group.len() == 2 {
                    parts.together.push(group);
                }
            }
            OpGraph::new(parts).expect("a forward graph is valid")
        })
}

fn problems(most: usize) -> impl Strategy<Value = (OpGraph, u32, Objective, Rules)> {
    let objective = prop_oneof![Just(Objective::Memory), Just(Objective::Latency)];
    let rules = prop_oneof![Just(Rules::Coral), Just(Rules::Precedence)];
    (graphs(most), 1u32..=5, objective, rules)
}

/// The same graph, in which sets of operations must not all share a stage: any two or more of a mask's lowest bits.
fn parted(graph: OpGraph, masks: &[u16]) -> OpGraph {
    masks.iter().fold(graph, |graph, mask| {
        let count = graph.ops().len() as u32;
        let set: Vec<OpId> = (0..count).filter(|op| mask >> op & 1 == 1).take(3).map(OpId).collect();
        if set.len() < 2 { graph } else { graph.with_apart(set).expect("operations of the graph") }
    })
}

/// Sets for [`parted`], mostly none.
fn masks() -> impl Strategy<Value = Vec<u16>> {
    prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(any::<u16>(), 1..4)]
}

/// The best value over every assignment of operations to stages that the judge passes.
fn brute_force(problem: &Problem) -> Option<u64> {
    let count = problem.graph.ops().len();
    let mut stage_of = vec![StageId(0); count];
    let mut best = None;
    loop {
        if let Ok(evaluation) = verify(problem, &Schedule { stage_of: stage_of.clone() }) {
            let value = match problem.objective {
                Objective::Memory => evaluation.peak_parameter_bytes.0,
                Objective::Latency => evaluation.bottleneck.0,
            };
            best = Some(best.map_or(value, |best: u64| best.min(value)));
        }
        // The next assignment, counting in base `stages`.
        let Some(place) = stage_of.iter().position(|stage| stage.0 + 1 < problem.stages) else { return best };
        stage_of[place].0 += 1;
        stage_of[..place].fill(StageId(0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn exact_equals_brute_force((graph, stages, objective, rules) in problems(7), masks in masks()) {
        let graph = parted(graph, &masks);
        let problem = Problem { graph: &graph, stages, device: device(), objective, rules };
        let best = brute_force(&problem);
        match solve(&problem, Algorithm::Exact, &Budget::of(Algorithm::Exact)) {
            Ok(solution) => {
                prop_assert_eq!(Some(solution.value), best);
                prop_assert_eq!(solution.status, Status::Optimal);
                prop_assert_eq!(solution.lower_bound, solution.value);
            }
            Err(SolveError::Problem(_) | SolveError::NotFound { .. }) => prop_assert_eq!(best, None),
            Err(SolveError::Invalid { violations, .. }) => prop_assert!(false, "{:?}", violations),
        }
    }

    #[test]
    fn room_is_what_exact_can_cut((graph, _, objective, rules) in problems(8)) {
        let problem = |stages| Problem { graph: &graph, stages, device: device(), objective, rules };
        let solved = |stages| solve(&problem(stages), Algorithm::Exact, &Budget::of(Algorithm::Exact)).is_ok();
        prop_assert!(solved(1));
        // What check lets through can be cut, and what it refuses can't be: there is no third answer.
        for stages in 1..=9 {
            prop_assert_eq!(problem(stages).check().is_ok(), solved(stages), "{} stages", stages);
        }
    }

    #[test]
    fn exact_is_never_worse_and_every_schedule_verifies(
        (graph, stages, objective, rules) in problems(14),
        masks in masks(),
    ) {
        let graph = parted(graph, &masks);
        let problem = Problem { graph: &graph, stages, device: device(), objective, rules };
        let exact = solve(&problem, Algorithm::Exact, &Budget::of(Algorithm::Exact));
        for algorithm in [Algorithm::Auto, Algorithm::OrderDp, Algorithm::ParameterCount] {
            match (solve(&problem, algorithm, &Budget::of(algorithm)), &exact) {
                (Ok(other), Ok(exact)) => {
                    prop_assert!(exact.value <= other.value, "{} beats exact", algorithm);
                    prop_assert!(other.lower_bound <= exact.value, "{}'s bound is above the optimum", algorithm);
                    prop_assert!(verify(&problem, &other.schedule).is_ok());
                }
                (Ok(_), Err(error)) => prop_assert!(false, "{} solves what exact calls {}", algorithm, error),
                (Err(SolveError::Invalid { .. }), _) => prop_assert_eq!(algorithm, Algorithm::ParameterCount),
                (Err(_), _) => {}
            }
        }
    }

    #[test]
    fn a_small_budget_gives_a_valid_schedule_and_a_true_bound(
        (graph, stages, objective, rules) in problems(12),
        masks in masks(),
    ) {
        let graph = parted(graph, &masks);
        let problem = Problem { graph: &graph, stages, device: device(), objective, rules };
        let exact = solve(&problem, Algorithm::Exact, &Budget::of(Algorithm::Exact));
        for (ideals, steps) in [(4, u64::MAX), (usize::MAX, 1)] {
            let budget = Budget { ideals, steps, orders: 2, ..Budget::of(Algorithm::Exact) };
            if let (Ok(hurried), Ok(exact)) = (solve(&problem, Algorithm::Exact, &budget), &exact) {
                prop_assert!(hurried.lower_bound <= exact.value && exact.value <= hurried.value);
            }
        }
    }

    #[test]
    fn graph_json_round_trips((graph, ..) in problems(14), masks in masks()) {
        let graph = parted(graph, &masks);
        let text = graph.to_json();
        let again = OpGraph::from_json(text.as_bytes()).expect("what we write we read");
        prop_assert_eq!(&again, &graph);
        prop_assert_eq!(again.to_json(), text);
    }
}
