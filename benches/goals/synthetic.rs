//! A stand-in for ResNet152: the same blocks and nearly the same bytes, with weights drawn at random.

use std::borrow::Cow;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use respect::tflite::TensorType;
use respect::tflite::model::{Model, Operator, OperatorCode, OperatorOptions, Quantization, Tensor, Value};
use respect::tflite::ops;

const INT32: i8 = 2;
const INT8: i8 = 9;
const KINDS: [&str; 4] = ["CONV_2D", "ADD", "MAX_POOL_2D", "AVERAGE_POOL_2D"];

/// The model.
pub fn resnet152() -> Model<'static> {
    let mut maker = Maker::new();
    let image = maker.activation(&[1, 224, 224, 3]);
    let stem = maker.conv(image, 7, 2, 64);
    let mut x = maker.pool("MAX_POOL_2D", stem, 3, 2);
    for (width, blocks, first_stride) in [(64, 3, 1), (128, 8, 2), (256, 36, 2), (512, 3, 2)] {
        for block in 0..blocks {
            let stride = if block == 0 { first_stride } else { 1 };
            let way = if block == 0 { maker.conv(x, 1, stride, 4 * width) } else { x };
            let narrow = maker.conv(x, 1, stride, width);
            let seen = maker.conv(narrow, 3, 1, width);
            let wide = maker.conv(seen, 1, 1, 4 * width);
            x = maker.add(way, wide);
        }
    }
    let pooled = maker.pool("AVERAGE_POOL_2D", x, 7, 7);
    let classes = maker.conv(pooled, 1, 1, 1000);
    let mut model = maker.model;
    (model.inputs, model.outputs) = (vec![image], vec![classes]);
    model
}

struct Maker {
    model: Model<'static>,
    random: ChaCha8Rng,
}

impl Maker {
    fn new() -> Maker {
        let code = |name: &&str| {
            let code = ops::by_name(name).expect("in the table").code;
            OperatorCode {
                deprecated_builtin_code: code as i8,
                builtin_code: code,
                custom_code: None,
                version: 1,
                is_foreign: false,
            }
        };
        let model = Model {
            version: 3,
            codes: KINDS.iter().map(code).collect(),
            debug_metadata_index: -1,
            buffers: vec![None],
            ..Model::default()
        };
        Maker { model, random: ChaCha8Rng::seed_from_u64(152) }
    }

    fn activation(&mut self, shape: &[i32]) -> u32 {
        self.tensor(shape, INT8, 0, 1)
    }

    fn constant(&mut self, shape: &[i32], kind: i8) -> u32 {
        let mut data = vec![0; shape.iter().product::<i32>() as usize * if kind == INT32 { 4 } else { 1 }];
        self.random.fill_bytes(&mut data);
        self.model.buffers.push(Some(Cow::Owned(data)));
        self.tensor(shape, kind, self.model.buffers.len() as u32 - 1, shape[0] as usize)
    }

    fn tensor(&mut self, shape: &[i32], kind: i8, buffer: u32, scales: usize) -> u32 {
        let number = self.model.tensors.len() as u32;
        let quantization = Quantization {
            scale: Some(vec![0.02; scales]),
            zero_point: Some(vec![0; scales]),
            ..Quantization::default()
        };
        self.model.tensors.push(Tensor {
            name: Some(format!("resnet152/tensor_{number}").into()),
            shape: Some(shape.to_vec()),
            kind: TensorType::by_code(kind).expect("in the schema"),
            buffer,
            quantization: Some(quantization),
            is_variable: false,
            shape_signature: None,
            has_rank: false,
        });
        number
    }

    fn conv(&mut self, input: u32, window: i32, stride: i32, channels: i32) -> u32 {
        let dims = self.model.tensors[input as usize].dims().to_vec();
        let filter = self.constant(&[channels, window, window, dims[3]], INT8);
        let bias = self.constant(&[channels], INT32);
        let output = self.activation(&[1, (dims[1] - 1) / stride + 1, (dims[2] - 1) / stride + 1, channels]);
        let strides = [("stride_w", stride), ("stride_h", stride)];
        self.operator("CONV_2D", &[input, filter, bias], output, &strides)
    }

    fn pool(&mut self, kind: &str, input: u32, window: i32, stride: i32) -> u32 {
        let dims = self.model.tensors[input as usize].dims().to_vec();
        let output = self.activation(&[1, (dims[1] - 1) / stride + 1, (dims[2] - 1) / stride + 1, dims[3]]);
        let sides = [("filter_width", window), ("filter_height", window)];
        let strides = [("stride_w", stride), ("stride_h", stride)];
        self.operator(kind, &[input], output, &[sides, strides].concat())
    }

    fn add(&mut self, a: u32, b: u32) -> u32 {
        let shape = self.model.tensors[a as usize].dims().to_vec();
        let output = self.activation(&shape);
        self.operator("ADD", &[a, b], output, &[])
    }

    /// Padding is SAME, which is 0, as are all other options that are not in `set`; dilations are 1.
    fn operator(&mut self, kind: &str, inputs: &[u32], output: u32, set: &[(&str, i32)]) -> u32 {
        let def = ops::by_name(kind).and_then(|op| op.options).expect("it has options");
        let value = |name: &str| {
            let unset = i32::from(name.starts_with("dilation"));
            set.iter().find(|(other, _)| *other == name).map_or(unset, |(_, value)| *value)
        };
        let values = def.fields.iter().map(|field| Value::Int(i64::from(value(field.name)))).collect();
        self.model.operators.push(Operator {
            code: KINDS.iter().position(|other| *other == kind).expect("a known kind") as u32,
            inputs: inputs.iter().map(|&input| input as i32).collect(),
            outputs: vec![output],
            options: Some(OperatorOptions { def, values }),
            custom_options: None,
            custom_options_format: 0,
            mutating_variable_inputs: None,
            intermediates: None,
            figures: Default::default(),
            debug_metadata_index: -1,
        });
        output
    }
}
