//! The choice of measurements that tell coefficients best.
//!
//! A measured time is a sum of parts, each an amount times a coefficient, and is off by some share of itself. So what it
//! tells of the coefficients' logarithms is the square of the vector of the parts' shares, and what several times tell is
//! the sum of such squares, the information. A choice is D-optimal if it has the largest determinant of the
//! information: the smallest volume of coefficients that the times leave possible.

use nalgebra::{DMatrix, DVector};

/// The information on each coefficient before any measurement: as of a time that is off ten times as much.
const PRIOR: f64 = 0.01;
/// The least factor on the determinant for which two measurements are exchanged.
const GAIN: f64 = 1.0 + 1e-9;

/// A measurement that may be made.
pub(super) struct Candidate {
    /// The share of each coefficient's part in the time.
    pub shares: DVector<f64>,
    /// The bytes that the measurement needs, of those that there are.
    pub bytes: u64,
}

/// The measurements chosen so far.
struct Choice<'c> {
    candidates: &'c [Candidate],
    chosen: Vec<usize>,
    /// The inverse of the information.
    inverse: DMatrix<f64>,
    bytes: u64,
}

/// Returns the places of at most `count` of the candidates, of at most `most_bytes` together, in rising order: first
/// the best next one each time, and then exchanges of one for another until none is for the better (Fedorov's).
///
/// Complexity: for each of the chosen, and for each exchange, the candidates times the chosen and the square of the
/// coefficients.
pub(super) fn choose(candidates: &[Candidate], count: usize, most_bytes: u64) -> Vec<usize> {
    let Some(first) = candidates.first() else { return Vec::new() };
    let size = first.shares.len();
    let mut choice =
        Choice { candidates, chosen: Vec::new(), inverse: DMatrix::identity(size, size) / PRIOR, bytes: 0 };
    while choice.chosen.len() < count {
        let Some(next) = choice.best_next(most_bytes) else { break };
        choice.add(next);
    }
    while let Some((place, other)) = choice.best_exchange(most_bytes) {
        let out = choice.chosen.remove(place);
        choice.update(out, -1.0);
        choice.add(other);
    }
    choice.chosen.sort_unstable();
    choice.chosen
}

/// Returns the standard error of each coefficient's logarithm after the `chosen` measurements, in standard deviations of
/// a time's relative error.
pub(super) fn standard_errors(candidates: &[Candidate], chosen: &[usize]) -> Vec<f64> {
    let size = candidates.first().map_or(0, |candidate| candidate.shares.len());
    let prior = DMatrix::identity(size, size) * PRIOR;
    let square = |place: &usize| &candidates[*place].shares * candidates[*place].shares.transpose();
    let information = chosen.iter().map(square).fold(prior, |sum, square| sum + square);
    let inverse = information.try_inverse().unwrap_or_else(|| DMatrix::identity(size, size) / PRIOR);
    inverse.diagonal().iter().map(|variance| variance.sqrt()).collect()
}

impl Choice<'_> {
    /// Returns what the measurements `one` and `other` say of the same, given those that are chosen.
    fn common(&self, one: usize, other: usize) -> f64 {
        (self.candidates[one].shares.transpose() * &self.inverse * &self.candidates[other].shares)[0]
    }

    /// Returns the candidates that are not chosen, and would be affordable if `without` bytes were not spent.
    fn free(&self, most_bytes: u64, without: u64) -> impl Iterator<Item = usize> {
        let affordable = most_bytes.saturating_sub(self.bytes - without);
        let is_free =
            move |place: &usize| !self.chosen.contains(place) && self.candidates[*place].bytes <= affordable;
        (0..self.candidates.len()).filter(is_free)
    }

    fn best_next(&self, most_bytes: u64) -> Option<usize> {
        self.free(most_bytes, 0).max_by(|&a, &b| self.common(a, a).total_cmp(&self.common(b, b)))
    }

    /// Returns the place among the chosen, and the candidate to take instead, that make the determinant grow most.
    fn best_exchange(&self, most_bytes: u64) -> Option<(usize, usize)> {
        let exchange = |(place, &out): (usize, &usize)| {
            let spent = self.candidates[out].bytes;
            let of_out = 1.0 - self.common(out, out);
            let factor =
                move |other| (1.0 + self.common(other, other)) * of_out + self.common(out, other).powi(2);
            self.free(most_bytes, spent).map(move |other| (factor(other), place, other))
        };
        let all = self.chosen.iter().enumerate().flat_map(exchange);
        let best = all.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|best| best.0 > GAIN);
        best.map(|(_, place, other)| (place, other))
    }

    fn add(&mut self, candidate: usize) {
        self.update(candidate, 1.0);
        self.chosen.push(candidate);
    }

    /// Adds the information of a candidate, or takes it away if `sign` is -1.
    fn update(&mut self, candidate: usize, sign: f64) {
        let told = &self.inverse * &self.candidates[candidate].shares;
        let factor = sign / (1.0 + sign * self.common(candidate, candidate));
        self.inverse -= factor * &told * told.transpose();
        let bytes = self.candidates[candidate].bytes;
        self.bytes = if sign > 0.0 { self.bytes + bytes } else { self.bytes - bytes };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(rows: &[[f64; 2]]) -> Vec<Candidate> {
        rows.iter().map(|row| Candidate { shares: DVector::from_row_slice(row), bytes: 10 }).collect()
    }

    #[test]
    fn the_chosen_have_the_largest_determinant() {
        let rows: Vec<[f64; 2]> = (0..12)
            .map(|n: u32| (f64::from(n * 7 % 12) / 11.0, f64::from(n % 5) / 4.0))
            .map(|(a, b)| [a, b])
            .collect();
        let all = candidates(&rows);
        let determinant = |chosen: &[usize]| {
            let [mut a, mut b, mut c] = [PRIOR, 0.0, PRIOR];
            for [x, y] in chosen.iter().map(|&place| rows[place]) {
                (a, b, c) = (a + x * x, b + x * y, c + y * y);
            }
            a * c - b * b
        };
        let mut best: f64 = 0.0;
        for set in 0..1u32 << 12 {
            let chosen: Vec<usize> = (0..12).filter(|place| set >> place & 1 == 1).collect();
            best = if chosen.len() == 4 { best.max(determinant(&chosen)) } else { best };
        }
        let chosen = choose(&all, 4, u64::MAX);
        assert_eq!(chosen.len(), 4);
        assert!(determinant(&chosen) > best * 0.999, "{} {best}", determinant(&chosen));
    }

    #[test]
    fn bytes_and_candidates_are_limits() {
        let all = candidates(&[[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]);
        assert_eq!(choose(&all, 9, u64::MAX), [0, 1, 2]);
        assert_eq!(choose(&all, 9, 29).len(), 2);
        assert_eq!(choose(&all, 9, 9), [0usize; 0]);
        assert_eq!(choose(&[], 9, u64::MAX), [0usize; 0]);
    }

    #[test]
    fn a_coefficient_is_the_surer_the_more_times_tell_it() {
        let all = candidates(&[[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]);
        let errors = standard_errors(&all, &[0, 1, 2, 3, 4]);
        assert!((errors[0] - 0.5).abs() < 0.01 && (errors[1] - 1.0).abs() < 0.01, "{errors:?}");
        assert!(standard_errors(&all, &[0])[1] > 9.0);
    }
}
