//! Errors of prediction for networks that are left out of the fit whole.
//!
//! A network's rows are predicted by a fit to the rows of all others, as a user's network would be: from its graph and
//! the fitted device alone, without what the compiler reports or what its runner was found to add. What the fit's
//! coefficients do not explain of these errors is what the model leaves out of a network.

use std::collections::{BTreeMap, BTreeSet};

use super::covariance::Scatter;
use super::devices::devices;
use super::equations::{Gathered, Trial};
use super::fit::Estimate;
use super::joint::Joint;
use super::measurements::Metric;
use super::parts::Key;
use super::uncertainty::gradient;
use crate::base::in_order::map_in_order;
use crate::device::EdgeTpu;
use crate::problem::judge::{StageCost, verify};
use crate::problem::{Objective, Problem, Rules};

/// The most fits: where there are more networks, several are left out together.
const MOST_FITS: usize = 32;
/// The fewest networks, measured on single devices, that tell how far off the model is of a network.
const FEWEST_NETWORKS: usize = 5;
/// The share of measurements that an interval is to hold.
const SHARE: f64 = 0.9;
/// The half-width of such an interval of a normal distribution, in standard deviations.
pub(super) const HALF_WIDTH: f64 = 1.645;
/// The relative deviations of networks that are tried, in steps of a thousandth.
const STEPS: u32 = 1000;

/// A row of a network that was left out of the fit.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// The line of the row in the file, from 1.
    pub line: u64,
    /// The row's model.
    pub model: String,
    /// The row's network: what was left out with it.
    pub network: String,
    /// The number of the model's operations.
    pub operations: usize,
    /// True if the model is a chain of equal layers, made to measure one kind of layer.
    pub is_chain: bool,
    /// The interface that the measured device was connected by.
    pub interface: String,
    /// The metric of the row's time.
    pub metric: Metric,
    /// The measured time, in microseconds.
    pub measured_us: f64,
    /// The predicted time, in microseconds.
    pub predicted_us: f64,
    /// The ends of the 90 % interval, in microseconds, with what the model leaves out of networks as the other networks
    /// tell it; none if too few do.
    pub interval_us: Option<[f64; 2]>,
}

impl LeftOut {
    /// Returns the error of the prediction, relative to the measured time.
    pub fn error(&self) -> f64 {
        self.predicted_us / self.measured_us - 1.0
    }
}

/// The prediction of a row by a fit without its network.
struct Tried<'t> {
    trial: &'t Trial<'t>,
    predicted_us: f64,
    /// The variance of the prediction's logarithm that the coefficients bring: for errors of rows, of networks of a
    /// relative size of 1, and before any row.
    variance: [f64; 3],
}

impl Tried<'_> {
    /// Returns the standard deviation of the prediction's logarithm.
    fn deviation(&self, scatter: Scatter) -> f64 {
        let [row, network, prior] = self.variance;
        (row * scatter.row.powi(2) + (1.0 + network) * scatter.network.powi(2) + scatter.row.powi(2) + prior)
            .sqrt()
    }

    /// Returns the logarithm of the measured time over the predicted.
    fn error(&self) -> f64 {
        (self.trial.row.ms * 1e3 / self.predicted_us).ln()
    }
}

