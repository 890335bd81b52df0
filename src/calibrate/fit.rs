//! Least squares on relative errors, robust against outliers, with no coefficient below zero.
//!
//! Huber's weights are found by iteration: a row whose error is beyond 1.345 standard deviations, which are estimated
//! from the median error, counts the less the further it is off. No part of a stage takes less than no time: a coefficient
//! that comes out negative is left out and the rest fitted anew. Intervals are those of the weighted linear model.

use std::collections::BTreeMap;

use nalgebra::{DMatrix, DVector};

use crate::base::statistics::median;

/// The error from which on a row loses weight, in standard deviations: Huber's choice, 95 % efficient for normal
/// errors.
const HUBER: f64 = 1.345;
/// The standard deviation of a normal distribution over its median absolute deviation.
const DEVIATIONS: f64 = 1.4826;
/// The half-width of a 95 % interval, in standard errors.
const INTERVAL: f64 = 1.96;
const ROUNDS: usize = 60;
/// The relative size below which a singular value decomposition takes a number for zero: nalgebra's own choice.
const PRECISION: f64 = 5.0 * f64::EPSILON;
/// The most steps of one decomposition: far more than any takes.
const MOST_STEPS: usize = 100_000;
/// The relative change of the coefficients at which iteration ends.
const SETTLED: f64 = 1e-9;

/// A measurement as an equation: the factor of each coefficient, the part of the sum that is known, and the sum.
#[derive(Clone, Debug)]
pub struct Equation<K> {
    /// The factors, at most one for each coefficient.
    pub terms: BTreeMap<K, f64>,
    /// The part of the sum that is known.
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
    /// The half-width of the value's 95 % interval; none if the coefficient was left out for being negative.
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

/// Returns the coefficients that fit `equations` best.
///
/// Complexity: a singular value decomposition for each of a fixed number of rounds, and for each coefficient left out.
pub fn fit<K: Ord + Clone>(equations: &[Equation<K>]) -> BTreeMap<K, Estimate> {
    let mut rows: BTreeMap<K, usize> = BTreeMap::new();
    for (key, factor) in equations.iter().flat_map(|equation| &equation.terms) {
        *rows.entry(key.clone()).or_default() += usize::from(*factor != 0.0);
    }
    rows.retain(|_, count| *count > 0);
    let mut kept: Vec<K> = rows.keys().cloned().collect();
    loop {
        let (values, margins) = solve(equations, &kept);
        let lowest = (0..kept.len()).filter(|&place| values[place] < 0.0);
        // Compared by their parts of the sums, as coefficients have different units.
        let share = |place: usize| values[place] / scale(equations, &kept[place]);
        match lowest.min_by(|&a, &b| share(a).total_cmp(&share(b))) {
            Some(place) => drop(kept.remove(place)),
            None => {
                let estimate = |(key, rows): (&K, &usize)| {
                    let place = kept.iter().position(|kept| kept == key);
                    let value = place.map_or(0.0, |place| values[place]);
                    (key.clone(), Estimate { value, margin: place.map(|place| margins[place]), rows: *rows })
                };
                return rows.iter().map(estimate).collect();
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

/// Returns the values of the `kept` coefficients, and the half-widths of their intervals.
fn solve<K: Ord>(equations: &[Equation<K>], kept: &[K]) -> (Vec<f64>, Vec<f64>) {
    if kept.is_empty() || equations.is_empty() {
        return (vec![0.0; kept.len()], vec![0.0; kept.len()]);
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
        let root = weights.map(f64::sqrt);
        let mut weighted = matrix.clone();
        weighted.column_iter_mut().for_each(|mut column| column.component_mul_assign(&root));
        let decomposed = weighted.try_svd(true, true, PRECISION, MOST_STEPS);
        let aim = target.component_mul(&root);
        let Some(solved) = decomposed.and_then(|decomposed| decomposed.solve(&aim, 1e-10).ok()) else {
            break;
        };
        let is_settled = (&solved - &values).amax() <= SETTLED * solved.amax();
        values = solved;
        if is_settled {
            break;
        }
        let errors = (&target - &matrix * &values).abs();
        let deviation = (DEVIATIONS * median(errors.iter().copied())).max(1e-9);
        weights = errors.map(|error| (HUBER * deviation / error.max(f64::MIN_POSITIVE)).min(1.0));
    }
    let margins = margins(&matrix, &target, &values, &weights);
    let unscale =
        |numbers: &DVector<f64>| numbers.iter().zip(&scales).map(|(number, scale)| number * scale).collect();
    (unscale(&values), unscale(&margins))
}

fn margins(
    matrix: &DMatrix<f64>,
    target: &DVector<f64>,
    values: &DVector<f64>,
    weights: &DVector<f64>,
) -> DVector<f64> {
    let errors = target - matrix * values;
    let squares: f64 = errors.iter().zip(weights).map(|(error, weight)| weight * error * error).sum();
    let freedom = (matrix.nrows() as f64 - matrix.ncols() as f64).max(1.0);
    let mut weighted = matrix.clone();
    weighted.column_iter_mut().for_each(|mut column| column.component_mul_assign(weights));
    let normal = matrix.transpose() * weighted;
    let covariance =
        normal.pseudo_inverse(1e-12).unwrap_or_else(|_| DMatrix::zeros(values.len(), values.len()));
    covariance.diagonal().map(|variance| INTERVAL * (variance.max(0.0) * squares / freedom).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn equation(a: f64, b: f64, sum: f64) -> Equation<&'static str> {
        Equation { terms: BTreeMap::from([("a", a), ("b", b)]), known: 0.0, sum, slack: 1.0 }
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
        let fitted = fit(&equations);
        let (a, b) = (fitted["a"], fitted["b"]);
        assert!((a.value - 5.0).abs() < 0.2 && (b.value - 2.0).abs() < 0.02, "{fitted:?}");
        assert!((5.0 - a.value).abs() < a.margin.unwrap() && a.rows == 40, "{fitted:?}");
    }

    #[test]
    fn nothing_takes_less_than_no_time() {
        let equations: Vec<_> = (1..9u32).map(f64::from).map(|x| equation(1.0, x, 10.0 - x)).collect();
        let fitted = fit(&equations);
        assert_eq!((fitted["b"].value, fitted["b"].margin), (0.0, None));
        assert!(fitted["a"].value > 1.0);
    }

    #[test]
    fn what_cannot_be_told_apart_is_shared() {
        let fitted = fit(&[equation(1.0, 1.0, 4.0), equation(2.0, 2.0, 8.0)]);
        assert!((fitted["a"].value + fitted["b"].value - 4.0).abs() < 1e-6);
        assert!(fit::<&str>(&[]).is_empty());
    }
}
