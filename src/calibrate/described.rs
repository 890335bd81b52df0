//! Graphs of models that a row describes by name: chains of equal layers that were made for measurements.
//!
//! `conv5x3x3_F32` with input `64x64x3` is five convolutions of 3 by 3 places with 32 filters each and padding;
//! `dense4x100+10_tanh` with input `64` is four fully connected layers of 100 units and one of 10.

use std::num::NonZeroU64;

use crate::base::units::{Bytes, Macs};
use crate::graph::array::LANES;
use crate::graph::{GraphParts, Op, OpGraph, OpId, Tensor, TensorId};

/// The most channels, places of a side, and layers: a description of more is not taken for a model.
const MOST: u64 = 1 << 16;
const MOST_LAYERS: u64 = 1 << 10;

/// The input channels that are taken at once, and the bytes of an output channel's scale; the layers have no bias. By
/// these the chains' layers take the bytes that the compiler reports.
const INPUTS_AT_ONCE: u64 = 4;
const SCALE: u64 = 8;

/// Returns the graph of a model that its name and input describe; `None` if they describe none.
pub fn described(name: &str, input: &str) -> Option<OpGraph> {
    let sides = input.split_whitespace().next()?.split('x').map(number).collect::<Option<Vec<u64>>>()?;
    convolutions(name, &sides).or_else(|| dense(name, &sides))
}

/// Returns whether the host converts the model's inputs from float.
pub fn is_float(input: &str) -> bool {
    input.contains("float in")
}

fn number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number| (1..=MOST).contains(number))
}

fn convolutions(name: &str, sides: &[u64]) -> Option<OpGraph> {
    let (shape, filters) = name.strip_prefix("conv")?.split_once("_F")?;
    let [layers, height, width] = shape.split('x').map(number).collect::<Option<Vec<_>>>()?[..] else {
        return None;
    };
    let (&[rows, columns, channels], filters) = (sides, number(filters)?) else { return None };
    let layers = Some(layers).filter(|&layers| layers <= MOST_LAYERS)?;
    let mut chain = LayerChain::new(name, "CONV_2D", rows * columns, channels);
    (0..layers).for_each(|_| chain.layer(filters, height * width));
    chain.graph()
}

fn dense(name: &str, sides: &[u64]) -> Option<OpGraph> {
    let (layers, rest) = name.strip_prefix("dense")?.split_once('x')?;
    let (units, outputs) = rest.split('_').next()?.split_once('+')?;
    let (&[inputs], layers) = (sides, number(layers)?) else { return None };
    let layers = Some(layers).filter(|&layers| layers <= MOST_LAYERS)?;
    let mut chain = LayerChain::new(name, "FULLY_CONNECTED", 1, inputs);
    let (units, outputs) = (number(units)?, number(outputs)?);
    (0..layers).for_each(|_| chain.layer(units, 1));
    chain.layer(outputs, 1);
    chain.graph()
}

/// A chain of layers, all with the same number of places.
struct LayerChain {
    parts: GraphParts,
    kind: &'static str,
    places: u64,
    channels: u64,
}

impl LayerChain {
    fn new(name: &str, kind: &'static str, places: u64, channels: u64) -> LayerChain {
        let mut chain = LayerChain {
            parts: GraphParts { name: name.into(), ..GraphParts::default() },
            kind,
            places,
            channels,
        };
        chain.tensor(None);
        chain
    }

    /// Adds a tensor with the present number of channels.
    fn tensor(&mut self, producer: Option<OpId>) {
        let number = self.parts.tensors.len();
        self.parts.tensors.push(Tensor {
            name: format!("t{number}"),
            bytes: Bytes(self.places.saturating_mul(self.channels)),
            producer,
            consumers: Vec::new(),
            transfer_us: None,
            uncuttable: None,
            uncuttable_because: None,
        });
    }

    fn layer(&mut self, channels: u64, window: u64) {
        let op = OpId(self.parts.ops.len() as u32);
        let weights = window.saturating_mul(self.channels).saturating_mul(channels);
        self.parts.tensors[op.index()].consumers.push(op);
        let filled = channels.next_multiple_of(LANES);
        let taken_at_once = self.channels.next_multiple_of(INPUTS_AT_ONCE);
        let held = window.saturating_mul(taken_at_once).saturating_add(SCALE).saturating_mul(filled);
        self.channels = channels;
        self.parts.ops.push(Op {
            name: format!("layer{}", op.0),
            kind: self.kind.into(),
            parameter_bytes: Bytes(weights),
            macs: Macs(weights.saturating_mul(self.places)),
            channels: NonZeroU64::new(channels),
            compute_us: None,
            array: None,
            places: None,
            laid_out: Some(Bytes(held)),
            instruction_bytes: None,
        });
        self.tensor(Some(op));
    }

    fn graph(mut self) -> Option<OpGraph> {
        self.parts.outputs = vec![TensorId(self.parts.ops.len() as u32)];
        OpGraph::new(self.parts).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_describe_layers() {
        let conv = described("conv5x3x3_F32", "64x64x3 float in, int8 out").unwrap();
        let macs: u64 = conv.ops().iter().map(|op| op.macs.0).sum();
        assert_eq!((conv.ops().len(), conv.parameter_bytes(), macs), (5, Bytes(37_728), 154_533_888));
        assert_eq!(conv.tensors()[5].bytes, Bytes(64 * 64 * 32));
        let dense = described("dense4x100+10_tanh", "64").unwrap();
        assert_eq!((dense.ops().len(), dense.parameter_bytes()), (5, Bytes(37_400)));
    }

    #[test]
    fn other_names_describe_nothing() {
        for (name, input) in [
            ("MobileNet v2", "224x224"),
            ("conv5x3x3_F32", "64x64"),
            ("conv5x3_F32", "64x64x3"),
            ("conv0x3x3_F32", "64x64x3"),
            ("conv9999x3x3_F32", "64x64x3"),
            ("conv65536x65536x65536_F65536", "65536x65536x65536"),
            ("conv5x3x3_F99999999999999999999", "64x64x3"),
            ("dense4x100", "64"),
            ("dense4x+10", "64"),
            ("dense4x100+10_tanh", ""),
            ("", ""),
        ] {
            assert!(described(name, input).is_none(), "{name} {input}");
        }
    }
}