/// Returns every row of a network whose layers are known, predicted without that network, and how errors scatter; that
/// is `None` if too few networks were measured to tell.
pub(super) fn left_out(
    gathered: &Gathered,
    base: Option<&EdgeTpu>,
    row: Option<f64>,
) -> (Vec<LeftOut>, Option<Scatter>) {
    let trials = gathered.trials();
    let networks: BTreeSet<&str> = trials.iter().map(|trial| &trial.network[..]).collect();
    let fits = networks.len().min(MOST_FITS);
    let group: BTreeMap<&str, usize> =
        networks.iter().enumerate().map(|(place, network)| (*network, place % fits)).collect();
    let tried = |number: usize| -> Vec<Tried> {
        let is_out = |network: &str| group.get(network) == Some(&number);
        let rows: Vec<_> = gathered.entries.iter().filter(|entry| !is_out(&entry.network())).collect();
        if rows.is_empty() {
            return Vec::new();
        }
        let joint = Joint::of(&rows, base);
        trials
            .iter()
            .filter(|trial| is_out(&trial.network))
            .filter_map(|trial| predict(trial, &joint, base))
            .collect()
    };
    let mut tried: Vec<Tried> = map_in_order(0..fits, tried).into_iter().flatten().collect();
    tried.sort_by_key(|tried| tried.trial.row.line);
    let scatter = |but: Option<&str>| {
        let network = of_networks(tried.iter().filter(|tried| Some(&tried.trial.network[..]) != but), row?)?;
        Some(Scatter { network, row: row? })
    };
    let without: BTreeMap<&str, Option<Scatter>> =
        networks.iter().map(|network| (*network, scatter(Some(network)))).collect();
    let entry = |tried: &Tried| {
        let row = tried.trial.row;
        let interval = |scatter: Scatter| {
            let factor = (HALF_WIDTH * tried.deviation(scatter)).exp();
            [tried.predicted_us / factor, tried.predicted_us * factor]
        };
        LeftOut {
            line: row.line,
            model: row.model.clone(),
            network: tried.trial.network.clone(),
            operations: tried.trial.graph.ops().len(),
            is_chain: tried.trial.is_chain(),
            interface: row.interface.clone(),
            metric: row.metric,
            measured_us: row.ms * 1e3,
            predicted_us: tried.predicted_us,
            interval_us: without[&tried.trial.network[..]].map(interval),
        }
    };
    (tried.iter().map(entry).collect(), scatter(None))
}

/// Returns the prediction of a row by a fit that has not seen its network; `None` if its stages can't be judged.
fn predict<'t>(trial: &'t Trial, joint: &Joint, base: Option<&EdgeTpu>) -> Option<Tried<'t>> {
    let time = |coefficients: &BTreeMap<Key, Estimate>| -> Option<f64> {
        // What other networks do not tell may come out beyond all bounds.
        let device = devices(base, &joint.sized, coefficients).into_iter().nth(trial.device)?.in_range();
        let problem = Problem {
            graph: trial.graph,
            stages: trial.stages,
            device,
            objective: Objective::Latency,
            rules: Rules::Precedence,
        };
        let evaluation = verify(&problem, &trial.schedule).ok()?;
        Some(
            match trial.row.metric {
                Metric::Latency => evaluation.stages.iter().map(StageCost::latency).sum(),
                Metric::Single | Metric::Interval => evaluation.bottleneck,
            }
            .as_us(),
        )
        .filter(|us| *us > 0.0)
    };
    let predicted_us = time(&joint.coefficients)?;
    let gradient = gradient(&joint.coefficients, joint.covariance.keys(), |coefficients| {
        Some(vec![time(coefficients)?.ln()])
    })?;
    let variance = joint.covariance.of_sum(&gradient);
    Some(Tried { trial, predicted_us, variance })
}

/// Returns the relative deviation of networks for which intervals hold nine of ten; chains of equal layers, which are often
/// alone in telling a coefficient, count only where there are too few other networks.
fn of_networks<'t>(tried: impl Iterator<Item = &'t Tried<'t>>, row: f64) -> Option<f64> {
    let all: Vec<&Tried> = tried.collect();
    let used = all.iter().copied().filter(|tried| !tried.trial.is_chain());
    holding_nine_of_ten(used, row).or_else(|| holding_nine_of_ten(all.iter().copied(), row))
}

