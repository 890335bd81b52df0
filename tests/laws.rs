//! Laws that hold for every solver, on hundreds of random small graphs, against brute force.

mod random;

use proptest::prelude::*;
use respect::graph::OpGraph;
use respect::problem::{Objective, Problem, Rules};
use respect::schedule::{Algorithm, Budget, Schedule, SolveError, StageId, Status, solve};
use respect::verify::{Evaluation, verify};

use random::{device, masks, parted, problems};

/// The best value over every assignment of operations to stages that the judge passes; of those in which the first stage
/// alone reads model inputs, if there are any.
fn brute_force(problem: &Problem) -> Option<u64> {
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
            return best_without_leak.or(best);
        };
        stage_of[place].0 += 1;
        stage_of[..place].fill(StageId(0));
    }
}

/// Whether Coral's runner leaks a model input under the schedule.
fn leaks(problem: &Problem, evaluation: &Evaluation) -> bool {
    problem.rules == Rules::Coral && evaluation.leaked_inputs().next().is_some()
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
        for algorithm in Algorithm::PLAIN.into_iter().filter(|&algorithm| algorithm != Algorithm::Exact) {
            match (solve(&problem, algorithm, &Budget::of(algorithm)), &exact) {
                (Ok(other), Ok(exact)) => {
                    let leaks = leaks(&problem, &other.evaluation);
                    prop_assert!(leaks || exact.value <= other.value, "{} beats exact", algorithm);
                    prop_assert!(!leaks || !algorithm.seeks_valid() || self::leaks(&problem, &exact.evaluation));
                    prop_assert!(other.lower_bound <= exact.value, "{}'s bound is above the optimum", algorithm);
                    prop_assert!(verify(&problem, &other.schedule).is_ok());
                }
                (Ok(_), Err(error)) => prop_assert!(false, "{} solves what exact calls {}", algorithm, error),
                (Err(SolveError::Invalid { .. }), _) => {
                    prop_assert!([Algorithm::ParameterCount, Algorithm::Profiled].contains(&algorithm));
                }
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
