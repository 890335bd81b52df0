//! Integer programming and the search over order ideals prove the same optima.

mod random;

use std::time::Instant;

use proptest::prelude::*;
use respect::graph::OpGraph;
use respect::problem::judge::verify;
use respect::problem::{Objective, Problem, Rules};
use respect::solve::{Algorithm, Budget, SolveError, Status, solve};

use random::{device, masks, parted, problems};

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn milp_equals_exact((graph, stages, objective, rules) in problems(9), masks in masks()) {
        let graph = parted(graph, &masks);
        let problem = Problem { graph: &graph, stages, device: device(), objective, rules };
        let exact = solve(&problem, Algorithm::Exact, &Budget::of(Algorithm::Exact));
        for algorithm in [Algorithm::Milp, Algorithm::MilpAlone] {
            match (solve(&problem, algorithm, &Budget::of(algorithm)), &exact) {
                (Ok(milp), Ok(exact)) => {
                    prop_assert!(verify(&problem, &milp.schedule).is_ok());
                    prop_assert!(milp.lower_bound <= exact.value && exact.value <= milp.value);
                    // Bytes are counted one by one, times may be rounded.
                    let is_rounded = objective == Objective::Latency && milp.gap() < 1e-3;
                    prop_assert!(milp.status == Status::Optimal || is_rounded, "{} of {}", milp.gap(), milp.value);
                }
                (Err(SolveError::Problem(_) | SolveError::NotFound { .. }), Err(_)) => {}
                (milp, exact) => prop_assert!(false, "{:?} against {:?}", milp, exact),
            }
        }
    }
    #[test]
    fn without_time_a_schedule_is_valid_and_its_bound_true(
        (graph, stages, objective, rules) in problems(9),
        masks in masks(),
    ) {
        let graph = parted(graph, &masks);
        let problem = Problem { graph: &graph, stages, device: device(), objective, rules };
        let exact = solve(&problem, Algorithm::Exact, &Budget::of(Algorithm::Exact));
        let budget = Budget { deadline: Some(Instant::now()), ..Budget::of(Algorithm::Milp) };
        match (solve(&problem, Algorithm::Milp, &budget), exact) {
            (Ok(hurried), Ok(exact)) => {
                prop_assert!(hurried.lower_bound <= exact.value && exact.value <= hurried.value);
            }
            // Without time a schedule may be missed, but none is made up.
            (Err(SolveError::Problem(_) | SolveError::NotFound { .. }), _) => {}
            (hurried, exact) => prop_assert!(false, "{:?} against {:?}", hurried, exact),
        }
    }
}

/// A chain of ten equal operations that are too long to be told apart from their like to the picosecond.
fn long_chain() -> OpGraph {
    let ops: Vec<String> = (0..10)
        .map(|op| {
            let us = 1e7 + f64::from(op * op) / 1e6;
            format!(r#"{{"name": "{op}", "kind": "A", "parameter_bytes": 0, "macs": 0, "compute_us": {us}}}"#)
        })
        .collect();
    let tensors: Vec<String> = (0..9)
        .map(|op| format!(r#"{{"name": "t{op}", "bytes": 0, "producer": {op}, "consumers": [{}]}}"#, op + 1))
        .collect();
    let text = format!(
        r#"{{"name": "long", "ops": [{}], "tensors": [{}], "outputs": []}}"#,
        ops.join(", "),
        tensors.join(", ")
    );
    OpGraph::from_json(text.as_bytes()).expect("a chain")
}

#[test]
fn what_is_proved_for_rounded_times_alone_is_not_called_optimal() {
    let graph = long_chain();
    let (objective, rules) = (Objective::Latency, Rules::Precedence);
    let problem = Problem { graph: &graph, stages: 2, device: device(), objective, rules };
    let exact = solve(&problem, Algorithm::Exact, &Budget::of(Algorithm::Exact)).expect("a cut");
    for algorithm in [Algorithm::Milp, Algorithm::MilpAlone] {
        let milp = solve(&problem, algorithm, &Budget::of(algorithm)).expect("a cut");
        assert_eq!(milp.status, Status::Feasible);
        assert!(milp.lower_bound < exact.value && exact.value <= milp.value);
        assert!(milp.gap() < 1e-6, "{}", milp.gap());
    }
}