/// Returns the least relative standard deviation of networks for which 90 % intervals hold 90 % of single devices'
/// times, each network counting as one; `None` if there are too few networks.
fn holding_nine_of_ten<'t>(tried: impl Iterator<Item = &'t Tried<'t>>, row: f64) -> Option<f64> {
    let singles: Vec<&Tried> = tried.filter(|tried| tried.trial.row.metric == Metric::Single).collect();
    let mut rows: BTreeMap<&str, f64> = BTreeMap::new();
    singles.iter().for_each(|tried| *rows.entry(&tried.trial.network[..]).or_default() += 1.0);
    if rows.len() < FEWEST_NETWORKS {
        return None;
    }
    let holds = |network: f64| {
        let scatter = Scatter { network, row };
        let held =
            singles.iter().filter(|tried| tried.error().abs() <= HALF_WIDTH * tried.deviation(scatter));
        held.map(|tried| 1.0 / rows[&tried.trial.network[..]]).sum::<f64>()
            >= SHARE * rows.len() as f64 - 1e-9
    };
    let tried: Vec<f64> = (0..=STEPS).map(|step| f64::from(step) / f64::from(STEPS)).collect();
    Some(tried[tried.partition_point(|network| !holds(*network)).min(STEPS as usize)])
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::super::calibrate;
    use super::super::described::described;
    use super::super::measurements::read;
    use super::*;
    use crate::base::statistics::mean;
    use crate::problem::{Schedule, StageId};

    /// Returns about a standard normal number.
    fn normal(random: &mut ChaCha8Rng) -> f64 {
        (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0
    }

    /// Times of `count` networks of several models each on a host unlike every preset. Each network's times are off by
    /// `network`, and each row's by another `row`.
    fn times(count: u32, network: f64, row: f64, seed: u64) -> String {
        let host =
            EdgeTpu { invoke_us: 900.0, us_per_gmac: 1100.0, input_us_per_mib: 5000.0, ..EdgeTpu::usb3() };
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut text = String::from("model,input,value_ms\n");
        for number in 1..=count {
            let (layers, window) = (1 + number % 8, 1 + 2 * (number / 8 % 3));
            let of_network = network * normal(&mut random);
            for filters in [20, 70, 200, 400] {
                let (model, input) = (format!("conv{layers}x{window}x{window}_F{filters}"), "64x64x16");
                let graph = described(&model, input).unwrap();
                let problem = Problem {
                    graph: &graph,
                    stages: 1,
                    device: host.clone(),
                    objective: Objective::Latency,
                    rules: Rules::Coral,
                };
                let whole = Schedule { stage_of: vec![StageId(0); graph.ops().len()] };
                let time = verify(&problem, &whole).unwrap().bottleneck.as_us() / 1e3;
                let time = time * (of_network + row * normal(&mut random)).exp();
                text.push_str(&format!("{model},{input},{time}\n"));
            }
        }
        text
    }

    #[test]
    fn intervals_hold_nine_of_ten_networks_and_errors_are_found_again() {
        for (network, row) in [(0.2, 0.03), (0.05, 0.05)] {
            let (mut held, mut rows, mut sizes) = (0, 0, Vec::new());
            for seed in 0..4 {
                let text = times(24, network, row, seed);
                let found =
                    calibrate(&read(&text).unwrap(), Some(&EdgeTpu::usb3()), &|_| Err("no file".into()))
                        .unwrap();
                let scatter = found.scatter.unwrap();
                assert!((0.5..1.6).contains(&(scatter.row / row)), "{row}: {scatter:?}");
                let whole = |scatter: Scatter| (scatter.network.powi(2) + scatter.row.powi(2)).sqrt();
                sizes.push(whole(scatter) / whole(Scatter { network, row }));
                rows += found.left_out.len();
                held += (found.left_out.iter())
                    .filter(|row| {
                        row.interval_us.is_some_and(|[low, high]| (low..=high).contains(&row.measured_us))
                    })
                    .count();
                assert_eq!(found.left_out.len(), 96);
            }
            let (share, size) = (held as f64 / rows as f64, mean(sizes.iter().copied()));
            assert!((0.83..=0.96).contains(&share), "{network} {row}: {share}");
            assert!((0.7..1.4).contains(&size), "{network} {row}: {sizes:?}");
        }
    }

    #[test]
    fn few_networks_tell_nothing_of_others() {
        let text = times(4, 0.1, 0.05, 0);
        let base = EdgeTpu { uncertainty: None, ..EdgeTpu::usb3() };
        let found = calibrate(&read(&text).unwrap(), Some(&base), &|_| Err("no file".into())).unwrap();
        assert_eq!((found.left_out.len(), found.scatter), (16, None));
        assert!(found.left_out.iter().all(|row| row.interval_us.is_none()));
        assert!(found.devices[0].uncertainty.is_none());
    }
}
