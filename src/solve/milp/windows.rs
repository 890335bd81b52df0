//! The stages that each unit can be in at all, given a schedule to beat.

use std::ops::Range;

use super::super::instance::Instance;
use super::super::instance::room::reach;
use super::costs::{Loads, QuantizedCosts};

/// Returns, for each unit, the stages that it can be in except the last of them, if no stage's load is above `limit`:
/// these are the cuts for which it is open whether the unit is before them.
///
/// A unit's stage and those before it hold all that the unit depends on; its stage and those after it hold all that
/// depends on the unit. Each side takes as many stages as its load needs, where a stage has room for a load of `limit`
/// and has one cache.
pub(super) fn windows(instance: &Instance, costs: &QuantizedCosts, limit: u64) -> Vec<Range<usize>> {
    let last = instance.stages - 1;
    let saved = instance.streams.sums.map(|sum| sum.saved);
    let needed = |next: &[Vec<u32>], unit: u32| {
        let loads = reach(next, unit).into_iter().map(|unit| costs.units[unit as usize]);
        let [cached, once, again] =
            loads.fold([0; 3], |sum: Loads, loads| std::array::from_fn(|part| sum[part] + loads[part]));
        let suffices = |stages: &usize| {
            let stages = *stages as u64;
            let left = |streamed: u64, saved: u64| streamed.saturating_sub(saved.saturating_mul(stages));
            cached.max(left(once, saved[0])).max(left(again, saved[1])) <= limit.saturating_mul(stages)
        };
        (1..=last).find(suffices).unwrap_or(instance.stages)
    };
    let window = |unit: u32| match instance.last_only[unit as usize] {
        true => last..last,
        false => needed(&instance.preds, unit) - 1..instance.stages - needed(&instance.succs, unit),
    };
    (0..instance.len() as u32).map(window).collect()
}
