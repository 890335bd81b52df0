//! The bytes that the compiler lays an operator's constants out in on the device.
//!
//! Read off the parameter bytes in the files that Google's compiler made of 69 published models, and off its reports on
//! 594 measured chains of layers, which these rules give to the byte for most of the models, and within half a percent for the chains (`make test-field`
//! prints both). A layer is spread over the device's tiles either by places, each tile with all channels of its part of the
//! image, or by channels. By places, up to 64 output channels are filled up to a multiple of 16, and more to a multiple
//! of 64; by channels, always to a multiple of 64. Input channels come in fours. Each output channel has 4 bytes of
//! bias, if the layer has one, and 8 bytes more if its weights have a scale for each channel.

use super::model::{Model, Operator};
use super::ops::MacRule;

/// The input channels that a multiplier takes at once.
const INPUTS_AT_ONCE: u64 = 4;
/// The number of output channels to a multiple of which a layer is filled up: few, and more than [`MOST_OF_FEW`].
const FEW_CHANNELS: u64 = 16;
const MANY_CHANNELS: u64 = 64;
/// The most output channels that are filled up as few.
const MOST_OF_FEW: u64 = 64;
/// The outputs that are too small to be filled up, height times width; those of one place are dense layers. Known from
/// the box and class predictors of the segments of SSD MobileNet v1 and v2.
const SMALL_OUTPUTS: std::ops::RangeInclusive<u64> = 2..=25;
/// The most bytes of an output that is spread by channels. Outputs of 168 KiB are, and outputs of 512 KiB are not.
const MOST_BY_CHANNELS: u64 = 256 << 10;
/// The bytes of an output channel's bias.
const BIAS: u64 = 4;
/// The bytes of an output channel's own scale.
const SCALE: u64 = 8;
/// The number of tiles, each of which gets a copy of a constant that is the same for all places.
pub(super) const TILES: u64 = 16;

/// The operators that combine two values element by element, of which a constant may be spread over all places.
const BROADCASTING: [&str; 8] =
    ["ADD", "SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE", "PRELU"];

/// The types of constants that are no values to compute with: shapes, axes and conditions.
const NO_VALUES: [&str; 4] = ["INT32", "INT64", "UINT32", "BOOL"];

/// The bytes of a line of a tile's parameter memory: four input channels for each of 64 output channels.
const LINE: u64 = INPUTS_AT_ONCE * MANY_CHANNELS;

/// The memory that a constant takes on the device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Held {
    /// The bytes that are sent to the device.
    pub bytes: u64,
    /// The lines of parameter memory. A line that is used by fewer than 64 channels is not used for anything else.
    pub lines: u64,
    /// The lines of one group of up to 64 output channels; 0 if the constant is of no layer.
    pub group_lines: u64,
    /// True if the constant is combined with values place by place, and not the parameters of a layer.
    pub is_combined: bool,
}

/// The layout of one model's constants.
pub(super) struct Layout<'m> {
    model: &'m Model<'m>,
    /// True if the model has a depthwise convolution: its layers are then all spread by places, so that their values
    /// stay where they are from layer to layer.
    has_depthwise: bool,
}

/// The way in which an operator uses one of its constants.
enum Role {
    /// The weights of a layer: the taps of the window, input channels, and output channels.
    Weights([u64; 3]),
    /// The weights of a depthwise convolution: the taps of the window, and channels.
    Depthwise([u64; 2]),
    /// The bias of so many output channels.
    Bias(u64),
    /// A value that is combined with each place of another.
    Broadcast,
    /// A value of as many elements as the one that it is combined with.
    Elementwise,
    /// A value that the device holds as it is.
    Plain,
    /// A shape, an axis or the like, which the compiler works into its instructions.
    Absorbed,
}

