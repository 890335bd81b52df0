//! The solvers' prices and the judge's, which share no code, are equal to the picosecond and to the byte.

use std::collections::BTreeSet;

use proptest::prelude::*;
use respect::base::units::{Bytes, Macs, Time};
use respect::device::EdgeTpu;
use respect::device::prices::Prices;
use respect::graph::{OpGraph, OpId};
use respect::policy::guided;
use respect::problem::judge::{Evaluation, StageCost, verify};
use respect::problem::{Objective, Problem, Rules, Schedule, StageId};
use respect::solve::{Algorithm, Budget, NotFound, SolveError, solve};

use crate::random;

/// A stage's figures: bytes on the device, of these resent, off the chip; invocation, instructions, compute, streaming,
/// transfer, output.
type Figures = ([Bytes; 3], [Time; 6]);

/// What `prices` add up to in each stage of a schedule in which data flows forward.
fn added_up(prices: &Prices, graph: &OpGraph, schedule: &Schedule) -> Vec<Figures> {
    let stages = schedule.stages();
    let (mut held, mut resent) = (vec![Bytes(0); stages], vec![Bytes(0); stages]);
    let (mut invoke, mut compute) = (vec![Time(0); stages], vec![Time(0); stages]);
    let (mut transfer, mut output) = (vec![Time(0); stages], vec![Time(0); stages]);
    let mut instructions = vec![Time(0); stages];
    let mut invokes = BTreeSet::new();
    let stage = |op: &OpId| schedule.stage_of[op.index()].index();
    for (index, op) in graph.ops().iter().enumerate() {
        let at = stage(&OpId(index as u32));
        compute[at] += prices.compute[index];
        transfer[at] += prices.returned[index];
        output[at] += prices.returned[index];
        if Prices::is_modelled(op) {
            if invokes.insert(at) {
                instructions[at] += prices.stage_instructions;
            }
            instructions[at] += prices.instructions[index];
            invoke[at] = prices.invoke;
            held[at] += prices.held[index];
            resent[at] += prices.resent[index];
        }
    }
    for constant in graph.shared() {
        let modelled = constant.consumers.iter().filter(|op| Prices::is_modelled(graph.op(**op)));
        modelled.map(stage).collect::<BTreeSet<_>>().into_iter().for_each(|at| held[at] += constant.bytes);
    }
    for (index, tensor) in graph.tensors().iter().enumerate() {
        let maker = tensor.producer.as_ref().map(stage);
        let mut readers: BTreeSet<usize> = tensor.consumers.iter().map(stage).collect();
        readers.retain(|&reader| Some(reader) != maker);
        readers.iter().for_each(|&reader| transfer[reader] += prices.read[index]);
        let returned = match maker {
            Some(_) if !readers.is_empty() => prices.write[index],
            Some(_) if graph.outputs().iter().any(|output| output.index() == index) => prices.emit[index],
            _ => Time(0),
        };
        maker.into_iter().for_each(|maker| {
            transfer[maker] += returned;
            output[maker] += returned;
        });
    }
    let figures = |at: usize| {
        let streaming = prices.streaming.time(held[at], resent[at]);
        (
            [held[at], resent[at], held[at] - prices.streaming.cache],
            [invoke[at], instructions[at], compute[at], streaming, transfer[at], output[at]],
        )
    };
    (0..stages).map(figures).collect()
}

/// The same figures as the judge finds them.
fn judged(evaluation: &Evaluation) -> Vec<Figures> {
    let figures = |stage: &StageCost| {
        (
            [stage.device_bytes, stage.resent_bytes, stage.off_chip_bytes],
            [stage.invoke, stage.instructions, stage.compute, stage.streaming, stage.transfer, stage.output],
        )
    };
    evaluation.stages.iter().map(figures).collect()
}

/// Kinds of operators that use the device's array in every way that there is, and whether they multiply.
const KINDS: [(&str, bool); 9] = [
    ("CONV_2D", true),
    ("FULLY_CONNECTED", true),
    ("DEPTHWISE_CONV_2D", true),
    ("ADD", false),
    ("RESHAPE", false),
    ("SQUEEZE", false),
    ("EXPAND_DIMS", true),
    ("SOFTMAX", false),
    ("UNIDIRECTIONAL_SEQUENCE_LSTM", true),
];

