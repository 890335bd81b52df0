//! The judge refuses each breach of each rule, and its figures are the definition's.

use respect::base::units::{Bytes, Time};
use respect::device::EdgeTpu;
use respect::graph::OpGraph;
use respect::problem::judge::{Evaluation, Violation, verify};
use respect::problem::{Defect, Objective, Problem, Rules};
use respect::problem::{Schedule, StageId};
use respect::solve::check;

/// Two inputs, four operations in a diamond with a tail; `t0` skips a stage when the diamond is cut twice.
///
/// ```text
/// x -> 0 -t0-> 1 -t1-> 2 -t2-> 3 -t3-> (output)
/// y -> 0       t0 ------------> 3
/// ```
const DIAMOND: &str = r#"{"name": "diamond",
 "ops": [{"name": "a", "kind": "A", "parameter_bytes": 100, "macs": 1000000},
  {"name": "b", "kind": "B", "parameter_bytes": 200, "macs": 2000000},
  {"name": "c", "kind": "C", "parameter_bytes": 300, "macs": 3000000},
  {"name": "d", "kind": "D", "parameter_bytes": 400, "macs": 4000000}],
 "tensors": [{"name": "x", "bytes": 10, "producer": null, "consumers": [0]},
  {"name": "y", "bytes": 20, "producer": null, "consumers": [0, 2]},
  {"name": "t0", "bytes": 30, "producer": 0, "consumers": [1, 3]},
  {"name": "t1", "bytes": 40, "producer": 1, "consumers": [2]},
  {"name": "t2", "bytes": 50, "producer": 2, "consumers": [3]},
  {"name": "t3", "bytes": 60, "producer": 3, "consumers": []}],
 "outputs": [5]}"#;

fn device() -> EdgeTpu {
    // One picosecond a byte streamed, two a byte in, three a byte out, four a byte of a depthwise layer, one microsecond a
    // million MACs.
    let per_byte = (1 << 20) as f64 / 1e6;
    EdgeTpu {
        name: "round".into(),
        clock_mhz: 500.0,
        invoke_us: 5.0,
        us_per_gmac: 1000.0,
        us_per_gmac_by_places: 1000.0,
        us_per_weight_mib: 0.0,
        us_per_value_mib: 0.0,
        us_per_depthwise_mib: 4.0 * per_byte,
        us_per_operation: 0.0,
        cache_bytes: 250,
        stream_us_per_mib: per_byte,
        resend: 3.0,
        tile_places: 10,
        input_us_per_mib: 2.0 * per_byte,
        output_us_per_mib: 3.0 * per_byte,
        cpu_us_per_gmac: 0.0,
        cpu_us_per_value_mib: 0.0,
        uncertainty: None,
    }
}

fn judge_under(
    rules: Rules,
    graph: &str,
    stages: u32,
    stage_of: &[u32],
) -> Result<Evaluation, Vec<Violation>> {
    let graph = OpGraph::from_json(graph.as_bytes()).unwrap();
    let problem = Problem { graph: &graph, stages, device: device(), objective: Objective::Latency, rules };
    verify(&problem, &Schedule { stage_of: stage_of.iter().map(|&stage| StageId(stage)).collect() })
}

fn judge(graph: &str, stages: u32, stage_of: &[u32]) -> Result<Evaluation, Vec<Violation>> {
    judge_under(Rules::Coral, graph, stages, stage_of)
}

/// Asserts that the schedule is refused, and for this reason alone.
fn refused(graph: &str, stages: u32, stage_of: &[u32], message: &str) {
    let violations = judge(graph, stages, stage_of).expect_err("the schedule breaks a rule");
    let messages: Vec<String> = violations.iter().map(ToString::to_string).collect();
    assert_eq!(messages, [message]);
}

