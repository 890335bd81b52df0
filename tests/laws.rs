//! Laws that hold for every solver, on hundreds of random small graphs, against brute force.

mod deploy;
mod prices;

use proptest::prelude::*;
use respect::base::hint::{Hint, Hinted};
use respect::base::units::{Bytes, Macs};
use respect::device::EdgeTpu;
use respect::graph::{GraphParts, Op, OpGraph, OpId, Tensor, TensorId};
use respect::learn::synth::{Family, Recipe};
use respect::policy::guided;
use respect::problem::judge::{Evaluation, Violation, verify};
use respect::problem::{Objective, Problem, Rules};
use respect::problem::{Schedule, StageId};
use respect::solve::NotFound;
use respect::solve::{Algorithm, Budget, Solution, SolveError, Status, check, solve, solve_for_runner};

use crate::random::{device, masks, parted, problems, wide};

/// The best value over every assignment of operations to stages that the judge passes.
fn brute_force(problem: &Problem) -> Option<u64> {
    brute_forces(problem).0
}

/// That value, and the best of those in which the first stage alone reads model inputs.
fn brute_forces(problem: &Problem) -> (Option<u64>, Option<u64>) {
    let count = problem.graph.ops().len();
    let mut stage_of = vec![StageId(0); count];
    let (mut best, mut best_without_leak) = (None, None);
    loop {
        if let Ok(evaluation) = verify(problem, &Schedule { stage_of: stage_of.clone() }) {
            let value = match problem.objective {
                Objective::Memory => evaluation.peak_parameter_bytes.0,
                Objective::Latency => evaluation.bottleneck.0,
            };
            best = Some(best.map_or(value, |best: u64| best.min(value)));
            if !leaks(problem, &evaluation) {
                best_without_leak = Some(best_without_leak.map_or(value, |best: u64| best.min(value)));
            }
        }
        // The next assignment, counting in base `stages`.
        let Some(place) = stage_of.iter().position(|stage| stage.0 + 1 < problem.stages) else {
            return (best, best_without_leak);
        };
        stage_of[place].0 += 1;
        stage_of[..place].fill(StageId(0));
    }
}

/// Whether Coral's runner leaks a model input under the schedule.
fn leaks(problem: &Problem, evaluation: &Evaluation) -> bool {
    problem.rules == Rules::Coral && evaluation.leaked_inputs().next().is_some()
}

/// The solvers that obey the rules; the others cut as Coral's programs do and are judged afterwards.
fn seeking() -> impl Iterator<Item = Algorithm> {
    Algorithm::PLAIN.into_iter().filter(|algorithm| algorithm.seeks_valid())
}

