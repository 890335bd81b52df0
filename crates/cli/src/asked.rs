//! The problem that the user asks to be solved, and the verdict on what is asked for.

use clap::error::ErrorKind;

use super::cutting::Cutting;
use super::fleet::FleetOptions;
use super::options::Options;
use super::usage::UsageError;
use respect::base::cancel::Cancel;
use respect::graph::OpGraph;
use respect::problem::Problem;
use respect::problem::fleet::Goal;
use respect::solve::by_hand::Cuts;
use respect::solve::deploy::{Deployed, DeploymentProblem};
use respect::solve::guide::Guide;
use respect::solve::{Algorithm, Claim, Origin, Solution, SolveError, Status};
use respect::verdict::{Choice, Decided, Verdict, beside, decide};

/// What is asked for, as the options say it.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// The number of stages.
    pub stages: Option<u32>,
    /// The scheduler, or the cuts.
    pub cutting: &'a Cutting,
    /// The settings of the search.
    pub options: &'a Options,
    /// The devices that there are.
    pub fleet: &'a FleetOptions,
}

/// The problem that is asked for.
pub struct Asked<'g> {
    /// The problem: with stages as asked for, or as the best deployment has them.
    pub problem: Problem<'g>,
    /// The cuts that the user gives, if any.
    pub cuts: Option<Cuts>,
    /// The schedule, if it is known already.
    pub first: Option<Solution>,
    /// What to do with as many devices, and which of the choices is taken; `None` if time does not count.
    pub verdict: Option<(Verdict, Choice)>,
    /// The best deployment, if that is what is asked for.
    pub deployed: Option<Deployed>,
    /// The names of the devices of each stage; none if each stage has one.
    pub devices: Vec<Vec<String>>,
}

impl Asking<'_> {
    /// Returns what is asked for; `missing` is the error if nothing tells the number of stages.
    ///
    /// # Errors
    /// Returns an error if the options contradict one another, if a device or cut can't be read, or if there is no
    /// deployment as asked for.
    pub fn of<'g>(
        &self,
        graph: &'g OpGraph,
        missing: &str,
        guide: &dyn Guide,
        cancel: &Cancel,
    ) -> anyhow::Result<Asked<'g>> {
        let algorithm = self.cutting.scheduler;
        let budget = || self.options.budget(algorithm, guide, cancel);
        if let Some(deployed) = self.fleet.problem(graph, self.options)? {
            if !matches!(algorithm, Algorithm::Respect | Algorithm::Exact)
                || !self.cutting.cut_after.is_empty()
            {
                let message = "--devices has the best deployment found, by respect or exact: leave other schedulers and \
                               --cut-after out, or give --stages";
                return Err(UsageError::new(ErrorKind::ArgumentConflict, message).into());
            }
            return best(graph, &deployed, decide(&deployed, &budget())?);
        }
        let (cuts, stages) = self.cutting.of(graph, self.stages, missing)?;
        let problem = self.options.problem(graph, stages)?;
        // A limit on time is for what is asked for, not for what is said beside it.
        let decided = match self.options.time_limit_ms {
            None => beside(&problem, &self.options.budget(Algorithm::Respect, guide, cancel))?,
            Some(_) => None,
        };
        let taken = match (algorithm, &cuts) {
            (Algorithm::ParameterCount, None) => Choice::Default,
            _ => Choice::Pipeline,
        };
        let is_pipeline = algorithm == Algorithm::Respect && cuts.is_none();
        let (verdict, pipeline) = match decided {
            Some(Decided { verdict, pipeline, .. }) => (Some((verdict, taken)), pipeline),
            None => (None, None),
        };
        let first = pipeline.filter(|_| is_pipeline);
        Ok(Asked { problem, cuts, first, verdict, deployed: None, devices: Vec::new() })
    }
}

/// Returns the best deployment as what is asked for.
fn best<'g>(
    graph: &'g OpGraph,
    deployed: &DeploymentProblem<'g>,
    decided: Decided,
) -> anyhow::Result<Asked<'g>> {
    let Decided { verdict, best, .. } = decided;
    let deployment = &best.deployment;
    let problem = Problem { graph, ..deployed.on_kind(0, deployment.stages()) };
    // The bound is on the time between results, which is that of the slowest stage only if no stage has copies.
    let has_copies = deployment.copies().iter().any(|&copies| copies > 1);
    let lower_bound = match deployed.goal {
        Goal::Throughput { latency: None } if !has_copies => best.lower_bound.0,
        _ => 0,
    };
    let (detail, solve_time) = (best.detail.clone(), best.solve_time);
    let claim = Claim { status: Status::Feasible, lower_bound, detail, solve_time };
    let origin = Origin::Solver(Algorithm::Respect);
    let first = Solution::judged(&problem, deployment.schedule.clone(), origin, claim)
        .map_err(|violations| SolveError::Invalid { algorithm: Algorithm::Respect, violations })?;
    let names = |of_kinds: &Vec<u32>| {
        let kinds = deployed.fleet.kinds().iter().zip(of_kinds);
        kinds.flat_map(|(kind, &count)| std::iter::repeat_n(kind.name.clone(), count as usize)).collect()
    };
    let devices = deployment.devices.iter().map(names).collect();
    let verdict = Some((verdict, Choice::Best));
    Ok(Asked { problem, cuts: None, first: Some(first), verdict, deployed: Some(best), devices })
}
