//! How sure the coefficients of a fit are, and which of them are wrong together.
//!
//! The rows of one network have a part of their errors in common: what the model leaves out of that network. A hundred
//! rows of one chain of layers tell less than a hundred networks would, and a coefficient that one network alone tells
//! is no surer than the model is of networks. So the covariance is that of a linear model with two errors, one of each
//! row and one of each network, of least squares of which some equations take coefficients as others tell them.

use std::collections::BTreeMap;

use nalgebra::{DMatrix, DVector};

use super::fit::{Best, Equation, Estimate};

/// The weight of what is known of a coefficient before any row: that it is right within a factor of e or so. It decides
/// only what rows do not tell, and keeps what they can't tell apart from being told for sure.
const PRIOR: f64 = 0.0025;

/// The relative standard deviations of the errors of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scatter {
    /// The error that is common to the rows of one network.
    pub network: f64,
    /// The error of one row beside that.
    pub row: f64,
}

/// The relative covariances of coefficients, which are those of their logarithms for small errors.
#[derive(Clone, Debug)]
pub struct Covariance<K> {
    keys: Vec<K>,
    /// The covariance for a [`Scatter::row`] of 1, for a [`Scatter::network`] of 1, and what is added to both.
    row: DMatrix<f64>,
    network: DMatrix<f64>,
    prior: DMatrix<f64>,
}

impl<K: Ord + Clone> Covariance<K> {
    /// Returns the covariance of the coefficients that fit `equations` best. Coefficients of zero have none.
    ///
    /// Complexity: linear in the equations times the square of the coefficients, and the cube of these.
    pub fn of(equations: &[Equation<K>], best: &Best<K>) -> Covariance<K> {
        let coefficients = &best.coefficients;
        let is_told = |(key, estimate): (&K, &Estimate)| (estimate.value > 0.0).then(|| key.clone());
        let keys: Vec<K> = coefficients.iter().filter_map(is_told).collect();
        let count = keys.len();
        let part = |key: &K, factors: &BTreeMap<K, f64>, equation: &Equation<K>| {
            let factor = factors.get(key).copied().unwrap_or(0.0);
            factor * coefficients[key].value / (equation.sum * equation.slack)
        };
        // What the fit asks of an equation, and what the equation says of all coefficients, are two things where it
        // takes some as known.
        let (mut asked, mut square) = (DMatrix::zeros(count, count), DMatrix::zeros(count, count));
        let mut networks: BTreeMap<&str, DVector<f64>> = BTreeMap::new();
        for (equation, weight) in equations.iter().zip(&best.weights) {
            let fitted = DVector::from_iterator(
                count,
                keys.iter().map(|key| weight * part(key, &equation.terms, equation)),
            );
            let all = DVector::from_iterator(
                count,
                keys.iter()
                    .map(|key| part(key, &equation.terms, equation) + part(key, &equation.taken, equation)),
            );
            asked += &fitted * all.transpose();
            square += &fitted * fitted.transpose();
            if !equation.network.is_empty() {
                let sum = networks.entry(&equation.network).or_insert_with(|| DVector::zeros(count));
                *sum += fitted / equation.slack;
            }
        }
        let between = networks
            .values()
            .fold(DMatrix::zeros(count, count), |sum, score| sum + score * score.transpose());
        let prior = DMatrix::identity(count, count) * PRIOR;
        // Where numbers are so odd that there is no inverse, nothing is told but what was known before.
        let inverse =
            (asked + &prior).try_inverse().unwrap_or_else(|| DMatrix::identity(count, count) / PRIOR);
        let around = |middle: &DMatrix<f64>| &inverse * middle * inverse.transpose();
        Covariance {
            row: around(&square),
            network: around(&between),
            prior: around(&(&prior * &prior)),
            keys,
        }
    }

    /// Returns the coefficients, in the order of the matrix.
    pub fn keys(&self) -> &[K] {
        &self.keys
    }

    /// Returns the relative covariance for errors of rows of the size `scatter`.
    pub fn relative(&self, scatter: Scatter) -> DMatrix<f64> {
        &self.row * scatter.row.powi(2) + &self.network * scatter.network.powi(2) + &self.prior
    }