impl<'m> Layout<'m> {
    /// Returns the layout of `model`.
    pub fn new(model: &'m Model<'m>) -> Layout<'m> {
        let is_depthwise = |operator| model.def(operator).macs == MacRule::DepthwiseConv2d;
        Layout::of_part(model, model.operators.iter().any(is_depthwise))
    }

    /// Returns the layout of a part of a model which, as a whole, has a depthwise convolution or has none.
    pub fn of_part(model: &'m Model<'m>, has_depthwise: bool) -> Layout<'m> {
        Layout { model, has_depthwise }
    }

    /// Returns the memory that `constant`, which is one of an operator's inputs, takes on the device; `bytes` are those of
    /// the constant itself.
    pub fn held(&self, operator: &Operator, constant: u32, bytes: u64) -> Held {
        let packed = |bytes: u64| Held { bytes, lines: bytes.div_ceil(LINE), ..Held::default() };
        let place = |input: &i32| u32::try_from(*input) == Ok(constant);
        let Some(input) = operator.inputs.iter().position(place) else { return packed(bytes) };
        let entry = &self.model.tensors[constant as usize];
        let each = entry.kind.bytes(1).unwrap_or(1);
        let scales = entry.quantization.as_ref().and_then(|q| q.scale.as_ref()).map_or(0, Vec::len);
        let scale = if scales > 1 { SCALE } else { 0 };
        // What a group takes if each of its channels has `bytes`.
        let grouped = |bytes: u64, channels: u64, of_channel: u64| {
            let group_lines = of_channel.div_ceil(INPUTS_AT_ONCE);
            let lines = channels.div_ceil(MANY_CHANNELS).saturating_mul(group_lines);
            Held { bytes, lines, group_lines, is_combined: false }
        };
        match self.role(operator, input) {
            Role::Weights([taps, inputs, outputs]) => {
                let filled = self.filled_up(operator, outputs);
                // The weights of a single channel are not filled up, but those of a dense layer are.
                let is_single = outputs == 1 && self.model.def(operator).macs == MacRule::Conv2d;
                let lanes = if is_single { INPUTS_AT_ONCE } else { filled };
                let of_channel = product(&[taps, fours(inputs), each]);
                let bytes = product(&[of_channel, lanes]).saturating_add(filled.saturating_mul(scale));
                if is_single {
                    packed(bytes)
                } else {
                    grouped(bytes, outputs, of_channel.saturating_add(scale))
                }
            }
            Role::Depthwise([taps, channels]) => {
                let filled = fours(channels);
                let of_channel = product(&[taps, INPUTS_AT_ONCE, each]).saturating_add(scale);
                let group_lines = of_channel.div_ceil(INPUTS_AT_ONCE);
                Held { group_lines, ..packed(filled.saturating_mul(of_channel)) }
            }
            Role::Bias(outputs) => match self.model.def(operator).macs {
                MacRule::DepthwiseConv2d => packed(fours(outputs).saturating_mul(BIAS)),
                _ => grouped(self.filled_up(operator, outputs).saturating_mul(BIAS), outputs, BIAS),
            },
            Role::Broadcast => Held { is_combined: true, ..packed(bytes.saturating_mul(TILES)) },
            Role::Elementwise => Held { is_combined: true, ..packed(bytes) },
            Role::Plain => packed(bytes),
            Role::Absorbed => Held::default(),
        }
    }

    /// Returns the way in which an operator uses the constant at place `input`.
    fn role(&self, operator: &Operator, input: usize) -> Role {
        let shape = |input: usize| self.dims(operator.inputs.get(input).copied().unwrap_or(-1));
        let rule = self.model.def(operator).macs;
        match (rule, input, &shape(input)[..]) {
            (MacRule::Conv2d | MacRule::TransposeConv, 1, &[outputs, height, width, inputs]) => {
                Role::Weights([height.saturating_mul(width), inputs, outputs])
            }
            (MacRule::FullyConnected, 1, &[outputs, inputs]) => Role::Weights([1, inputs, outputs]),
            (MacRule::DepthwiseConv2d, 1, &[_, height, width, channels]) => {
                Role::Depthwise([height.saturating_mul(width), channels])
            }
            (MacRule::Conv2d | MacRule::DepthwiseConv2d | MacRule::FullyConnected, 2, &[outputs])
            | (MacRule::TransposeConv, 3, &[outputs]) => Role::Bias(outputs),
            (MacRule::Rnn | MacRule::Lstm, _, &[outputs, inputs]) => Role::Weights([1, inputs, outputs]),
            (MacRule::Rnn | MacRule::Lstm, _, &[outputs]) => Role::Bias(outputs),
            (MacRule::None, _, dims) => self.beside_layers(operator, input, dims),
            _ => Role::Plain,
        }
    }

    /// Returns the way in which an operator that is no layer uses the constant at place `input`, of `dims`.
    fn beside_layers(&self, operator: &Operator, input: usize, dims: &[u64]) -> Role {
        let tensor = u32::try_from(operator.inputs.get(input).copied().unwrap_or(-1));
        let kind = tensor.map(|tensor| self.model.tensors[tensor as usize].kind.name).unwrap_or_default();
        let output = self.output(operator);
        match BROADCASTING.contains(&self.model.label(operator)) {
            _ if NO_VALUES.contains(&kind) => Role::Absorbed,
            true if product(dims) < product(&output) => Role::Broadcast,
            true => Role::Elementwise,
            false => Role::Plain,
        }
    }

    /// Returns the places of an operator's output, height times width; 1 if it has no such dimensions.
    pub fn places(&self, operator: &Operator) -> u64 {
        match &self.output(operator)[..] {
            [_, height, width, _] => height.saturating_mul(*width),
            _ => 1,
        }
    }

    /// Returns `channels` of a layer's output, filled up.
    fn filled_up(&self, operator: &Operator, channels: u64) -> u64 {
        let (output, places) = (self.output(operator), self.places(operator));
        let by_channels = !self.has_depthwise && places > 1 && product(&output) <= MOST_BY_CHANNELS;
        let multiple = match channels {
            _ if by_channels => MANY_CHANNELS,
            _ if SMALL_OUTPUTS.contains(&places) => INPUTS_AT_ONCE,
            0..=MOST_OF_FEW => FEW_CHANNELS,
            _ => MANY_CHANNELS,
        };
        channels.checked_next_multiple_of(multiple).unwrap_or(channels)
    }

    fn output(&self, operator: &Operator) -> Vec<u64> {
        self.dims(operator.outputs.first().map_or(-1, |&tensor| tensor as i32))
    }

    fn dims(&self, tensor: i32) -> Vec<u64> {
        let tensor = usize::try_from(tensor).ok().and_then(|tensor| self.model.tensors.get(tensor));
        tensor.map_or(Vec::new(), |t| t.dims().iter().map(|&dim| u64::try_from(dim).unwrap_or(0)).collect())
    }
}

