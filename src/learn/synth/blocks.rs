//! The generator of graphs with the traits of real networks, composed of blocks with a budget of operations each.

use rand::RngExt;

use super::draft::{GraphDraft, INPUT, ValueId};

/// The most blocks that a dense layer may reach back: in short blocks, and in longer ones.
const LONGEST_REACH: usize = 128;
const LONG_BLOCK_REACH: usize = 32;

/// The depth to which blocks are nested in branches of blocks.
const NESTING: u32 = 3;

/// Draws `nodes` operations: a stem, one or several towers of blocks, and heads.
pub(super) fn draw(draft: &mut GraphDraft, nodes: u32) {
    let mut maker = Maker { draft, nodes, left: nodes };
    let heads =
        if nodes >= 12 && maker.draft.chance(0.4) { maker.draft.random.random_range(2..=5) } else { 1 };
    let for_heads = if heads > 1 { nodes / maker.draft.random.random_range(3..=6) } else { 0 };
    let body = nodes - for_heads;
    let towers =
        if body >= 12 && maker.draft.chance(0.3) { maker.draft.random.random_range(2..=4) } else { 1 };
    let mut taps = Vec::new();
    if towers == 1 {
        maker.segment(INPUT, body, 0, &mut taps);
    } else {
        let ends: Vec<ValueId> = maker
            .split(body - 1, towers)
            .into_iter()
            .map(|count| maker.segment(INPUT, count, 0, &mut taps))
            .collect();
        taps.push(maker.merge(&ends));
    }
    if heads > 1 {
        // The first head follows the last block, the others values on the way there.
        for (head, count) in maker.split(for_heads, heads).into_iter().enumerate() {
            let from = match head {
                0 => taps[taps.len() - 1],
                _ => taps[maker.draft.random.random_range(taps.len() / 2..taps.len())],
            };
            maker.segment(from, count, 1, &mut Vec::new());
        }
    }
}

struct Maker<'a, 'r> {
    draft: &'a mut GraphDraft<'r>,
    nodes: u32,
    left: u32,
}

/// The kinds of blocks that segments are made of.
#[derive(Clone, Copy)]
enum BlockKind {
    Chain,
    Skip,
    Branches,
    Dense,
    Cell,
}

impl Maker<'_, '_> {
    /// Splits `total` into `parts` random parts of at least one.
    fn split(&mut self, total: u32, parts: u32) -> Vec<u32> {
        let parts = parts.min(total);
        let mut counts = vec![1; parts as usize];
        for _ in parts..total {
            let part = self.draft.random.random_range(0..parts as usize);
            counts[part] += 1;
        }
        counts
    }

    /// Makes `count` operations after `from`, block by block, and adds each block's result to `taps`; returns the
    /// last result.
    fn segment(&mut self, from: ValueId, count: u32, depth: u32, taps: &mut Vec<ValueId>) -> ValueId {
        let (mut at, mut left) = (from, count);
        while left > 0 {
            let most = if depth == 0 { (self.nodes / 3).max(8) } else { left };
            let size = self.draft.random.random_range(1..=left.min(most));
            at = self.block(at, size, depth);
            taps.push(at);
            left -= size;
        }
        at
    }

    fn block(&mut self, from: ValueId, count: u32, depth: u32) -> ValueId {
        let choices: &[BlockKind] = match (count, depth < NESTING) {
            (0..3, _) => &[BlockKind::Chain],
            (_, false) => &[BlockKind::Chain, BlockKind::Skip],
            (3..6, true) => &[BlockKind::Chain, BlockKind::Skip, BlockKind::Branches],
            _ => &[
                BlockKind::Branches,
                BlockKind::Branches,
                BlockKind::Dense,
                BlockKind::Cell,
                BlockKind::Cell,
                BlockKind::Skip,
            ],
        };
        match choices[self.draft.random.random_range(0..choices.len())] {
            BlockKind::Chain => (0..count).fold(from, |at, _| self.layer(&[at])),
            BlockKind::Skip => {
                let end = self.segment(from, count - 1, depth + 1, &mut Vec::new());
                self.merge(&[end, from])
            }
            BlockKind::Branches => {
                let branches = self.draft.random.random_range(2..=6);
                let mut ends: Vec<ValueId> = self
                    .split(count - 1, branches)
                    .into_iter()
                    .map(|count| self.segment(from, count, depth + 1, &mut Vec::new()))
                    .collect();
                if self.draft.chance(0.2) {
                    ends.push(from);
                }
                self.merge(&ends)
            }
            BlockKind::Dense => {
                let mut made = vec![from];
                for _ in 1..count {
                    // Reading all of a long block at every layer would take quadratically many edges.
                    let most = if made.len() <= LONGEST_REACH { made.len() } else { LONG_BLOCK_REACH };
                    let reach = self.draft.random.random_range(1..=most);
                    let next = self.layer(&made[made.len() - reach..]);
                    made.push(next);
                }
                self.merge(&made)
            }
            BlockKind::Cell => self.cell(from, count),
        }
    }

