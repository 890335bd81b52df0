//! Sets of units that must not all share a stage: the demands on a schedule, and on an order that is to be cut.

use super::Instance;
use super::room::reach;

impl Instance {
    /// Returns whether `is_there` holds for all units of at least one of the sets that `unit` is in.
    pub fn would_join(&self, unit: u32, is_there: impl Fn(u32) -> bool) -> bool {
        let is_there = |&unit: &u32| is_there(unit);
        self.apart_of[unit as usize].iter().any(|&set| self.apart[set as usize].iter().all(is_there))
    }

    /// Returns the reason why the units of `set` share a stage in every schedule that the other rules allow, if that
    /// can be told at once.
    pub fn inseparable(&self, set: &[u32]) -> Option<&'static str> {
        if self.stages == 1 {
            return Some("there is only one: use more stages");
        }
        if set.len() == 1 {
            return Some("no cut can be made between them");
        }
        if set.iter().all(|&unit| self.last_only[unit as usize]) {
            return Some("all must be in the last stage, which makes every model output");
        }
        let mut is_first = vec![false; self.len()];
        for readers in self.inputs.iter().filter(|readers| readers.len() == 1) {
            reach(&self.preds, readers[0]).into_iter().for_each(|unit| is_first[unit as usize] = true);
        }
        let all_first = set.iter().all(|&unit| is_first[unit as usize]);
        all_first.then_some("all must be in the first stage, which reads every model input")
    }

    /// Returns the units of `sequence`, rearranged so that few cuts part the sets that must be parted.
    ///
    /// In each set, the unit that comes last in the linear extension `sequence` gets a level above that of one of the
    /// others, and no unit gets a level below those of the units that it depends on. In the order by level, the cuts
    /// between levels suffice, and no fewer do for the order in which `sequence` has the units of each set. Complexity:
    /// linear in the graph and the sets, but for sorting.
    pub fn parted(&self, sequence: &[u32]) -> Vec<u32> {
        let mut level = vec![None; self.len()];
        for &unit in sequence {
            let depends_on = self.preds[unit as usize].iter().filter_map(|&pred| level[pred as usize]).max();
            let above = self.apart_of[unit as usize].iter().filter_map(|&set| {
                let others = || self.apart[set as usize].iter().filter(|&&other| other != unit);
                let levels: Option<Vec<u32>> = others().map(|&other| level[other as usize]).collect();
                levels?.into_iter().min().map(|lowest| lowest + 1)
            });
            level[unit as usize] = depends_on.into_iter().chain(above).max().or(Some(0));
        }
        let mut order = sequence.to_vec();
        order.sort_by_key(|&unit| (self.last_only[unit as usize], level[unit as usize]));
        order
    }
}
