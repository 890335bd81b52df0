//! Cut points: the tensors, by name, after which stages end.

use std::collections::{HashMap, HashSet};

use super::error::CutError;
use crate::graph::{OpGraph, TensorId};
use crate::problem::judge::detail;
use crate::problem::{Problem, Rules};

/// The number of names that are offered in place of an unknown one.
const NEAREST: usize = 3;
/// The largest share of a name's letters that may differ for the name to be offered.
const UNLIKE: f64 = 0.4;

/// The places where stages end: for each stage but the last, the tensors that it makes last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cuts(Vec<Vec<TensorId>>);

impl Cuts {
    /// Returns the cuts that `text` names: tensors of `graph`, with ',' between cuts and '+' between tensors of one
    /// cut.
    ///
    /// Names may hold both: at each place the longest name that fits is taken. A part of a name stands for the tensor
    /// where the name is of several layers that were fused, joined by ';', and no other tensor has that part. Of
    /// tensors with one name the first is taken.
    ///
    /// # Errors
    /// Returns an error if a name is missing or stands for no tensor of `graph`.
    pub fn parse(graph: &OpGraph, text: &str) -> Result<Cuts, CutError> {
        let names = names(graph);
        let longest = names.keys().map(|name| name.len()).max().unwrap_or(0);
        let mut cuts = vec![Vec::new()];
        let mut rest = text.trim_start();
        loop {
            let separators = rest.char_indices().filter(|(_, c)| matches!(c, ',' | '+')).map(|(at, _)| at);
            let ends: Vec<usize> =
                separators.take_while(|&at| at <= longest + 1).chain([rest.len()]).collect();
            let found = ends.iter().rev().find_map(|&end| Some((end, *names.get(rest[..end].trim_end())?)));
            let (end, tensor) = found.ok_or_else(|| unknown(graph, rest[..ends[0]].trim_end()))?;
            cuts.last_mut().expect("there is one").push(tensor);
            match rest[end..].chars().next() {
                None => return Ok(Cuts(cuts)),
                Some(',') => cuts.push(Vec::new()),
                Some(_) => {}
            }
            rest = rest[end + 1..].trim_start();
        }
    }

    /// Returns these cuts followed by `others`.
    pub fn then(mut self, others: Cuts) -> Cuts {
        self.0.extend(others.0);
        self
    }

    /// Returns the number of cuts.
    #[expect(clippy::len_without_is_empty, reason = "there is always one")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the number of stages that the cuts make.
    pub fn stages(&self) -> u32 {
        u32::try_from(self.len() + 1).unwrap_or(u32::MAX)
    }

    /// Returns the tensors of each cut.
    pub fn tensors(&self) -> &[Vec<TensorId>] {
        &self.0
    }

    /// Returns the names of each cut's tensors.
    pub fn names(&self, graph: &OpGraph) -> Vec<Vec<String>> {
        let names =
            |cut: &Vec<TensorId>| cut.iter().map(|&tensor| graph.tensor(tensor).name.clone()).collect();
        self.0.iter().map(names).collect()
    }

    /// Returns a description of each cut, for people.
    pub(super) fn described(&self, graph: &OpGraph) -> Vec<String> {
        let quoted = |names: Vec<String>| names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>();
        self.names(graph).into_iter().map(|names| quoted(names).join(" and ")).collect()
    }

    /// Returns a sentence that says where each stage ends.
    pub(super) fn ends(&self, graph: &OpGraph) -> String {
        let described = self.described(graph);
        let ends = described
            .iter()
            .enumerate()
            .map(|(stage, tensors)| format!("stage {stage} ends after {tensors}"));
        format!("{}, stage {} is the rest", ends.collect::<Vec<_>>().join(", "), self.len())
    }

    /// Checks each cut on its own, whatever the others are.
    pub(super) fn check(&self, problem: &Problem) -> Result<(), CutError> {
        for (cut, tensors) in (1..).zip(&self.0) {
            let mut seen = HashSet::new();
            for &id in tensors {
                let tensor = problem.graph.tensor(id);
                let name = tensor.name.clone();
                if !seen.insert(id) {
                    return Err(CutError::Twice { cut, name });
                }
                if tensor.producer.is_none() {
                    return Err(CutError::Input { cut, name });
                }
                if problem.rules == Rules::Precedence {
                    continue;
                }
                if problem.graph.outputs().contains(&id) {
                    return Err(CutError::Output { cut, name });
                }
                if let Some(why) = tensor.uncuttable {
                    return Err(CutError::Uncuttable {
                        cut,
                        name,
                        why: why.reason().to_string() + &detail(&tensor.uncuttable_because),
                    });
                }
            }
        }
        Ok(())
    }
}

/// Returns the tensor that each name, or part of a name, stands for.
fn names(graph: &OpGraph) -> HashMap<&str, TensorId> {
    let named = || (0u32..).zip(graph.tensors()).filter(|(_, tensor)| !tensor.name.is_empty());
    let mut parts: HashMap<&str, Vec<TensorId>> = HashMap::new();
    for (place, tensor) in named().filter(|(_, tensor)| tensor.producer.is_some()) {
        tensor.name.split(';').for_each(|part| parts.entry(part).or_default().push(TensorId(place)));
    }
    let mut names: HashMap<&str, TensorId> = HashMap::new();
    for (place, tensor) in named() {
        names.entry(&tensor.name).or_insert(TensorId(place));
    }
    for (part, tensors) in parts {
        if let [tensor] = tensors[..] {
            names.entry(part).or_insert(tensor);
        }
    }
    names
}

/// Returns the error for an unknown name: it offers the names that contain it or, if there are none, those that are
/// most like it.
fn unknown(graph: &OpGraph, name: &str) -> CutError {
    if name.is_empty() {
        return CutError::Missing;
    }
    let small = name.to_lowercase();
    let made = graph.tensors().iter().filter(|tensor| tensor.producer.is_some() && !tensor.name.is_empty());
    let mut near: Vec<(bool, f64, &str)> = made
        .map(|tensor| {
            let other = tensor.name.to_lowercase();
            (
                !other.contains(&small),
                1.0 - strsim::normalized_levenshtein(&other, &small),
                tensor.name.as_str(),
            )
        })
        .filter(|&(is_other, unlike, _)| !is_other || unlike <= UNLIKE)
        .collect();
    near.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let near = near.into_iter().take(NEAREST).map(|(.., other)| other.to_string()).collect();
    CutError::Unknown { name: name.into(), near }
}
