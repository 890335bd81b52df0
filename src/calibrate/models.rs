//! Published networks that others have measured, by name; their graphs come with the program.
//!
//! `test-data/make_measured.py` writes the graphs. Networks of one family have the same kinds of layers in other
//! numbers and widths, so that a family is fitted to, or left out, as a whole.

use super::fault::Fault;
use crate::graph::OpGraph;

/// The graphs, one a line.
const GRAPHS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/test-data/measured/graphs.jsonl"));

/// Returns the graph of the published network `name`.
///
/// # Errors
/// Returns an error if the graph that comes with the program is damaged.
pub fn published(name: &str) -> Result<Option<OpGraph>, Fault> {
    let Some(line) = GRAPHS.lines().find(|line| named(line) == Some(name)) else { return Ok(None) };
    OpGraph::from_json(line.as_bytes()).map(Some).map_err(|error| Fault::new(None, error.to_string()))
}

/// Returns the family of a published network; none if no published network is called `name`.
pub fn published_family(name: &str) -> Option<String> {
    GRAPHS.lines().any(|line| named(line) == Some(name)).then(|| family(name))
}

/// Returns the name of the graph on a line of [`GRAPHS`], in which nothing is escaped.
fn named(line: &str) -> Option<&str> {
    line.strip_prefix("{\"name\":\"")?.split('"').next()
}

/// Returns the family of the network `name`: the words before its first digit or comma, without single letters.
fn family(name: &str) -> String {
    let words = name.split(|c: char| c == ',' || c.is_ascii_digit()).next().unwrap_or_default();
    let words = words.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().nth(1).is_some());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::calibrate::equations::gather;
    use crate::calibrate::measurements::read;
    use crate::graph::Op;

    #[test]
    fn every_graph_can_be_read() {
        for line in GRAPHS.lines() {
            let name = named(line).unwrap();
            let graph = published(name).unwrap().unwrap();
            assert!(graph.ops().iter().any(|op| op.channels.is_some()), "{name}");
            assert_eq!(graph.name(), name);
        }
        assert!(published("mobilenet v2").unwrap().is_none());
    }

    #[test]
    fn a_recipe_makes_what_the_converter_makes() {
        let converted =
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/test-data/imagenet/DenseNet121.json"));
        let [ours, converted] =
            [published("DenseNet-121").unwrap().unwrap(), OpGraph::from_json(converted).unwrap()].map(
                |graph| {
                    let op = |op: &Op| (op.kind.clone(), op.parameter_bytes, op.macs, op.channels);
                    let mut ops: Vec<_> = graph.ops().iter().map(op).collect();
                    ops.sort();
                    let mut tensors: Vec<_> =
                        graph.tensors().iter().map(|tensor| (tensor.bytes, tensor.consumers.len())).collect();
                    tensors.sort();
                    (ops, tensors, graph.parameter_bytes())
                },
            );
        assert_eq!(ours, converted);
    }

    #[test]
    fn a_family_is_told_by_its_name() {
        let mut families: BTreeMap<String, usize> = BTreeMap::new();
        for line in GRAPHS.lines() {
            *families.entry(family(named(line).unwrap())).or_default() += 1;
        }
        insta::assert_snapshot!(
            families.iter().map(|(family, count)| format!("{family}: {count}\n")).collect::<String>()
        );
        assert_eq!(family("efficientdet_lite1_dense_0"), family("EfficientDet-Lite3x"));
        assert_eq!(family(""), "");
    }

    #[test]
    fn every_graph_has_a_published_time() {
        let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/test-data/measured/times.csv"));
        let rows = read(text).unwrap();
        // These have theirs in the collection that the presets are fitted to, which is not kept here.
        let elsewhere = ["ResNet-50 V1", "ResNet-50 V2", "VGG16", "efficientdet_lite1_dense_0"];
        for name in GRAPHS.lines().map(|line| named(line).unwrap()) {
            assert!(elsewhere.contains(&name) || rows.iter().any(|row| row.model == name), "{name}");
        }
    }

    #[test]
    fn published_times_are_used_where_network_and_host_are_known() {
        let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/test-data/measured/times.csv"));
        let rows = read(text).unwrap();
        let gathered = gather(&rows, None, &|_| Err("no file is named".into())).unwrap();
        let unused: String = gathered.unused.iter().map(|(why, count)| format!("{why}: {count}\n")).collect();
        insta::assert_snapshot!(format!("fitted: {}\n{unused}", gathered.entries.len()));
    }
}
