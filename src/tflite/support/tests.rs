//! Tests of the judge on models of a few operators.

use std::borrow::Cow;

use proptest::prelude::*;

use super::super::model::{Model, Quantization, Value};
use super::super::testing;
use super::super::{ops, shapes};
use super::{COMPILED, Cause, OnCpu, Placement, Whole};
use crate::graph::OpId;

/// A model that is built operator by operator.
struct Bench(Model<'static>);

impl Bench {
    fn new() -> Bench {
        Bench(testing::model_of(&[]))
    }

    /// Adds values that an operator takes or makes.
    fn values(&mut self, kind: &str, dims: &[i32]) -> u32 {
        let name = format!("t{}", self.0.tensors.len());
        testing::tensor(&mut self.0, &name, kind, dims)
    }

    /// Adds a constant whose bytes are all equal.
    fn bytes(&mut self, kind: &str, dims: &[i32], byte: u8) -> u32 {
        let number = self.values(kind, dims);
        let length = self.0.tensors[number as usize].bytes().expect("a fixed shape");
        self.0.buffers.push(Some(Cow::Owned(vec![byte; length as usize])));
        self.0.tensors[number as usize].buffer = self.0.buffers.len() as u32 - 1;
        number
    }

    fn weights(&mut self, kind: &str, dims: &[i32]) -> u32 {
        self.bytes(kind, dims, 0)
    }

    /// Adds a constant of numbers.
    fn numbers(&mut self, numbers: &[i32]) -> u32 {
        testing::constant(&mut self.0, numbers)
    }

    /// Adds an operator with the given options, and defaults for the others; returns its result.
    fn op(&mut self, kind: &str, inputs: &[u32], output: u32, options: &[(&str, i64)]) -> u32 {
        let name = ops::by_name(kind).map_or("CUSTOM", |def| def.name);
        let inputs: Vec<i32> = inputs.iter().map(|&tensor| tensor as i32).collect();
        let options: Vec<(&str, Value)> =
            options.iter().map(|&(name, value)| (name, Value::Int(value))).collect();
        testing::operator(&mut self.0, name, &inputs, &[output], &options);
        if name == "CUSTOM" {
            self.0.codes.last_mut().unwrap().custom_code = Some(kind.to_string().into());
        }
        output
    }

    /// Returns the reasons for all operators, compiled together.
    fn reasons(&self) -> Vec<Option<(Cause, String)>> {
        let shapes = shapes::analyze(&self.0);
        let judge = Placement::new(&self.0, &shapes);
        judge
            .place(&judge.all())
            .into_iter()
            .map(|reason| reason.map(|reason| (reason.cause, reason.why)))
            .collect()
    }

    fn whole(&self) -> Option<Whole> {
        Placement::new(&self.0, &shapes::analyze(&self.0)).whole()
    }

    fn doubt(&self) -> Option<String> {
        Placement::new(&self.0, &shapes::analyze(&self.0)).doubt(&self.0.operators[0])
    }
}

/// Returns the reason for a model's only operator.
fn alone(build: impl FnOnce(&mut Bench)) -> Option<(Cause, String)> {
    let mut bench = Bench::new();
    build(&mut bench);
    bench.reasons().remove(0)
}

/// Returns a function that adds one operator whose operand and result have these dimensions.
fn plain(kind: &'static str, from: &'static [i32], to: &'static [i32]) -> impl Fn(&mut Bench) {
    move |bench| {
        let (input, output) = (bench.values("INT8", from), bench.values("INT8", to));
        bench.op(kind, &[input], output, &[]);
    }
}

fn convolution(bench: &mut Bench, kind: &str, options: &[(&str, i64)]) {
    let (input, output) = (bench.values("INT8", &[1, 8, 8, 4]), bench.values("INT8", &[1, 8, 8, 4]));
    let (filter, bias) = (bench.weights("INT8", &[4, 3, 3, 4]), bench.numbers(&[0; 4]));
    bench.op(kind, &[input, filter, bias], output, options);
}

#[test]
fn each_operator_is_judged_by_its_own_options() {
    let dilated = |height, width| [("dilation_h_factor", height), ("dilation_w_factor", width)];
    for kind in ["CONV_2D", "DEPTHWISE_CONV_2D"] {
        for both in [1, 2, 4] {
            assert_eq!(alone(|bench| convolution(bench, kind, &dilated(both, both))), None, "{kind} {both}");
        }
        let why = "dilation by 2 in height and 1 in width".to_string();
        assert_eq!(alone(|bench| convolution(bench, kind, &dilated(2, 1))), Some((Cause::Limit, why)));
    }
    for kind in ["AVERAGE_POOL_2D", "MAX_POOL_2D", "CONCATENATION", "ADD"] {
        let fused = |activation| {
            alone(move |bench| {
                let (input, output) =
                    (bench.values("INT8", &[1, 4, 4, 4]), bench.values("INT8", &[1, 4, 4, 4]));
                bench.op(kind, &[input], output, &[("fused_activation_function", activation)]);
            })
        };
        assert_eq!(fused(0), None, "{kind}");
        let expected = (kind != "ADD").then(|| (Cause::Limit, "fused activation RELU".to_string()));
        assert_eq!(fused(1), expected, "{kind}");
    }
    let slices = |steps: &'static [i32], options: &'static [(&str, i64)]| {
        move |bench: &mut Bench| {
            let (input, output) = (bench.values("INT8", &[1, 8, 8, 4]), bench.values("INT8", &[1, 4, 4, 4]));
            let (begin, end, steps) =
                (bench.numbers(&[0; 4]), bench.numbers(&[1, 8, 8, 4]), bench.numbers(steps));
            bench.op("STRIDED_SLICE", &[input, begin, end, steps], output, options);
        }
    };
    assert_eq!(alone(slices(&[1, 1, 1, 1], &[("begin_mask", 3)])), None);
    assert_eq!(alone(slices(&[1, 1, 1, 2], &[])).unwrap().1, "steps of 2 in the last dimension");
    assert_eq!(alone(slices(&[1, 1, 1, 1], &[("new_axis_mask", 1)])).unwrap().1, "option new_axis_mask");
    assert_eq!(alone(slices(&[1, 1, 1, 1], &[("ellipsis_mask", 1)])).unwrap().1, "option ellipsis_mask");
    let mut bench = Bench::new();
    slices(&[1, 2, 2, 1], &[])(&mut bench);
    assert_eq!((bench.reasons(), bench.doubt().unwrap()), (vec![None], "steps of [1, 2, 2, 1]".to_string()));
}

#[test]
fn each_operator_is_judged_by_its_own_shapes() {
    for (kind, from, to, why) in [
        ("SOFTMAX", &[1, 1001][..], &[1, 1001][..], None),
        ("SOFTMAX", &[1, 16_384], &[1, 16_384], None),
        ("SOFTMAX", &[1, 16_385], &[1, 16_385], Some("result of 16385 elements, more than 16384")),
        ("SOFTMAX", &[1, 8, 4], &[1, 8, 4], Some("result with more than one dimension above 1")),
        ("RESIZE_BILINEAR", &[1, 8, 8, 4], &[1, 16, 16, 4], None),
        ("RESIZE_BILINEAR", &[1, 1, 1, 4], &[1, 33, 33, 4], Some("33x33 made out of a single place")),
        ("TILE", &[1, 1, 1, 4], &[1, 33, 33, 4], None),
        ("TRANSPOSE", &[2, 3, 4], &[4, 3, 2], None),
        ("TRANSPOSE", &[2, 3, 4, 5], &[5, 4, 3, 2], Some("more than three dimensions above 1")),
        ("RELU", &[4, 1, 1, 8], &[4, 1, 1, 8], Some("more than three dimensions above 1")),
        ("RELU", &[1, 1, 7, 8, 9], &[1, 1, 7, 8, 9], None),
        ("GELU", &[1, 8], &[1, 8], Some("not an operator of the Edge TPU")),
    ] {
        let found = alone(plain(kind, from, to)).map(|(_, why)| why);
        assert_eq!(found.as_deref(), why, "{kind} {from:?}");
    }
    let doubt = |kind, from, to| {
        let mut bench = Bench::new();
        plain(kind, from, to)(&mut bench);
        bench.doubt()
    };
    assert_eq!(doubt("RESIZE_BILINEAR", &[1, 8, 8, 4], &[1, 16, 16, 4]), None);
    assert!(doubt("RESIZE_BILINEAR", &[1, 8, 8, 4], &[1, 32, 8, 4]).unwrap().contains("lose precision"));
    assert_eq!(doubt("RESHAPE", &[1, 20, 20, 255], &[1, 102_000]), None);
    assert_eq!(doubt("RESHAPE", &[1, 40, 40, 255], &[1, 408_000]).unwrap(), "large tensors");
    let reduction = |axes: &'static [i32], depth: i32| {
        move |bench: &mut Bench| {
            let (input, output) =
                (bench.values("INT8", &[1, 8, 8, depth]), bench.values("INT8", &[1, depth]));
            let axes = bench.numbers(axes);
            bench.op("MEAN", &[input, axes], output, &[]);
        }
    };
    assert_eq!(alone(reduction(&[1, 2], 5)), None);
    assert_eq!(alone(reduction(&[-1], 8)), None);
    assert_eq!(alone(reduction(&[3], 5)).unwrap().1, "reduction of 5 channels, which is not a multiple of 4");
    assert_eq!(alone(reduction(&[0], 8)).unwrap().1, "reduction of the batch dimension");
    let slopes = |dims: &'static [i32]| {
        move |bench: &mut Bench| {
            let (input, output) = (bench.values("INT8", &[1, 8, 8, 4]), bench.values("INT8", &[1, 8, 8, 4]));
            let slopes = bench.weights("INT8", dims);
            bench.op("PRELU", &[input, slopes], output, &[]);
        }
    };
    assert_eq!(alone(slopes(&[1, 1, 4])), None);
    assert_eq!(alone(slopes(&[8, 8, 4])).unwrap().1, "slopes with more than one dimension above 1");
}

