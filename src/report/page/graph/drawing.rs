//! The picture of a stage's operations: boxes in layers, with the stage's inputs on top and its outputs at the bottom.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::super::text::{Safe, clipped, count, ending, short};
use super::fold::{Folded, fold};
use super::label::{Names, kinds, short_kinds};
use super::layout::{Layout, lay_out};
use crate::base::units::{Bytes, Macs};
use crate::graph::{OpGraph, OpId, TensorId};
use crate::problem::StageId;
use crate::problem::judge::Evaluation;

/// The most boxes of operations in a picture, so that it can be read.
const BOXES: usize = 24;
/// The width of a picture, in pixels: that of a phone, wherever boxes have room for text in it.
const WIDTH: f64 = 300.0;
/// The widths of boxes, with the gap beside them: the widest, the narrowest with text, and the narrowest, which holds only its
/// number and stands in pictures of very many columns.
const WIDEST: f64 = 260.0;
const WITH_TEXT: f64 = 62.0;
const NARROW: f64 = 34.0;
/// The most columns of boxes with text.
const COLUMNS: f64 = 10.0;
/// The widths of letters of the two lines in a box, in pixels.
const LETTER: f64 = 6.8;
const SMALL_LETTER: f64 = 6.3;
/// The heights of a layer and of a box in it, in pixels.
const LAYER: f64 = 54.0;
const BOX: f64 = 36.0;

/// The most letters of a name in the list.
const NAME: usize = 80;

/// A box of the picture.
struct Node {
    /// The number of a box of operations.
    number: Option<usize>,
    /// What is in the box, for the list.
    label: String,
    /// The first line.
    short: String,
    /// The second line.
    name: String,
    /// What is in the box, in figures.
    figures: String,
    /// The names of all that is in the box.
    names: Vec<String>,
}

/// The picture of a stage.
pub struct Picture {
    /// The picture itself, as SVG.
    pub svg: String,
    /// True if the picture is wider than the narrowest screen.
    pub is_wide: bool,
    /// The list of what is in the boxes, as HTML.
    pub list: String,
}

/// Returns the picture of one stage, with the names of at most `names_left` operations and tensors, which are counted off.
pub fn picture(names: &Names, evaluation: &Evaluation, stage: usize, names_left: &mut usize) -> Picture {
    let graph = names.graph();
    let ops = &evaluation.stages[stage].ops;
    let Folded { nodes: groups, edges: inner } = fold(graph, ops, BOXES);
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
    nodes.extend(groups.iter().enumerate().map(|(number, group)| op_node(names, number, group)));
    let mut last = BTreeSet::new();
    for (label, tensors) in &outgoing {
        last.insert(nodes.len());
        let makers = tensors.iter().filter_map(|&tensor| graph.tensor(tensor).producer);
        edges.extend(makers.filter_map(|op| node_of.get(&op)).map(|&node| (node + shift, nodes.len())));
        nodes.push(tensor_node(graph, label, tensors));
    }
    let layout = lay_out(nodes.len(), &edges, &last);
    let folded =
        if groups.len() < ops.len() { format!(", in {} boxes", groups.len()) } else { String::new() };
    let summary = format!(
        "{}{folded}, from top to bottom; the list below has their names",
        count(ops.len(), "operation")
    );
    let narrowest = if layout.columns <= COLUMNS { WITH_TEXT } else { NARROW };
    let column = (WIDTH / layout.columns.max(1.0)).clamp(narrowest, WIDEST);
    Picture {
        svg: svg(stage, &nodes, &layout, column, &summary),
        is_wide: layout.columns * column > WIDTH + 1.0,
        list: list(stage, &nodes, names_left),
    }
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
    let label = format!("{label}: {bytes}");
    Node {
        number: None,
        short: label.clone(),
        label,
        name: String::new(),
        figures: count(tensors.len(), "tensor"),
        names: tensors.iter().map(|&tensor| short(&graph.tensor(tensor).name, NAME)).collect(),
    }
}

fn op_node(names: &Names, number: usize, group: &[OpId]) -> Node {
    let graph = names.graph();
    let ops = || group.iter().map(|&op| graph.op(op));
    let bytes: Bytes = ops().map(|op| op.parameter_bytes).sum();
    let macs: Macs = ops().map(|op| op.macs).sum();
    Node {
        number: Some(number + 1),
        label: kinds(graph, group),
        short: short_kinds(graph, group),
        name: names.result(group),
        figures: format!("{}, {bytes} of parameters, {macs}", count(group.len(), "operation")),
        names: ops().map(|op| short(&op.name, NAME)).collect(),
    }
}

