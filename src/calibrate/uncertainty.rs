//! How sure the figures of fitted devices are.

use std::collections::BTreeMap;

use nalgebra::DMatrix;

use super::covariance::Scatter;
use super::devices::{devices, links};
use super::fit::Estimate;
use super::joint::Joint;
use super::parts::Key;
use crate::device::EdgeTpu;
use crate::device::uncertainty::Uncertainty;

/// The relative change of a coefficient by which its effect is found.
const STEP: f64 = 1e-3;
/// The relative standard deviation of a figure that is taken over from another link: the rates of the links that are
/// known of both differ by that.
const BORROWED: f64 = 0.3;

/// Returns the derivatives of `of`'s values by the logarithms of the coefficients `keys`: a row each; `None` if `of`
/// has no values.
pub(super) fn gradient(
    coefficients: &BTreeMap<Key, Estimate>,
    keys: &[Key],
    of: impl Fn(&BTreeMap<Key, Estimate>) -> Option<Vec<f64>>,
) -> Option<DMatrix<f64>> {
    let before = of(coefficients)?;
    let mut changed = coefficients.clone();
    let mut gradient = DMatrix::zeros(before.len(), keys.len());
    for (place, key) in keys.iter().enumerate() {
        let estimate = changed.insert(key.clone(), coefficients[key]);
        let value = coefficients[key].value * (1.0 + STEP);
        changed.insert(key.clone(), Estimate { value, ..coefficients[key] });
        let after = of(&changed)?;
        changed.insert(key.clone(), estimate?);
        for (row, (after, before)) in after.iter().zip(&before).enumerate() {
            gradient[(row, place)] = (after - before) / STEP.ln_1p();
        }
    }
    Some(gradient)
}

/// Returns the uncertainty of each of the fitted `devices`, in their order.
pub(super) fn uncertainties(
    joint: &Joint,
    base: Option<&EdgeTpu>,
    scatter: Scatter,
) -> Vec<Option<Uncertainty>> {
    let keys = joint.covariance.keys();
    let of = |(place, link): (usize, &&'static str)| {
        let logs = |coefficients: &BTreeMap<Key, Estimate>| {
            let device = devices(base, &joint.sized, coefficients).into_iter().nth(place)?;
            Some(device.values().into_iter().map(|value| value.max(f64::MIN_POSITIVE).ln()).collect())
        };
        let gradient = gradient(&joint.coefficients, keys, logs)?;
        let mut covariance = &gradient * joint.covariance.relative(scatter) * gradient.transpose();
        let names = joint.sized.names();
        for row in 0..names.len() {
            let is_borrowed = |(column, key): (usize, &Key)| {
                matches!(key, Key::Link(of, _) if of != link) && gradient[(row, column)] != 0.0
            };
            if keys.iter().enumerate().any(is_borrowed) {
                covariance[(row, row)] += BORROWED * BORROWED;
            }
        }
        Some(Uncertainty::of(scatter.network, scatter.row, &names, &covariance))
    };
    links(base).iter().enumerate().map(of).collect()
}