#[test]
fn constants_have_their_place() {
    let dense = |format, rows: i32, computed: bool| {
        move |bench: &mut Bench| {
            let (input, output) = (bench.values("INT8", &[rows, 8]), bench.values("INT8", &[rows, 4]));
            let weights =
                if computed { bench.values("INT8", &[4, 8]) } else { bench.weights("INT8", &[4, 8]) };
            bench.op("FULLY_CONNECTED", &[input, weights], output, &[("weights_format", format)]);
        }
    };
    assert_eq!(alone(dense(0, 1, false)), None);
    assert_eq!(alone(dense(1, 1, false)).unwrap().1, "weights in a shuffled format");
    assert_eq!(alone(dense(0, 2, false)).unwrap().1, "result with more than one dimension above 1");
    assert_eq!(
        alone(dense(0, 1, true)).unwrap(),
        (Cause::Parameters, "parameter 't2' is not a constant".into())
    );
    let joined = |others: usize, zero_point: i64, byte: u8| {
        move |bench: &mut Bench| {
            let mut inputs: Vec<u32> = (0..others).map(|_| bench.values("INT8", &[1, 8])).collect();
            let constant = bench.bytes("INT8", &[1, 8], byte);
            let quantization = Quantization { zero_point: Some(vec![zero_point]), ..Quantization::default() };
            bench.0.tensors[constant as usize].quantization = Some(quantization);
            inputs.push(constant);
            let output = bench.values("INT8", &[1, 16]);
            bench.op("CONCATENATION", &inputs, output, &[]);
        }
    };
    assert_eq!(alone(joined(1, -3, -3i8 as u8)), None);
    assert_eq!(alone(joined(1, 0, 5)).unwrap().1, "a constant that is not all zeros");
    assert_eq!(alone(joined(2, 0, 0)).unwrap().1, "a constant beside more than one other operand");
}

