//! The load that streaming adds to a stage: the largest of three sums, each plain but for what one cache saves.
//!
//! The cache holds what is sent most often. Put as a linear program, the least streaming is, by duality, the largest over
//! all prices of a cached byte of what the parameters then cost less what the cache is worth; only three prices can be the
//! best: nothing, that of a byte sent once, and that of a byte sent for each tile. Each sum grows with the stage and adds
//! up over stages, so that searches may prune by it and bounds may add it up.

use std::ops::{Add, AddAssign, Sub};

use crate::device::prices::Streaming;

/// The parameters of a unit or a stage, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    /// The bytes of all parameters.
    pub bytes: u64,
    /// The part of `bytes` that is streamed again for each tile.
    pub resent: u64,
}

impl Add for Parameters {
    type Output = Parameters;
    fn add(self, other: Parameters) -> Parameters {
        Parameters { bytes: self.bytes + other.bytes, resent: self.resent + other.resent }
    }
}

impl AddAssign for Parameters {
    fn add_assign(&mut self, other: Parameters) {
        *self = *self + other;
    }
}

impl Sub for Parameters {
    type Output = Parameters;
    fn sub(self, other: Parameters) -> Parameters {
        Parameters { bytes: self.bytes - other.bytes, resent: self.resent - other.resent }
    }
}

/// One sum of prices: the price of a byte, the extra price of a byte that is resent, and the amount that one cache
/// saves.
#[derive(Clone, Copy, Debug)]
pub struct Sum {
    byte: u64,
    resent: u64,
    /// The amount that a cache takes off the sum.
    pub saved: u64,
}

impl Sum {
    /// Returns the load of `held` parameters without any cache.
    pub fn uncached(&self, held: Parameters) -> u64 {
        held.bytes.saturating_mul(self.byte).saturating_add(held.resent.saturating_mul(self.resent))
    }
}

/// The sums of a device; the third sum, that of parameters which are all cached, is zero.
#[derive(Clone, Copy, Debug)]
pub struct Streams {
    /// The sums of which a stage is charged the larger, or nothing if both are negative.
    pub sums: [Sum; 2],
    /// The parameter bytes that a stage holds for nothing.
    pub cache: u64,
}

impl Streams {
    /// The sums of the memory objective, by which every byte counts one.
    pub const PLAIN: Streams = Streams { sums: [Sum { byte: 1, resent: 0, saved: 0 }; 2], cache: 0 };

    /// Returns the sums that give a device's price of streaming.
    pub fn new(prices: &Streaming) -> Streams {
        let (cache, once, again) = (prices.cache.0, prices.once.0, prices.again.0);
        let sum = |resent, saved: u64| Sum { byte: once, resent, saved: cache.saturating_mul(saved) };
        Streams { sums: [sum(0, once), sum(again - once, again)], cache }
    }

    /// Returns whether every byte counts one.
    pub fn are_plain(&self) -> bool {
        self.sums.iter().all(|sum| sum.byte == 1 && sum.resent == 0 && sum.saved == 0)
    }

    /// Returns the load that `held` parameters add to one stage.
    pub fn load(&self, held: Parameters) -> u64 {
        self.least(held, 1)
    }

    /// Returns the least load that `held` parameters add to `stages` stages together.
    pub fn least(&self, held: Parameters, stages: u64) -> u64 {
        let sum = |sum: &Sum| sum.uncached(held).saturating_sub(sum.saved.saturating_mul(stages));
        self.sums.iter().map(sum).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::units::{Bytes, Time};

    proptest! {
        #[test]
        fn the_sums_are_what_the_prices_say(cache in 0u64..99, once in 0u64..9, more in 0u64..30, plain in 0u64..99, resent in 0u64..99) {
            let prices = Streaming { cache: Bytes(cache), once: Time(once), again: Time(once + more) };
            let held = Parameters { bytes: plain + resent, resent };
            prop_assert_eq!(Streams::new(&prices).load(held), prices.time(Bytes(held.bytes), Bytes(resent)).0);
        }
    }
}