/// The graph with the operations of one bit mask on the CPU, and those of another skipped behind them.
fn left_on_cpu(graph: &OpGraph, on_cpu: u32, skipped: u32) -> OpGraph {
    let mut parts = graph.parts().clone();
    let of = |mask: u32| (0..parts.ops.len() as u32).filter(move |op| mask >> op & 1 == 1).map(OpId);
    parts.on_cpu = of(on_cpu).collect();
    parts.skipped_behind_cpu = of(skipped & !on_cpu).collect();
    OpGraph::new(parts).expect("a sound graph")
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
            Err(error) => prop_assert!(false, "{}", error),
        }
    }

    #[test]
    fn model_inputs_are_read_first_wherever_that_is_possible((graph, stages, objective, rules) in problems(7)) {
        let problem = Problem { graph: &graph, stages, device: device(), objective, rules };
        let (best, without_leak) = brute_forces(&problem);
        for algorithm in seeking() {
            let solved = solve_for_runner(&problem, algorithm, &guided(algorithm));
            prop_assert_eq!(solved.is_ok(), best.is_some(), "{}", algorithm);
            let Ok(solution) = solved else { continue };
            let expected = if rules == Rules::Coral { without_leak.or(best) } else { best };
            prop_assert!(!leaks(&problem, &solution.evaluation) || without_leak.is_none(), "{}", algorithm);
            prop_assert!(expected.is_some_and(|best| solution.lower_bound <= best && best <= solution.value));
            prop_assert!(algorithm != Algorithm::Exact || expected == Some(solution.value));
        }
    }

    #[test]
    fn what_is_left_on_the_cpu_is_kept_in_its_stage(
        (graph, stages, objective, _) in problems(7),
        on_cpu in 0..128u32,
        skipped in 0..128u32,
    ) {
        let graph = left_on_cpu(&graph, on_cpu, skipped);
        let problem = Problem { graph: &graph, stages, device: device(), objective, rules: Rules::Coral };
        let best = brute_force(&problem);
        for algorithm in seeking() {
            match solve(&problem, algorithm, &guided(algorithm)) {
                Ok(solution) => {
                    prop_assert!(verify(&problem, &solution.schedule).is_ok());
                    prop_assert!(best.is_some_and(|best| best <= solution.value), "{}", algorithm);
                    prop_assert!(best.is_some_and(|best| solution.lower_bound <= best), "{}'s bound", algorithm);
                    prop_assert!(solution.status != Status::Optimal || best == Some(solution.value));
                }
                // Constraints are tried one after the other, so that a schedule may be missed, but none is made up.
                Err(SolveError::Invalid { violations, .. }) => {
                    let is_that_rule = |violation: &Violation| matches!(violation, Violation::NotComputed { .. });
                    prop_assert!(violations.iter().all(is_that_rule), "{}: {:?}", algorithm, violations);
                }
                Err(error) => prop_assert_eq!(best, None, "{}: {}", algorithm, error),
            }
        }
    }

    #[test]
    fn room_is_what_exact_can_cut((graph, _, objective, rules) in problems(8)) {
        let problem = |stages| Problem { graph: &graph, stages, device: device(), objective, rules };
        let solved = |stages| solve(&problem(stages), Algorithm::Exact, &Budget::of(Algorithm::Exact)).is_ok();
        prop_assert!(solved(1));
        // What check lets through can be cut, and what it refuses can't be: there is no third answer.
        for stages in 1..=9 {
            prop_assert_eq!(check(&problem(stages)).is_ok(), solved(stages), "{} stages", stages);
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
        for algorithm in Algorithm::PLAIN.into_iter().filter(|&algorithm| algorithm != Algorithm::Exact) {
            match (solve(&problem, algorithm, &guided(algorithm)), &exact) {
                (Ok(other), Ok(exact)) => {
                    prop_assert!(exact.value <= other.value, "{} beats exact", algorithm);
                    prop_assert!(other.lower_bound <= exact.value, "{}'s bound is above the optimum", algorithm);
                    prop_assert!(verify(&problem, &other.schedule).is_ok());
                }
                (Ok(_), Err(error)) => prop_assert!(false, "{} solves what exact calls {}", algorithm, error),
                (Err(SolveError::Invalid { .. }), _) => {
                    prop_assert!([Algorithm::ParameterCount, Algorithm::Profiled].contains(&algorithm));
                }
                (Err(error), Ok(_)) => {
                    prop_assert!(!algorithm.seeks_valid(), "{} finds none: {}", algorithm, error);
                }
                (Err(_), Err(_)) => {}
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
    fn whoever_finds_no_schedule_is_right(
        (graph, stages, objective, rules) in problems(6),
        masks in prop::collection::vec(any::<u16>(), 1..5),
    ) {
        let graph = parted(graph, &masks);
        let problem = Problem { graph: &graph, stages, device: device(), objective, rules };
        let exists = brute_force(&problem).is_some();
        for algorithm in seeking() {
            let found = solve(&problem, algorithm, &guided(algorithm));
            prop_assert_eq!(found.is_ok(), exists, "{}: {:?}", algorithm, found.err());
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

#[test]
fn on_wide_graphs_every_schedule_obeys_every_constraint_and_none_that_an_order_has_is_missed() {
    let (mut solved, mut refined) = (0, 0);
    for number in 0..48 {
        let graph = wide::graph(number);
        for (objective, rules, stages) in [
            (Objective::Latency, Rules::Coral, 2 + number as u32 % 5),
            (Objective::Memory, Rules::Coral, 3),
            (Objective::Latency, Rules::Precedence, 4),
        ] {
            let problem = Problem { graph: &graph, stages, device: EdgeTpu::usb3(), objective, rules };
            let run = |algorithm| {
                let budget =
                    Budget { ideals: 20_000, steps: 500_000, moves: 5_000, samples: 2, ..guided(algorithm) };
                solve(&problem, algorithm, &budget)
            };
            let results: Vec<_> = seeking().map(|algorithm| (algorithm, run(algorithm))).collect();
            let what = || format!("graph {number}, {stages} stages, {objective}, {rules}: {results:?}");
            for (_, result) in &results {
                match result {
                    Ok(solution) => assert!(verify(&problem, &solution.schedule).is_ok(), "{}", what()),
                    Err(error) => assert!(!matches!(error, SolveError::Invalid { .. }), "{}", what()),
                }
            }
            let of = |algorithm| &results.iter().find(|(other, _)| *other == algorithm).expect("it seeks").1;
            if of(Algorithm::OrderDp).is_ok() {
                assert!(results.iter().all(|(_, result)| result.is_ok()), "{}", what());
                solved += 1;
            }
            let by_search = |found: &Solution| found.detail.contains("local search");
            refined += usize::from(of(Algorithm::Respect).as_ref().is_ok_and(by_search));
        }
    }
    assert!(solved > 100 && refined > 20, "{solved} of 144 were solved, {refined} by local search");
}

/// A chain, of which the model input is read again by operation `late`.
fn chain(count: u32, late: Option<u32>) -> OpGraph {
    let op = |place| Op {
        name: format!("op{place}"),
        kind: "TEST".into(),
        parameter_bytes: Bytes(100),
        macs: Macs(1000),
        channels: None,
        compute_us: None,
        array: None,
        places: None,
        laid_out: None,
        instruction_bytes: None,
    };
    let tensor = |name: String, producer: Option<u32>, readers: Vec<u32>| Tensor {
        name,
        bytes: Bytes(10),
        producer: producer.map(OpId),
        consumers: readers.into_iter().filter(|&reader| reader < count).map(OpId).collect(),
        transfer_us: None,
        uncuttable: None,
        uncuttable_because: None,
    };
    let mut tensors = vec![tensor("in".into(), None, vec![0])];
    tensors.extend(late.map(|late| tensor("late".into(), None, vec![late])));
    tensors.extend((0..count).map(|place| tensor(format!("t{place}"), Some(place), vec![place + 1])));
    let outputs = vec![TensorId(tensors.len() as u32 - 1)];
    let parts = GraphParts {
        name: "chain".into(),
        ops: (0..count).map(op).collect(),
        tensors,
        outputs,
        ..GraphParts::default()
    };
    OpGraph::new(parts).expect("a chain")
}

#[test]
fn an_order_that_is_cut_in_blocks_still_has_every_cut_that_a_rule_asks_for() {
    let neighbours = [700, 1501, 2100].into_iter().fold(chain(2500, None), |graph, first| {
        graph.with_apart(vec![OpId(first), OpId(first + 1)]).expect("operations of the chain")
    });
    // All but the last 80 operations must be in the first stage.
    for (graph, stages) in [(&neighbours, 4), (&chain(2500, Some(2419)), 60)] {
        let problem = Problem {
            graph,
            stages,
            device: EdgeTpu::usb3(),
            objective: Objective::Latency,
            rules: Rules::Coral,
        };
        for algorithm in [Algorithm::OrderDp, Algorithm::Policy] {
            let found = solve(&problem, algorithm, &Budget { ideals: 10, ..guided(algorithm) });
            assert!(found.is_ok(), "{algorithm}: {:?}", found.err());
        }
    }
}

#[test]
fn what_can_never_be_kept_apart_is_told_before_any_search() {
    let parted = |set| chain(6, Some(3)).with_apart(set).expect("operations of the chain");
    let two_outputs = |set: Vec<OpId>| {
        let mut parts = chain(6, None).parts().clone();
        parts.outputs.push(TensorId(5));
        OpGraph::new(parts).and_then(|graph| graph.with_apart(set)).expect("operations of the chain")
    };
    for (graph, stages, why) in [
        (parted(vec![OpId(0), OpId(3)]), 2, "all must be in the first stage, which reads every model input"),
        (
            two_outputs(vec![OpId(4), OpId(5)]),
            2,
            "all must be in the last stage, which makes every model output",
        ),
        (parted(vec![OpId(4), OpId(5)]), 1, "there is only one: use more stages"),
    ] {
        let problem = Problem {
            graph: &graph,
            stages,
            device: device(),
            objective: Objective::Memory,
            rules: Rules::Coral,
        };
        let defects = check(&problem).unwrap_err();
        assert!(defects[0].to_string().ends_with(why), "{defects:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Without a policy `respect` proves what it proves with one: the policy only says where to look first.
    #[test]
    fn respect_does_without_a_policy(
        (graph, stages, objective, rules) in problems(12),
    ) {
        let problem = Problem { graph: &graph, stages, device: device(), objective, rules };
        let with = solve(&problem, Algorithm::Respect, &guided(Algorithm::Respect));
        let without = solve(&problem, Algorithm::Respect, &Budget::of(Algorithm::Respect));
        match (with, without) {
            (Ok(with), Ok(without)) => {
                prop_assert_eq!((with.value, with.status), (without.value, without.status));
                prop_assert_eq!(with.status, Status::Optimal);
            }
            (with, without) => prop_assert_eq!(with.is_ok(), without.is_ok()),
        }
    }
}

/// The policy's order needs a policy.
#[test]
fn policy_without_a_policy_says_so() {
    let graph = Recipe::new(Family::Layered, 20..=20, 1).graph(0);
    let (objective, rules) = (Objective::Memory, Rules::Precedence);
    let problem = Problem { graph: &graph, stages: 2, device: device(), objective, rules };
    let error = solve(&problem, Algorithm::Policy, &Budget::of(Algorithm::Policy)).unwrap_err();
    assert!(matches!(error, SolveError::NotFound { cause: NotFound::NoGuide, .. }), "{error}");
    assert_eq!(error.hint(), Some(Hint::OtherScheduler));
}

#[test]
fn what_costs_nothing_may_be_what_gives_a_useless_operation_a_stage() {
    let graph = r#"{"name": "free",
 "ops": [{"name": "free", "kind": "TEST", "parameter_bytes": 0, "macs": 0},
  {"name": "reader", "kind": "TEST", "parameter_bytes": 0, "macs": 0},
  {"name": "heavy", "kind": "TEST", "parameter_bytes": 1, "macs": 0},
  {"name": "useless", "kind": "TEST", "parameter_bytes": 1, "macs": 0}],
 "tensors": [{"name": "t0", "bytes": 0, "producer": 0, "consumers": [1]},
  {"name": "t1", "bytes": 0, "producer": 1, "consumers": []},
  {"name": "t2", "bytes": 0, "producer": 2, "consumers": []},
  {"name": "t3", "bytes": 0, "producer": 3, "consumers": []}],
 "outputs": [1, 2]}"#;
    let graph = OpGraph::from_json(graph.as_bytes()).unwrap();
    let objective = Objective::Memory;
    let problem = Problem { graph: &graph, stages: 2, device: device(), objective, rules: Rules::Coral };
    assert_eq!(brute_force(&problem), Some(1));
    for algorithm in seeking() {
        let solution = solve(&problem, algorithm, &guided(algorithm)).unwrap();
        assert!(solution.lower_bound <= 1, "{algorithm}: {}", solution.lower_bound);
        assert!(solution.status != Status::Optimal || solution.value == 1, "{algorithm}");
    }
}