#[test]
fn types_are_those_of_the_array() {
    for (kind, is_taken) in
        [("INT8", true), ("UINT8", true), ("INT16", false), ("INT32", false), ("FLOAT32", false)]
    {
        let reason = alone(|bench| {
            let (input, output) = (bench.values(kind, &[1, 8]), bench.values(kind, &[1, 8]));
            bench.op("ADD", &[input, input], output, &[]);
        });
        let expected = (!is_taken).then(|| (Cause::Type, format!("values of type {kind}")));
        assert_eq!(reason, expected);
    }
    let state = alone(|bench| {
        let (input, output) = (bench.values("INT8", &[1, 4, 8]), bench.values("INT8", &[1, 4, 8]));
        let state = bench.values("INT16", &[1, 8]);
        bench.0.tensors[state as usize].is_variable = true;
        bench.op("UNIDIRECTIONAL_SEQUENCE_LSTM", &[input, state], output, &[]);
    });
    assert_eq!(state, None, "state of 16 bits stays on the device");
    let (cause, why) = alone(plain("RELU", &[-1, 8], &[-1, 8])).unwrap();
    assert_eq!((cause, why.as_str()), (Cause::DynamicShape, "shape of 't0' known at run time only"));
}

/// Returns a chain of operators of these kinds; `QUANTIZE` takes floats.
fn chain(kinds: &[&str]) -> Bench {
    let mut bench = Bench::new();
    let float = kinds.first() == Some(&"QUANTIZE");
    let mut last = bench.values(if float { "FLOAT32" } else { "INT8" }, &[1, 8]);
    for kind in kinds {
        let output = bench.values("INT8", &[1, 8]);
        last = bench.op(kind, &[last], output, &[]);
    }
    bench
}

