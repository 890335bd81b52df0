//! The claim that a deployment is the best, against others: those that come to mind, and random ones.

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use respect::base::units::Time;
use respect::device::EdgeTpu;
use respect::graph::OpGraph;
use respect::pipeline::simulate::{Pipeline, StageTimes};
use respect::policy::guided;
use respect::problem::fleet::{Deployment, Fleet, Goal};
use respect::problem::judge::{DeployedStage, verify_deployment};
use respect::problem::{Rules, Schedule, StageId};
use respect::solve::Algorithm;
use respect::solve::deploy::DeploymentProblem;
use respect::verdict::decide;

/// Returns the problem of getting most out of `devices`.
fn most_of(graph: &OpGraph, devices: u32) -> DeploymentProblem<'_> {
    let fleet = Fleet::new(vec![EdgeTpu::usb3(); devices as usize]).unwrap();
    DeploymentProblem { graph, fleet, goal: Goal::Throughput { latency: None }, rules: Rules::Coral }
}

/// Checks, for one device up to `most`, that the deployment chosen is by the simulator not slower than one device, copies,
/// the default, the best pipeline, or any of `count` random deployments. Returns how often it is something else than copies
/// or a pipeline.
///
/// No deployment is faster in the simulator than the judge says, which the tests of the simulator hold for all pipelines:
/// so that of the others only what the judge says is looked at.
pub fn assert_best(graph: &OpGraph, label: &str, most: u32, count: usize) -> u32 {
    let random = random_periods(graph, most, count);
    let (mut others, mut last) = (0, f64::INFINITY);
    for devices in 1..=most {
        let problem = most_of(graph, devices);
        let decided =
            decide(&problem, &guided(Algorithm::Respect)).unwrap_or_else(|error| panic!("{label}: {error}"));
        let copies = decided.best.deployment.copies();
        let times =
            decided.best.cost.stages.iter().map(DeployedStage::slowest).map(StageTimes::from).collect();
        let simulated = Pipeline::deployed(times, copies.clone()).period().unwrap();
        let not_slower = |other: f64| simulated <= other * (1.0 + 1e-9);
        for row in &decided.verdict.choices {
            let other = 1e12 / row.inferences_per_second;
            assert!(not_slower(other), "{label}, {devices} devices, {}: {simulated} {other}", row.choice);
        }
        for (used, period) in random.iter().filter(|(used, _)| *used <= devices) {
            assert!(
                not_slower(*period),
                "{label}, {devices} devices, {used} at random: {simulated} {period}"
            );
        }
        assert!(simulated <= last, "{label}: more devices give no less");
        last = simulated;
        others += u32::from(copies.len() > 1 && copies.iter().any(|&copies| copies > 1));
    }
    others
}

/// Returns the devices and the period, in picoseconds, of random deployments over at most `most` devices, as far as they
/// are valid.
fn random_periods(graph: &OpGraph, most: u32, count: usize) -> Vec<(u32, f64)> {
    let mut random = ChaCha8Rng::seed_from_u64(17);
    let problem = most_of(graph, most);
    let order = graph.execution_order();
    let mut periods = Vec::new();
    for _ in 0..count {
        let stages = random.random_range(1..=most);
        // Any cuts of the execution order: most of them obey the rules.
        let mut cuts: Vec<usize> = (1..stages).map(|_| random.random_range(1..=order.len())).collect();
        cuts.sort_unstable();
        let mut stage_of = vec![StageId(0); order.len()];
        for (place, op) in order.iter().enumerate() {
            stage_of[op.index()] = StageId(cuts.iter().filter(|&&cut| cut <= place).count() as u32);
        }
        let mut devices = vec![vec![1]; stages as usize];
        for _ in 0..random.random_range(0..=most - stages) {
            let stage = *(0..devices.len()).collect::<Vec<_>>().choose(&mut random).unwrap();
            devices[stage][0] += 1;
        }
        let deployment = Deployment { schedule: Schedule { stage_of }, devices };
        if let Ok(cost) = verify_deployment(graph, &problem.fleet, problem.rules, &deployment) {
            let Time(period) = cost.period;
            periods.push((deployment.copies().iter().sum(), period as f64));
        }
    }
    periods
}
