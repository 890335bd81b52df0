//! Options that several commands share.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::HumanCount;

use crate::listed::listed;
use respect::base::cancel::Cancel;
use respect::base::limits;
use respect::device::EdgeTpu;
use respect::graph::OpGraph;
use respect::policy::weights::Weights;
use respect::policy::{Embedded, Policies};
use respect::problem::{Objective, Problem, Rules};
use respect::solve::guide::Guide;
use respect::solve::{Algorithm, Budget};

/// The budget of the default scheduler, whose counts are the defaults of the options.
const BUDGET: Budget<'static> = Budget::of(Algorithm::Respect);

/// Returns the help of `--max-ideals` with the defaults of the schedulers.
fn max_ideals_help() -> String {
    let default = |scheduler| format!("{} for {scheduler}", HumanCount(Budget::of(scheduler).ideals as u64));
    let defaults = [Algorithm::Respect, Algorithm::Exact].map(default).join(", ");
    format!("Most order ideals that may be held [default: {defaults}]")
}

/// The options of a search: objective, rules, device and budget.
#[derive(clap::Args, Clone, Debug)]
pub struct Options {
    /// Figure to minimize: the slowest stage's time, or the largest stage's parameter bytes
    #[arg(long, value_parser = listed::<Objective>(), default_value_t = Objective::Latency)]
    pub objective: Objective,
    #[command(flatten)]
    pub terms: Terms,
    /// Seed of the random orders
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Random orders that order-dp tries beside the fixed ones
    #[arg(long, value_name = "K", default_value_t = BUDGET.orders)]
    pub orders: u32,
    /// Orders that respect draws from the policy where it can't prove its schedule
    #[arg(long, value_name = "K", default_value_t = BUDGET.samples)]
    pub samples: u32,
    /// Moves of the local search that respect makes where it can't prove its schedule
    #[arg(long, value_name = "COUNT", default_value_t = BUDGET.moves)]
    pub moves: u64,
    /// Weights of the policy, as 'respect train' writes them [default: those in the program]
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    // The defaults stand with the budgets.
    #[arg(long, value_name = "COUNT", help = max_ideals_help())]
    pub max_ideals: Option<usize>,
    /// Stop the search after this time; results may then differ from run to run [default: none]
    #[arg(long, value_name = "MS")]
    pub time_limit_ms: Option<u64>,
}

/// The options that every problem needs: rules and device.
#[derive(clap::Args, Clone, Debug)]
pub struct Terms {
    /// Rules to obey: all that Coral's pipeline runner asks for, or precedence and non-empty stages alone
    #[arg(long, value_parser = listed::<Rules>(), default_value_t = Rules::Coral)]
    pub rules: Rules,
    /// Device model: usb3 or pcie, with -std at half the clock; or a TOML file
    #[arg(long, value_name = "NAME|FILE", default_value = "usb3")]
    pub device: String,
}

impl Options {
    /// Returns the problem of cutting `graph` into `stages` stages.
    pub fn problem<'g>(&self, graph: &'g OpGraph, stages: u32) -> anyhow::Result<Problem<'g>> {
        let device = EdgeTpu::load(&self.terms.device)?;
        Ok(Problem { graph, stages, device, objective: self.objective, rules: self.terms.rules })
    }

    /// Returns what schedulers ask for orders: the policies of the weights file, or those in the program.
    pub fn guide(&self) -> anyhow::Result<Box<dyn Guide>> {
        Ok(match self.policies()? {
            Some(policies) => Box::new(policies),
            None => Box::new(Embedded),
        })
    }

    /// Returns the policies of the weights file, if the user gave one.
    pub fn policies(&self) -> anyhow::Result<Option<Policies>> {
        let Some(path) = &self.weights else { return Ok(None) };
        let weights =
            Weights::from_bytes(&read_weights(path)?).with_context(|| path.display().to_string())?;
        Ok(Some(Policies::new(weights)))
    }

    /// Returns what `algorithm` may spend, from now on.
    pub fn budget<'a>(&self, algorithm: Algorithm, guide: &'a dyn Guide, cancel: &'a Cancel) -> Budget<'a> {
        let budget = Budget::of(algorithm);
        Budget {
            ideals: self.max_ideals.unwrap_or(budget.ideals),
            orders: self.orders,
            samples: self.samples,
            moves: self.moves,
            guide: Some(guide),
            cancel: Some(cancel),
            seed: self.seed,
            deadline: self.time_limit_ms.map(|ms| Instant::now() + Duration::from_millis(ms)),
            ..budget
        }
    }
}

/// Reads the bytes of a weights file.
pub fn read_weights(path: &Path) -> anyhow::Result<Vec<u8>> {
    limits::read_file(path, limits::WEIGHTS_BYTES).with_context(|| path.display().to_string())
}
