//! The prediction of which operators' parameters the compiler keeps on chip, and which it sends at every inference.
//!
//! Read from the `PARAMETER_CACHING` programs of 33 files that Google's compiler made, whose instructions say on which
//! tile and at which address each piece of a layer lies. Each of the 16 tiles has 2,080 lines of parameter memory. The
//! compiler takes whole layers in the order in which they run, and leaves out each that does not fit in what is left. Every
//! tile keeps a buffer free, into which layers that are computed by places are brought from the tile on which they lie; how
//! large it is hangs on the compiler's [`Generation`]. The schedulers' device model does not go by this: it counts bytes.

use std::collections::BTreeSet;

use super::layout::{Held, Layout, TILES};
use super::model::Model;
use crate::base::units::Bytes;
use crate::graph::OpId;

/// The lines of parameter memory that a tile has: the last that any file uses is the 2,080th.
const TILE_LINES: u64 = 2080;
/// The least places of a layer's output at which the layer is computed by places, as far as memory goes. Fitted by hand:
/// larger layers are brought into the buffer.
const LEAST_PLACES: u64 = 50;

/// The compilers that set aside buffers by the same rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generation {
    /// The versions of the compiler, for people.
    pub compilers: &'static str,
    /// The oldest of the runtimes that the compilers' files ask for.
    pub first_runtime: i32,
    /// The number of layers, one after the other, that the buffer holds a group of 64 channels of.
    layers: usize,
    /// The most lines of such groups for which there is room.
    most: u64,
    /// The fewest lines that are set aside for them.
    least: u64,
    /// The lines that are set aside besides.
    fixed: u64,
}

/// The generations, from the oldest. The first rule is exact for two files of compiler 1.0, of which one streams, and
/// within 2 % of the memory for a log of 2.0; the second is fitted by hand, and within 44 lines of each of 16 files and
/// logs of compilers 12 to 16. It is known to be wrong for inputs of many channels and some large networks.
pub const GENERATIONS: [Generation; 2] = [
    Generation { compilers: "1.0 and 2.0", first_runtime: 0, layers: 2, most: u64::MAX, least: 0, fixed: 11 },
    Generation { compilers: "12 to 16", first_runtime: 12, layers: 1, most: 270, least: 50, fixed: 11 },
];

impl Generation {
    /// Returns the generation of the newest compilers.
    pub fn newest() -> Generation {
        GENERATIONS[GENERATIONS.len() - 1]
    }

    /// Returns the generation whose files ask for a runtime of at least `min_runtime`.
    pub fn of_runtime(min_runtime: i32) -> Generation {
        let fits = |generation: &&Generation| generation.first_runtime <= min_runtime;
        GENERATIONS.iter().rev().find(fits).copied().unwrap_or(GENERATIONS[0])
    }

    /// Returns the lines of each tile that hold no parameters, for layers by places of so many lines a group.
    fn buffer(&self, groups: &[u64]) -> u64 {
        let sum = |window: &[u64]| window.iter().copied().fold(0, u64::saturating_add);
        // A single layer is held as if a layer without parameters came after it.
        let largest = groups.chunks(1).chain(groups.windows(self.layers)).map(sum).max().unwrap_or(0);
        largest.clamp(self.least, self.most).saturating_add(self.fixed)
    }
}

/// The parameters of one operator, as the device holds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The operator's number in the model.
    pub op: OpId,
    /// The bytes that are sent to the device.
    pub bytes: Bytes,
    /// The bytes among them that are combined with values place by place, which the compiler never keeps.
    pub combined: Bytes,
    lines: u64,
    /// The lines of one group of 64 channels; 0 if the operator is no layer.
    group_lines: u64,
    is_by_places: bool,
}

/// What is predicted to lie where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The bytes that are kept on chip.
    pub bytes: Bytes,
    /// The operators of which parameters are sent at every inference, with the bytes that are sent, in order.
    pub streamed: Vec<(OpId, Bytes)>,
}

impl Kept {
    /// Returns the bytes that are sent at every inference.
    pub fn streamed_bytes(&self) -> Bytes {
        self.streamed.iter().map(|&(_, bytes)| bytes).sum()
    }
}

/// Returns the parameters of each of `ops`, which are of `model` and on one device, in the order of `ops`. Parameters that
/// several of them share are the first one's; those of an operator whose figures state them are not known, and left out.
pub fn layers(model: &Model, ops: &[OpId]) -> Vec<Layer> {
    let layout = Layout::new(model);
    let mut seen = BTreeSet::new();
    let mut layer = |&op: &OpId| {
        let operator = &model.operators[op.index()];
        let is_stated = operator.figures.parameter_bytes.is_some();
        let inputs = operator.inputs.iter().filter_map(|&input| u32::try_from(input).ok());
        let is_new = |tensor: &u32| {
            !is_stated && model.data(*tensor).is_some() && seen.insert(model.tensors[*tensor as usize].buffer)
        };
        let constants = inputs.filter(is_new);
        let held: Vec<Held> =
            constants.map(|tensor| layout.held(operator, tensor, model.constant_bytes(tensor))).collect();
        let sum = |of: fn(&Held) -> u64| held.iter().map(of).fold(0, u64::saturating_add);
        Layer {
            op,
            bytes: Bytes(sum(|held| held.bytes)),
            combined: Bytes(sum(|held| if held.is_combined { held.bytes } else { 0 })),
            lines: sum(|held| if held.is_combined { 0 } else { held.lines }),
            group_lines: sum(|held| held.group_lines),
            is_by_places: layout.places(operator) >= LEAST_PLACES,
        }
    };
    ops.iter().map(&mut layer).collect()
}

/// Returns which of `layers`, in the order in which they run, compilers of `generation` keep on chip.
pub fn kept(layers: &[Layer], generation: &Generation) -> Kept {
    let by_places = layers.iter().filter(|layer| layer.is_by_places && layer.group_lines > 0);
    let groups: Vec<u64> = by_places.map(|layer| layer.group_lines).collect();
    let mut free = [TILE_LINES.saturating_sub(generation.buffer(&groups)); TILES as usize];
    let mut kept = Kept::default();
    for layer in layers {
        let whole = layer.bytes - layer.combined;
        let streamed = match layer.placed(free) {
            Some(left) => {
                free = left;
                kept.bytes += whole;
                layer.combined
            }
            None => layer.bytes,
        };
        if streamed > Bytes(0) {
            kept.streamed.push((layer.op, streamed));
        }
    }
    kept
}

impl Layer {
    /// Returns the lines that are left free on each tile when the layer is kept; none if it does not fit.
    fn placed(&self, mut free: [u64; TILES as usize]) -> Option<[u64; TILES as usize]> {
        // A tile that computes a group needs all of it, and no tile can hold a group of more lines than it has. A layer that
        // is brought into the buffer can lie in pieces anywhere.
        let piece = if self.is_by_places { 1 } else { self.group_lines.max(1) };
        let fits = self.group_lines <= TILE_LINES && self.lines <= free.iter().sum::<u64>();
        let count = self.lines.div_ceil(piece);
        let mut put = |_| {
            let freest = free.iter_mut().max().expect("there are tiles");
            freest.checked_sub(piece).map(|left| *freest = left)
        };
        let is_placed = fits && (0..count).map(&mut put).all(|put| put.is_some());
        is_placed.then_some(free)
    }
}

#[cfg(test)]
mod tests;
