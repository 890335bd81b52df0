//! Packing ideals under a cap: the decision behind the memory objective, where a stage's load is a plain sum.
//!
//! For every ideal keep the fewest stages that hold it, and for these the smallest load of the one still open. Fewer
//! stages, then less load, is never worse, so one pass over the covering relation decides whether a cap can be kept
//! (the dynamic program for bin packing over subsets, restricted to ideals). The cap is found by bisection.

use super::budget::Budget;
use super::instance::Instance;
use crate::graph::ideal::Ideals;
use crate::problem::Schedule;

/// Returns the smallest peak from `bound` to below `limit` and a schedule that has it; `None` if there is none, and
/// `Err` if the answer can't be split into as many stages as asked for, or if the budget ended: then the general search
/// decides.
///
/// Complexity: the covering pairs times the logarithm of `limit - bound`.
pub(crate) fn smallest_peak(
    instance: &Instance,
    ideals: &impl Ideals,
    bound: u64,
    limit: u64,
    budget: &Budget,
) -> Result<Option<(u64, Schedule)>, ()> {
    let (mut low, mut high) = (bound, limit);
    let mut best = None;
    while low < high {
        if budget.is_over() {
            return Err(());
        }
        let cap = low + (high - 1 - low) / 2;
        match PackedOrder::within(instance, ideals, cap) {
            Some(packing) => {
                high = packing.peak(instance);
                best = Some(packing);
            }
            None => low = cap + 1,
        }
    }
    match best {
        None => Ok(None),
        Some(packing) => packing.spread(instance).map(|schedule| Some((high, schedule))).ok_or(()),
    }
}

/// A linear extension with the stage of every unit in it; some stages may be empty.
struct PackedOrder {
    order: Vec<u32>,
    stage: Vec<u32>,
}

impl PackedOrder {
    fn within(instance: &Instance, ideals: &impl Ideals, cap: u64) -> Option<PackedOrder> {
        let last = instance.stages as u32 - 1;
        let full = ideals.len() as u32 - 1;
        let total: u64 = instance.bytes.iter().sum();
        const UNREACHED: (u32, u64) = (u32::MAX, 0);
        // Stages before the last: how many are closed, the load of the open one, and the load of all.
        let mut state = vec![UNREACHED; full as usize + 1];
        let mut held = vec![0u64; full as usize + 1];
        let mut from = vec![(0u32, 0u32); full as usize + 1];
        state[0] = (0, 0);
        for ideal in 0..full {
            let (stage, load) = state[ideal as usize];
            if state[ideal as usize] == UNREACHED {
                continue;
            }
            let reads = |readers: &Vec<u32>| readers.iter().any(|&unit| ideals.contains(ideal, unit));
            let may_close = stage > 0 || instance.inputs.iter().all(reads);
            // With one stage there is nothing before the last; else what is left may be the last stage.
            let rest_fits = total - held[ideal as usize] <= cap;
            if rest_fits && (last == 0 || (ideal > 0 && may_close)) {
                return Some(PackedOrder::trace(instance, ideals, &state, &from, ideal));
            }
            for &(unit, next) in ideals.successors(ideal) {
                let bytes = instance.bytes[unit as usize];
                let reached = if load + bytes <= cap {
                    (stage, load + bytes)
                } else if stage + 1 < last && may_close && bytes <= cap {
                    (stage + 1, bytes)
                } else {
                    continue;
                };
                if !instance.last_only[unit as usize] && reached < state[next as usize] {
                    state[next as usize] = reached;
                    held[next as usize] = held[ideal as usize] + bytes;
                    from[next as usize] = (ideal, unit);
                }
            }
        }
        None
    }

    /// Returns the packing along the way to `cut`, with every unit after the cut in the last stage.
    fn trace(
        instance: &Instance,
        ideals: &impl Ideals,
        state: &[(u32, u64)],
        from: &[(u32, u32)],
        cut: u32,
    ) -> PackedOrder {
        let (mut order, mut stage) = (Vec::new(), Vec::new());
        let mut at = cut as usize;
        while at != 0 {
            order.push(from[at].1);
            stage.push(state[at].0);
            at = from[at].0 as usize;
        }
        order.reverse();
        stage.reverse();
        let rest = (0..instance.len() as u32).filter(|&unit| !ideals.contains(cut, unit));
        order.extend(rest);
        stage.resize(order.len(), instance.stages as u32 - 1);
        PackedOrder { order, stage }
    }

    fn peak(&self, instance: &Instance) -> u64 {
        let mut load = vec![0; instance.stages];
        for (&unit, &stage) in self.order.iter().zip(&self.stage) {
            load[stage as usize] += instance.bytes[unit as usize];
        }
        load.into_iter().max().unwrap_or(0)
    }

    /// Splits stages until there are as many as asked for, which never raises the peak.
    fn spread(&self, instance: &Instance) -> Option<Schedule> {
        let count = self.order.len();
        let useful = |place: usize| instance.useful[self.order[place] as usize];
        // A cut before `place` needs every input read before it and every output made after it.
        let first_cut = (1..count).find(|&place| {
            let before = &self.order[..place];
            instance.inputs.iter().all(|readers| readers.iter().any(|unit| before.contains(unit)))
        });
        let last_cut =
            (0..count).find(|&place| instance.last_only[self.order[place] as usize]).unwrap_or(count - 1);
        let mut missing = instance.stages - 1;
        let is_cut = |place: usize| self.stage[place] != self.stage[place - 1];
        missing = missing.checked_sub((1..count).filter(|&place| is_cut(place)).count())?;
        let (mut stage, mut stage_of, mut held) = (0u32, vec![0; count], false);
        for place in 0..count {
            let allowed = first_cut.is_some_and(|first| (first..=last_cut).contains(&place));
            let useful_ahead = || (place..count).take_while(|&p| p == place || !is_cut(p)).any(useful);
            let forced = place > 0 && is_cut(place);
            let extra = missing > 0 && allowed && held && useful_ahead();
            if forced || extra {
                if !held || !allowed {
                    return None;
                }
                missing -= usize::from(!forced);
                stage += 1;
                held = false;
            }
            held |= useful(place);
            stage_of[self.order[place] as usize] = stage;
        }
        (missing == 0 && held).then(|| instance.schedule(&stage_of))
    }
}