/// The graph with operators of `kinds`, bytes and MACs times `scale` (MACs at most a thousand times), the outputs of some
/// operations made by those before them, some measured model inputs, and no operations that must share a stage.
fn varied(graph: &OpGraph, kinds: &[usize], scale: u64) -> OpGraph {
    let mut parts = graph.parts().clone();
    for (op, &kind) in parts.ops.iter_mut().zip(kinds) {
        let (kind, multiplies) = KINDS[kind % KINDS.len()];
        op.kind = kind.into();
        op.parameter_bytes.0 *= scale;
        op.macs = if multiplies { Macs(op.macs.0 * scale.min(1000)) } else { Macs(0) };
        op.laid_out = scale.is_multiple_of(3).then(|| Bytes(op.parameter_bytes.0 / 2 * 3));
        op.instruction_bytes = scale.is_multiple_of(5).then_some(Bytes(op.parameter_bytes.0 / 3));
    }
    // Some operations stay on the CPU.
    let numbers = (0u32..).zip(&parts.ops).map(|(number, _)| OpId(number));
    parts.on_cpu = numbers.filter(|op| kinds.get(op.index()).is_some_and(|kind| kind % 5 == 4)).collect();
    for (tensor, &kind) in parts.tensors.iter_mut().zip(kinds) {
        tensor.bytes.0 *= scale;
        match &mut tensor.producer {
            Some(maker) if kind >= KINDS.len() => maker.0 = maker.0.saturating_sub(1),
            Some(_) => {}
            None => tensor.transfer_us = (kind >= KINDS.len()).then_some(2.5),
        }
    }
    parts.shared.iter_mut().for_each(|constant| constant.bytes.0 *= scale);
    parts.together.clear();
    OpGraph::new(parts).expect("edges still lead forward")
}

fn graphs() -> impl Strategy<Value = OpGraph> {
    let kinds = prop::collection::vec(0..2 * KINDS.len(), 16);
    let scale = prop_oneof![Just(1u64), 1u64..1000, 1u64..1_000_000];
    (random::problems(10), kinds, scale).prop_map(|((graph, ..), kinds, scale)| varied(&graph, &kinds, scale))
}

/// The presets of both clocks, a device with round prices, and devices of any figures.
fn devices() -> impl Strategy<Value = EdgeTpu> {
    let presets =
        ["usb3", "pcie", "dev-board", "usb3-std", "pcie-std"].map(|name| EdgeTpu::preset(name).unwrap());
    let rates = (0.0..1e3, 0.0..2e3, 0.0..1e2, 0.0..1e2, 0.0..1e4, 0.0..1e4, 0.0..2e4);
    let more = (0.0..1e3, 0.0..1e2, 0.0..1e6, 0.0..1e3, 0.0..4e3);
    let any = (rates, more, 1.0..1e3, 1.0..9.0, 0u64..10_000_000, prop_oneof![0u64..3, 0u64..2000]).prop_map(
        |(
            (invoke, gmac, weight, value, stream, input, output),
            (depthwise, operation, cpu, moved, places),
            clock_mhz,
            resend,
            cache,
            tile,
        )| EdgeTpu {
            name: "any".into(),
            clock_mhz,
            invoke_us: invoke,
            us_per_gmac: gmac,
            us_per_gmac_by_places: places,
            us_per_weight_mib: weight,
            us_per_value_mib: value,
            us_per_depthwise_mib: depthwise,
            us_per_operation: operation,
            cpu_us_per_gmac: cpu,
            cpu_us_per_value_mib: moved,
            cache_bytes: cache,
            stream_us_per_mib: stream,
            resend,
            tile_places: tile,
            input_us_per_mib: input,
            output_us_per_mib: output,
            uncertainty: None,
        },
    );
    let small_cache = (prop::sample::select(presets.to_vec()), 0u64..100_000)
        .prop_map(|(device, cache_bytes)| EdgeTpu { cache_bytes, ..device });
    prop_oneof![prop::sample::select(presets.to_vec()), Just(random::device()), small_cache, any]
}

/// A schedule in which each operation is as many stages after those it depends on as `steps` says.
fn forward(graph: &OpGraph, steps: &[u32]) -> Schedule {
    let mut stage_of = vec![0; graph.ops().len()];
    for (&op, &step) in graph.execution_order().iter().zip(steps) {
        let made = graph.tensors().iter().filter(|tensor| tensor.consumers.contains(&op));
        let ordered = graph.ordered().iter().filter(|pair| pair.after == op).map(|pair| pair.before);
        let before =
            made.filter_map(|tensor| tensor.producer).chain(ordered).map(|maker| stage_of[maker.index()]);
        stage_of[op.index()] = before.max().unwrap_or(0) + step;
    }
    // No stage is left empty.
    let used: BTreeSet<u32> = stage_of.iter().copied().collect();
    let place = |stage: &u32| StageId(used.range(..stage).count() as u32);
    Schedule { stage_of: stage_of.iter().map(place).collect() }
}

