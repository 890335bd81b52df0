//! The work that an operation gives the device's array of multipliers: the channels, filled up, and the lanes that it can
//! use.
//!
//! The array computes 64 output channels side by side. The compiler fills up the channels of a layer with zeros to a
//! multiple of 64: for each of 594 measured chains, the bytes on and off chip that it reports are those of the filled-up
//! weights, and the times follow the filled-up multiplications. A depthwise convolution has one input channel for each
//! output channel; its time follows the values that it makes, without any filling up.

pub use super::array_use::Use;
use super::{Op, OpGraph, OpId};
use crate::base::units::{Bytes, Macs};

/// The number of channels that the array computes side by side.
pub const LANES: u64 = 64;

/// The number of channels that each tile computes side by side in a network whose layers are spread by places. The
/// estimates of cycles in files of an early compiler count by it.
pub const LANES_BY_PLACES: u64 = 16;

/// The operators whose use of the array does not follow from whether they multiply.
const USES: [(&str, Use); 4] = [
    ("DEPTHWISE_CONV_2D", Use::PerChannel),
    ("RESHAPE", Use::Nothing),
    ("SQUEEZE", Use::Nothing),
    ("EXPAND_DIMS", Use::Nothing),
];

impl Op {
    /// Returns the way in which the operation uses the array: the stated one, or what kind and MACs say.
    pub fn array_use(&self) -> Use {
        let other = if self.macs.0 > 0 { Use::Dense } else { Use::Elementwise };
        let by_kind = || USES.iter().find(|(kind, _)| *kind == self.kind).map_or(other, |(_, used)| *used);
        self.array.unwrap_or_else(by_kind)
    }

    /// Returns the multiply-accumulates that the array spends on the operation, idle lanes included: with the channels
    /// filled up to [`LANES`], or to [`LANES_BY_PLACES`] in a graph that is spread by places.
    pub fn array_macs(&self, by_places: bool) -> Macs {
        Macs(self.filled_up(self.macs.0, if by_places { LANES_BY_PLACES } else { LANES }))
    }

    /// Returns the bytes that the operation's own parameters take on the device: as they are laid out, if that is known,
    /// and else with the channels filled up.
    pub fn device_bytes(&self) -> Bytes {
        self.laid_out.unwrap_or_else(|| Bytes(self.filled_up(self.parameter_bytes.0, LANES)))
    }

    /// Returns `amount`, of which every channel has an equal part, scaled to the number of channels when filled up to a
    /// multiple of `lanes`.
    fn filled_up(&self, amount: u64, lanes: u64) -> u64 {
        let Some(channels) = self.channels else { return amount };
        let channels = u128::from(channels.get());
        let filled = u128::from(amount) * channels.next_multiple_of(u128::from(lanes)) / channels;
        u64::try_from(filled).unwrap_or(u64::MAX)
    }
}

impl OpGraph {
    /// Returns whether layers are spread over the device's tiles by places, each tile with all channels of its part of the
    /// image, as in networks with depthwise convolutions; other networks are spread by channels.
    pub fn is_spread_by_places(&self) -> bool {
        self.ops().iter().any(|op| op.array_use() == Use::PerChannel)
    }

    /// Returns the bytes that each operation makes.
    pub fn made_bytes(&self) -> Vec<Bytes> {
        let mut made = vec![Bytes(0); self.ops().len()];
        for tensor in self.tensors() {
            tensor.producer.iter().for_each(|op| made[op.index()] += tensor.bytes);
        }
        made
    }

    /// Returns the bytes that each operation reads and makes; what it reads twice counts once.
    pub fn value_bytes(&self) -> Vec<Bytes> {
        let mut values = self.made_bytes();
        for tensor in self.tensors() {
            tensor.consumers.iter().for_each(|op| values[op.index()] += tensor.bytes);
        }
        values
    }

    /// Returns the number of places over which the weights of `op`, which makes `made` bytes, are moved: height times
    /// width of the output in a convolution, and 1 in a fully connected layer or where the channels are not known.
    pub fn places(&self, op: OpId, made: Bytes) -> u64 {
        let op = self.op(op);
        let by_bytes = || op.channels.map_or(1, |channels| (made.0 / channels).max(1));
        op.places.map_or_else(by_bytes, u64::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn op(kind: &str, channels: u64) -> Op {
        Op {
            name: String::new(),
            kind: kind.into(),
            parameter_bytes: Bytes(7200),
            macs: Macs(72_000),
            channels: std::num::NonZeroU64::new(channels),
            compute_us: None,
            array: None,
            places: None,
            laid_out: None,
            instruction_bytes: None,
        }
    }

    #[test]
    fn channels_are_filled_up_to_whole_multiples() {
        let bytes = |channels| op("CONV_2D", channels).device_bytes();
        assert_eq!([bytes(0), bytes(64), bytes(72), bytes(1)], [7200, 7200, 12800, 460_800].map(Bytes));
        let extreme = Op { macs: Macs(u64::MAX), ..op("CONV_2D", u64::MAX) };
        assert_eq!(extreme.array_macs(false), Macs(u64::MAX));
    }

    #[test]
    fn the_use_of_the_array_follows_from_kind_and_macs() {
        assert_eq!([false, true].map(|by| op("CONV_2D", 72).array_macs(by)), [128_000, 80_000].map(Macs));
        assert_eq!(op("DEPTHWISE_CONV_2D", 72).array_use(), Use::PerChannel);
        assert_eq!(Op { macs: Macs(0), ..op("ADD", 0) }.array_use(), Use::Elementwise);
        assert_eq!(Op { macs: Macs(0), ..op("RESHAPE", 0) }.array_use(), Use::Nothing);
    }
}
