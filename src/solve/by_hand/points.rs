//! Cut points: the tensors that stages end after, by name.

use std::collections::{HashMap, HashSet};

use super::error::CutError;
use crate::graph::{OpGraph, TensorId};
use crate::problem::judge::detail;
use crate::problem::{Problem, Rules};

/// How many names are offered in place of one that there is not.
const NEAREST: usize = 3;
/// How unlike a name may be to be offered: the share of its letters that are others.
const UNLIKE: f64 = 0.4;

/// Where stages end: for each but the last, the tensors that it makes last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cuts(Vec<Vec<TensorId>>);

impl Cuts {
    /// The cuts that `text` names: tensors of `graph`, with ',' between cuts and '+' between tensors of one cut.
    ///
    /// Names may hold both: at each place the longest name that fits is taken. A part of a name stands for the tensor where
    /// the name is of several layers that were fused, joined by ';', and no other tensor has that part. Of tensors with one
    /// name the first is taken.
    ///
    /// # Errors
    /// A name is not there or missing.
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

    /// These cuts and then `others`.
    pub fn then(mut self, others: Cuts) -> Cuts {
        self.0.extend(others.0);
        self
    }

    /// How many there are.
    #[expect(clippy::len_without_is_empty, reason = "there is always one")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// How many stages they make.
    pub fn stages(&self) -> u32 {
        u32::try_from(self.len() + 1).unwrap_or(u32::MAX)
    }

    /// The tensors of each.
    pub fn tensors(&self) -> &[Vec<TensorId>] {
        &self.0
    }

    /// The names of each one's tensors.
    pub fn names(&self, graph: &OpGraph) -> Vec<Vec<String>> {
        let names =
            |cut: &Vec<TensorId>| cut.iter().map(|&tensor| graph.tensor(tensor).name.clone()).collect();
        self.0.iter().map(names).collect()
    }

    /// Each for people.
    pub(super) fn described(&self, graph: &OpGraph) -> Vec<String> {
        let quoted = |names: Vec<String>| names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>();
        self.names(graph).into_iter().map(|names| quoted(names).join(" and ")).collect()
    }

    /// Where each stage ends, as a sentence.
    pub(super) fn ends(&self, graph: &OpGraph) -> String {
        let described = self.described(graph);
        let ends = described
            .iter()
            .enumerate()
            .map(|(stage, tensors)| format!("stage {stage} ends after {tensors}"));
        format!("{}, stage {} is the rest", ends.collect::<Vec<_>>().join(", "), self.len())
    }

    /// Says what is wrong with a cut whatever the others are.
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

/// What each name, or part of one, stands for.
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

/// The error of a name that is not there: those that hold it are offered, or else those that are most like it.
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