fn problem<'g>(graph: &'g OpGraph, device: &EdgeTpu, stages: u32, objective: Objective) -> Problem<'g> {
    Problem { graph, stages, device: device.clone(), objective, rules: Rules::Precedence }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn solvers_and_judge_price_every_stage_alike(
        graph in graphs(),
        device in devices(),
        steps in prop::collection::vec(0u32..3, 16),
    ) {
        let schedule = forward(&graph, &steps);
        let problem = problem(&graph, &device, schedule.stages() as u32, Objective::Latency);
        let evaluation = verify(&problem, &schedule).expect("data flows forward");
        prop_assert_eq!(added_up(&Prices::new(&graph, &device), &graph, &schedule), judged(&evaluation));
    }

    #[test]
    fn solvers_and_judge_agree_on_the_value_of_every_schedule_that_is_found(
        graph in graphs(),
        device in devices(),
        stages in 1u32..5,
        (_, _, objective, rules) in random::problems(2),
        ideals in prop_oneof![Just(4usize), Just(100_000)],
    ) {
        let problem = Problem { rules, ..problem(&graph, &device, stages, objective) };
        for algorithm in Algorithm::PLAIN {
            let budget = Budget { ideals, moves: 500, samples: 2, ..guided(algorithm) };
            let solved = solve(&problem, algorithm, &budget);
            // For want of a policy nothing would be compared.
            let is_sound = match &solved {
                Ok(solution) => solution.lower_bound <= solution.value,
                Err(SolveError::Disputed { .. } | SolveError::NotFound { cause: NotFound::NoGuide, .. }) => false,
                Err(_) => true,
            };
            prop_assert!(is_sound, "{}: {:?}", algorithm, solved);
        }
    }
}

/// A graph and a device with which every price counts: a large layer, a small one, an addition and a measured operation in two
/// stages, none of which fits the cache.
fn everything() -> (OpGraph, EdgeTpu, Schedule) {
    let graph = r#"{"name": "everything",
 "ops": [{"name": "large", "kind": "CONV_2D", "parameter_bytes": 9000, "macs": 1000000, "channels": 30},
  {"name": "small", "kind": "FULLY_CONNECTED", "parameter_bytes": 5000, "macs": 5000, "channels": 10},
  {"name": "sum", "kind": "ADD", "parameter_bytes": 100, "macs": 0},
  {"name": "measured", "kind": "CONV_2D", "parameter_bytes": 700, "macs": 900, "compute_us": 12.5}],
 "tensors": [{"name": "in", "bytes": 300, "producer": null, "consumers": [0]},
  {"name": "t0", "bytes": 6000, "producer": 0, "consumers": [1, 2]},
  {"name": "t1", "bytes": 10, "producer": 1, "consumers": [2]},
  {"name": "t2", "bytes": 6000, "producer": 2, "consumers": [3]},
  {"name": "out", "bytes": 50, "producer": 3, "consumers": []}],
 "outputs": [4],
 "shared_constants": [{"name": "table", "bytes": 256, "consumers": [0, 2]}]}"#;
    let graph = OpGraph::from_json(graph.as_bytes()).expect("a graph file");
    let schedule = Schedule { stage_of: [0, 0, 1, 1].map(StageId).to_vec() };
    (graph, EdgeTpu { cache_bytes: 50, ..random::device() }, schedule)
}

/// What is priced wrongly, and how.
type Slip = (&'static str, fn(&mut Prices));

#[test]
fn the_law_notices_each_price_that_is_a_picosecond_or_a_byte_off() {
    let (graph, device, schedule) = everything();
    let problem = problem(&graph, &device, 2, Objective::Latency);
    let evaluation = verify(&problem, &schedule).expect("a valid schedule");
    let prices = Prices::new(&graph, &device);
    assert_eq!(added_up(&prices, &graph, &schedule), judged(&evaluation));
    const PS: Time = Time(1);
    const BYTE: Bytes = Bytes(1);
    let slips: [Slip; 20] = [
        ("the invocation", |prices| prices.invoke += PS),
        ("a byte streamed once", |prices| prices.streaming.once += PS),
        ("a byte streamed again", |prices| prices.streaming.again += PS),
        ("the cache", |prices| prices.streaming.cache += BYTE),
        ("instructions of a stage", |prices| prices.stage_instructions += PS),
        ("instructions of an operation", |prices| prices.instructions[0] += PS),
        ("bringing back what the CPU reads", |prices| prices.returned[0] += PS),
        ("compute of a large layer", |prices| prices.compute[0] += PS),
        ("compute of a small layer", |prices| prices.compute[1] += PS),
        ("compute of an addition", |prices| prices.compute[2] += PS),
        ("measured compute", |prices| prices.compute[3] += PS),
        ("bytes of a large layer", |prices| prices.held[0] += BYTE),
        ("bytes of a small layer", |prices| prices.held[1] += BYTE),
        ("bytes of an addition", |prices| prices.held[2] += BYTE),
        ("bytes sent again", |prices| prices.resent[0] += BYTE),
        ("bytes sent again that are not", |prices| prices.resent[1] += BYTE),
        ("reading a model input", |prices| prices.read[0] += PS),
        ("reading what another stage made", |prices| prices.read[1] += PS),
        ("handing on", |prices| prices.write[2] += PS),
        ("returning to the caller", |prices| prices.emit[4] += PS),
    ];
    for (what, slip) in slips {
        let mut wrong = prices.clone();
        slip(&mut wrong);
        assert_ne!(added_up(&wrong, &graph, &schedule), judged(&evaluation), "{what}");
    }
}
