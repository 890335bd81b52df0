//! Laws of deployments, against brute force: over every schedule, every number of stages and every choice of devices.

use proptest::prelude::*;
use respect::base::units::Time;
use respect::device::EdgeTpu;
use respect::graph::OpGraph;
use respect::problem::fleet::{Deployment, Fleet, Goal};
use respect::problem::judge::{DeploymentCost, DeploymentFault, verify, verify_deployment};
use respect::problem::{Problem, Schedule, StageId};
use respect::solve::deploy::{DeployError, DeploymentProblem, deploy};
use respect::solve::{Algorithm, Budget, SolveError, Status};

use crate::random::{device, masks, parted, problems};

/// A deployment's cost, and whether Coral's runner leaks a model input under it.
type Known = (DeploymentCost, bool);

/// Returns every deployment that the judge passes.
fn all_deployments(problem: &DeploymentProblem) -> Vec<Known> {
    let mut known = Vec::new();
    let count = problem.graph.ops().len();
    for stages in 1..=problem.fleet.len() {
        let on_first = Problem {
            graph: problem.graph,
            stages,
            device: problem.fleet.kinds()[0].clone(),
            objective: respect::Objective::Latency,
            rules: problem.rules,
        };
        let choices = choices(problem.fleet.counts(), stages);
        let mut stage_of = vec![StageId(0); count];
        loop {
            let schedule = Schedule { stage_of: stage_of.clone() };
            if let Ok(evaluation) = verify(&on_first, &schedule) {
                let leaks =
                    problem.rules == respect::Rules::Coral && evaluation.leaked_inputs().next().is_some();
                for devices in &choices {
                    let deployment = Deployment { schedule: schedule.clone(), devices: devices.clone() };
                    let cost = verify_deployment(problem.graph, &problem.fleet, problem.rules, &deployment);
                    match cost {
                        Ok(cost) => known.push((cost, leaks)),
                        Err(fault) => {
                            assert!(
                                matches!(fault, DeploymentFault::KeepsState(_)),
                                "the schedule is valid: {fault}"
                            );
                        }
                    }
                }
            }
            let Some(place) = stage_of.iter().position(|stage| stage.0 + 1 < stages) else { break };
            stage_of[place].0 += 1;
            stage_of[..place].fill(StageId(0));
        }
    }
    known
}

/// Returns every way in which `stages` take some of the devices.
fn choices(counts: &[u32], stages: u32) -> Vec<Vec<Vec<u32>>> {
    let Some(left) = stages.checked_sub(1) else { return vec![Vec::new()] };
    let mut all = Vec::new();
    for taken in counts.iter().fold(vec![Vec::new()], |taken: Vec<Vec<u32>>, &count| {
        taken.iter().flat_map(|taken| (0..=count).map(move |more| [&taken[..], &[more]].concat())).collect()
    }) {
        if taken.iter().all(|&count| count == 0) {
            continue;
        }
        let rest: Vec<u32> = counts.iter().zip(&taken).map(|(count, taken)| count - taken).collect();
        all.extend(choices(&rest, left).into_iter().map(|mut later| {
            later.insert(0, taken.clone());
            later
        }));
    }
    all
}

/// Returns what the goal asks to be small in the best of the deployments: of those without a leak, if there are any.
fn best(goal: Goal, known: &[Known]) -> Option<(Time, Time)> {
    let key = |cost: &DeploymentCost| match goal {
        Goal::Throughput { latency } if latency.is_none_or(|limit| cost.latency <= limit) => {
            Some((cost.period, cost.latency))
        }
        Goal::Latency { period } if period.is_none_or(|limit| cost.period <= limit) => {
            Some((cost.latency, cost.period))
        }
        _ => None,
    };
    let of = |may_leak: bool| {
        known.iter().filter(|(_, leaks)| may_leak || !leaks).filter_map(|(cost, _)| key(cost)).min()
    };
    of(false).or_else(|| of(true))
}

/// A device that differs from the usual one in speed, memory and link.
fn other() -> EdgeTpu {
    let base = device();
    EdgeTpu {
        name: "other".into(),
        cache_bytes: base.cache_bytes / 2,
        us_per_gmac: base.us_per_gmac * 1.7,
        input_us_per_mib: base.input_us_per_mib * 0.4,
        output_us_per_mib: base.output_us_per_mib * 0.6,
        ..base
    }
}

