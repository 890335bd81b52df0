//! The statistics of an evaluation: means, worst cases, and the significance of differences.

use std::collections::BTreeMap;

use serde::Serialize;

use super::case::Case;
use super::method::Method;
use crate::base::statistics::{mean, median};
use crate::problem::Objective;

/// The statistics of one method on a group of problems.
#[derive(Clone, Debug, Serialize)]
pub struct Score {
    /// The name of the group.
    pub group: String,
    /// The objective of the problems.
    pub objective: Objective,
    /// The method that was run.
    pub method: Method,
    /// The number of problems with a valid schedule.
    pub solved: usize,
    /// The number of all problems.
    pub problems: usize,
    /// The number of problems whose optimum is proved by any method.
    pub proved: usize,
    /// The mean of the most that the best value may be above the optimum, as a share.
    pub gap: f64,
    /// The mean excess over the best value, as a share.
    pub mean: f64,
    /// The largest excess over the best value, as a share.
    pub worst: f64,
    /// The median time of the method, in milliseconds.
    pub median_ms: f64,
}

/// The comparison of the policy with another method, on problems that both solve.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// The name of the group of problems.
    pub group: String,
    /// The objective of the problems.
    pub objective: Objective,
    /// The method that the policy is compared with.
    pub other: Method,
    /// The mean excess of the policy, as a share.
    pub policy_mean: f64,
    /// The mean excess of the other method, as a share.
    pub other_mean: f64,
    /// The mean of the policy's excess less the other method's.
    pub difference: f64,
    /// The lower end of the difference's 95 % interval.
    pub low: f64,
    /// The upper end of the difference's 95 % interval.
    pub high: f64,
    /// The number of graphs, each one observation: the mean over its numbers of stages.
    pub graphs: usize,
}

impl Score {
    /// Returns a row for each method.
    pub fn of(group: &str, objective: Objective, cases: &[&Case]) -> Vec<Score> {
        let row = |method| {
            let excess: Vec<f64> = cases.iter().filter_map(|case| case.excess(method)).collect();
            let trials = cases.iter().flat_map(|case| &case.trials);
            let seconds = trials.filter(|trial| trial.method == method).map(|trial| trial.seconds);
            Score {
                group: group.into(),
                objective,
                method,
                solved: excess.len(),
                problems: cases.len(),
                proved: cases.iter().filter(|case| case.proved).count(),
                gap: mean(cases.iter().map(|case| case.gap())),
                mean: mean(excess.iter().copied()),
                worst: excess.iter().copied().fold(0.0, f64::max),
                median_ms: median(seconds) * 1e3,
            }
        };
        // The published network takes part only where there are weights for it.
        let rows = Method::ALL.into_iter().map(row);
        rows.filter(|row| row.method != Method::Published || row.solved > 0).collect()
    }
}

impl Comparison {
    /// Returns the comparison of the policy with `other`, on the problems that both solve.
    pub fn of(group: &str, objective: Objective, cases: &[&Case], other: Method) -> Comparison {
        let mut graphs: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
        for case in cases {
            if let (Some(policy), Some(other)) = (case.excess(Method::Policy), case.excess(other)) {
                graphs.entry(&case.graph).or_default().push((policy, other));
            }
        }
        let pairs: Vec<(f64, f64)> = graphs
            .values()
            .map(|pairs| (mean(pairs.iter().map(|pair| pair.0)), mean(pairs.iter().map(|pair| pair.1))))
            .collect();
        let count = pairs.len() as f64;
        let difference = mean(pairs.iter().map(|(policy, other)| policy - other));
        let squares = pairs.iter().map(|(policy, other)| (policy - other - difference).powi(2));
        let error = (squares.sum::<f64>() / (count - 1.0).max(1.0) / count.max(1.0)).sqrt();
        // A single graph tells nothing of how much graphs differ.
        let half = if pairs.len() < 2 { f64::INFINITY } else { student(pairs.len()) * error };
        Comparison {
            group: group.into(),
            objective,
            other,
            policy_mean: mean(pairs.iter().map(|pair| pair.0)),
            other_mean: mean(pairs.iter().map(|pair| pair.1)),
            difference,
            low: difference - half,
            high: difference + half,
            graphs: pairs.len(),
        }
    }

    /// Returns the comparisons of the policy with the single order that is best on average, and with the best of k
    /// random orders.
    pub fn both(group: &str, objective: Objective, cases: &[&Case]) -> Vec<Comparison> {
        let of = |other| Comparison::of(group, objective, cases, other);
        let best = Method::ORDERS.into_iter().map(of).min_by(|a, b| a.other_mean.total_cmp(&b.other_mean));
        best.into_iter().chain([of(Method::Random)]).collect()
    }
}

/// Returns the 97.5th percentile of Student's t for the mean of `count` observations, by the expansion of Cornish and
/// Fisher, which is within 1 % from five observations on.
fn student(count: usize) -> f64 {
    let (freedom, z) = (count as f64 - 1.0, 1.959_964f64);
    let terms = [
        z,
        (z.powi(3) + z) / 4.0,
        (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0,
        (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / 384.0,
    ];
    terms.iter().rev().fold(0.0, |sum, term| sum / freedom + term)
}

#[cfg(test)]
mod tests {
    use super::student;

    #[test]
    fn percentiles_are_those_of_tables() {
        for (count, table) in [(5, 2.776), (8, 2.365), (11, 2.228), (31, 2.042), (1001, 1.962)] {
            assert!((student(count) / table - 1.0f64).abs() < 0.01, "{count}: {}", student(count));
        }
    }
}
