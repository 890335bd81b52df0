//! Bytes, multiply-accumulates and times as types of their own, so that figures of different kinds can't be added.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};

use serde::{Deserialize, Serialize};

/// A number of bytes, printed in binary units as the Edge TPU compiler prints them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bytes(pub u64);

/// A number of multiply-accumulate operations of one inference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Macs(pub u64);

/// A span of time in whole picoseconds.
///
/// With whole numbers a stage's time does not depend on the order in which its parts are added, so that every solver
/// and the judge arrive at exactly the same figure. A `u64` of picoseconds reaches 213 days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub u64);

impl Time {
    /// The longest time, in microseconds, that is accepted from outside: about 11.5 days, of which a `u64` of picoseconds
    /// holds 18.
    pub const MAX_US: f64 = 1e12;

    /// Returns a time of `us` microseconds, rounded to the nearest picosecond. Negative and non-finite values become
    /// zero, and values over [`Time::MAX_US`] become that.
    pub fn from_us(us: f64) -> Time {
        if us.is_finite() { Time((us.clamp(0.0, Time::MAX_US) * 1e6).round() as u64) } else { Time(0) }
    }

    /// Returns the time in microseconds.
    pub fn as_us(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

macro_rules! arithmetic {
    ($($unit:ident),*) => {$(
        impl Add for $unit {
            type Output = $unit;
            fn add(self, other: $unit) -> $unit {
                $unit(self.0.saturating_add(other.0))
            }
        }
        impl AddAssign for $unit {
            fn add_assign(&mut self, other: $unit) {
                *self = *self + other;
            }
        }
        impl Sub for $unit {
            type Output = $unit;
            fn sub(self, other: $unit) -> $unit {
                $unit(self.0.saturating_sub(other.0))
            }
        }
        impl Sum for $unit {
            fn sum<I: Iterator<Item = $unit>>(parts: I) -> $unit {
                parts.fold($unit(0), Add::add)
            }
        }
    )*};
}
arithmetic!(Bytes, Macs, Time);

/// Prints `value` in the largest of `units` in which it is at least 1; each unit is `step` times the one before.
fn scaled(f: &mut fmt::Formatter<'_>, value: u64, step: f64, units: &[&str]) -> fmt::Result {
    let mut scaled = value as f64;
    let mut unit = 0;
    while scaled >= step && unit + 1 < units.len() {
        scaled /= step;
        unit += 1;
    }
    let text =
        if unit == 0 { format!("{value} {}", units[0]) } else { format!("{scaled:.2} {}", units[unit]) };
    f.pad(&text)
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        scaled(f, self.0, 1024.0, &["B", "KiB", "MiB", "GiB", "TiB"])
    }
}

impl fmt::Display for Macs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        scaled(f, self.0, 1000.0, &["MAC", "kMAC", "MMAC", "GMAC", "TMAC"])
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        scaled(f, self.0, 1000.0, &["ps", "ns", "us", "ms", "s"])
    }
}

/// Returns a ratio as text with two decimals, such as `1.83x`.
pub fn ratio(value: f64) -> String {
    format!("{value:.2}x")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_printed_in_readable_units() {
        assert_eq!(Bytes(512).to_string(), "512 B");
        assert_eq!(Bytes(1_478_492).to_string(), "1.41 MiB");
        assert_eq!(Macs(3_860_000_000).to_string(), "3.86 GMAC");
        assert_eq!(Time::from_us(1080.0).to_string(), "1.08 ms");
        assert_eq!(format!("{:>9}|{:<9}|", Bytes(1), Time(0)), "      1 B|0 ps     |");
    }

    #[test]
    fn times_from_outside_are_clamped() {
        assert_eq!(Time::from_us(f64::NAN), Time(0));
        assert_eq!(Time::from_us(-3.0), Time(0));
        assert_eq!(Time::from_us(f64::INFINITY), Time(0));
        assert_eq!(Time::from_us(1e300), Time::from_us(Time::MAX_US));
        assert_eq!(Time::from_us(0.5).0, 500_000);
    }
}
