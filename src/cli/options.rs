//! Options that several commands share.

use std::time::{Duration, Instant};

use crate::device::EdgeTpu;
use crate::graph::OpGraph;
use crate::policy::Policies;
use crate::policy::weights::Weights;
use crate::problem::{Objective, Problem, Rules};
use crate::schedule::{Algorithm, Budget};

/// What to make small, under which rules, on which device, at what expense.
#[derive(clap::Args, Clone, Debug)]
pub struct Options {
    /// What to make small: the slowest stage's time, or the largest stage's parameter bytes
    #[arg(long, value_enum, default_value_t = Objective::Latency)]
    pub objective: Objective,
    #[command(flatten)]
    pub terms: Terms,
    /// Seed of the random orders
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Random orders that order-dp tries beside the fixed ones
    #[arg(long, value_name = "K", default_value_t = 16)]
    pub orders: u32,
    /// Orders that respect draws from the policy where it can't prove its schedule
    #[arg(long, value_name = "K", default_value_t = 8)]
    pub samples: u32,
    /// Moves of the local search that respect makes where it can't prove its schedule
    #[arg(long, value_name = "COUNT", default_value_t = 200_000)]
    pub moves: u64,
    /// Weights of the policy, as 'respect train' writes them [default: those in the program]
    #[arg(long, value_name = "FILE", value_parser = policies)]
    pub weights: Option<&'static Policies>,
    /// Order ideals that may be held [default: 200,000 for respect, 2,000,000 for exact]
    #[arg(long, value_name = "COUNT")]
    pub max_ideals: Option<usize>,
    /// Stop the search after this time; results may then differ from run to run [default: none]
    #[arg(long, value_name = "MS")]
    pub time_limit_ms: Option<u64>,
}

/// Rules and device.
#[derive(clap::Args, Clone, Debug)]
pub struct Terms {
    /// What to obey: all that Coral's pipeline runner asks for, or precedence and non-empty stages alone
    #[arg(long, value_enum, default_value_t = Rules::Coral)]
    pub rules: Rules,
    /// Device model: usb3 or pcie, with -std at half the clock; or a TOML file
    #[arg(long, value_name = "NAME|FILE", default_value = "usb3")]
    pub device: String,
}

impl Options {
    /// The problem of cutting `graph` into `stages`.
    pub fn problem<'g>(&self, graph: &'g OpGraph, stages: u32) -> anyhow::Result<Problem<'g>> {
        let device = EdgeTpu::load(&self.terms.device)?;
        Ok(Problem { graph, stages, device, objective: self.objective, rules: self.terms.rules })
    }

    /// What `algorithm` may spend, from now on.
    pub fn budget(&self, algorithm: Algorithm) -> Budget {
        let budget = Budget::of(algorithm);
        Budget {
            ideals: self.max_ideals.unwrap_or(budget.ideals),
            orders: self.orders,
            samples: self.samples,
            moves: self.moves,
            policies: self.weights,
            seed: self.seed,
            deadline: self.time_limit_ms.map(|ms| Instant::now() + Duration::from_millis(ms)),
            ..budget
        }
    }
}

/// Reads a weights file, once, for as long as the process runs.
fn policies(path: &str) -> Result<&'static Policies, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let weights = Weights::from_bytes(&bytes).map_err(|error| error.to_string())?;
    Ok(Box::leak(Box::new(Policies::new(weights))))
}