/// Returns the list of what is in the boxes; operations beyond `names_left` are counted, not named.
fn list(stage: usize, nodes: &[Node], names_left: &mut usize) -> String {
    let mut html = String::from("<ul class=\"boxes\">\n");
    for (place, node) in nodes.iter().enumerate() {
        let shown = node.names.len().min(*names_left);
        *names_left -= shown;
        let mut names: Vec<String> = node.names[..shown].iter().map(|name| Safe(name).to_string()).collect();
        if shown < node.names.len() {
            names.push(format!("and {} more", node.names.len() - shown));
        }
        let number = node.number.map_or_else(String::new, |number| format!("{number}: "));
        let _ = writeln!(
            html,
            "<li id=\"s{stage}b{place}\"><b>{number}{}</b> {}<br><bdi>{}</bdi></li>",
            Safe(&short(&node.label, 200)),
            Safe(&node.figures),
            names.join("</bdi><br><bdi>")
        );
    }
    html + "</ul>\n"
}

fn svg(stage: usize, nodes: &[Node], layout: &Layout, column: f64, summary: &str) -> String {
    let (width, height) = (layout.columns * column, layout.layers as f64 * LAYER);
    let mut svg = format!(
        "<svg class=\"stage\" role=\"group\" aria-labelledby=\"g{stage}-t g{stage}-d\" width=\"{width:.0}\" \
         height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\"><title id=\"g{stage}-t\">The operations of stage \
         {stage}</title><desc id=\"g{stage}-d\">{}</desc>\n",
        Safe(summary)
    );
    layout.edges.iter().for_each(|route| edge(&mut svg, route, column));
    for (place, (node, &(x, layer))) in nodes.iter().zip(&layout.nodes).enumerate() {
        // A box of tensors that is alone in its layer has room for its whole label.
        let is_alone = layout.nodes.iter().filter(|(_, its)| *its == layer).count() == 1;
        let room = if node.number.is_none() && is_alone { column.max(width.min(150.0)) } else { column };
        let (x, y) = ((x * column).clamp(room / 2.0, width.max(room) - room / 2.0), middle(layer));
        // The list can be reached from the keyboard by itself: one stop for the stage, not one for each box.
        let _ = write!(svg, "<a href=\"#s{stage}b{place}\" tabindex=\"-1\">");
        node.draw(&mut svg, x, y, room - 6.0);
        svg.push_str("</a>\n");
    }
    svg + "</svg>\n"
}

fn middle(layer: usize) -> f64 {
    (layer as f64 + 0.5) * LAYER
}

fn edge(svg: &mut String, route: &[(f64, usize)], column: f64) {
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

impl Node {
    fn draw(&self, svg: &mut String, x: f64, y: f64, width: f64) {
        let (class, corner) = if self.number.is_some() { ("op", 4) } else { ("tensor", 18) };
        let _ = write!(
            svg,
            "<g class=\"{class}\"><title>{}</title><rect x=\"{:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{BOX}\" \
             rx=\"{corner}\"/>",
            Safe(&format!("{}: {}", short(&self.label, 80), self.figures)),
            x - width / 2.0,
            y - BOX / 2.0,
        );
        let has_text = width + 6.0 >= WITH_TEXT;
        let number = self
            .number
            .map_or_else(String::new, |number| format!("{number}{}", if has_text { ":" } else { "" }));
        let is_two_lines = has_text && !self.name.is_empty();
        let room = |letter: f64| ((width - 4.0) / letter) as usize;
        let first = if is_two_lines { y - 3.0 } else { y + 4.0 };
        let label = match self.number {
            Some(_) if !has_text => String::new(),
            Some(_) => format!(" {}", clipped(&self.short, room(LETTER).saturating_sub(number.len() + 1))),
            None => clipped(&self.short, room(LETTER)),
        };
        let _ =
            write!(svg, "<text x=\"{x:.1}\" y=\"{first:.1}\"><tspan>{number}</tspan>{}</text>", Safe(&label));
        if is_two_lines {
            let name = ending(&self.name, room(SMALL_LETTER));
            let _ =
                write!(svg, "<text class=\"name\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>", y + 10.5, Safe(&name));
        }
        svg.push_str("</g>");
    }
}
