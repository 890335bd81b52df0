//! A model by way of TOSA costs what it costs by way of the `tfl` dialect, and is cut in the same places.

use std::path::Path;

use crate::common::{models, name, python};
use respect::base::units::Time;
use respect::device::EdgeTpu;
use respect::graph::OpGraph;
use respect::policy::guided;
use respect::problem::{Objective, Problem, Rules};
use respect::solve::{Algorithm, solve_for_runner};
use respect::tflite::graph::graph;
use respect_mlir::Foreign;

/// Returns the graph of a module.
fn graph_of_module(path: &Path) -> OpGraph {
    let context = respect_mlir::context();
    let text = std::fs::read(path).unwrap();
    let module = respect_mlir::parse(&context, &text, &path.display().to_string()).unwrap();
    let entry = respect_mlir::entry(&module).unwrap();
    let read = respect_mlir::read_function(entry, Foreign::AsCustom).unwrap();
    graph(&read.model, &name(path)).unwrap().graph
}

/// Returns the multiply-accumulates of each operation that has some, in the order of the file.
fn macs(graph: &OpGraph) -> Vec<u64> {
    graph.ops().iter().map(|op| op.macs.0).filter(|&macs| macs > 0).collect()
}

/// A schedule of a graph: the multiply-accumulates of the operations of each stage, and the bottleneck.
type Cuts = (Vec<Vec<u64>>, Time);

/// Returns the schedule that `respect` finds; none if there is none.
fn cuts(graph: &OpGraph, stages: u32) -> Option<Cuts> {
    // TOSA has more operations that pass values on, and sums of 32 bits between layers: values are free here.
    let free = EdgeTpu { us_per_value_mib: 0.0, us_per_depthwise_mib: 0.0, ..EdgeTpu::usb3() };
    let device = EdgeTpu { us_per_operation: 0.0, ..free };
    let objective = Objective::Latency;
    let problem = Problem { graph, stages, device, objective, rules: Rules::Coral };
    let solution = solve_for_runner(&problem, Algorithm::Respect, &guided(Algorithm::Respect)).ok()?;
    let mut found = vec![Vec::new(); stages as usize];
    for (op, stage) in graph.ops().iter().zip(&solution.schedule.stage_of) {
        if op.macs.0 > 0 {
            found[stage.index()].push(op.macs.0);
        }
    }
    Some((found, solution.evaluation.bottleneck))
}

/// The fewest models that two stages cut between the same layers both ways. In others TOSA has a better place, between two
/// parts of what is one operator of TensorFlow Lite.
const CUT_ALIKE: usize = 5;

/// The most that constants, which TOSA has more of and whose layout is not known by way of it, may add to a bottleneck.
const BY_CONSTANTS: f64 = 1.05;

#[test]
fn models_cost_the_same_by_way_of_tosa() {
    let folder = tempfile::tempdir().unwrap();
    python("to_tosa.py").arg(folder.path()).args(models()).assert().success();
    let mut cut_alike = Vec::new();
    for path in models() {
        let name = name(&path);
        let bytes = std::fs::read(&path).unwrap();
        let model = respect::tflite::read(&bytes).unwrap();
        let direct = graph(&model, &name).unwrap().graph;
        let by_tosa = graph_of_module(&folder.path().join(format!("{name}.mlir")));
        assert_eq!(macs(&by_tosa), macs(&direct), "{name}");
        // What stays on the CPU is known of operators of TensorFlow Lite alone.
        if !direct.on_cpu().is_empty() {
            continue;
        }
        for stages in [2, 3, 4] {
            let (Some((layers, best)), Some((same_layers, bottleneck))) =
                (cuts(&direct, stages), cuts(&by_tosa, stages))
            else {
                assert_eq!(
                    name, "mobilenet_v2_none",
                    "TOSA leaves the size of its batch open, so it can't be cut"
                );
                continue;
            };
            let most = best.as_us() * BY_CONSTANTS;
            assert!(bottleneck.as_us() <= most, "{name} in {stages} stages: {bottleneck}, not {best}");
            if stages == 2 && layers == same_layers {
                cut_alike.push(name.clone());
            }
        }
    }
    assert!(cut_alike.len() >= CUT_ALIKE, "{cut_alike:?}");
}
