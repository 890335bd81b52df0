//! The interval of a predicted figure.

use serde::{Deserialize, Serialize};

use crate::base::statistics::quantile;

/// The share of draws that an interval holds.
pub const SHARE: f64 = 0.9;

/// The range in which a figure is in nine of ten draws: a twentieth of them is below, and another above.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// Returns the interval of a figure that has the values `drawn`.
    pub fn of(drawn: impl Iterator<Item = f64> + Clone) -> Interval {
        let tail = (1.0 - SHARE) / 2.0;
        Interval { low: quantile(drawn.clone(), tail), high: quantile(drawn, 1.0 - tail) }
    }

    /// Returns the ends, each as `show` writes it.
    pub fn show<T: std::fmt::Display>(&self, show: impl Fn(f64) -> T) -> String {
        format!("{} to {}", show(self.low), show(self.high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_twentieth_is_beyond_each_end() {
        let interval = Interval::of((0..=100).rev().map(f64::from));
        assert!((interval.low - 5.0).abs() < 1e-9 && (interval.high - 95.0).abs() < 1e-9, "{interval:?}");
        assert_eq!(interval.show(|end| format!("{end:.0} ms")), "5 ms to 95 ms");
    }
}
