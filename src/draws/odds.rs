//! The odds that one schedule is faster than another.

use serde::{Deserialize, Serialize};

use super::interval::Interval;

/// The share of draws that have to agree on which of two schedules is faster for it to be told.
pub const AGREED: f64 = 0.9;

/// One schedule against another, draw by draw.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Odds {
    /// The interval of the other schedule's time over that of this one: above 1, this one is faster.
    pub ratio: Interval,
    /// The share of draws in which this schedule is faster.
    pub faster: f64,
    /// The share of draws in which the other schedule is faster.
    pub slower: f64,
}

impl Odds {
    /// Returns the odds of a schedule with the times `own` against one with the times `other`, of the same draws.
    pub fn of(own: &[f64], other: &[f64]) -> Odds {
        let share = |is: fn(f64, f64) -> bool| {
            let count = own.iter().zip(other).filter(|(own, other)| is(**own, **other)).count();
            count as f64 / own.len().max(1) as f64
        };
        // Of two that take no time, neither is faster.
        let ratio = |(own, other): (&f64, &f64)| if own == other { 1.0 } else { other / own };
        Odds {
            ratio: Interval::of(own.iter().zip(other).map(ratio)),
            faster: share(|own, other| own < other),
            slower: share(|own, other| other < own),
        }
    }

    /// Returns whether the two take equally long in every draw.
    pub fn is_equal(&self) -> bool {
        self.faster == 0.0 && self.slower == 0.0
    }

    /// Returns whether the draws agree on which of the two is faster.
    pub fn is_told(&self) -> bool {
        self.faster.max(self.slower) >= AGREED
    }

    /// Returns the odds in words, for the end of a sentence that has the predicted ratio; `other` names the other
    /// schedule.
    pub fn describe(&self, other: &str) -> String {
        let percent = |share: f64| format!("{:.0} %", share * 100.0);
        let range = self.ratio.show(|ratio| format!("{ratio:.2}"));
        match self {
            odds if odds.is_equal() => format!("and equally fast as {other} in all draws"),
            odds if odds.is_told() && odds.slower > odds.faster => {
                format!("{range}; slower than {other} in {} of draws", percent(self.slower))
            }
            odds if odds.is_told() => {
                format!("{range}; faster than {other} in {} of draws", percent(self.faster))
            }
            _ => format!(
                "{range}; faster than {other} in {} of draws, so {other} is as good",
                percent(self.faster)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_compared_one_by_one() {
        let other = [10.0, 20.0, 30.0, 40.0];
        let odds = Odds::of(&other.map(|time| time / 2.0), &other);
        assert_eq!((odds.ratio, odds.faster), (Interval { low: 2.0, high: 2.0 }, 1.0));
        assert_eq!(odds.describe("the default"), "2.00 to 2.00; faster than the default in 100 % of draws");
        let reverse = Odds::of(&other, &other.map(|time| time / 2.0));
        assert!(reverse.describe("it").contains("0.50; slower than it in 100 %"), "{reverse:?}");
    }

    #[test]
    fn a_schedule_is_as_good_as_itself() {
        let odds = Odds::of(&[1.0, 0.0], &[1.0, 0.0]);
        assert_eq!((odds.ratio, odds.faster, odds.is_told()), (Interval { low: 1.0, high: 1.0 }, 0.0, false));
        assert_eq!(odds.describe("the default"), "and equally fast as the default in all draws");
        let open = Odds::of(&[1.0, 2.0], &[2.0, 1.0]);
        assert!(
            open.describe("the default").ends_with("in 50 % of draws, so the default is as good"),
            "{open:?}"
        );
    }
}
