//! The options that say which devices there are, and what is wanted of them.

use clap::error::ErrorKind;

use super::options::Options;
use super::usage::UsageError;
use crate::listed::listed;
use respect::base::units::Time;
use respect::device::EdgeTpu;
use respect::graph::OpGraph;
use respect::problem::Objective;
use respect::problem::fleet::{DEVICES, Fleet, Goal};
use respect::solve::deploy::DeploymentProblem;

respect::listed! {
    /// What the best deployment has most or least of.
    pub enum Aim: "goal" {
        Throughput = "throughput", "The most inferences a second";
        Latency = "latency", "The shortest time of one inference; then the most inferences a second";
    }
}

/// The options that ask for the best deployment.
#[derive(clap::Args, Clone, Debug)]
pub struct FleetOptions {
    /// Devices that there are, for the best of all stages and copies: how many, or a list of presets and device files
    #[arg(long, value_name = "N|NAME,...", value_parser = devices, conflicts_with = "objective")]
    pub devices: Option<Devices>,
    /// What the best deployment has most or least of
    #[arg(long, value_parser = listed::<Aim>(), default_value_t = Aim::Throughput, requires = "devices")]
    pub goal: Aim,
    /// Longest time that one inference may take, if throughput is the goal
    #[arg(long, value_name = "MS", value_parser = positive, requires = "devices")]
    pub max_latency_ms: Option<f64>,
    /// Fewest inferences a second, if latency is the goal
    #[arg(long, value_name = "RATE", value_parser = positive, requires = "devices")]
    pub min_throughput: Option<f64>,
}

/// The devices that the user names.
#[derive(Clone, Debug)]
pub enum Devices {
    /// A number of the devices that `--device` describes.
    Number(u32),
    /// A device each.
    Named(Vec<String>),
}

/// Reads the devices that there are.
pub fn devices(text: &str) -> Result<Devices, String> {
    match text.parse::<u32>() {
        Ok(count) if (1..=DEVICES).contains(&count) => return Ok(Devices::Number(count)),
        Ok(count) => return Err(format!("{count} devices: give from 1 to {DEVICES}")),
        Err(_) => {}
    }
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_string()).collect();
    match names.iter().any(String::is_empty) {
        true => Err("give a number, or names with commas between them, such as usb3,usb3,pcie".into()),
        false => Ok(Devices::Named(names)),
    }
}

fn positive(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| *number > 0.0 && *number < 1e12);
    number.ok_or_else(|| "give a number above 0".into())
}

impl FleetOptions {
    /// Returns the problem of deploying `graph`; `None` if no devices are named.
    ///
    /// # Errors
    /// Returns an error if a limit is given that the goal has not, or if the devices make no fleet.
    pub fn problem<'g>(
        &self,
        graph: &'g OpGraph,
        options: &Options,
    ) -> anyhow::Result<Option<DeploymentProblem<'g>>> {
        let Some(devices) = &self.devices else {
            // The parser does not ask for what conflicts with another option that is there.
            let has_goal = self.goal != Aim::Throughput
                || self.max_latency_ms.is_some()
                || self.min_throughput.is_some();
            let message =
                "--goal, --max-latency-ms and --min-throughput say what --devices are for: give --devices";
            return match has_goal {
                true => Err(UsageError::new(ErrorKind::MissingRequiredArgument, message).into()),
                false => Ok(None),
            };
        };
        let fleet = match devices {
            Devices::Number(count) => uniform(options, *count)?,
            Devices::Named(names) => {
                let devices: Result<Vec<EdgeTpu>, _> = names.iter().map(|name| EdgeTpu::load(name)).collect();
                Fleet::new(devices?)?
            }
        };
        let goal = self.goal()?;
        Ok(Some(DeploymentProblem { graph, fleet, goal, rules: options.terms.rules }))
    }

    fn goal(&self) -> Result<Goal, UsageError> {
        let unfit = |option, other| {
            let message = format!("{option} limits what the goal is: leave it out, or give --goal {other}");
            Err(UsageError::new(ErrorKind::ArgumentConflict, message))
        };
        match (self.goal, self.max_latency_ms, self.min_throughput) {
            (Aim::Throughput, _, Some(_)) => unfit("--min-throughput", Aim::Latency),
            (Aim::Latency, Some(_), _) => unfit("--max-latency-ms", Aim::Throughput),
            (Aim::Throughput, limit, None) => {
                Ok(Goal::Throughput { latency: limit.map(|ms| Time::from_us(ms * 1e3)) })
            }
            (Aim::Latency, None, limit) => {
                Ok(Goal::Latency { period: limit.map(|rate| Time::from_us(1e6 / rate)) })
            }
        }
    }
}

/// Returns the problem of getting most out of `count` devices of the kind that `options` name; `None` if time is not
/// what they minimize, or if there can't be so many.
///
/// # Errors
/// Returns an error if the device can't be read.
pub fn most_of<'g>(
    graph: &'g OpGraph,
    options: &Options,
    count: u32,
) -> anyhow::Result<Option<DeploymentProblem<'g>>> {
    if options.objective != Objective::Latency || !(1..=DEVICES).contains(&count) {
        return Ok(None);
    }
    let (fleet, goal) = (uniform(options, count)?, Goal::Throughput { latency: None });
    Ok(Some(DeploymentProblem { graph, fleet, goal, rules: options.terms.rules }))
}

fn uniform(options: &Options, count: u32) -> anyhow::Result<Fleet> {
    Ok(Fleet::new(vec![EdgeTpu::load(&options.terms.device)?; count as usize])?)
}