#[test]
fn a_valid_schedule_costs_what_the_definition_says() {
    let evaluation = judge(DIAMOND, 3, &[0, 1, 1, 2]).unwrap();
    let [first, second, third] = &evaluation.stages[..] else { panic!("three stages") };
    assert_eq!(evaluation.peak_parameter_bytes, Bytes(500));
    // x and y come in, t0 goes out once although two stages read it.
    assert_eq!((first.input_bytes, first.output_bytes), (Bytes(30), Bytes(30)));
    assert_eq!(first.transfer, Time(2 * 30 + 3 * 30));
    assert_eq!((first.compute, first.invoke, first.streaming), (Time(1_000_000), Time(5_000_000), Time(0)));
    // y is fetched again; t1 stays inside; 500 bytes of parameters exceed the cache by 250.
    assert_eq!((second.input_bytes, second.output_bytes), (Bytes(50), Bytes(50)));
    assert_eq!((second.off_chip_bytes, second.streaming), (Bytes(250), Time(250)));
    // t0 skipped stage 1; t3 is returned to the caller.
    assert_eq!((third.input_bytes, third.output_bytes), (Bytes(80), Bytes(60)));
    assert_eq!(evaluation.bottleneck, second.latency().max(third.latency()));
    // Host buffers: one, and two for each stage that the tensor travels.
    let buffers: Vec<(u32, u32)> =
        evaluation.crossings.iter().map(|crossing| (crossing.tensor.0, crossing.host_buffers())).collect();
    assert_eq!(buffers, [(1, 3), (2, 5), (4, 3)]);
}

