//! Least squares on relative errors, robust against outliers, with no coefficient below zero.
//!
//! Huber's weights are found by iteration: a row whose error is beyond 1.345 standard deviations, which are estimated
//! from the median error, counts the less the further it is off. No part of a stage takes less than no time: a coefficient
//! that comes out negative is left out and the rest fitted anew. How sure the coefficients are is told by
//! the covariance of the joint fit.

use std::collections::BTreeMap;

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use crate::base::statistics::{DEVIATIONS, median};

/// The error from which on a row loses weight, in standard deviations: Huber's choice, 95 % efficient for normal
/// errors.
const HUBER: f64 = 1.345;
const ROUNDS: usize = 60;
/// The relative size of an eigenvalue below which coefficients can't be told apart.
const PRECISION: f64 = 1e-12;
/// The most steps of one decomposition: far more than any takes.
const MOST_STEPS: usize = 100_000;
/// The relative change of the coefficients at which iteration ends.
const SETTLED: f64 = 1e-9;

/// A measurement as an equation: the factor of each coefficient, the part of the sum that is known, and the sum.
#[derive(Clone, Debug)]
pub struct Equation<K> {
    /// The measured network, whose rows have a part of their errors in common; empty for what was not measured.
    pub network: String,
    /// The factors, at most one for each coefficient.
    pub terms: BTreeMap<K, f64>,
    /// The factors of the coefficients that are not asked for, as other equations tell them.
    pub taken: BTreeMap<K, f64>,
    /// The part of the sum that is known: `taken` times their coefficients.
    pub known: f64,
    /// The measured sum, above zero.
    pub sum: f64,
    /// The tolerated error of the sum, in units of a plain row's: 1 for a plain row, whose relative error counts.
    pub slack: f64,
}

/// The estimate of a coefficient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The coefficient's value.
    pub value: f64,
    /// The half-width of the value's 95 % interval; none if it is not known, as for a coefficient that was left out for
    /// being negative.
    pub margin: Option<f64>,
    /// The number of equations with the coefficient.
    pub rows: usize,
}

impl<K: Ord> Equation<K> {
    /// Returns the sum that `coefficients` predict; `None` if a coefficient is missing.
    pub fn predict(&self, coefficients: &BTreeMap<K, Estimate>) -> Option<f64> {
        let parts = self.terms.iter().map(|(key, factor)| Some(factor * coefficients.get(key)?.value));
        parts.sum::<Option<f64>>().map(|sum| self.known + sum)
    }
}

/// The coefficients that fit some equations best, without their margins.
#[derive(Clone, Debug)]
pub struct Best<K> {
    /// The estimate of each coefficient.
    pub coefficients: BTreeMap<K, Estimate>,
    /// The weight of each equation, from 0 to 1: the less, the further off it is.
    pub weights: Vec<f64>,
}

/// Returns the coefficients that fit `equations` best.
///
/// Complexity: for each of a fixed number of rounds, and for each coefficient left out, linear in the equations times
/// the square of the coefficients, and the cube of these.
pub fn fit<K: Ord + Clone>(equations: &[Equation<K>]) -> Best<K> {
    let mut rows: BTreeMap<K, usize> = BTreeMap::new();
    for (key, factor) in equations.iter().flat_map(|equation| &equation.terms) {
        *rows.entry(key.clone()).or_default() += usize::from(*factor != 0.0);
    }
    rows.retain(|_, count| *count > 0);
    let mut kept: Vec<K> = rows.keys().cloned().collect();
    loop {
        let (values, weights) = solve(equations, &kept);
        let lowest = (0..kept.len()).filter(|&place| values[place] < 0.0);
        // Compared by their parts of the sums, as coefficients have different units.
        let share = |place: usize| values[place] / scale(equations, &kept[place]);
        match lowest.min_by(|&a, &b| share(a).total_cmp(&share(b))) {
            Some(place) => drop(kept.remove(place)),
            None => {
                let estimate = |(key, rows): (&K, &usize)| {
                    let place = kept.iter().position(|kept| kept == key);
                    let value = place.map_or(0.0, |place| values[place]);
                    (key.clone(), Estimate { value, margin: None, rows: *rows })
                };
                return Best { coefficients: rows.iter().map(estimate).collect(), weights };
            }
        }
    }
}

/// Returns the factor that brings the column of a coefficient to unit length.
fn scale<K: Ord>(equations: &[Equation<K>], key: &K) -> f64 {
    let parts = equations.iter().filter_map(|equation| Some(equation.terms.get(key)? * weight(equation)));
    1.0 / parts.map(|part| part * part).sum::<f64>().sqrt().max(f64::MIN_POSITIVE)
}

