//! Smaller instances of a problem: units joined that it costs little or nothing to keep together.

use super::Instance;
use crate::graph::OpId;
use crate::problem::Problem;

impl Instance {
    /// The same problem with every unit that costs nothing joined to the only neighbour that it matters to, if there
    /// are such units. The best of its schedules with at most as many stages is at least as good as the best of the
    /// problem's own: it differs only in that a unit that costs nothing can't keep a stage from being empty.
    pub fn reduced(&self, problem: &Problem) -> Option<Instance> {
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

    /// The same problem with consecutive units of the linear extension `sequence` joined to at most `blocks` blocks and two
    /// more, and the blocks in their order.
    pub fn blocks(&self, problem: &Problem, sequence: &[u32], blocks: usize) -> (Instance, Vec<u32>) {
        let size = sequence.len().div_ceil(blocks);
        let early = sequence.iter().take_while(|&&unit| !self.last_only[unit as usize]).count();
        let (early, last) = sequence.split_at(early);
        let parts: Vec<&[u32]> = early.chunks(size).chain(last.chunks(last.len().max(1))).collect();
        let first = |unit: u32| self.units[unit as usize][0];
        let pairs: Vec<[OpId; 2]> = parts
            .iter()
            .flat_map(|part| part.windows(2))
            .map(|pair| [first(pair[0]), first(pair[1])])
            .collect();
        let joined = Instance::with_joined(problem, &pairs);
        let mut block_of = vec![0; self.ops];
        for (block, ops) in joined.units.iter().enumerate() {
            ops.iter().for_each(|op| block_of[op.index()] = block as u32);
        }
        let order = parts.iter().map(|part| block_of[first(part[0]).index()]).collect();
        (joined, order)
    }
}
