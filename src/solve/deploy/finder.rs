//! The search for the best deployment, and the best that the judge has passed so far.

use std::time::Instant;

use super::super::algorithm::Algorithm;
use super::super::budget::Budget;
use super::super::claims;
use super::super::devices::Devices;
use super::super::error::{NotFound, SolveError};
use super::super::inputs_read_first;
use super::super::instance::Instance;
use super::super::minimax::{Cut, Minimax};
use super::super::solution::Status;
use super::problem::{DeployError, Deployed, DeploymentProblem};
use super::within::{Search, search};
use crate::base::units::Time;
use crate::graph::OpGraph;
use crate::graph::ideal::{Ideals, Lattice};
use crate::problem::fleet::{Deployment, Goal};
use crate::problem::judge::{DeploymentCost, verify_deployment};
use crate::problem::{Defect, Objective, Problem, Schedule, StageId};

/// A deployment that the judge has passed.
#[derive(Clone)]
pub(super) struct Judged {
    pub deployment: Deployment,
    pub cost: DeploymentCost,
    pub detail: String,
}

/// The search for the best deployment.
pub(super) struct Finder<'p> {
    pub problem: &'p DeploymentProblem<'p>,
    /// The schedule of as many stages as there are devices, if it is known.
    pub pipeline: Option<&'p Schedule>,
    pub budget: &'p Budget<'p>,
    pub best: Option<Judged>,
    /// True if the judge refused a better cut, because of what its stages leave to the CPU.
    pub is_refused: bool,
    /// A value that no deployment is below, in picoseconds.
    bound: u64,
    /// A description of how far the search went.
    note: String,
    /// True as long as nothing can be better than the best.
    is_proved: bool,
    /// The least of what the goal limits among the deployments that do not keep within the limit.
    least: Option<u64>,
    /// The reason why the graph can't be cut, if it can't.
    pub why_whole: Option<String>,
}

impl<'p> Finder<'p> {
    pub fn new(
        problem: &'p DeploymentProblem<'p>,
        pipeline: Option<&'p Schedule>,
        budget: &'p Budget<'p>,
    ) -> Self {
        Finder {
            problem,
            pipeline,
            budget,
            best: None,
            is_refused: false,
            bound: 0,
            note: "all copies of the whole model".into(),
            is_proved: true,
            least: None,
            why_whole: None,
        }
    }

    /// Has the judge look at a deployment, and keeps it if it is the best so far. Returns what the goal asks to be
    /// small, if the judge passes it.
    pub fn offer(&mut self, deployment: Deployment, detail: &str) -> Option<Time> {
        let problem = self.problem;
        let cost = verify_deployment(problem.graph, &problem.fleet, problem.rules, &deployment).ok()?;
        let devices = |deployment: &Deployment| deployment.copies().iter().sum::<u32>();
        let key = (problem.key(&cost), devices(&deployment));
        let is_better =
            self.best.as_ref().is_none_or(|best| key < (problem.key(&best.cost), devices(&best.deployment)));
        let limited = problem.limited(&cost);
        if limited.is_none_or(|(value, limit)| value <= limit) {
            if is_better {
                self.best = Some(Judged { deployment, cost, detail: detail.into() });
            }
        } else if let Some((value, _)) = limited {
            self.out_of_reach(value.0);
        }
        Some(key.0.0)
    }

    fn out_of_reach(&mut self, least: u64) {
        self.least = Some(self.least.map_or(least, |known| known.min(least)));
    }

    /// Offers copies of the whole model on all devices, and on some of them.
    pub fn offer_whole(&mut self) {
        let stage_of = vec![StageId(0); self.problem.graph.ops().len()];
        for taken in self.devices().ways {
            let schedule = Schedule { stage_of: stage_of.clone() };
            self.offer(Deployment { schedule, devices: vec![taken.devices] }, "copies of the whole model");
        }
    }

    /// Checks that `graph` can be cut into stages.
    ///
    /// # Errors
    /// Returns the reasons why it can't be.
    pub fn cuttable(&self, graph: &OpGraph) -> Result<(), Vec<Defect>> {
        Instance::new(&self.on(graph, 0, 2)).map(drop)
    }

    /// Returns the states of the devices: a stage takes any number of them, or one if the graph keeps state.
    pub fn devices(&self) -> Devices {
        let counts = self.problem.fleet.counts().to_vec();
        if self.problem.graph.may_have_copies() {
            Devices::copies(counts)
        } else {
            Devices::one_a_stage(counts)
        }
    }

