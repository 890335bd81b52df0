//! The picture of a stage's operations: nodes in layers, with the stage's inputs on top and its outputs at the
//! bottom.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::colors;
use super::fold::{Folded, fold};
use super::layout::{Layout, lay_out};
use super::text::{Safe, clipped, count, short};
use crate::base::units::{Bytes, Macs};
use crate::graph::{OpGraph, OpId, TensorId};
use crate::problem::StageId;
use crate::problem::judge::Evaluation;

/// The most nodes in a picture that can still be read.
const NODES: usize = 44;
/// The width of a column, the least width with text, and the least width where there are many columns, in pixels.
const COLUMN: f64 = 116.0;
const WITH_TEXT: f64 = 60.0;
const NARROW: f64 = 26.0;
/// The widest picture that keeps wide columns, in pixels.
const WIDTH: f64 = 340.0;
/// The width of a letter, in pixels.
const LETTER: f64 = 5.4;
const LAYER: f64 = 40.0;
const BOX: f64 = 24.0;
/// The most names in a tooltip.
const NAMES: usize = 8;

/// A node of the picture.
struct Node {
    label: String,
    details: String,
    is_tensor: bool,
}

/// Returns the picture of one stage as SVG.
pub fn stage(graph: &OpGraph, evaluation: &Evaluation, stage: usize) -> String {
    let ops = &evaluation.stages[stage].ops;
    let Folded { nodes: groups, edges: inner } = fold(graph, ops, NODES);
    let mut node_of = BTreeMap::new();
    groups
        .iter()
        .enumerate()
        .for_each(|(node, group)| group.iter().for_each(|&op| _ = node_of.insert(op, node)));

    let [incoming, outgoing] = ends(graph, evaluation, stage);
    let shift = incoming.len();
    let mut nodes = Vec::new();
    let mut edges: BTreeSet<(usize, usize)> =
        inner.iter().map(|&(from, to)| (from + shift, to + shift)).collect();
    for (place, (label, tensors)) in incoming.iter().enumerate() {
        nodes.push(tensor_node(graph, label, tensors));
        let readers = tensors.iter().flat_map(|&tensor| &graph.tensor(tensor).consumers);
        edges.extend(readers.filter_map(|op| node_of.get(op)).map(|&node| (place, node + shift)));
    }
    nodes.extend(groups.iter().map(|group| op_node(graph, group)));
    let mut last = BTreeSet::new();
    for (label, tensors) in &outgoing {
        last.insert(nodes.len());
        let makers = tensors.iter().filter_map(|&tensor| graph.tensor(tensor).producer);
        edges.extend(makers.filter_map(|op| node_of.get(&op)).map(|&node| (node + shift, nodes.len())));
        nodes.push(tensor_node(graph, label, tensors));
    }
    let layout = lay_out(nodes.len(), &edges, &last);
    let folded = if groups.len() < ops.len() {
        format!(", drawn as {}", count(groups.len(), "node"))
    } else {
        String::new()
    };
    let summary = format!("{}{folded}, from top to bottom", count(ops.len(), "operation"));
    svg(stage, &nodes, &layout, &summary)
}

/// Groups of tensors that enter or leave a stage together, each with its label.
type Ends = Vec<(String, Vec<TensorId>)>;

/// Returns the tensors that enter a stage, by the stage that makes them, and those that leave it, by the stages that
/// read them.
fn ends(graph: &OpGraph, evaluation: &Evaluation, stage: usize) -> [Ends; 2] {
    let this = StageId(stage as u32);
    let is_inside = |op: &OpId| evaluation.stages[stage].ops.binary_search(op).is_ok();
    let inputs = graph.inputs().iter().copied();
    let read: Vec<TensorId> =
        inputs.filter(|&tensor| graph.tensor(tensor).consumers.iter().any(is_inside)).collect();
    let mut incoming: BTreeMap<Option<StageId>, Vec<TensorId>> = BTreeMap::new();
    let mut outgoing: BTreeMap<&[StageId], Vec<TensorId>> = BTreeMap::new();
    for crossing in &evaluation.crossings {
        if crossing.to.contains(&this) && crossing.from.is_some() {
            incoming.entry(crossing.from).or_default().push(crossing.tensor);
        }
        if crossing.from == Some(this) {
            outgoing.entry(&crossing.to).or_default().push(crossing.tensor);
        }
    }
    let returned: Vec<TensorId> = (graph.outputs().iter().copied())
        .filter(|&tensor| graph.tensor(tensor).producer.as_ref().is_some_and(is_inside))
        .collect();
    let from_caller = (!read.is_empty()).then(|| ("input".to_string(), read));
    let to_caller = (!returned.is_empty()).then(|| ("output".to_string(), returned));
    let list = |stages: &[StageId]| {
        let numbers: Vec<String> = stages.iter().map(|stage| stage.0.to_string()).collect();
        format!("to {}", short(&numbers.join(", "), 12))
    };
    let from = |(from, tensors): (Option<StageId>, Vec<TensorId>)| {
        (from.map_or_else(String::new, |from| format!("from {}", from.0)), tensors)
    };
    [
        from_caller.into_iter().chain(incoming.into_iter().map(from)).collect(),
        outgoing.into_iter().map(|(to, tensors)| (list(to), tensors)).chain(to_caller).collect(),
    ]
}