fn weight<K>(equation: &Equation<K>) -> f64 {
    1.0 / (equation.sum * equation.slack)
}

/// Returns the values of the `kept` coefficients, and the weights of the equations.
fn solve<K: Ord>(equations: &[Equation<K>], kept: &[K]) -> (Vec<f64>, Vec<f64>) {
    if kept.is_empty() || equations.is_empty() {
        return (vec![0.0; kept.len()], vec![1.0; equations.len()]);
    }
    let scales: Vec<f64> = kept.iter().map(|key| scale(equations, key)).collect();
    let entry = |row: usize, column: usize| {
        let factor = equations[row].terms.get(&kept[column]).copied().unwrap_or(0.0);
        factor * scales[column] * weight(&equations[row])
    };
    let matrix = DMatrix::from_fn(equations.len(), kept.len(), entry);
    let known = |row: usize, _| (equations[row].sum - equations[row].known) * weight(&equations[row]);
    let target = DVector::from_fn(equations.len(), known);
    let mut weights = DVector::from_element(equations.len(), 1.0);
    let mut values = DVector::zeros(kept.len());
    for _ in 0..ROUNDS {
        let mut weighted = matrix.clone();
        weighted.column_iter_mut().for_each(|mut column| column.component_mul_assign(&weights));
        let Some(solved) = least(weighted.tr_mul(&matrix), weighted.tr_mul(&target)) else { break };
        let is_settled = (&solved - &values).amax() <= SETTLED * solved.amax();
        values = solved;
        if is_settled {
            break;
        }
        let errors = (&target - &matrix * &values).abs();
        let deviation = (DEVIATIONS * median(errors.iter().copied())).max(1e-9);
        weights = errors.map(|error| (HUBER * deviation / error.max(f64::MIN_POSITIVE)).min(1.0));
    }
    let values = values.iter().zip(&scales).map(|(value, scale)| value * scale).collect();
    (values, weights.iter().copied().collect())
}

/// Returns the shortest of the vectors that `normal` takes nearest to `aim`; `None` if numbers are too odd to tell.
fn least(normal: DMatrix<f64>, aim: DVector<f64>) -> Option<DVector<f64>> {
    let parts = SymmetricEigen::try_new(normal, f64::EPSILON, MOST_STEPS)?;
    let smallest = parts.eigenvalues.amax() * PRECISION;
    let shares = parts
        .eigenvectors
        .tr_mul(&aim)
        .zip_map(&parts.eigenvalues, |share, value| if value > smallest { share / value } else { 0.0 });
    Some(&parts.eigenvectors * shares)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn equation(a: f64, b: f64, sum: f64) -> Equation<&'static str> {
        let terms = BTreeMap::from([("a", a), ("b", b)]);
        Equation { network: String::new(), terms, taken: BTreeMap::new(), known: 0.0, sum, slack: 1.0 }
    }

    #[test]
    fn an_outlier_counts_little() {
        let mut equations: Vec<_> = (1..40u32)
            .map(|n| {
                let (x, noise) = (f64::from(n), 1.0 + 0.01 * f64::from(n % 3) - 0.01);
                equation(1.0, x, (5.0 + 2.0 * x) * noise)
            })
            .collect();
        equations.push(equation(1.0, 20.0, 450.0));
        let fitted = fit(&equations).coefficients;
        let (a, b) = (fitted["a"], fitted["b"]);
        assert!((a.value - 5.0).abs() < 0.2 && (b.value - 2.0).abs() < 0.02, "{fitted:?}");
        assert!(a.rows == 40, "{fitted:?}");
    }

    #[test]
    fn nothing_takes_less_than_no_time() {
        let equations: Vec<_> = (1..9u32).map(f64::from).map(|x| equation(1.0, x, 10.0 - x)).collect();
        let fitted = fit(&equations).coefficients;
        assert_eq!(fitted["b"].value, 0.0);
        assert!(fitted["a"].value > 1.0);
    }

    #[test]
    fn what_cannot_be_told_apart_is_shared() {
        let fitted = fit(&[equation(1.0, 1.0, 4.0), equation(2.0, 2.0, 8.0)]).coefficients;
        assert!((fitted["a"].value + fitted["b"].value - 4.0).abs() < 1e-6);
        assert!(fit::<&str>(&[]).coefficients.is_empty());
    }
}
