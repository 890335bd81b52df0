//! What deployments take on devices that the real ones may be.

use crate::draws::Drawn;
use crate::problem::fleet::Deployment;
use crate::problem::judge::StageCost;
use crate::solve::deploy::DeploymentProblem;

/// Returns the time from one result of a valid deployment to the next in each draw, in microseconds; `None` if one of its
/// devices states no uncertainty.
///
/// Complexity: linear in the graph, for each draw and kind of device.
pub fn periods(problem: &DeploymentProblem, deployment: &Deployment) -> Option<Vec<f64>> {
    let is_used = |kind: &usize| deployment.devices.iter().any(|devices| devices[*kind] > 0);
    // The rates of each stage, in each draw.
    let mut rates: Vec<Vec<f64>> = Vec::new();
    for kind in (0..problem.fleet.kinds().len()).filter(is_used) {
        let on_kind = problem.on_kind(kind, deployment.stages());
        let costs = Drawn::new(&on_kind)?.stages(&deployment.schedule);
        rates.resize(costs.len(), vec![0.0; deployment.devices.len()]);
        for (rates, costs) in rates.iter_mut().zip(&costs) {
            for ((rate, cost), devices) in rates.iter_mut().zip(costs).zip(&deployment.devices) {
                *rate += f64::from(devices[kind]) / StageCost::latency(cost).as_us();
            }
        }
    }
    let slowest = |rates: &Vec<f64>| 1.0 / rates.iter().copied().fold(f64::INFINITY, f64::min);
    Some(rates.iter().map(slowest).collect())
}