#[test]
fn one_piece_is_compiled() {
    let causes = |kinds: &[&str]| -> Vec<Option<Cause>> {
        chain(kinds).reasons().into_iter().map(|reason| reason.map(|(cause, _)| cause)).collect()
    };
    assert_eq!(causes(&["RELU", "TANH"]), [None, None]);
    assert_eq!(causes(&["QUANTIZE", "RELU", "TANH"]), [Some(Cause::Type), None, None]);
    assert_eq!(
        causes(&["GELU", "RELU", "GELU", "TANH"]),
        [Some(Cause::Kind), None, Some(Cause::Kind), Some(Cause::Behind)]
    );
    let bench = chain(&["RELU", "GELU", "TANH", "GELU", "RELU"]);
    let shapes = shapes::analyze(&bench.0);
    let judge = Placement::new(&bench.0, &shapes);
    let groups = judge.on_cpu(&judge.all());
    let shown: Vec<String> = groups.iter().map(OnCpu::to_string).collect();
    assert_eq!(
        groups.iter().map(|group| group.operators.clone()).collect::<Vec<_>>(),
        [vec![1, 3], vec![2, 4]]
    );
    assert!(shown[0].starts_with("GELU (1, 3): not an operator of the Edge TPU; "), "{shown:?}");
    assert!(
        shown[1].starts_with("TANH, RELU (2, 4): after operator 1 (GELU), which stays on the CPU; "),
        "{shown:?}"
    );
    // A stage that begins after the operator is compiled by itself.
    assert!(judge.on_cpu(&[OpId(2)]).is_empty());
}