/// Returns `channels` filled up to a multiple of four.
fn fours(channels: u64) -> u64 {
    channels.checked_next_multiple_of(INPUTS_AT_ONCE).unwrap_or(channels)
}

fn product(dims: &[u64]) -> u64 {
    dims.iter().fold(1, |product, &dim| product.saturating_mul(dim))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::super::testing::{model_of, operator, tensor};
    use super::*;

    /// Returns the bytes on the device of a layer's weights and bias. `channels` are the output's, which the shape of the
    /// weights does not give in a depthwise convolution.
    fn layer(kind: &str, output: &[i32], weights: &[i32], scales: usize) -> u64 {
        let mut model = model_of(&[("in", &[1, 8, 8, 8]), ("out", output)]);
        let channels = output[output.len() - 1];
        let constants = [("INT8", weights), ("INT32", &[channels][..])].map(|(kind, dims)| {
            let number = tensor(&mut model, "constant", kind, dims);
            model.buffers.push(Some(Cow::Borrowed(&[])));
            model.tensors[number as usize].buffer = model.buffers.len() as u32 - 1;
            number
        });
        let scale = Some(vec![0.5; scales]);
        model.tensors[constants[0] as usize].quantization =
            Some(crate::tflite::model::Quantization { scale, ..Default::default() });
        operator(&mut model, kind, &[0, constants[0] as i32, constants[1] as i32], &[1], &[]);
        let layout = Layout::new(&model);
        let held = constants.iter().map(|&constant| layout.held(&model.operators[0], constant, 0).bytes);
        held.fold(0, u64::saturating_add)
    }

    /// What files of Google's compiler hold: of MobileNet v1 and v2, SSD MobileNet v1, PoseNet, a chain of 7x7
    /// convolutions, and measured chains.
    #[test]
    fn layers_are_laid_out_as_in_compiled_files() {
        let depthwise = [1, 3, 3, 24];
        assert_eq!(layer("DEPTHWISE_CONV_2D", &[1, 56, 56, 24], &depthwise, 1), 24 * (36 + 4));
        assert_eq!(layer("DEPTHWISE_CONV_2D", &[1, 56, 56, 24], &depthwise, 24), 24 * (36 + 12));
        // Spread by places: few channels come in sixteens, and many in sixty-fours.
        assert_eq!(layer("CONV_2D", &[1, 128, 128, 32], &[32, 7, 7, 32], 1), 50_304);
        assert_eq!(layer("CONV_2D", &[1, 177, 241, 24], &[24, 3, 3, 3], 1), 32 * (36 + 4));
        assert_eq!(layer("CONV_2D", &[1, 89, 121, 96], &[96, 1, 1, 48], 1), 128 * (48 + 4));
        // Spread by channels, which always come in sixty-fours.
        assert_eq!(layer("CONV_2D", &[1, 64, 64, 32], &[32, 3, 3, 32], 32), 64 * (288 + 12));
        // Dense layers, of one unit and of many, and a convolution of a single channel.
        assert_eq!(layer("FULLY_CONNECTED", &[1, 1], &[1, 256], 1), 16 * (256 + 4));
        assert_eq!(layer("FULLY_CONNECTED", &[1, 1001], &[1001, 256], 1), 1024 * (256 + 4));
        assert_eq!(layer("CONV_2D", &[1, 641, 481, 1], &[1, 1, 1, 384], 1), 4 * 384 + 16 * 4);
    }

    #[test]
    fn constants_beside_layers_are_spread_plain_or_absorbed() {
        let mut model = model_of(&[("in", &[1, 4, 4, 8]), ("out", &[1, 4, 4, 8])]);
        let mut constant = |kind: &str, dims: &[i32]| {
            let number = tensor(&mut model, "constant", kind, dims);
            operator(&mut model, "MUL", &[0, number as i32], &[1], &[]);
            number
        };
        let constants = [("INT8", &[8][..]), ("INT8", &[1, 4, 4, 8]), ("INT32", &[4])]
            .map(|(kind, dims)| constant(kind, dims));
        let layout = Layout::new(&model);
        let held = |place: usize, bytes| layout.held(&model.operators[place], constants[place], bytes).bytes;
        assert_eq!([held(0, 8), held(1, 128), held(2, 16)], [128, 128, 0]);
    }

    #[test]
    fn figures_of_hostile_files_stay_in_range() {
        let most = i32::MAX;
        for kind in ["CONV_2D", "DEPTHWISE_CONV_2D"] {
            assert_eq!(layer(kind, &[1, most, most, most], &[most; 4], 1), u64::MAX, "{kind}");
        }
        // Weights of no output hold nothing; the bias of four is filled up.
        assert_eq!(layer("CONV_2D", &[1, 2, 2, 4], &[-1, 1, 1, 1], 1), 64 * 4);
    }
}
