//! Networks as models of signed bytes.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::network::{Layer, Network, WINDOW, smaller};
use crate::tflite::Model;
use crate::tflite::make::{empty, give_value, operator, tensor};
use crate::tflite::model::{Quantization, Value};

/// The scale of every value: sums, maxima and concatenations then have the same scale before and after.
const SCALE: f32 = 1.0 / 16.0;
/// The standard deviation of a weight's byte, which may have any value.
const DEVIATION: f32 = 74.0;
/// The seed of the weights. Times do not depend on them.
const SEED: u64 = 0;
/// The byte of -128, which is no weight.
const LOWEST: u8 = 0x80;
/// The place of the channels in weights, by which they may have scales of their own: in convolutions and dense layers
/// they come first, and in depthwise convolutions last.
const FIRST: i32 = 0;
const LAST: i32 = 3;

/// The weights of the models that are built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Weights {
    /// Random bytes, the same each time.
    Random,
    /// None: the model is good for counting alone.
    Absent,
}

/// A model under construction.
struct Draft {
    model: Model<'static>,
    random: Option<ChaCha8Rng>,
    /// The value that was made last.
    last: u32,
    /// The value before it.
    before: u32,
}

/// Returns the network as a model.
pub(super) fn build(network: &Network, weights: Weights) -> Model<'static> {
    let mut model = empty();
    model.name = Some("main".into());
    model.description = Some("Written by `respect probe`.".into());
    let random = (weights == Weights::Random).then(|| ChaCha8Rng::seed_from_u64(SEED));
    let mut draft = Draft { model, random, last: 0, before: 0 };
    draft.value("input", &network.input);
    draft.model.inputs = vec![draft.last];
    for (place, layer) in network.layers.iter().enumerate() {
        draft.layer(*layer, &format!("layer{place}"));
    }
    draft.model.outputs = vec![draft.last];
    draft.model
}

impl Draft {
    /// Adds a value with these dimensions beside the batch; it becomes the last one.
    fn value(&mut self, name: &str, dims: &[i32]) {
        let number = tensor(&mut self.model, name, "INT8", &[&[1], dims].concat());
        self.quantize(number, vec![SCALE], FIRST);
        self.before = std::mem::replace(&mut self.last, number);
    }

    fn quantize(&mut self, tensor: u32, scale: Vec<f32>, quantized_dimension: i32) {
        let zero_point = Some(vec![0; scale.len()]);
        let quantization =
            Quantization { scale: Some(scale), zero_point, quantized_dimension, ..Default::default() };
        self.model.tensors[tensor as usize].quantization = Some(quantization);
    }

    /// Adds the weights and the bias of a layer whose outputs are sums of `terms` products, with a scale for each of
    /// `scales` channels; returns their numbers.
    fn weights(
        &mut self,
        layer: &str,
        dims: &[i32],
        terms: i32,
        (channels, scales): (i32, usize),
    ) -> [i32; 2] {
        let scale = 1.0 / (DEVIATION * (terms as f32).sqrt());
        let place = if dims[0] == channels { FIRST } else { LAST };
        let constants = [("weights", "INT8", dims, scale), ("bias", "INT32", &[channels][..], scale * SCALE)];
        constants.map(|(what, kind, dims, scale)| {
            let number = tensor(&mut self.model, &format!("{layer}/{what}"), kind, dims);
            self.quantize(number, vec![scale; scales], if dims.len() == 1 { FIRST } else { place });
            let bytes = self.model.tensors[number as usize].bytes().unwrap_or(0) as usize;
            // A buffer without bytes stands for a constant that is not at hand.
            let mut value = vec![0; if self.random.is_some() { bytes } else { 0 }];
            if let Some(random) = self.random.as_mut().filter(|_| kind == "INT8") {
                random.fill_bytes(&mut value);
                // Weights are symmetric about zero.
                value.iter_mut().filter(|byte| **byte == LOWEST).for_each(|byte| *byte += 1);
            }
            give_value(&mut self.model, number, value);
            number as i32
        })
    }

    fn layer(&mut self, layer: Layer, name: &str) {
        let dims = self.model.tensors[self.last as usize].dims()[1..].to_vec();
        let (last, before) = (self.last as i32, self.before as i32);
        let strides = |stride| [("stride_w", Value::Int(stride)), ("stride_h", Value::Int(stride))];
        let made = |stride, channels| vec![smaller(dims[0], stride), smaller(dims[1], stride), channels];
        let channels = dims[dims.len() - 1];
        let (kind, inputs, options, dims) = match layer {
            Layer::Dense(units) => {
                let [weights, bias] = self.weights(name, &[units, channels], channels, (units, 1));
                (("FULLY_CONNECTED", 4), vec![last, weights, bias], vec![], vec![units])
            }
            Layer::Convolution { window, stride, channels: filters } => {
                let shape = [filters, window, window, channels];
                let of_each = (filters, filters as usize);
                let [weights, bias] = self.weights(name, &shape, window * window * channels, of_each);
                let options = strides(stride.into()).to_vec();
                (("CONV_2D", 3), vec![last, weights, bias], options, made(stride, filters))
            }
            Layer::Depthwise { stride } => {
                let shape = [1, WINDOW, WINDOW, channels];
                let of_each = (channels, channels as usize);
                let [weights, bias] = self.weights(name, &shape, WINDOW * WINDOW, of_each);
                let options = [&strides(stride.into())[..], &[("depth_multiplier", Value::Int(1))]].concat();
                (("DEPTHWISE_CONV_2D", 3), vec![last, weights, bias], options, made(stride, channels))
            }
            Layer::Add => (("ADD", 2), vec![before, last], vec![], dims),
            Layer::Concatenate => {
                let of_before = self.model.tensors[self.before as usize].dims()[3];
                let options = vec![("axis", Value::Int(LAST.into()))];
                (("CONCATENATION", 2), vec![before, last], options, made(1, of_before + channels))
            }
            Layer::Pool => {
                let window = [
                    ("filter_width", Value::Int(WINDOW.into())),
                    ("filter_height", Value::Int(WINDOW.into())),
                ];
                (("MAX_POOL_2D", 2), vec![last], [strides(1), window].concat(), dims)
            }
        };
        self.value(name, &dims);
        operator(&mut self.model, kind, &inputs, &[self.last], &options);
    }
}
