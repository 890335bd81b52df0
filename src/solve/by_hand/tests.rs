use super::*;
use crate::device::EdgeTpu;
use crate::problem::Objective;

/// A graph of two branches that join, a skip over the join, and an operation that makes nothing of use.
///
/// `a` is made of the input and read by `left`, `right` and `end`; `join` reads both; `idle` reads `a,left`.
const GRAPH: &str = r#"{"name": "g",
 "ops": [{"name": "0", "kind": "K", "parameter_bytes": 10, "macs": 0},
  {"name": "1", "kind": "K", "parameter_bytes": 20, "macs": 0},
  {"name": "2", "kind": "K", "parameter_bytes": 30, "macs": 0},
  {"name": "3", "kind": "K", "parameter_bytes": 40, "macs": 0},
  {"name": "4", "kind": "K", "parameter_bytes": 50, "macs": 0},
  {"name": "5", "kind": "K", "parameter_bytes": 60, "macs": 0}],
 "tensors": [{"name": "in", "bytes": 1, "producer": null, "consumers": [0]},
  {"name": "a", "bytes": 1, "producer": 0, "consumers": [1, 2, 4]},
  {"name": "a,left", "bytes": 1, "producer": 1, "consumers": [3, 5]},
  {"name": "right", "bytes": 1, "producer": 2, "consumers": [3]},
  {"name": "join", "bytes": 1, "producer": 3, "consumers": [4]},
  {"name": "out", "bytes": 1, "producer": 4, "consumers": []},
  {"name": "idle", "bytes": 1, "producer": 5, "consumers": []}],
 "outputs": [5]}"#;

fn cut_graph(graph: &str, text: &str, rules: Rules) -> Result<Vec<u32>, String> {
    let graph = OpGraph::from_json(graph.as_bytes()).unwrap();
    let (device, objective) = (EdgeTpu::usb3(), Objective::Memory);
    let problem = Problem { graph: &graph, stages: 1, device, objective, rules };
    let solution = Cuts::parse(&graph, text).and_then(|cuts| solve(&problem, &cuts, 7));
    let solution = solution.map_err(|error| error.to_string())?;
    assert_eq!((solution.origin, solution.lower_bound), (Origin::Hand, 7));
    Ok(solution.schedule.stage_of.iter().map(|stage| stage.0).collect())
}

fn cut(text: &str) -> Result<Vec<u32>, String> {
    cut_graph(GRAPH, text, Rules::Coral)
}

#[test]
fn a_stage_holds_what_its_tensors_need_and_no_earlier_one_holds() {
    assert_eq!(cut("a"), Ok(vec![0, 1, 1, 1, 1, 1]));
    // What is of no use is where the last of its operands is made.
    assert_eq!(cut("a,left+right"), Ok(vec![0, 0, 0, 1, 1, 0]));
    assert_eq!(cut("right + a,left"), Ok(vec![0, 0, 0, 1, 1, 0]));
    assert_eq!(cut("a,right,a,left,join"), Ok(vec![0, 2, 1, 3, 4, 2]));
    // A tensor may be named where it is handed on beside what is made of it, and again.
    assert_eq!(cut("a+right, a+join"), Ok(vec![0, 1, 0, 1, 2, 1]));
}

#[test]
fn names_that_hold_separators_are_taken_whole() {
    let graph = OpGraph::from_json(GRAPH.as_bytes()).unwrap();
    let names = |text| Cuts::parse(&graph, text).map(|cuts| cuts.names(&graph));
    assert_eq!(names("a,left"), Ok(vec![vec!["a,left".to_string()]]));
    assert_eq!(names(" a , right+join "), Ok(vec![vec!["a".into()], vec!["right".into(), "join".into()]]));
}

#[test]
fn a_layer_of_a_fused_name_stands_for_its_tensor() {
    let fused = GRAPH.replace("a,left", "relu;norm;conv").replace("right", "relu_1;conv");
    assert_eq!(cut_graph(&fused, "norm", Rules::Coral), cut("a,left"));
    assert_eq!(cut_graph(&fused, "a,relu+relu_1;conv", Rules::Coral), cut("a,a,left+right"));
    // Two have it, so it is none's.
    let both = cut_graph(&fused, "conv", Rules::Coral).unwrap_err();
    assert_eq!(
        both,
        "no tensor between operations is called 'conv': is it 'relu_1;conv' or 'relu;norm;conv'?"
    );
}

#[test]
fn names_that_are_not_there_bring_the_nearest() {
    let unknown = |text| cut(text).unwrap_err();
    assert_eq!(unknown("LEFT"), "no tensor between operations is called 'LEFT': is it 'a,left'?");
    assert_eq!(unknown("a,righ"), "no tensor between operations is called 'righ': is it 'right'?");
    assert_eq!(unknown("oin"), "no tensor between operations is called 'oin': is it 'join'?");
    let none = unknown("conv");
    assert_eq!(
        none,
        "no tensor between operations is called 'conv': 'respect graph' lists those that there are"
    );
    for text in ["", "a,", ",a", "a++right", "+"] {
        assert!(unknown(text).starts_with("a name is missing"), "{text}");
    }
}

