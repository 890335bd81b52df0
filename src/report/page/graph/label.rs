//! The labels of boxes: what is in them, and which part of the network that is.

use std::collections::BTreeMap;

use crate::graph::{OpGraph, OpId};

/// The names of a graph's operations, without what most of them begin with.
pub struct Names<'g> {
    graph: &'g OpGraph,
    /// The parts of a path that most names begin with.
    shared: Vec<&'g str>,
}

impl<'g> Names<'g> {
    /// Returns the names of a graph's operations.
    pub fn new(graph: &'g OpGraph) -> Names<'g> {
        let mut paths: Vec<Vec<&str>> = graph.ops().iter().map(|op| path(&op.name)).collect();
        let (count, mut shared) = (paths.len(), Vec::new());
        loop {
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            let parts =
                paths.iter().filter(|path| path.len() > shared.len() + 1).map(|path| path[shared.len()]);
            parts.for_each(|part| *counts.entry(part).or_default() += 1);
            let Some((&part, &most)) = counts.iter().max_by_key(|&(_, &count)| count) else { break };
            if most * 10 < count * 9 {
                break;
            }
            paths.retain(|path| path.get(shared.len()) == Some(&part));
            shared.push(part);
        }
        Names { graph, shared }
    }

    /// Returns the graph.
    pub fn graph(&self) -> &'g OpGraph {
        self.graph
    }

    /// Returns the name of what a box makes: that of its last operation, of which a converter may have fused several,
    /// without the layer's own operation at its end.
    pub fn result(&self, group: &[OpId]) -> String {
        let Some(&last) = group.last() else { return String::new() };
        let path = path(&self.graph.op(last).name);
        let own = path.strip_prefix(&self.shared[..]).unwrap_or(&path);
        own[..own.len().saturating_sub(1).max(1).min(own.len())].join("/")
    }
}

/// Returns the parts of an operation's first name.
fn path(name: &str) -> Vec<&str> {
    name.split(';').next().unwrap_or("").split('/').collect()
}

/// The parts of kinds' names that are shortened in boxes.
const SHORT: [(&str, &str); 7] = [
    ("_2D", ""),
    ("AVERAGE_", "AVG_"),
    ("CONCATENATION", "CONCAT"),
    ("DEPTHWISE_", "DW_"),
    ("FULLY_CONNECTED", "DENSE"),
    ("RESIZE_BILINEAR", "RESIZE"),
    ("RESIZE_NEAREST_NEIGHBOR", "RESIZE"),
];

/// Returns the kinds of a box's operations, the most frequent first: "6 conv 2d, add"; of equal blocks in a row those of one:
/// "3 × (6 conv 2d, add)".
pub fn kinds(graph: &OpGraph, group: &[OpId]) -> String {
    summary(graph, group, |kind| kind.into())
}

/// Returns the kinds of a box's operations in few letters.
pub fn short_kinds(graph: &OpGraph, group: &[OpId]) -> String {
    summary(graph, group, |kind| {
        SHORT.iter().fold(kind.to_string(), |kind, (long, short)| kind.replace(long, short))
    })
}

fn summary(graph: &OpGraph, group: &[OpId], name: impl Fn(&str) -> String) -> String {
    let kinds: Vec<&str> = group.iter().map(|&op| graph.op(op).kind.as_str()).collect();
    let block = block(&kinds);
    let repeats = kinds.len() / block.max(1);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    kinds[..block].iter().for_each(|&kind| *counts.entry(kind).or_default() += 1);
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    let entry = |(kind, count): &(&str, usize)| {
        let kind = name(kind).to_lowercase().replace('_', " ");
        if *count > 1 { format!("{count} {kind}") } else { kind }
    };
    let list = counts.iter().map(entry).collect::<Vec<_>>().join(", ");
    if repeats > 1 { format!("{repeats} × ({list})") } else { list }
}

/// Returns the length of the block of two or more kinds that `kinds` repeats; their own length if they repeat none.
fn block(kinds: &[&str]) -> usize {
    let repeats = |&length: &usize| {
        kinds.len().is_multiple_of(length)
            && kinds.iter().skip(length).zip(kinds).all(|(kind, before)| kind == before)
    };
    let is_one_kind = kinds.iter().all(|kind| kind == &kinds[0]);
    let lengths = if is_one_kind { 0..0 } else { 2..kinds.len() / 2 + 1 };
    lengths.into_iter().find(repeats).unwrap_or(kinds.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(ops: &[(&str, &str)]) -> OpGraph {
        let op = |(name, kind): &(&str, &str)| {
            format!(r#"{{"name": "{name}", "kind": "{kind}", "parameter_bytes": 0, "macs": 0}}"#)
        };
        let ops: Vec<String> = ops.iter().map(op).collect();
        let text = format!(r#"{{"name": "g", "ops": [{}], "tensors": [], "outputs": []}}"#, ops.join(","));
        OpGraph::from_json(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_label_says_what_is_in_a_box() {
        let kinds_of = |kinds_in: &[&str]| {
            let ops: Vec<(&str, &str)> = kinds_in.iter().map(|&kind| ("n", kind)).collect();
            kinds(&graph(&ops), &(0..ops.len() as u32).map(OpId).collect::<Vec<_>>())
        };
        assert_eq!(kinds_of(&["CONV_2D"]), "conv 2d");
        assert_eq!(kinds_of(&["CONV_2D"; 4]), "4 conv 2d");
        assert_eq!(kinds_of(&["ADD", "CONV_2D", "CONV_2D"]), "2 conv 2d, add");
        assert_eq!(
            kinds_of(&["ADD", "CONV_2D", "CONV_2D", "ADD", "CONV_2D", "CONV_2D"]),
            "2 × (2 conv 2d, add)"
        );
        assert_eq!(kinds_of(&[]), "");
        let graph = graph(&[("n", "DEPTHWISE_CONV_2D"), ("n", "CONCATENATION")]);
        assert_eq!(short_kinds(&graph, &[OpId(0), OpId(1)]), "concat, dw conv");
    }

    #[test]
    fn a_name_is_that_of_the_result_without_what_most_names_share() {
        let graph = graph(&[("net/a/relu;net/b", "K"), ("net/c/d/add", "K"), ("net/e", "K")]);
        let names = Names::new(&graph);
        assert_eq!(names.result(&[OpId(0), OpId(1)]), "c/d");
        assert_eq!((names.result(&[OpId(0)]), names.result(&[OpId(2)])), ("a".into(), "e".into()));
        let same = self::graph(&[("x", "K"), ("x", "K"), ("", "K")]);
        assert_eq!(Names::new(&same).result(&[OpId(0)]), "x");
        assert_eq!(Names::new(&same).result(&[]), "");
    }
}
