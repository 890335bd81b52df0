//! Smaller instances of a problem: units are joined where keeping them together costs little or nothing.

use super::Instance;
use crate::graph::OpId;
use crate::problem::Problem;

impl Instance {
    /// Returns the instance with every unit that costs nothing joined to the only neighbour that it matters to; `None`
    /// if there are no such units. The best of its schedules with at most as many stages is at least as good as the
    /// problem's own best: the two differ only in that a unit that costs nothing can't keep a stage from being empty.
    pub fn reduced(&self, problem: &Problem) -> Option<Instance> {
        // A stage needs a unit that something comes of. Where some unit is of no use, a free one may be what lets it have
        // a stage, and must stay where it can be moved.
        if self.useful.contains(&false) {
            return None;
        }
        let mut reads_input = vec![false; self.len()];
        self.inputs.iter().flatten().for_each(|&unit| reads_input[unit as usize] = true);
        let neighbour = |unit: usize| {
            let is_free = self.time[unit] == 0
                && self.bytes[unit] == 0
                && !self.invokes[unit]
                && self.uses[unit].is_empty()
                && self.apart_of[unit].is_empty()
                && !reads_input[unit];
            let reads = |from: u32| {
                self.reads[unit].iter().all(|&net| self.nets[net as usize].producer == Some(from))
            };
            match (&self.preds[unit][..], &self.succs[unit][..]) {
                // Where its operand is made it need not be read, and what it makes may travel for nothing.
                (&[pred], _)
                    if is_free
                        && self.writes[unit].is_empty()
                        && reads(pred)
                        && (!self.last_only[unit] || self.last_only[pred as usize]) =>
                {
                    Some(pred)
                }
                (_, &[succ]) if is_free && self.reads[unit].is_empty() => Some(succ),
                _ => None,
            }
        };
        let joined: Vec<[OpId; 2]> = (0..self.len())
            .filter_map(|unit| Some([self.units[unit][0], self.units[neighbour(unit)? as usize][0]]))
            .collect();
        (!joined.is_empty()).then(|| Instance::with_joined(problem, &joined))
    }

    /// Returns the instance with consecutive units of the linear extension `sequence` joined into blocks, at most
    /// `blocks` of them, plus three and one for each set that must be kept apart; and the blocks in their order.
    ///
    /// The units that no cut can part in this order make one block each: those up to the last one needed to read every
    /// model input, and those that must be in the last stage.
    pub fn blocks(&self, problem: &Problem, sequence: &[u32], blocks: usize) -> (Instance, Vec<u32>) {
        let early = sequence.iter().take_while(|&&unit| !self.last_only[unit as usize]).count();
        let (early, last) = sequence.split_at(early);
        let (first, between) = early.split_at(self.until_inputs_are_read(early));
        let parts: Vec<&[u32]> = std::iter::once(first)
            .chain(self.chunks(between, between.len().div_ceil(blocks)))
            .chain([last])
            .filter(|part| !part.is_empty())
            .collect();
        let head = |unit: u32| self.units[unit as usize][0];
        let pairs: Vec<[OpId; 2]> = parts
            .iter()
            .flat_map(|part| part.windows(2))
            .map(|pair| [head(pair[0]), head(pair[1])])
            .collect();
        let joined = Instance::with_joined(problem, &pairs);
        let mut block_of = vec![0; self.ops];
        for (block, ops) in joined.units.iter().enumerate() {
            ops.iter().for_each(|op| block_of[op.index()] = block as u32);
        }
        let order = parts.iter().map(|part| block_of[head(part[0]).index()]).collect();
        (joined, order)
    }

    /// Returns how many units of `sequence` it takes to read every model input.
    fn until_inputs_are_read(&self, sequence: &[u32]) -> usize {
        let mut place = vec![sequence.len(); self.len()];
        (0..).zip(sequence).for_each(|(at, &unit)| place[unit as usize] = at);
        let read = |readers: &Vec<u32>| readers.iter().map(|&unit| place[unit as usize] + 1).min();
        self.inputs.iter().filter_map(read).max().unwrap_or(0).min(sequence.len())
    }

    /// Returns `sequence` in parts of at most `size` units, none of which holds all of a set that must be kept apart.
    fn chunks<'s>(&self, sequence: &'s [u32], size: usize) -> Vec<&'s [u32]> {
        let mut place = vec![usize::MAX; self.len()];
        (0..).zip(sequence).for_each(|(at, &unit)| place[unit as usize] = at);
        let (mut parts, mut start) = (Vec::new(), 0);
        for (at, &unit) in sequence.iter().enumerate() {
            let is_in_part = |other: u32| (start..=at).contains(&place[other as usize]);
            if at - start == size || self.would_join(unit, is_in_part) {
                parts.push(&sequence[start..at]);
                start = at;
            }
        }
        parts.push(&sequence[start..]);
        parts
    }
}
