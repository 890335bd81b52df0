//! The verdict: what to do with the devices that there are, beside what else could be done with them.

mod choice;
mod drawn;
mod words;

use serde::{Deserialize, Serialize};

use crate::base::units::Time;
use crate::draws::{Interval, Odds};
use crate::problem::fleet::{DEVICES, Deployment, Fleet, Goal};
use crate::problem::judge::{DeploymentCost, verify_deployment};
use crate::problem::{Objective, Problem, Schedule, StageId};
use crate::solve::deploy::{DeployError, Deployed, DeploymentProblem, deploy_beside};
use crate::solve::{Algorithm, Budget, Solution, SolveError, Status, solve_for_runner};

pub use choice::{Choice, Row};
pub use drawn::periods;
pub use words::shape;

/// What to do with the devices, beside what else could be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// What to do, in a sentence.
    pub advice: String,
    /// The extent to which the best is known to be the best.
    pub status: Status,
    /// The number of devices that there are.
    pub device_count: u32,
    /// The choices, the best first.
    pub choices: Vec<Row>,
    /// The reasons why choices are missing, in sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

/// The verdict with what it is about.
pub struct Decided {
    /// The verdict.
    pub verdict: Verdict,
    /// The best deployment.
    pub best: Deployed,
    /// The best pipeline with a stage for every device; `None` if there is none, or if devices are of several kinds.
    pub pipeline: Option<Solution>,
}

/// A choice before its figures are told.
struct Chosen {
    choice: Choice,
    deployment: Deployment,
    cost: DeploymentCost,
}

/// Finds the best deployment, and prices what else could be done.
///
/// # Errors
/// Returns an error if there is no deployment, or if none keeps within the goal's limit.
pub fn decide(problem: &DeploymentProblem, budget: &Budget) -> Result<Decided, DeployError> {
    let (all, counts) = (problem.fleet.len(), problem.fleet.counts());
    let mut missing = Vec::new();
    let mut solve = |choice, algorithm| {
        if all < 2 || counts.len() > 1 {
            return Ok(None);
        }
        match solve_for_runner(&problem.on_kind(0, all), algorithm, budget) {
            Ok(solution) => Ok(Some(solution)),
            Err(error @ SolveError::Disputed { .. }) => Err(error),
            Err(error) => {
                missing.push(format!("no {choice}: {error}"));
                Ok(None)
            }
        }
    };
    let default = solve(Choice::Default, Algorithm::ParameterCount)?;
    let pipeline = solve(Choice::Pipeline, Algorithm::Respect)?;
    let best = deploy_beside(problem, pipeline.as_ref().map(|pipeline| &pipeline.schedule), budget)?;
    let whole = |devices: Vec<u32>| Deployment {
        schedule: Schedule { stage_of: vec![StageId(0); problem.graph.ops().len()] },
        devices: vec![devices],
    };
    let mut others =
        vec![(Choice::OneDevice, whole((0..counts.len()).map(|kind| u32::from(kind == 0)).collect()))];
    if all > 1 {
        others.push((Choice::Copies, whole(counts.to_vec())));
    }
    for (choice, solution) in [(Choice::Default, &default), (Choice::Pipeline, &pipeline)] {
        let Some(solution) = solution else { continue };
        let schedule = solution.schedule.clone();
        others.push((choice, Deployment { schedule, devices: vec![vec![1]; all as usize] }));
    }
    let judged = |(choice, deployment): (Choice, Deployment)| {
        let cost = verify_deployment(problem.graph, &problem.fleet, problem.rules, &deployment).ok()?;
        Some(Chosen { choice, deployment, cost })
    };
    let own = Chosen { choice: Choice::Best, deployment: best.deployment.clone(), cost: best.cost.clone() };
    let chosen: Vec<Chosen> = std::iter::once(own).chain(others.into_iter().filter_map(judged)).collect();
    let choices = rows(problem, &chosen);
    let verdict = Verdict {
        advice: words::advice(problem.goal, &choices, all),
        status: best.status,
        device_count: all,
        choices,
        missing,
    };
    Ok(Decided { verdict, best, pipeline })
}

/// Finds what to do with as many devices as `problem` has stages, to be said beside its schedule; `None` if time is not
/// what the problem minimizes, if it has one stage, or if no deployment is found.
///
/// # Errors
/// Returns an error if a solver's claims contradict the judge.
pub fn beside(problem: &Problem, budget: &Budget) -> Result<Option<Decided>, SolveError> {
    let is_asked = problem.objective == Objective::Latency && (2..=DEVICES).contains(&problem.stages);
    let fleet = Fleet::new(vec![problem.device.clone(); problem.stages as usize]);
    let (true, Ok(fleet)) = (is_asked, fleet) else { return Ok(None) };
    let goal = Goal::Throughput { latency: None };
    match decide(&DeploymentProblem { graph: problem.graph, fleet, goal, rules: problem.rules }, budget) {
        Ok(decided) => Ok(Some(decided)),
        Err(DeployError::Solve(error @ SolveError::Disputed { .. })) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Returns the figures of the choices, of which the best is the first.
fn rows(problem: &DeploymentProblem, chosen: &[Chosen]) -> Vec<Row> {
    let per_second = |us: f64| if us > 0.0 { 1e6 / us } else { 0.0 };
    let one = chosen.iter().find(|chosen| chosen.choice == Choice::OneDevice);
    let one = one.map_or(Time(0), |one| one.cost.period);
    let drawn: Vec<Option<Vec<f64>>> =
        chosen.iter().map(|chosen| periods(problem, &chosen.deployment)).collect();
    let row = |(place, chosen): (usize, &Chosen)| Row {
        choice: chosen.choice,
        copies: chosen.deployment.copies(),
        inferences_per_second: per_second(chosen.cost.period.as_us()),
        latency_us: chosen.cost.latency.as_us(),
        speed_up: match chosen.cost.period {
            Time(0) => 1.0,
            period => one.0 as f64 / period.0 as f64,
        },
        inferences_per_second_range: drawn[place]
            .as_ref()
            .map(|periods| Interval::of(periods.iter().map(|&us| per_second(us)))),
        best_over_this: match (&drawn[0], &drawn[place]) {
            (Some(best), Some(own)) if place > 0 => Some(Odds::of(best, own)),
            _ => None,
        },
    };
    chosen.iter().enumerate().map(row).collect()
}

impl Verdict {
    /// Returns the figures of a choice; `None` if it is missing.
    pub fn row(&self, choice: Choice) -> Option<&Row> {
        self.choices.iter().find(|row| row.choice == choice)
    }
}

#[cfg(test)]
mod tests;