#[test]
fn cuts_that_cannot_be_made_say_why_in_their_tensors_words() {
    let refused = |text| cut(text).unwrap_err();
    assert_eq!(
        refused("in"),
        "cut 1: 'in' is a model input, which no stage makes: name what an operation makes of it"
    );
    assert_eq!(refused("a,join+join"), "cut 2: 'join' is named twice");
    assert_eq!(
        refused("join,a"),
        "cut 2, after 'a': nothing is left for stage 1, as all of it is made before: give cuts in order, from the \
         model's inputs to its outputs"
    );
    assert_eq!(
        refused("a,a"),
        "cut 2, after 'a': nothing is left for stage 1, as all of it is made before: give cuts in order, from the \
         model's inputs to its outputs"
    );
    assert_eq!(
        refused("a,out"),
        "cut 2: 'out' is a model output, and Coral's runner takes them all from the last stage (rule 3): name what it is \
         made of"
    );
    assert_eq!(cut_graph(GRAPH, "a,out", Rules::Precedence), Ok(vec![0, 1, 1, 1, 1, 2]));
    let many = refused("a,right,a,left,join,idle");
    assert!(many.starts_with("5 cuts: 6 stages, but") && many.ends_with("use at most 5"), "{many}");
}

#[test]
fn a_tensor_that_must_not_cross_is_refused_and_what_keeps_with_it_kept() {
    let opaque = |name: &str| {
        let named = format!(r#""name": "{name}""#);
        GRAPH.replace(&named, &format!(r#""uncuttable": "dynamic-shape", {named}"#))
    };
    let refused = |graph: &str, text| cut_graph(graph, text, Rules::Coral).unwrap_err();
    assert_eq!(
        refused(&opaque("right"), "a,right"),
        "cut 2: no stage can end after 'right', as it has a shape that is known at run time only: name a tensor before or \
         after it"
    );
    // What reads it is in the stage that makes it, and so is all that it needs.
    assert_eq!(cut_graph(&opaque("right"), "a", Rules::Coral), Ok(vec![0, 1, 1, 1, 1, 1]));
    let kept = GRAPH.replace(r#""outputs": [5]"#, r#""outputs": [5], "together": [[1, 2]]"#);
    assert_eq!(cut_graph(&kept, "a,left", Rules::Coral), Ok(vec![0, 0, 0, 1, 1, 0]));
    let joined = GRAPH.replace(r#""outputs": [5]"#, r#""outputs": [5], "together": [[2, 3]]"#);
    assert_eq!(
        refused(&joined, "right"),
        "cut 1: no stage can end after 'right', as it must share a stage with all that reads it: name a tensor before or \
         after it"
    );
    let late = GRAPH.replace(
        r#"[1, 2, 4]}"#,
        r#"[1, 2, 4]}, {"name": "late", "bytes": 1, "producer": null, "consumers": [3]}"#,
    );
    let late = late.replace(r#""outputs": [5]"#, r#""outputs": [6]"#);
    assert_eq!(
        refused(&late, "a"),
        "the stages can't run: rule 4: model input 'late' is read first in stage 1, but the first stage takes all inputs; \
         stage 0 ends after 'a', stage 1 is the rest"
    );
    assert_eq!(cut_graph(&late, "a", Rules::Precedence), Ok(vec![0, 1, 1, 1, 1, 1]));
}

#[test]
fn a_bound_of_schedules_that_read_inputs_first_is_none_of_others() {
    let proved = |graph: &str| {
        let graph = OpGraph::from_json(graph.as_bytes()).unwrap();
        let (device, objective, rules) = (EdgeTpu::usb3(), Objective::Memory, Rules::Coral);
        let problem = Problem { graph: &graph, stages: 2, device, objective, rules };
        let solution = solve(&problem, &Cuts::parse(&graph, "a").unwrap(), u64::MAX).unwrap();
        (solution.status, solution.lower_bound < solution.value)
    };
    assert_eq!(proved(GRAPH), (Status::Optimal, false));
    let late =
        GRAPH.replace(r#""producer": null, "consumers": [0]"#, r#""producer": null, "consumers": [0, 4]"#);
    assert_eq!(proved(&late), (Status::Feasible, true));
}

#[test]
fn what_a_cut_hands_on_is_told() {
    let graph = OpGraph::from_json(GRAPH.as_bytes()).unwrap();
    let (device, objective, rules) = (EdgeTpu::usb3(), Objective::Latency, Rules::Coral);
    let problem = Problem { graph: &graph, stages: 1, device, objective, rules };
    let cuts = Cuts::parse(&graph, "a,join").unwrap();
    assert_eq!(
        handed_on(&graph, &solve(&problem, &cuts, 0).unwrap()),
        [
            "cut 1, between stages 0 and 1, hands on 'a' (1 B)",
            "cut 2, between stages 1 and 2, hands on 'a' (1 B), 'join' (1 B)"
        ]
    );
}
