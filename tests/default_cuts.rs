//! The promise: the default that everything is compared with cuts where Google's own compiler does.
//!
//! The rows are read from the segments in google-coral/test_data (`pipeline/`), which `edgetpu_compiler --num_segments` made of
//! SSD MobileNet v1 and v2; `test-data/make_segmented.py` makes these two anew.

use respect::device::EdgeTpu;
use respect::graph::OpGraph;
use respect::problem::judge::Crossing;
use respect::problem::{Objective, Problem, Rules};
use respect::solve::{Algorithm, Budget, Solution, solve};

use crate::common::repository;

/// What a segment hands on, by the last part of its first layer's name, and the bytes that it holds on its device.
type Segment = (&'static [&'static str], u64);

const GOOGLES: [(&str, &[Segment]); 4] = [
    (
        "ssd_mobilenet_v1",
        &[
            (&["Conv2d_11_pointwise", "Conv2d_13_depthwise"], 2_310_400),
            (&["Conv2d_13_pointwise", "Conv2d_13_pointwise_1_Conv2d_2_1x1_256"], 1_315_840),
            (&[], 3_431_360),
        ],
    ),
    (
        "ssd_mobilenet_v1",
        &[
            (&["Conv2d_11_pointwise", "Conv2d_12_depthwise"], 1_741_056),
            (&["Conv2d_13_pointwise"], 1_622_016),
            (
                &["Conv2d_13_pointwise_1_Conv2d_3_1x1_128", "Conv2d_13_pointwise_2_Conv2d_2_3x3_s2_512"],
                1_510_912,
            ),
            (&[], 2_183_616),
        ],
    ),
    (
        "ssd_mobilenet_v2",
        &[
            (&["Conv_1", "expanded_conv_13/expand", "layer_19_1_Conv2d_2_1x1_256"], 2_914_752),
            (&[], 3_608_512),
        ],
    ),
    (
        "ssd_mobilenet_v2",
        &[
            (&["expanded_conv_13/expand", "expanded_conv_16/project"], 2_171_328),
            (&["Conv_1", "layer_19_1_Conv2d_3_1x1_128", "layer_19_2_Conv2d_2_3x3_s2_512"], 1_991_168),
            (&[], 2_360_768),
        ],
    ),
];

fn graph(name: &str) -> OpGraph {
    let path = repository(&format!("test-data/segmented/{name}.json"));
    OpGraph::from_json(&std::fs::read(path).unwrap()).unwrap()
}

fn default(graph: &OpGraph, stages: u32) -> Solution {
    let device = EdgeTpu::usb3();
    let problem = Problem { graph, stages, device, objective: Objective::Latency, rules: Rules::Coral };
    solve(&problem, Algorithm::ParameterCount, &Budget::of(Algorithm::ParameterCount)).unwrap()
}

#[test]
fn the_default_ends_segments_where_googles_compiler_does() {
    for (name, segments) in GOOGLES {
        let graph = graph(name);
        let solution = default(&graph, segments.len() as u32);
        for (stage, (handed_on, bytes)) in segments.iter().enumerate() {
            let from_here = |crossing: &&Crossing| crossing.from.is_some_and(|from| from.index() == stage);
            let crossings = solution.evaluation.crossings.iter().filter(from_here);
            let mut found: Vec<String> =
                crossings.map(|crossing| layer(&graph.tensor(crossing.tensor).name)).collect();
            found.sort();
            assert_eq!(found, *handed_on, "{name}: segment {stage} of {}", segments.len());
            let held = solution.evaluation.stages[stage].device_bytes.0;
            let off = held as f64 / *bytes as f64 - 1.0;
            assert!(off.abs() < 0.1, "{name}: segment {stage} holds {held} bytes, Google's {bytes}");
        }
    }
}

/// Returns the layer that a fused name begins with, without the network's name: `Conv2d_0` of `…/MobilenetV1/Conv2d_0/Relu6;…`.
fn layer(name: &str) -> String {
    let first = name.split(';').next().unwrap_or_default();
    let (path, _step) = first.rsplit_once('/').unwrap();
    path.rsplit_once("MobilenetV1/").or(path.rsplit_once("MobilenetV2/")).unwrap().1.into()
}

/// The last operators of v2, as libcoral's `utils_test.cc` numbers them.
#[test]
fn the_rebuilt_detector_has_its_operators_where_the_published_one_has_them() {
    let graph = graph("ssd_mobilenet_v2");
    let kinds: Vec<&str> = graph.ops()[101..].iter().map(|op| op.kind.as_str()).collect();
    let joining = ["CONCATENATION", "RESHAPE", "DEQUANTIZE"];
    let last_predictor = ["CONV_2D", "RESHAPE", "QUANTIZE"];
    let end = ["CONCATENATION", "LOGISTIC", "DEQUANTIZE", "TFLite_Detection_PostProcess"];
    assert_eq!(kinds, [&joining[..], &last_predictor, &end].concat());
}