    pub fn on<'g>(&self, graph: &'g OpGraph, kind: usize, stages: u32) -> Problem<'g>
    where
        'p: 'g,
    {
        Problem { graph, ..self.problem.on_kind(kind, stages) }
    }

    /// Returns the solvers' view of the problem with `graph` on each kind of device.
    pub fn instances(&self, graph: &OpGraph) -> Vec<Instance> {
        let fleet = &self.problem.fleet;
        (0..fleet.kinds().len())
            .map(|kind| Instance::unchecked(&self.on(graph, kind, fleet.len().max(2))))
            .collect()
    }

    /// Seeks deployments of several stages.
    ///
    /// # Errors
    /// Returns an error if the policy was not made for times.
    pub fn seek_stages(&mut self) -> Result<(), DeployError> {
        let problem = self.problem;
        if let Some(schedule) = self.pipeline {
            self.offer_copies(schedule)?;
        }
        match inputs_read_first(&problem.on_kind(0, problem.fleet.len())) {
            None => self.seek(problem.graph)?,
            Some(graph) => {
                if self.cuttable(&graph).is_ok() {
                    self.seek(&graph)?;
                }
                // Copies of the whole leak nothing, so that stages that do are asked for only where there is nothing else.
                if self.best.is_none() {
                    self.seek(problem.graph)?;
                }
            }
        }
        if self.is_refused {
            self.offer_pipelines(2..=problem.fleet.len())?;
            self.is_proved = false;
        }
        Ok(())
    }

    /// Seeks deployments of `graph`, over all ideals or, where there are too many, over orders.
    fn seek(&mut self, graph: &OpGraph) -> Result<(), DeployError> {
        let instances = self.instances(graph);
        let bound = lower_bound(&instances, self.problem.fleet.len());
        self.bound = match self.problem.goal {
            Goal::Throughput { .. } => bound,
            Goal::Latency { .. } => 0,
        };
        if self.is_done() {
            self.note = "no less than the sum of the work over the devices".into();
            return Ok(());
        }
        // With devices of one kind, what costs nothing may be joined to its neighbours.
        let reduced = match &instances[..] {
            [instance] => instance.reduced(&self.on(graph, 0, self.problem.fleet.len())).map(|one| vec![one]),
            _ => None,
        };
        let seen = reduced.as_ref().unwrap_or(&instances);
        let (first, budget) = (&seen[0], self.budget);
        let may_hold = |unit: u32| !first.last_only[unit as usize];
        let lattice = Lattice::new(&first.preds, &first.succs, may_hold, budget.ideals, || budget.is_over());
        if let Some(lattice) = &lattice {
            self.note = format!("proved over {} order ideals", lattice.len());
            let mut minimax = Minimax::deployed(seen, lattice, self.devices());
            if self.take(&mut minimax, bound, "the best of all stages", true)? {
                return Ok(());
            }
            self.note = format!("{} order ideals, all steps used up", lattice.len());
        } else {
            self.note = format!("more than {} order ideals, or out of time or memory", budget.ideals);
        }
        self.is_proved = false;
        self.seek_orders(graph, &instances, bound)
    }

    /// Returns whether the best so far is as good as any.
    pub fn is_done(&self) -> bool {
        self.best.as_ref().is_some_and(|best| self.problem.key(&best.cost).0.0 <= self.bound)
    }

    /// Takes the best deployment over the ideals of `minimax`; returns whether it is known that they have no better one.
    ///
    /// # Errors
    /// Returns an error if the search puts the deployment at another value than the judge.
    pub fn take<I: Ideals>(
        &mut self,
        minimax: &mut Minimax<I>,
        bound: u64,
        detail: &str,
        is_all: bool,
    ) -> Result<bool, SolveError> {
        let limit = match (self.problem.goal, &self.best) {
            (Goal::Throughput { .. }, Some(best)) => best.cost.period.0,
            _ => u64::MAX >> 8,
        };
        match search(minimax, self.problem.goal, bound, limit, self.budget) {
            Search::Best { cut, bound, is_proved } => {
                match self.offer(deployment(cut), detail) {
                    Some(Time(judged)) if is_proved && judged != bound => {
                        return Err(claims::disputed(
                            Objective::Latency,
                            Algorithm::Respect,
                            "a value of",
                            bound,
                            judged,
                        ));
                    }
                    Some(_) => {}
                    None => self.is_refused = true,
                }
                if is_all {
                    self.bound = bound.max(self.bound);
                }
                Ok(is_proved)
            }
            Search::NoBetter => {
                if let (true, Some(best)) = (is_all, &self.best) {
                    self.bound = self.problem.key(&best.cost).0.0;
                }
                Ok(true)
            }
            Search::OutOfReach { least } => {
                self.out_of_reach(least);
                Ok(true)
            }
            Search::Exhausted { bound } => {
                if is_all {
                    self.bound = bound.max(self.bound);
                }
                Ok(false)
            }
        }
    }

    /// Returns the best deployment with what is known about it.
    ///
    /// # Errors
    /// Returns an error if there is none.
    pub fn finish(self, start: Instant) -> Result<Deployed, DeployError> {
        let goal = self.problem.goal;
        let Some(best) = self.best else {
            return Err(match self.least {
                Some(least) => {
                    DeployError::OutOfReach { goal, least: Time(least), is_proved: self.is_proved }
                }
                None => SolveError::NotFound {
                    algorithm: Algorithm::Respect,
                    cause: match self.is_proved {
                        true => NotFound::Infeasible,
                        false => NotFound::BudgetSpent { spent: self.note },
                    },
                }
                .into(),
            });
        };
        let value = self.problem.key(&best.cost).0;
        let is_best = self.is_proved || value.0 <= self.bound;
        Ok(Deployed {
            status: if is_best { Status::Optimal } else { Status::BudgetExhausted },
            lower_bound: if is_best { value } else { Time(self.bound) },
            detail: format!("{}; {}", best.detail, self.note),
            deployment: best.deployment,
            cost: best.cost,
            why_whole: self.why_whole,
            solve_time: start.elapsed(),
        })
    }
}

fn deployment(cut: Cut) -> Deployment {
    Deployment { schedule: cut.schedule, devices: cut.devices }
}

/// Returns a value that the time from one result to the next is not below, from sums alone: the work of all stages is
/// spread over `devices` at best.
fn lower_bound(instances: &[Instance], devices: u32) -> u64 {
    match instances {
        [instance] => instance.deployed_bound(devices.into()),
        several => {
            let fastest = |unit: usize| several.iter().map(|instance| instance.time[unit]).min().unwrap_or(0);
            (0..several[0].len()).map(fastest).sum::<u64>().div_ceil(devices.into())
        }
    }
}
