//! The search over orders, for graphs with too many ideals: each order is cut exactly, and the best is improved.

use std::ops::RangeInclusive;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::super::algorithm::Algorithm;
use super::super::claims;
use super::super::error::SolveError;
use super::super::instance::Instance;
use super::super::local_search::improve;
use super::super::minimax::Minimax;
use super::super::order::{Order, linear_extension};
use super::super::order_cuts::{PLACES, random_orders};
use super::super::solve_for_runner;
use super::finder::Finder;
use super::problem::{DeployError, DeploymentProblem};
use crate::graph::ideal::Chain;
use crate::graph::{OpGraph, OpId};
use crate::problem::fleet::{Deployment, Goal};
use crate::problem::{Objective, Schedule};

impl Finder<'_> {
    /// Takes the best cuts of the fixed orders, of the policy's, and of random ones; then improves them.
    pub fn seek_orders(
        &mut self,
        graph: &OpGraph,
        instances: &[Instance],
        bound: u64,
    ) -> Result<(), DeployError> {
        let budget = self.budget;
        let first = &instances[0];
        let guide = budget.guide.map(|guide| guide.read(Objective::Latency, first, bound)).transpose()?;
        for order in Order::FIXED.into_iter().chain(random_orders(budget)) {
            self.take_order(graph, instances, &linear_extension(first, order), bound, &order.to_string())?;
        }
        if let Some(guide) = guide {
            self.take_order(graph, instances, &guide.greedy(), bound, "the policy's order")?;
            for sample in 0..budget.samples {
                let mut random = ChaCha8Rng::seed_from_u64(budget.seed);
                random.set_stream(u64::from(sample));
                let detail = format!("order {sample} drawn from the policy");
                self.take_order(graph, instances, &guide.drawn(&mut random), bound, &detail)?;
            }
        }
        let all = self.problem.fleet.len();
        if self.pipeline.is_none() {
            self.offer_pipelines(all..=all)?;
        }
        self.improve(graph, bound);
        self.offer_unlimited()
    }

    /// Offers the deployment of most throughput, which may keep within a limit that no order did.
    fn offer_unlimited(&mut self) -> Result<(), DeployError> {
        let goal = Goal::Throughput { latency: None };
        if self.problem.goal == goal {
            return Ok(());
        }
        let unlimited = DeploymentProblem { goal, ..self.problem.clone() };
        let mut other = Finder::new(&unlimited, self.pipeline, self.budget);
        other.offer_whole();
        other.seek_stages()?;
        if let Some(found) = other.best {
            self.offer(found.deployment, &found.detail);
        }
        Ok(())
    }

    /// Takes the best cuts of one order, unless the time is up and there is something already.
    fn take_order(
        &mut self,
        graph: &OpGraph,
        instances: &[Instance],
        sequence: &[u32],
        bound: u64,
        detail: &str,
    ) -> Result<(), SolveError> {
        if self.best.is_some() && (self.is_done() || self.budget.is_over()) {
            return Ok(());
        }
        let devices = self.devices();
        if sequence.len() <= 2 * PLACES {
            let chain = Chain::new(sequence);
            self.take(&mut Minimax::deployed(instances, &chain, devices), bound, detail, false)?;
            return Ok(());
        }
        let in_blocks = |(kind, instance): (usize, &Instance)| {
            instance.blocks(&self.on(graph, kind, self.problem.fleet.len()), sequence, PLACES)
        };
        let (blocks, orders): (Vec<Instance>, Vec<Vec<u32>>) =
            instances.iter().enumerate().map(in_blocks).unzip();
        let chain = Chain::new(&orders[0]);
        self.take(&mut Minimax::deployed(&blocks, &chain, devices), bound, detail, false)?;
        Ok(())
    }

    /// Offers, for each of these numbers of stages, the best pipeline that is found, with devices shared out over its
    /// stages.
    ///
    /// # Errors
    /// Returns an error if the solver's claims contradict the judge.
    pub fn offer_pipelines(&mut self, stages: RangeInclusive<u32>) -> Result<(), DeployError> {
        for stages in stages.filter(|&stages| stages > 1) {
            let problem = self.problem.on_kind(0, stages);
            let found = solve_for_runner(&problem, Algorithm::Respect, self.budget);
            let Some(solution) = claims::undisputed(found)? else { continue };
            self.offer_copies(&solution.schedule)?;
        }
        Ok(())
    }

    /// Offers the best deployment whose stages are those of `schedule`, some of them joined.
    pub fn offer_copies(&mut self, schedule: &Schedule) -> Result<(), SolveError> {
        let mut stages: Vec<Vec<OpId>> = vec![Vec::new(); schedule.stages()];
        for (op, stage) in (0..).map(OpId).zip(&schedule.stage_of) {
            stages[stage.index()].push(op);
        }
        let Ok(joined) = self.problem.graph.with_together(stages) else { return Ok(()) };
        let instances = self.instances(&joined);
        let order: Vec<u32> = (0..instances[0].len() as u32).collect();
        let chain = Chain::new(&order);
        let devices = self.devices();
        let mut minimax = Minimax::deployed(&instances, &chain, devices);
        self.take(&mut minimax, 0, "the stages of the best pipeline, with copies", false).map(drop)
    }

    /// Improves the best deployment over devices of one kind by a local search that keeps the copies as they are.
    fn improve(&mut self, graph: &OpGraph, bound: u64) {
        let Some(best) = self.best.clone().filter(|best| best.deployment.stages() > 1) else { return };
        let is_plain = self.problem.goal == Goal::Throughput { latency: None };
        if !is_plain || self.problem.fleet.kinds().len() > 1 {
            return;
        }
        let Deployment { schedule, devices } = best.deployment;
        let instance = Instance::unchecked(&self.on(graph, 0, devices.len() as u32));
        let copies: Vec<u64> = devices.iter().map(|of_kinds| u64::from(of_kinds[0])).collect();
        let start = instance.stages_of_units(&schedule);
        let (value, stages) = improve(&instance, &start, &copies, bound, self.budget);
        if value < best.cost.period.0 {
            let detail = format!("{}, improved by local search", best.detail);
            let schedule = instance.schedule(&stages);
            self.is_refused |= self.offer(Deployment { schedule, devices }, &detail).is_none();
        }
    }
}