    /// Makes a cell as neural architecture search finds them: every operation combines one or two values of the cell,
    /// and the values that nothing reads are joined at the end.
    fn cell(&mut self, from: ValueId, count: u32) -> ValueId {
        let (mut values, mut is_read) = (vec![from], vec![false]);
        for _ in 1..count {
            let (a, b) = (self.recent(values.len()), self.recent(values.len()));
            let inputs = if a == b { vec![values[a]] } else { vec![values[a], values[b]] };
            (is_read[a], is_read[b]) = (true, true);
            let made = if inputs.len() == 2 && self.draft.chance(0.5) {
                self.merge(&inputs)
            } else {
                self.layer(&inputs)
            };
            values.push(made);
            is_read.push(false);
        }
        let unread: Vec<ValueId> =
            values.iter().zip(&is_read).filter(|(_, is_read)| !**is_read).map(|(value, _)| *value).collect();
        self.merge(&unread)
    }

    /// Draws a place among `count`, of which later ones are likelier.
    fn recent(&mut self, count: usize) -> usize {
        let part: f64 = self.draft.random.random();
        ((part.sqrt() * count as f64) as usize).min(count - 1)
    }

    /// Returns the share of the graph that is made, from 0 to 1.
    fn progress(&self) -> f64 {
        1.0 - f64::from(self.left) / f64::from(self.nodes)
    }

    /// Draws a value of `range` that moves from one end to the other with `position`, scattered over a quarter of the
    /// octaves.
    fn placed(&mut self, range: std::ops::RangeInclusive<u64>, position: f64) -> u64 {
        let octaves = (*range.end() as f64 / (*range.start()).max(1) as f64).max(1.0).log2();
        let scatter = (self.draft.random.random::<f64>() - 0.5) * 0.5;
        let exponent = (position + scatter).clamp(0.0, 1.0) * octaves;
        (((*range.start()).max(1) as f64 * exponent.exp2()).round() as u64)
            .clamp(*range.start(), *range.end())
    }

    fn activation(&mut self) -> u64 {
        let position = 1.0 - 0.8 * self.progress();
        self.placed(self.draft.recipe.activation_bytes.clone(), position)
    }

    /// Makes an operation with parameters, or now and then one without.
    fn layer(&mut self, inputs: &[ValueId]) -> ValueId {
        let bytes = self.activation();
        let drawn: f64 = self.draft.random.random();
        let progress = self.progress();
        self.left -= 1;
        if drawn < 0.15 {
            return self.draft.op("POOL", inputs, 0, 0, bytes);
        }
        // Depthwise layers have few parameters and little to compute.
        let (kind, weight, work) = if drawn < 0.3 { ("DEPTHWISE", 0.1, 0.2) } else { ("CONV", 0.4, 0.6) };
        let parameters = self.placed(self.draft.recipe.parameter_bytes.clone(), weight + 0.5 * progress);
        let macs = self.placed(self.draft.recipe.macs.clone(), work);
        self.draft.op(kind, inputs, parameters, macs, bytes)
    }

    /// Makes an operation without parameters that joins values.
    fn merge(&mut self, inputs: &[ValueId]) -> ValueId {
        let kind = if inputs.len() > 1 { "JOIN" } else { "POOL" };
        let bytes = self.activation();
        self.left -= 1;
        self.draft.op(kind, inputs, 0, 0, bytes)
    }
}
