//! The number of parameter bytes that a device caches, from the compiler's reports on many models.

use super::measurements::Reported;

/// The fewest reports that a fit needs.
const FEWEST: usize = 10;

/// Returns the most bytes that the compiler caches of any model, which is the capacity but for a part of a layer; `None` if
/// the reports are few, or if everything fits. The compiler leaves whole layers off the chip, so that models of a few
/// large layers leave much of the cache empty, and a mean over models is far below what a model of small layers gets.
pub(super) fn fit<'a>(reports: impl Iterator<Item = &'a Reported>) -> Option<u64> {
    let stages: Vec<&Reported> = reports.collect();
    let is_told = stages.len() >= FEWEST && stages.iter().any(|reported| reported.off_chip.0 > 0);
    stages.iter().map(|reported| reported.on_chip.0).max().filter(|_| is_told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Bytes;

    #[test]
    fn the_capacity_is_the_most_that_a_model_gets() {
        let report = |on: u64, off: u64| Reported { on_chip: Bytes(on), off_chip: Bytes(off) };
        let mut reports: Vec<Reported> = (1..=10).map(|n| report(n * 100, 0)).collect();
        assert_eq!(fit(reports.iter()), None, "everything fits");
        reports.push(report(400, 1600));
        assert_eq!(fit(reports.iter()), Some(1000));
        assert_eq!(fit(reports[5..].iter()), None, "few reports");
    }
}
