//! Means, worst cases, and whether a difference is more than chance.

use std::collections::BTreeMap;

use serde::Serialize;

use super::case::Case;
use super::method::Method;
use crate::base::statistics::{mean, median};
use crate::problem::Objective;

/// What a method came to on a group of problems.
#[derive(Clone, Debug, Serialize)]
pub struct Score {
    /// The group.
    pub group: String,
    /// The objective.
    pub objective: Objective,
    /// The method.
    pub method: Method,
    /// Problems with a valid schedule, and all.
    pub solved: usize,
    /// All problems.
    pub problems: usize,
    /// Of these proved optimal by any method.
    pub proved: usize,
    /// Mean of how far the best may be above the optimum.
    pub gap: f64,
    /// Mean relative excess over the best.
    pub mean: f64,
    /// The largest.
    pub worst: f64,
    /// Median time, milliseconds.
    pub median_ms: f64,
}

/// Two methods on the same problems.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// What problems.
    pub group: String,
    /// The objective.
    pub objective: Objective,
    /// The method that the policy is held against.
    pub other: Method,
    /// Mean excess of the policy and of the other.
    pub policy_mean: f64,
    /// The other's.
    pub other_mean: f64,
    /// The policy's excess less the other's: mean, and the ends of its 95 % interval.
    pub difference: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Graphs: what counts as one observation, with the mean over its numbers of stages.
    pub graphs: usize,
}

impl Score {
    /// A row for each method.
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
    /// The policy against `other`, on the problems that both solve.
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
        // One graph says nothing of how much graphs differ.
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

    /// The policy against the single order that is best on average, and against the best of k random orders.
    pub fn both(group: &str, objective: Objective, cases: &[&Case]) -> Vec<Comparison> {
        let of = |other| Comparison::of(group, objective, cases, other);
        let best = Method::ORDERS.into_iter().map(of).min_by(|a, b| a.other_mean.total_cmp(&b.other_mean));
        best.into_iter().chain([of(Method::Random)]).collect()
    }
}

/// The 97.5th percentile of Student's t for the mean of `count` observations, by the expansion of Cornish and Fisher, which
/// is within 1 % from five observations on.
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
