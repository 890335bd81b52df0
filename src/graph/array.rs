//! What an operation looks like to the device's array of multipliers: channels filled up, and the lanes that it can use.
//!
//! The array computes 64 output channels side by side. The compiler fills the channels of a layer up to a multiple of
//! that, with zeros: the bytes on and off chip that it reports of each of 594 measured chains are those of the
//! filled-up weights, and times follow the filled-up multiplications. A depthwise convolution has one input channel for each
//! output channel, so that it has work for one lane in 64.

use super::{Op, OpGraph, OpId};
use crate::base::units::{Bytes, Macs};

/// Channels that the array computes side by side.
pub const LANES: u64 = 64;

/// How an operation uses the array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// All lanes share their inputs, as in a convolution.
    Dense,
    /// Each channel has inputs of its own.
    PerChannel,
    /// Nothing is multiplied, but every value of the output is made.
    Elementwise,
    /// Only the shape changes.
    Nothing,
}

/// The operators that are not told by whether they multiply.
const USES: [(&str, Use); 4] = [
    ("DEPTHWISE_CONV_2D", Use::PerChannel),
    ("RESHAPE", Use::Nothing),
    ("SQUEEZE", Use::Nothing),
    ("EXPAND_DIMS", Use::Nothing),
];

impl Op {
    /// How it uses the array.
    pub fn array_use(&self) -> Use {
        let other = if self.macs.0 > 0 { Use::Dense } else { Use::Elementwise };
        USES.iter().find(|(kind, _)| *kind == self.kind).map_or(other, |(_, used)| *used)
    }

    /// The multiply-accumulates that the array spends on it, idle lanes included.
    pub fn array_macs(&self) -> Macs {
        let lanes = if self.array_use() == Use::PerChannel { LANES } else { 1 };
        Macs(self.filled_up(self.macs.0).saturating_mul(lanes))
    }

    /// The bytes of its own parameters on the device.
    pub fn device_bytes(&self) -> Bytes {
        Bytes(self.filled_up(self.parameter_bytes.0))
    }

    /// `amount`, of which every channel has an equal part, with the channels filled up.
    fn filled_up(&self, amount: u64) -> u64 {
        let Some(channels) = self.channels else { return amount };
        let channels = u128::from(channels.get());
        let filled = u128::from(amount) * channels.next_multiple_of(u128::from(LANES)) / channels;
        u64::try_from(filled).unwrap_or(u64::MAX)
    }
}

impl OpGraph {
    /// For each operation the bytes that it makes.
    pub fn made_bytes(&self) -> Vec<Bytes> {
        let mut made = vec![Bytes(0); self.ops().len()];
        for tensor in self.tensors() {
            tensor.producer.iter().for_each(|op| made[op.index()] += tensor.bytes);
        }
        made
    }

    /// Over how many places the weights of `op`, which makes `made` bytes, are moved: one in a fully connected layer,
    /// height times width of the output in a convolution. One as well where the channels are not known.
    pub fn places(&self, op: OpId, made: Bytes) -> u64 {
        self.op(op).channels.map_or(1, |channels| (made.0 / channels).max(1))
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
        }
    }

    #[test]
    fn channels_are_filled_up_to_whole_multiples() {
        let bytes = |channels| op("CONV_2D", channels).device_bytes();
        assert_eq!([bytes(0), bytes(64), bytes(72), bytes(1)], [7200, 7200, 12800, 460_800].map(Bytes));
        let extreme = Op { macs: Macs(u64::MAX), ..op("CONV_2D", u64::MAX) };
        assert_eq!(extreme.array_macs(), Macs(u64::MAX));
    }

    #[test]
    fn a_depthwise_convolution_has_one_lane() {
        assert_eq!(op("CONV_2D", 72).array_macs(), Macs(128_000));
        assert_eq!(op("DEPTHWISE_CONV_2D", 72).array_macs(), Macs(128_000 * 64));
        assert_eq!(Op { macs: Macs(0), ..op("ADD", 0) }.array_use(), Use::Elementwise);
        assert_eq!(Op { macs: Macs(0), ..op("RESHAPE", 0) }.array_use(), Use::Nothing);
    }
}
