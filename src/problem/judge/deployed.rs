//! The judge of deployments: the rules of schedules, and what copies on devices of several kinds make of the times.

use super::{StageCost, Violation, verify};
use crate::base::units::Time;
use crate::graph::OpGraph;
use crate::problem::fleet::{Deployment, Fleet};
use crate::problem::{Objective, Problem, Rules};

/// The cost of a valid deployment.
#[derive(Clone, Debug, PartialEq)]
pub struct DeploymentCost {
    /// The cost of each stage, in the order of the pipeline.
    pub stages: Vec<DeployedStage>,
    /// The time from one result to the next, when all are busy: that of the stage that gives the fewest.
    pub period: Time,
    /// The time of one inference, in each stage on the slowest of its devices.
    pub latency: Time,
}

/// The cost of one stage of a deployment.
#[derive(Clone, Debug, PartialEq)]
pub struct DeployedStage {
    /// The stage's cost on each kind of device; `None` for kinds that do not run it.
    pub on: Vec<Option<StageCost>>,
    /// The time from one result of all the stage's devices to the next.
    pub period: Time,
}

impl DeployedStage {
    /// Returns the stage's cost on the slowest of its devices.
    pub fn slowest(&self) -> &StageCost {
        let costs = self.on.iter().flatten();
        costs.max_by_key(|cost| cost.latency()).expect("a judged stage has a device")
    }
}

/// The reason why a deployment can't be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DeploymentFault {
    /// The schedule breaks rules.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Rules(Vec<Violation>),
    /// The numbers of devices are not one for each kind of the fleet.
    #[error("stage {stage} names {found} kinds of devices, and there are {kinds}")]
    Kinds {
        /// The stage.
        stage: usize,
        /// The number of kinds that it names.
        found: usize,
        /// The number of kinds that there are.
        kinds: usize,
    },
    /// Inferences would take turns on several devices, while operations keep state from one inference to the next.
    #[error("stage {0} has copies, but the graph keeps state from one inference to the next")]
    KeepsState(usize),
    /// A stage has no device.
    #[error("stage {0} has no device")]
    NoDevice(usize),
    /// More devices of a kind are used than there are.
    #[error("{used} devices of kind '{kind}' are used, and there are {count}")]
    TooMany {
        /// The name of the kind.
        kind: String,
        /// The number that is used.
        used: u32,
        /// The number that there are.
        count: u32,
    },
}

/// Judges a deployment of `graph` over `fleet`; returns what it costs.
///
/// Complexity: linear in the graph, times the stages and the kinds of devices.
///
/// # Errors
/// Returns an error if a stage has no device, if there are not so many devices, or if the schedule breaks a rule.
pub fn verify_deployment(
    graph: &OpGraph,
    fleet: &Fleet,
    rules: Rules,
    deployment: &Deployment,
) -> Result<DeploymentCost, DeploymentFault> {
    let kinds = fleet.kinds().len();
    for (stage, devices) in deployment.devices.iter().enumerate() {
        if devices.len() != kinds {
            return Err(DeploymentFault::Kinds { stage, found: devices.len(), kinds });
        }
        if devices.iter().all(|&count| count == 0) {
            return Err(DeploymentFault::NoDevice(stage));
        }
    }
    let has_copies = |devices: &Vec<u32>| devices.iter().sum::<u32>() > 1;
    if let (false, Some(stage)) = (graph.may_have_copies(), deployment.devices.iter().position(has_copies)) {
        return Err(DeploymentFault::KeepsState(stage));
    }
    for (kind, (device, &count)) in fleet.kinds().iter().zip(fleet.counts()).enumerate() {
        let used = deployment.devices.iter().map(|devices| devices[kind]).sum();
        if used > count {
            return Err(DeploymentFault::TooMany { kind: device.name.clone(), used, count });
        }
    }
    let mut on = vec![vec![None; kinds]; deployment.devices.len()];
    for (kind, device) in fleet.kinds().iter().enumerate() {
        let problem = Problem {
            graph,
            stages: deployment.stages(),
            device: device.clone(),
            objective: Objective::Latency,
            rules,
        };
        let evaluation = verify(&problem, &deployment.schedule).map_err(DeploymentFault::Rules)?;
        for (stage, cost) in evaluation.stages.into_iter().enumerate() {
            on[stage][kind] = (deployment.devices[stage][kind] > 0).then_some(cost);
        }
    }
    let stages: Vec<DeployedStage> = on
        .into_iter()
        .zip(&deployment.devices)
        .map(|(on, devices)| DeployedStage { period: period(&on, devices), on })
        .collect();
    Ok(DeploymentCost {
        period: stages.iter().map(|stage| stage.period).max().unwrap_or_default(),
        latency: stages.iter().map(|stage| stage.slowest().latency()).sum(),
        stages,
    })
}

/// Returns the time from one result to the next of devices that take inferences in turn as they become free, rounded up
/// to a picosecond: the inverse of the sum of their rates.
fn period(on: &[Option<StageCost>], devices: &[u32]) -> Time {
    let times: Vec<(u64, u32)> = on
        .iter()
        .zip(devices)
        .filter_map(|(cost, &count)| cost.as_ref().map(|cost| (cost.latency().0, count)))
        .collect();
    match times[..] {
        [(time, count)] => Time(time.div_ceil(count.into())),
        _ => {
            let rates = times.iter().map(|&(time, count)| f64::from(count) / time.max(1) as f64);
            Time((1.0 / rates.sum::<f64>()).ceil() as u64)
        }
    }
}