proptest! {
    /// Checks that the piece is closed: nothing in it depends on an operator that stays behind it, and each operator
    /// that would be taken but for its place depends on the operator that its reason names, which is not taken.
    #[test]
    fn the_piece_is_closed(
        kinds in proptest::collection::vec(prop_oneof![Just("ADD"), Just("GELU")], 1..24),
        reads in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 24),
    ) {
        let mut bench = Bench::new();
        let mut made = vec![bench.values("INT8", &[1, 8])];
        let mut direct: Vec<Vec<usize>> = Vec::new();
        for (kind, (a, b)) in kinds.iter().zip(&reads) {
            let from = [a.index(made.len()), b.index(made.len())];
            let output = bench.values("INT8", &[1, 8]);
            bench.op(kind, &from.map(|place| made[place]), output, &[]);
            direct.push(from.into_iter().filter_map(|place| place.checked_sub(1)).collect());
            made.push(output);
        }
        let reasons = bench.reasons();
        let ancestors: Vec<Vec<usize>> = (0..kinds.len()).fold(Vec::new(), |mut known: Vec<Vec<usize>>, op| {
            let above = direct[op].iter().flat_map(|&maker| known[maker].iter().copied().chain([maker]));
            let above = above.collect();
            known.push(above);
            known
        });
        for (op, reason) in reasons.iter().enumerate() {
            match reason {
                None => {
                    prop_assert_eq!(kinds[op], "ADD");
                    // All operators on the CPU on which this one depends come before the piece.
                    for &above in ancestors[op].iter().filter(|&&above| reasons[above].is_some()) {
                        prop_assert!(ancestors[above].iter().all(|&first| reasons[first].is_some()));
                    }
                }
                Some((Cause::Behind, why)) => {
                    prop_assert_eq!(kinds[op], "ADD");
                    let named = |&&above: &&usize| why.starts_with(&format!("after operator {above} (GELU)"));
                    prop_assert!(ancestors[op].iter().any(|above| named(&above)), "{op}: {why}");
                }
                Some((cause, _)) => prop_assert_eq!((kinds[op], *cause), ("GELU", Cause::Kind)),
            }
        }
        prop_assert_eq!(reasons.iter().any(Option::is_none), kinds.contains(&"ADD"));
    }
}

#[test]
fn a_model_is_told_as_a_whole() {
    let told = |bench: &Bench| bench.whole().map(|whole| (whole.what, whole.is_refused));
    assert_eq!(told(&chain(&["RELU", "GELU", "RELU"])), None);
    let (what, is_refused) = told(&chain(&["GELU"])).unwrap();
    assert!(what.contains("no operator that the Edge TPU takes") && is_refused);
    let (what, is_refused) = told(&chain(&["RELU", COMPILED])).unwrap();
    assert!(what.contains("already compiled") && is_refused);

    let layer = |values: &str, filter: &str| {
        let mut bench = Bench::new();
        let (input, output) = (bench.values(values, &[1, 8]), bench.values(values, &[1, 4]));
        let weights = bench.weights(filter, &[4, 8]);
        bench.op("FULLY_CONNECTED", &[input, weights], output, &[]);
        bench
    };
    assert_eq!(told(&layer("INT8", "INT8")), None);
    for (values, filter, part) in [
        ("FLOAT32", "FLOAT32", "not quantized"),
        ("FLOAT32", "INT8", "dynamic-range"),
        ("INT16", "INT8", "16 bits"),
    ] {
        let (what, is_refused) = told(&layer(values, filter)).unwrap();
        assert!(what.contains(part) && is_refused, "{what}");
    }
    let mut bench = Bench::new();
    let (half, single) = (bench.weights("FLOAT16", &[4, 8]), bench.values("FLOAT32", &[4, 8]));
    let weights = bench.op("DEQUANTIZE", &[half], single, &[]);
    let (input, output) = (bench.values("FLOAT32", &[1, 8]), bench.values("FLOAT32", &[1, 4]));
    bench.op("FULLY_CONNECTED", &[input, weights], output, &[]);
    assert!(told(&bench).unwrap().0.contains("float16"));

    let mut bench = Bench::new();
    plain("RELU", &[4, 8, 8, 4], &[4, 8, 8, 4])(&mut bench);
    bench.0.inputs = vec![0];
    assert!(told(&bench).unwrap().0.contains("batch"));
    let mut bench = Bench::new();
    plain("RELU", &[-1, 8], &[-1, 8])(&mut bench);
    let (what, is_refused) = told(&bench).unwrap();
    assert!(
        what.contains("'t0' is known at run time only, as a model input declares no size") && is_refused,
        "{what}"
    );
}

#[test]
fn warnings_count_what_is_not_taken() {
    let bench = chain(&["RELU", "GELU", "TANH"]);
    let shapes = shapes::analyze(&bench.0);
    let warnings = Placement::new(&bench.0, &shapes).warnings();
    assert_eq!(warnings, ["1 of 3 operators are not for the Edge TPU (GELU); 'respect inspect' says why"]);
}
