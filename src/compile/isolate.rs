//! The search for the operations of a refused stage that the compiler refuses: it compiles parts of the stage.

use std::collections::HashSet;
use std::path::Path;

use petgraph::graph::NodeIndex;
use petgraph::visit::{Dfs, Reversed};

use super::attempt::{compiled, scratch};
use super::error::CompileError;
use super::request::Request;
use crate::edgetpu::error::RunError;
use crate::graph::{OpGraph, OpId};
use crate::stages::parts::part_of;
use crate::stages::write;

/// Returns the operations of the refused stage `ops` that the compiler refuses together: in execution order, the first
/// and the last of a run of operations of which no shorter one is refused, or the whole run if the operations between
/// them matter.
///
/// It is taken for granted that a stage is refused if a part of it is. Complexity: compilations of the order of the
/// logarithm of the operations.
///
/// # Errors
/// Returns an error if the compiler fails in a way that does not depend on what it compiles, or if a file can't be
/// written.
pub(super) fn refused(
    request: &Request,
    ops: &[OpId],
    file: &str,
    folder: &Path,
) -> Result<Vec<OpId>, CompileError> {
    let graph = &request.graph.graph;
    let order: Vec<OpId> = graph.execution_order().iter().copied().filter(|op| ops.contains(op)).collect();
    let is_refused = |run: &[OpId]| is_refused(request, run, file, folder);
    let (mut low, mut end) = (0, order.len());
    while low + 1 < end {
        let middle = low.midpoint(end);
        if is_refused(&order[..middle])? { end = middle } else { low = middle }
    }
    let (mut start, mut high) = (0, end);
    while start + 1 < high {
        let middle = start.midpoint(high);
        if is_refused(&order[middle..end])? { start = middle } else { high = middle }
    }
    let run = &order[start..end];
    let (Some(&first), Some(&last)) = (run.first(), run.last()) else { return Ok(Vec::new()) };
    let between = between(graph, first, last);
    let joined: Vec<OpId> = run.iter().copied().filter(|op| between.contains(op)).collect();
    let is_pair = joined.len() > 1 && (joined.len() == run.len() || is_refused(&joined)?);
    let mut refused = if is_pair { vec![first, last] } else { run.to_vec() };
    refused.sort_unstable();
    Ok(refused)
}

/// Returns whether the compiler refuses the operations `ops` as a stage.
fn is_refused(request: &Request, ops: &[OpId], file: &str, folder: &Path) -> Result<bool, CompileError> {
    let mut ops = ops.to_vec();
    ops.sort_unstable();
    let scratch = scratch(folder)?;
    write::write_part(request.model, &part_of(request.graph, &ops), scratch.path(), file.into())?;
    match compiled(request, scratch.path(), &[file]) {
        Ok(_) => Ok(false),
        // A part can fail for a reason of its own: one between whose ends nothing is quantized is not taken for a model.
        Err(RunError::Failed(failed)) => Ok(failed.depends_on_operators()),
        Err(error) => Err(error.into()),
    }
}

/// Returns the operations on the ways from `first` to `last`; a stage that holds both holds all of them.
fn between(graph: &OpGraph, first: OpId, last: OpId) -> HashSet<OpId> {
    let precedence = graph.precedence();
    let node = |op: OpId| NodeIndex::new(op.index());
    let mut down = HashSet::new();
    let mut search = Dfs::new(&precedence, node(first));
    while let Some(next) = search.next(&precedence) {
        down.insert(next);
    }
    let mut both = HashSet::new();
    let reversed = Reversed(&precedence);
    let mut search = Dfs::new(reversed, node(last));
    while let Some(next) = search.next(reversed) {
        if down.contains(&next) {
            both.insert(precedence[next]);
        }
    }
    both
}