    /// Returns the variance of a sum whose derivatives by the coefficients' logarithms are `gradient`, a row: for a
    /// [`Scatter::row`] of 1, for a [`Scatter::network`] of 1, and what is added to both.
    pub fn of_sum(&self, gradient: &DMatrix<f64>) -> [f64; 3] {
        [&self.row, &self.network, &self.prior]
            .map(|part| (gradient * part * gradient.transpose()).sum().max(0.0))
    }

    /// Returns the relative standard deviation of each coefficient that has one.
    pub fn deviations(&self, scatter: Scatter) -> BTreeMap<K, f64> {
        let variances = self.relative(scatter).diagonal();
        self.keys.iter().cloned().zip(variances.iter().map(|variance| variance.max(0.0).sqrt())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fit::fit;
    use super::*;

    /// Twenty networks of `rows` rows each; `network` and `row` make the errors.
    fn equations(networks: u32, rows: u32) -> Vec<Equation<&'static str>> {
        let row = |network: u32, row: u32| Equation {
            network: format!("n{network}"),
            terms: BTreeMap::from([("a", 1.0), ("b", f64::from(1 + (network * 7 + row * 3) % 10))]),
            taken: BTreeMap::new(),
            known: 0.0,
            sum: 2.0 + f64::from(1 + (network * 7 + row * 3) % 10),
            slack: 1.0,
        };
        (0..networks).flat_map(|network| (0..rows).map(move |number| row(network, number))).collect()
    }

    fn deviation(networks: u32, rows: u32, scatter: Scatter) -> f64 {
        let equations = equations(networks, rows);
        let best = fit(&equations);
        Covariance::of(&equations, &best).deviations(scatter)["b"]
    }

    #[test]
    fn rows_of_one_network_tell_less_than_networks() {
        let scatter = Scatter { network: 0.1, row: 0.02 };
        let [few, many, rows] = [(5, 4), (20, 4), (5, 16)].map(|(n, rows)| deviation(n, rows, scatter));
        assert!((1.8..2.2).contains(&(few / many)), "{few} {many}");
        assert!(rows > 0.8 * few, "more rows of the same networks: {few} {rows}");
        assert!((0.05..0.2).contains(&deviation(1, 50, scatter)), "no surer than of one network");
        let only_rows = Scatter { network: 0.0, row: 0.02 };
        assert!(deviation(5, 16, only_rows) < 0.6 * deviation(5, 4, only_rows));
    }

    #[test]
    fn what_cannot_be_told_apart_is_not_sure() {
        let mut equations = equations(4, 4);
        equations.iter_mut().for_each(|equation| equation.terms = BTreeMap::from([("a", 1.0), ("b", 1.0)]));
        let best = fit(&equations);
        let covariance = Covariance::of(&equations, &best);
        let deviations = covariance.deviations(Scatter { network: 0.01, row: 0.01 });
        assert!(deviations.values().all(|deviation| *deviation > 0.5), "{deviations:?}");
    }

    #[test]
    fn a_coefficient_that_is_taken_brings_its_doubt_along() {
        let told: Vec<_> = equations(4, 4)
            .into_iter()
            .map(|equation| Equation { terms: BTreeMap::from([("a", equation.sum)]), ..equation })
            .collect();
        let taking: Vec<_> = equations(4, 4)
            .into_iter()
            .enumerate()
            .map(|(place, equation)| Equation {
                network: format!("m{place}"),
                terms: BTreeMap::from([("b", 0.2 * equation.sum)]),
                taken: BTreeMap::from([("a", 0.8 * equation.sum)]),
                known: 0.8 * equation.sum,
                ..equation
            })
            .collect();
        let all = [told, taking].concat();
        let scatter = Scatter { network: 0.1, row: 0.0 };
        let deviations = Covariance::of(&all, &fit(&all)).deviations(scatter);
        // Four networks tell `a` within 5 %, of which `b` is a fifth; sixteen more tell `b` within 0.1 / 0.2 / 4.
        assert!((deviations["a"] - 0.05).abs() < 0.005, "{deviations:?}");
        assert!(
            (deviations["b"] - (0.2f64.powi(2) + 0.125f64.powi(2)).sqrt()).abs() < 0.02,
            "{deviations:?}"
        );
    }
}
