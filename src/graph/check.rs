//! The check of a graph's parts: references are in bounds, and sizes and sums are within limits that no real model
//! reaches.

use std::collections::HashSet;

use super::parts::{GraphParts, OpId};
use crate::base::limits;
use crate::base::units::Time;

/// The fault found in the parts of a graph.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    /// A reference to a part that does not exist.
    #[error(
        "{what} refers to {kind} {index}, but there are only {count}, numbered from 0: correct the index"
    )]
    OutOfRange {
        /// The part that refers to another, in words.
        what: String,
        /// The kind of the part that is referred to, such as "operation".
        kind: &'static str,
        /// The index that is out of range.
        index: u32,
        /// The number of parts of that kind.
        count: usize,
    },
    /// The data flow has a cycle.
    #[error(
        "operation {op} ('{name}') depends on its own result or comes before itself: a pipeline needs a graph without cycles"
    )]
    Cycle {
        /// The number of an operation on the cycle.
        op: u32,
        /// The name of that operation.
        name: String,
    },
    /// A model output that is listed twice.
    #[error("tensor {tensor} is listed twice as a model output: list it once")]
    RepeatedOutput {
        /// The number of the tensor.
        tensor: u32,
    },
    /// A figure beyond the limit, which no real model reaches.
    #[error("{what} is out of range: {limit} is accepted")]
    TooLarge {
        /// The figure that is out of range, in words.
        what: String,
        /// The values that are accepted, in words.
        limit: String,
    },
}

/// Checks everything but the absence of cycles, and sorts every list of operations.
pub(super) fn check(parts: &mut GraphParts) -> Result<(), GraphError> {
    let ops = parts.ops.len();
    check_sizes(parts)?;
    check_totals(parts)?;
    for (index, tensor) in parts.tensors.iter_mut().enumerate() {
        let what = || format!("tensor {index} ('{}')", tensor.name);
        let all: Vec<OpId> = tensor.producer.iter().chain(&tensor.consumers).copied().collect();
        in_range(what, "operation", &all, ops, |op| op.0)?;
        sort_dedup(&mut tensor.consumers);
    }
    for (index, constant) in parts.shared.iter_mut().enumerate() {
        let what = || format!("shared constant {index} ('{}')", constant.name);
        in_range(what, "operation", &constant.consumers, ops, |op| op.0)?;
        sort_dedup(&mut constant.consumers);
    }
    for (list, sets) in [("together", &mut parts.together), ("apart", &mut parts.apart)] {
        for (index, set) in sets.iter_mut().enumerate() {
            let what = || format!("set {index} of '{list}'");
            in_range(what, "operation", set, ops, |op| op.0)?;
            sort_dedup(set);
        }
        // An empty set constrains nothing.
        sets.retain(|set| !set.is_empty());
    }
    for pair in &parts.ordered {
        in_range(|| "a pair of 'ordered'".into(), "operation", &[pair.before, pair.after], ops, |op| op.0)?;
    }
    parts.ordered.sort_unstable();
    parts.ordered.dedup();
    for (list, ops_of) in [
        ("on_cpu", &mut parts.on_cpu),
        ("skipped_behind_cpu", &mut parts.skipped_behind_cpu),
        ("custom", &mut parts.custom),
        ("keeps_state", &mut parts.keeps_state),
    ] {
        in_range(|| format!("the list '{list}'"), "operation", ops_of, ops, |op| op.0)?;
        sort_dedup(ops_of);
    }
    in_range(|| "the list of outputs".into(), "tensor", &parts.outputs, parts.tensors.len(), |t| t.0)?;
    let mut seen = HashSet::new();
    if let Some(tensor) = parts.outputs.iter().find(|&&tensor| !seen.insert(tensor)) {
        return Err(GraphError::RepeatedOutput { tensor: tensor.0 });
    }
    Ok(())
}

/// Checks the numbers of operations and of references, with which time and memory grow.
fn check_sizes(parts: &GraphParts) -> Result<(), GraphError> {
    let sets = parts.together.iter().chain(&parts.apart);
    let lists = (parts.tensors.iter().map(|tensor| &tensor.consumers))
        .chain(parts.shared.iter().map(|constant| &constant.consumers))
        .chain(sets);
    let references = lists.map(|list| list.len() + 1).sum::<usize>() + 2 * parts.ordered.len();
    let too_many = |what: &str, limit: usize| GraphError::TooLarge {
        what: what.into(),
        limit: format!("at most {limit}"),
    };
    match () {
        () if parts.ops.len() > limits::OPERATIONS => {
            Err(too_many("the number of operations", limits::OPERATIONS))
        }
        () if references > limits::REFERENCES => {
            Err(too_many("the number of references to operations", limits::REFERENCES))
        }
        () => Ok(()),
    }
}

/// Checks the sums of all figures: their limits keep every stage's time within a `u64` of picoseconds, whatever the
/// device's rates.
fn check_totals(parts: &GraphParts) -> Result<(), GraphError> {
    let ops = || parts.ops.iter();
    let tensors = || parts.tensors.iter();
    let bytes = (ops().map(|op| op.device_bytes().0))
        .chain(ops().filter_map(|op| op.instruction_bytes).map(|bytes| bytes.0))
        .chain(tensors().map(|t| t.bytes.0))
        .chain(parts.shared.iter().map(|c| c.bytes.0));
    total("the sum of all bytes", bytes, 1 << 44)?;
    total("the sum of all MACs", ops().map(|op| op.array_macs(false).0), 1 << 50)?;
    let measured = ops().filter_map(|op| op.compute_us).chain(tensors().filter_map(|t| t.transfer_us));
    let limit_us = Time::MAX_US;
    if measured.clone().any(|us| us.is_nan() || us < 0.0) || measured.sum::<f64>() > limit_us {
        let what = "a measured time, or the sum of all measured times,".into();
        return Err(GraphError::TooLarge {
            what,
            limit: format!("a number of microseconds from 0 to {limit_us:e}"),
        });
    }
    Ok(())
}

fn total(what: &str, parts: impl Iterator<Item = u64>, limit: u64) -> Result<(), GraphError> {
    if parts.map(u128::from).sum::<u128>() > u128::from(limit) {
        return Err(GraphError::TooLarge { what: what.into(), limit: format!("at most {limit}") });
    }
    Ok(())
}

fn in_range<T: Copy>(
    what: impl Fn() -> String,
    kind: &'static str,
    ids: &[T],
    count: usize,
    number: impl Fn(T) -> u32,
) -> Result<(), GraphError> {
    match ids.iter().map(|&id| number(id)).find(|&index| index as usize >= count) {
        Some(index) => Err(GraphError::OutOfRange { what: what(), kind, index, count }),
        None => Ok(()),
    }
}

/// Sorts a list of operations and keeps one of each: an operation that reads a tensor twice is listed once.
fn sort_dedup(ops: &mut Vec<OpId>) {
    ops.sort_unstable();
    ops.dedup();
}
