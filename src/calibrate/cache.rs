//! The number of parameter bytes that a device caches, from the compiler's reports on many models.

use super::measurements::Reported;
use crate::base::statistics::{DEVIATIONS, median};

/// The fewest reports that a fit needs.
const FEWEST: usize = 10;

/// Returns the capacity for which the bytes beyond it are nearest to the reported ones; `None` if the reports are
/// few. Errors are absolute, not squared, as the compiler leaves whole layers off the chip and is far off any line
/// for some models.
///
/// Complexity: quadratic in the reports.
pub(super) fn fit<'a>(reports: impl Iterator<Item = &'a Reported>) -> Option<u64> {
    let stages: Vec<(u64, u64)> =
        reports.map(|reported| ((reported.on_chip + reported.off_chip).0, reported.off_chip.0)).collect();
    let over = stages.iter().filter(|(_, off)| *off > 0).count();
    if over == 0 || stages.len() < FEWEST {
        return None;
    }
    let error = |capacity: u64| -> u64 {
        stages.iter().map(|(held, off)| held.saturating_sub(capacity).abs_diff(*off)).sum()
    };
    // The error is a sum of functions with corners at what a stage holds and at what it caches: one of the corners is
    // best.
    let corners = stages.iter().flat_map(|(held, off)| [*held, held - off]);
    corners.min_by_key(|&capacity| (error(capacity), capacity))
}

/// Returns the relative standard deviation of the bytes that are cached of models that do not fit, around `capacity`;
/// zero if there is none.
pub(super) fn deviation<'a>(reports: impl Iterator<Item = &'a Reported>, capacity: u64) -> f64 {
    let over = reports.filter(|reported| reported.off_chip.0 > 0);
    DEVIATIONS * median(over.map(|reported| (reported.on_chip.0 as f64 / capacity.max(1) as f64 - 1.0).abs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Bytes;

    #[test]
    fn the_capacity_explains_most_reports() {
        let report = |held: u64, off: u64| Reported { on_chip: Bytes(held - off), off_chip: Bytes(off) };
        let mut reports: Vec<Reported> =
            (0..20).map(|n| report(n * 100, (n * 100u64).saturating_sub(1000))).collect();
        reports.push(report(1500, 1400));
        assert_eq!(fit(reports.iter()), Some(1000));
        assert_eq!(fit(reports[..5].iter()), None);
        assert_eq!(fit(reports[..11].iter()), None);
    }
}