/// The goals, with limits at a share of what copies of the whole model take.
fn goals(graph: &OpGraph, fleet: &Fleet, rules: respect::Rules, share: f64) -> Vec<Goal> {
    let plain = [Goal::Throughput { latency: None }, Goal::Latency { period: None }];
    let whole = Deployment {
        schedule: Schedule { stage_of: vec![StageId(0); graph.ops().len()] },
        devices: vec![fleet.counts().to_vec()],
    };
    let limit = |time: Time| Some(Time((time.0 as f64 * share) as u64));
    let limited = verify_deployment(graph, fleet, rules, &whole).ok().map(|cost| {
        [Goal::Throughput { latency: limit(cost.latency) }, Goal::Latency { period: limit(cost.period) }]
    });
    plain.into_iter().chain(limited.into_iter().flatten()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_best_deployment_equals_brute_force(
        (graph, _, _, rules) in problems(5),
        masks in masks(),
        (usual, others) in (1..4u32, 0..3u32).prop_filter("four at most", |(a, b)| a + b <= 4),
        share in 0.6..1.6f64,
    ) {
        let graph = parted(graph, &masks);
        let devices = std::iter::repeat_n(device(), usual as usize).chain(std::iter::repeat_n(other(), others as usize));
        let fleet = Fleet::new(devices).unwrap();
        let problem = |goal| DeploymentProblem { graph: &graph, fleet: fleet.clone(), goal, rules };
        let plain = Goal::Throughput { latency: None };
        let known = all_deployments(&problem(plain));
        for goal in goals(&graph, &fleet, rules, share) {
            let expected = best(goal, &known);
            match deploy(&problem(goal), &Budget::of(Algorithm::Respect)) {
                Ok(found) => {
                    let key = match goal {
                        Goal::Throughput { .. } => (found.cost.period, found.cost.latency),
                        Goal::Latency { .. } => (found.cost.latency, found.cost.period),
                    };
                    prop_assert_eq!(Some(key), expected, "{:?}: {:?}", goal, found);
                    prop_assert_eq!((found.status, found.lower_bound), (Status::Optimal, key.0));
                }
                Err(DeployError::OutOfReach { least, is_proved, .. }) => {
                    prop_assert_eq!(expected, None, "{:?}", goal);
                    let value = |(cost, _): &Known| match goal {
                        Goal::Throughput { .. } => cost.latency,
                        Goal::Latency { .. } => cost.period,
                    };
                    prop_assert!(is_proved);
                    prop_assert_eq!(known.iter().map(value).min(), Some(least), "{:?}", goal);
                }
                Err(DeployError::Solve(SolveError::Problem(_) | SolveError::NotFound { .. })) => {
                    prop_assert_eq!(expected, None, "{:?}", goal);
                }
                Err(error) => prop_assert!(false, "{}", error),
            }
        }
    }

    #[test]
    fn with_a_small_budget_a_deployment_is_valid_and_its_bound_true(
        (graph, _, _, rules) in problems(6),
        count in 2..5usize,
        ideals in 1..12usize,
    ) {
        let fleet = Fleet::new(vec![device(); count]).unwrap();
        for goal in [Goal::Throughput { latency: None }, Goal::Latency { period: None }] {
            let problem = DeploymentProblem { graph: &graph, fleet: fleet.clone(), goal, rules };
            let value = |cost: &DeploymentCost| match goal {
                Goal::Throughput { .. } => cost.period,
                Goal::Latency { .. } => cost.latency,
            };
            let best = deploy(&problem, &Budget::of(Algorithm::Respect));
            let small = Budget { ideals, steps: 20, moves: 100, ..Budget::of(Algorithm::Respect) };
            let Ok(found) = deploy(&problem, &small) else {
                prop_assert!(best.is_err());
                continue;
            };
            let best = value(&best.unwrap().cost);
            prop_assert!(found.lower_bound <= best && best <= value(&found.cost));
            prop_assert!(found.status != Status::Optimal || best == value(&found.cost));
            prop_assert_eq!(found.gap(goal) == 0.0, found.status == Status::Optimal || found.lower_bound == value(&found.cost));
        }
    }
}
