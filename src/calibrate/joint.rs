//! The fit of single devices and pipelines together.

use std::collections::BTreeMap;

use super::cache;
use super::covariance::{Covariance, Scatter};
use super::equations::{Fitted, alike, pipeline_equation, prior, single_equation};
use super::fit::{Equation, Estimate, fit};
use super::measurements::Metric;
use super::parts::Key;
use crate::base::statistics::{DEVIATIONS, median};
use crate::device::EdgeTpu;

/// The most rounds of fitting pipelines with what single devices tell.
const ROUNDS: usize = 16;
/// The relative change of the coefficients at which the rounds end.
const SETTLED: f64 = 1e-5;
/// The fewest rows of a network and a metric that tell how rows of one network scatter.
const FEWEST_ROWS: usize = 3;
/// The half-width of a 95 % interval, in standard errors.
const INTERVAL: f64 = 1.96;

/// Coefficients that were fitted to some rows, and how sure they are.
pub(super) struct Joint {
    /// The device that the rows' amounts are for: figures that no row tells are its own.
    pub sized: EdgeTpu,
    /// The estimate of every coefficient.
    pub coefficients: BTreeMap<Key, Estimate>,
    /// The covariance of the coefficients.
    pub covariance: Covariance<Key>,
}

impl Joint {
    /// Fits coefficients to `rows`, of the host of `base` or published ones.
    pub fn of(rows: &[&Fitted], base: Option<&EdgeTpu>) -> Joint {
        let first = base.cloned().unwrap_or_else(EdgeTpu::pcie);
        let alone = rows.iter().filter(|entry| entry.row.metric == Metric::Single);
        let cache_bytes = cache::fit(alone.flat_map(|entry| entry.reported)).unwrap_or(first.cache_bytes);
        let sized = EdgeTpu { cache_bytes, uncertainty: None, ..first };
        let mut coefficients = BTreeMap::new();
        let mut told: Vec<Equation<Key>> = Vec::new();
        let mut best = fit(&told);
        for _ in 0..ROUNDS {
            told = rows.iter().filter_map(|entry| single_equation(entry, &sized, &coefficients)).collect();
            told.extend(base.into_iter().flat_map(prior));
            told.extend(alike(&coefficients));
            // In the first round, nothing is known that pipelines could take.
            told.extend(rows.iter().filter_map(|entry| pipeline_equation(entry, &sized, &coefficients)));
            best = fit(&told);
            let is_settled = is_settled(&coefficients, &best.coefficients);
            coefficients.clone_from(&best.coefficients);
            if is_settled {
                break;
            }
        }
        let covariance = Covariance::of(&told, &best);
        Joint { sized, coefficients, covariance }
    }

    /// Returns the relative standard deviation of the errors of rows around those of their network, of `rows` that
    /// were fitted to; `None` if too few rows share a network.
    pub fn scatter_of_rows(&self, rows: &[&Fitted]) -> Option<f64> {
        let mut errors: BTreeMap<(String, Metric), Vec<f64>> = BTreeMap::new();
        for row in rows {
            if let Some(predicted) = row.predict(&self.sized, &self.coefficients) {
                let error = predicted / (row.row.ms * 1e3) - 1.0;
                errors.entry((row.network(), row.row.metric)).or_default().push(error);
            }
        }
        errors.retain(|_, errors| errors.len() >= FEWEST_ROWS);
        let around = |errors: &Vec<f64>| -> Vec<f64> {
            let middle = median(errors.iter().copied());
            errors.iter().map(|error| (error - middle).abs()).collect()
        };
        let scattered: Vec<f64> = errors.values().flat_map(around).collect();
        (!scattered.is_empty()).then(|| DEVIATIONS * median(scattered.into_iter()))
    }

    /// Gives every coefficient that is sure to some extent its margin, for errors of the size `scatter`.
    pub fn with_margins(&self, scatter: Scatter) -> BTreeMap<Key, Estimate> {
        let deviations = self.covariance.deviations(scatter);
        let with = |(key, estimate): (&Key, &Estimate)| {
            let margin = deviations.get(key).map(|deviation| INTERVAL * deviation * estimate.value);
            (key.clone(), Estimate { margin, ..*estimate })
        };
        self.coefficients.iter().map(with).collect()
    }
}

/// Returns whether coefficients are the same but for rounding.
fn is_settled(before: &BTreeMap<Key, Estimate>, after: &BTreeMap<Key, Estimate>) -> bool {
    let is_near = |(key, now): (&Key, &Estimate)| {
        before.get(key).is_some_and(|then| (now.value - then.value).abs() <= SETTLED * now.value)
    };
    after.iter().all(is_near)
}