#[test]
fn operations_that_must_not_share_a_stage_do_not() {
    let graph = DIAMOND.replacen('{', r#"{"apart": [[3, 1, 1]], "#, 1);
    refused(&graph, 2, &[0, 1, 1, 1], "operations 1 and 3 must not all share a stage, but all are in 1");
    assert!(judge(&graph, 3, &[0, 1, 1, 2]).is_ok());
}

#[test]
fn rule_1_a_tensor_is_made_before_it_is_read() {
    refused(DIAMOND, 2, &[0, 1, 0, 1], "rule 1: tensor 't1' is read in stage 0 but made only in stage 1");
}

#[test]
fn rule_1_a_tensor_that_crosses_has_a_name() {
    let graph = DIAMOND.replace(r#""name": "t1""#, r#""name": """#);
    refused(
        &graph,
        2,
        &[0, 0, 1, 1],
        "rule 1: tensor 3 crosses from stage 0 to a later one but has no name, and stages are joined by name",
    );
    assert!(judge(&graph, 2, &[0, 1, 1, 1]).is_ok(), "inside a stage it needs none");
}

#[test]
fn rule_2_every_stage_hands_something_on() {
    // An operation whose result nobody reads, alone in a stage.
    let graph = DIAMOND
        .replace(
            r#"{"name": "d""#,
            r#"{"name": "dead", "kind": "E", "parameter_bytes": 0, "macs": 0}, {"name": "d""#,
        )
        .replace(r#""producer": 3"#, r#""producer": 4"#)
        .replace("[1, 3]", "[1, 3, 4]")
        .replace(r#""producer": 2, "consumers": [3]"#, r#""producer": 2, "consumers": [4]"#);
    refused(
        &graph,
        3,
        &[0, 0, 0, 1, 2],
        "rule 2: stage 1 makes nothing that a later stage needs for a model output",
    );
    assert!(judge(&graph, 3, &[0, 1, 1, 1, 2]).is_ok());
}

#[test]
fn rule_3_every_model_output_comes_from_the_last_stage() {
    let graph = DIAMOND.replace(r#""outputs": [5]"#, r#""outputs": [5, 3]"#);
    refused(&graph, 2, &[0, 0, 1, 1], "rule 3: model output 't1' is made in stage 0, not in the last");
    assert!(judge(&graph, 2, &[0, 1, 1, 1]).is_ok());
    let none = DIAMOND.replace(r#""outputs": [5]"#, r#""outputs": []"#);
    let violations = judge(&none, 2, &[0, 0, 1, 1]).unwrap_err();
    assert!(violations.contains(&Violation::NoOutputs));
    let passed_on = DIAMOND.replace(r#""outputs": [5]"#, r#""outputs": [5, 0]"#);
    let message = "rule 3: model output 'x' is not made by any operation, so the last stage can't return it";
    refused(&passed_on, 2, &[0, 0, 1, 1], message);
}

#[test]
fn rule_4_the_first_stage_reads_every_model_input() {
    let graph = DIAMOND.replace(r#""consumers": [0, 2]"#, r#""consumers": [2]"#);
    let message = "rule 4: model input 'y' is read first in stage 1, but the first stage takes all inputs";
    refused(&graph, 2, &[0, 0, 1, 1], message);
    assert!(judge(&graph, 2, &[0, 0, 0, 1]).is_ok());
}

#[test]
fn rule_5_a_held_tensor_is_not_replaced() {
    let graph = DIAMOND.replace(r#""name": "t3""#, r#""name": "t1""#);
    let message = "rule 5: tensor 't1' is held after stage 0 but shares its name with another tensor";
    refused(&graph, 2, &[0, 0, 1, 1], message);
    assert!(judge(&graph, 2, &[0, 1, 1, 1]).is_ok(), "a tensor that is not held may share its name");
}

#[test]
fn rule_6_a_tensor_that_crosses_has_a_fixed_type_and_shape() {
    for (why, reason) in [
        ("dynamic-shape", "has a shape that is known at run time only"),
        ("wrong-shape", "has another shape or type than the declared one, from which a stage would start"),
        (
            "opaque",
            "has no fixed bytes (it is a resource, a variant, a variable or a string, or exceeds 2^64 bytes)",
        ),
    ] {
        let marked = format!(r#""uncuttable": "{why}", "name": "t1""#);
        let graph = DIAMOND.replace(r#""name": "t1""#, &marked);
        let message = format!("rule 6: tensor 't1' crosses a cut after stage 0 but {reason}");
        refused(&graph, 2, &[0, 0, 1, 1], &message);
        assert!(judge(&graph, 2, &[0, 1, 1, 1]).is_ok());
    }
}

#[test]
fn rule_7_every_stage_holds_an_operation() {
    refused(DIAMOND, 3, &[0, 0, 2, 2], "rule 7: stage 1 holds no operation");
}

#[test]
fn operations_that_share_state_share_a_stage() {
    let graph = DIAMOND.replace(r#""outputs": [5]"#, r#""outputs": [5], "together": [[1, 2]]"#);
    let message = "operations 1 and 2 must share a stage (they share state) but are in 0 and 1";
    refused(&graph, 2, &[0, 0, 1, 1], message);
}

#[test]
fn a_schedule_of_another_graph_is_refused() {
    refused(DIAMOND, 2, &[0, 1], "the schedule places 2 operations, but the graph has 4");
    refused(DIAMOND, 2, &[0, 0, 1, 7], "operation 3 is in stage 7, but there are 2 stages, from 0");
}

/// The diamond with `why` as the reason that a tensor must not be cut.
fn uncuttable(tensor: &str, why: &str) -> String {
    let named = format!(r#""name": "{tensor}", "#);
    DIAMOND.replace(&named, &format!(r#"{named}"uncuttable": "{why}", "uncuttable_because": "cause", "#))
}

#[test]
fn rule_8_what_the_cpu_reads_once_is_not_bound() {
    let held = "but is read at the first inference only, as Coral's runner binds it like a constant: cause";
    let graph = uncuttable("t1", "held-once");
    refused(&graph, 3, &[0, 1, 2, 2], &format!("rule 8: tensor 't1' is handed over after stage 1 {held}"));
    assert!(judge(&graph, 3, &[0, 1, 1, 2]).is_ok());
    let message = format!("rule 8: tensor 'x' is a model input {held}");
    refused(&uncuttable("x", "held-once"), 2, &[0, 0, 0, 1], &message);
    assert!(judge(&uncuttable("x", "held-once"), 1, &[0, 0, 0, 0]).is_ok(), "the model itself is as it is");
}

#[test]
fn rule_9_what_the_cpu_does_not_compute_is_not_bound() {
    let skipped = "but is not computed by newer runtimes, as Coral's runner binds it like a constant: cause";
    let message = format!("rule 9: tensor 't1' is handed over after stage 1 {skipped}");
    refused(&uncuttable("t1", "skipped"), 3, &[0, 1, 2, 2], &message);
    let message = format!("rule 9: tensor 't3' is a model output {skipped}");
    refused(&uncuttable("t3", "skipped"), 2, &[0, 0, 0, 1], &message);
    let message = "rule 9: tensor 't2' is handed over after stage 1 but is made of constants alone, and belongs in the \
                   stage that reads it: cause";
    refused(&uncuttable("t2", "constant-result"), 3, &[0, 1, 1, 2], message);
}

/// The diamond, of which operation 1 stays on the CPU, and operation 2 is skipped where it does too.
fn behind_cpu() -> String {
    DIAMOND.replace(r#""outputs": [5]"#, r#""outputs": [5], "on_cpu": [1], "skipped_behind_cpu": [2]"#)
}

#[test]
fn rule_9_holds_for_what_comes_after_the_cpu_in_its_stage() {
    let message = "rule 9: tensor 't2' is handed over after stage 0 but is not computed by newer runtimes, as Coral's \
                   runner binds it like a constant: operation 2 (C) comes after operation 1 (B), which stays on the \
                   CPU, so it stays there too, where newer runtimes skip it if its result is handed out of a stage; cut \
                   between the two";
    refused(&behind_cpu(), 2, &[0, 0, 0, 1], message);
    assert!(
        judge(&behind_cpu(), 3, &[0, 1, 1, 2]).is_ok(),
        "what begins a stage on the CPU is before the piece"
    );
    assert!(judge(&behind_cpu(), 3, &[0, 0, 1, 2]).is_ok(), "and so is what another stage makes");
}

#[test]
fn rule_6_the_runner_knows_the_size_of_what_it_binds() {
    let message =
        "rule 6: tensor 't3' is a model output but has a shape that is known at run time only: cause";
    refused(&uncuttable("t3", "dynamic-shape"), 2, &[0, 0, 0, 1], message);
}

#[test]
fn an_input_that_a_later_stage_reads_is_told_of() {
    let leaked = |stage_of: &[u32]| judge(DIAMOND, 2, stage_of).unwrap().leaked_inputs().count();
    assert_eq!((leaked(&[0, 1, 1, 1]), leaked(&[0, 0, 0, 1])), (1, 0), "y is read by operation 2 too");
}

#[test]
fn a_problem_says_which_tensors_cannot_be_cut() {
    let graph = uncuttable("t1", "dynamic-shape")
        .replace(r#""name": "t2", "#, r#""name": "t2", "uncuttable": "opaque", "#);
    let graph = OpGraph::from_json(graph.as_bytes()).unwrap();
    let objective = Objective::Memory;
    let problem = Problem { graph: &graph, stages: 4, device: device(), objective, rules: Rules::Coral };
    insta::assert_snapshot!(check(&problem).unwrap_err()[0].to_string());
}

#[test]
fn precedence_rules_ask_for_order_and_operations_alone() {
    let graph = DIAMOND
        .replace(r#""outputs": [5]"#, r#""outputs": [3]"#)
        .replace(r#""consumers": [0, 2]"#, r#""consumers": [2]"#)
        .replace(r#""name": "t0""#, r#""name": """#);
    assert!(judge_under(Rules::Precedence, &graph, 4, &[0, 1, 2, 3]).is_ok());
    let violations = judge_under(Rules::Precedence, &graph, 3, &[0, 2, 0, 2]).unwrap_err();
    assert_eq!(violations.len(), 2, "{violations:?}");
}

#[test]
fn a_problem_says_what_is_wrong_with_it() {
    let check = |graph: &str, stages| {
        let graph = OpGraph::from_json(graph.as_bytes()).unwrap();
        let objective = Objective::Memory;
        check(&Problem { graph: &graph, stages, device: device(), objective, rules: Rules::Coral })
    };
    assert_eq!(check(DIAMOND, 4), Ok(()));
    assert_eq!(check(DIAMOND, 0), Err(vec![Defect::NoStages]));
    let too_many = check(DIAMOND, 5).unwrap_err()[0].to_string();
    assert!(too_many.ends_with("use at most 4"), "{too_many}");
    let early = DIAMOND.replace(r#""outputs": [5]"#, r#""outputs": [5, 3]"#);
    let held = check(&early, 3).unwrap_err()[0].to_string();
    assert!(held.contains("use at most 2; model output 't1' is read by operations too"), "{held}");
    let no_outputs = DIAMOND.replace(r#""outputs": [5]"#, r#""outputs": []"#);
    assert_eq!(check(&no_outputs, 2), Err(vec![Defect::NoOutputs]));
    assert_eq!(check(&no_outputs, 1), Ok(()));
    let empty = r#"{"name": "", "ops": [], "tensors": [], "outputs": []}"#;
    assert_eq!(check(empty, 1), Err(vec![Defect::NoOperations]));
}

#[test]
fn a_graph_file_is_checked() {
    let refused = |from: &str, to: &str, part: &str| {
        let text = DIAMOND.replace(from, to);
        assert_ne!(text, DIAMOND, "{from} is there to be replaced");
        let message = OpGraph::from_json(text.as_bytes()).unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    };
    refused(r#""consumers": [3]"#, r#""consumers": [0]"#, "depends on its own result");
    refused(r#""consumers": [3]"#, r#""consumers": [9]"#, "operation 9, but there are only 4");
    refused(r#""outputs": [5]"#, r#""outputs": [5, 5]"#, "twice");
    refused(r#""outputs": [5]"#, r#""outputs": [6]"#, "tensor 6");
    refused(r#""macs": 1000000"#, r#""macs": 18446744073709551615"#, "sum of all MACs");
    refused(r#""macs": 1000000"#, r#""macs": 1, "compute_us": -1"#, "measured time");
    refused(r#""macs": 1000000"#, r#""mac": 1"#, "unknown field");
    refused(r#""macs": 1000000"#, r#""macs": -1"#, "line 2");
}

#[test]
fn measured_figures_take_the_place_of_modelled_ones() {
    let graph = DIAMOND
        .replace(r#""macs": 1000000"#, r#""macs": 1000000, "compute_us": 7"#)
        .replace(r#""name": "t0", "bytes": 30"#, r#""name": "t0", "bytes": 30, "transfer_us": 0.5"#);
    let evaluation = judge(&graph, 3, &[0, 1, 1, 2]).unwrap();
    let first = &evaluation.stages[0];
    // All of stage 0 is measured: no invocation; t0 costs its maker and both later readers the same.
    assert_eq!((first.invoke, first.compute), (Time(0), Time(7_000_000)));
    assert_eq!(first.transfer, Time(2 * 30 + 500_000));
    assert_eq!(evaluation.stages[2].transfer, Time(500_000 + 2 * 50 + 3 * 60));
}

#[test]
fn channels_are_filled_up_and_large_layers_are_sent_again() {
    let graph = r#"{"name": "layers",
 "ops": [{"name": "a", "kind": "CONV_2D", "parameter_bytes": 200, "macs": 1000000, "channels": 32},
  {"name": "b", "kind": "DEPTHWISE_CONV_2D", "parameter_bytes": 64, "macs": 1000, "channels": 64},
  {"name": "c", "kind": "FULLY_CONNECTED", "parameter_bytes": 300, "macs": 500000, "channels": 128}],
 "tensors": [{"name": "x", "bytes": 10, "producer": null, "consumers": [0]},
  {"name": "t0", "bytes": 640, "producer": 0, "consumers": [1]},
  {"name": "t1", "bytes": 640, "producer": 1, "consumers": [2]},
  {"name": "y", "bytes": 128, "producer": 2, "consumers": []}],
 "outputs": [3]}"#;
    let stage = &judge(graph, 1, &[0, 0, 0]).unwrap().stages[0];
    // With a depthwise layer the network is spread by places, which fills up to multiples of 16 channels: a million MACs,
    // 640 values at four picoseconds, half a million MACs.
    assert_eq!(stage.compute, Time(1_000_000 + 4 * 640 + 500_000));
    // The convolution of 20 places is held with 64 channels, the others of at most 10 places as they are.
    assert_eq!(
        (stage.parameter_bytes, stage.device_bytes, stage.resent_bytes),
        (Bytes(564), Bytes(764), Bytes(400))
    );
    // 250 of the 400 bytes that would be sent three times are cached: 150 are sent so, 364 once, a picosecond each.
    assert_eq!((stage.off_chip_bytes, stage.streaming), (Bytes(514), Time(3 * 150 + 364)));
}