fn tensor_node(graph: &OpGraph, label: &str, tensors: &[TensorId]) -> Node {
    let bytes: Bytes = tensors.iter().map(|&tensor| graph.tensor(tensor).bytes).sum();
    let names = tensors.iter().map(|&tensor| graph.tensor(tensor).name.as_str());
    Node {
        label: format!("{label}: {bytes}"),
        details: format!("{label}: {}, {bytes}: {}", count(tensors.len(), "tensor"), list(names)),
        is_tensor: true,
    }
}

fn op_node(graph: &OpGraph, group: &[OpId]) -> Node {
    let ops = || group.iter().map(|&op| graph.op(op));
    let main = ops().max_by_key(|op| (op.macs, op.parameter_bytes));
    let kind = main.map_or("", |op| op.kind.as_str()).to_lowercase().replace('_', " ");
    let more = if group.len() > 1 { format!(" +{}", group.len() - 1) } else { String::new() };
    let bytes: Bytes = ops().map(|op| op.parameter_bytes).sum();
    let macs: Macs = ops().map(|op| op.macs).sum();
    Node {
        label: kind + &more,
        details: format!("{bytes} of parameters, {macs}: {}", list(ops().map(|op| op.name.as_str()))),
        is_tensor: false,
    }
}

/// Returns the first names of a list, and the number of the others.
fn list<'t>(names: impl Iterator<Item = &'t str>) -> String {
    let all: Vec<&str> = names.collect();
    let mut list: Vec<String> = all.iter().take(NAMES).map(|name| short(name, 60)).collect();
    if all.len() > NAMES {
        list.push(format!("and {} more", all.len() - NAMES));
    }
    list.join(", ")
}

fn svg(stage: usize, nodes: &[Node], layout: &Layout, summary: &str) -> String {
    let column = if layout.columns * COLUMN > WIDTH { (WIDTH / layout.columns).max(NARROW) } else { COLUMN };
    let (width, height) = (layout.columns * column, layout.layers as f64 * LAYER);
    let mut svg = format!(
        "<svg class=\"stage {}\" role=\"img\" aria-labelledby=\"g{stage}-t g{stage}-d\" width=\"{width:.0}\" \
         height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\"><title id=\"g{stage}-t\">The operations of stage \
         {stage}</title><desc id=\"g{stage}-d\">{}</desc>\n",
        colors::class(stage),
        Safe(summary)
    );
    let middle = |layer: usize| (layer as f64 + 0.5) * LAYER;
    for route in &layout.edges {
        let mut path = String::new();
        for (index, &(x, layer)) in route.iter().enumerate() {
            let x = x * column;
            let (top, bottom) = (middle(layer) - BOX / 2.0, middle(layer) + BOX / 2.0);
            let _ = match index {
                0 => write!(path, "M{x:.1} {bottom:.1}"),
                _ => {
                    let (before, y) = (route[index - 1].0 * column, top);
                    let half = (LAYER - BOX) / 2.0;
                    write!(path, "C{before:.1} {:.1} {x:.1} {:.1} {x:.1} {y:.1}", y - half, y - half)
                }
            };
            if index > 0 && index + 1 < route.len() {
                let _ = write!(path, "V{bottom:.1}");
            }
        }
        let _ = writeln!(svg, "<path d=\"{path}\"/>");
    }
    for (node, &(x, layer)) in nodes.iter().zip(&layout.nodes) {
        // A tensor node that is alone in its layer has room for its whole label.
        let is_alone = layout.nodes.iter().filter(|(_, its)| *its == layer).count() == 1;
        let wide = if node.is_tensor && is_alone { COLUMN } else { column } - 8.0;
        let (x, y) = (x * column, middle(layer));
        let class = if node.is_tensor { "tensor" } else { "op" };
        let _ = write!(
            svg,
            "<g class=\"{class}\"><title>{}</title><rect x=\"{:.1}\" y=\"{:.1}\" width=\"{wide:.1}\" height=\"{BOX}\" rx=\"{}\"/>",
            Safe(&node.details),
            x - wide / 2.0,
            y - BOX / 2.0,
            if node.is_tensor { 12 } else { 4 },
        );
        if column >= WITH_TEXT {
            let label = clipped(&node.label, (wide / LETTER) as usize);
            let _ = write!(svg, "<text x=\"{x:.1}\" y=\"{:.1}\">{}</text>", y + 3.5, Safe(&label));
        }
        svg.push_str("</g>\n");
    }
    svg + "</svg>\n"
}
