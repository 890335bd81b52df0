//! Operations that the Edge TPU takes alone, but not where they stand, as they come after one on the CPU in their
//! stage.
//!
//! The compiler makes one operator of one connected piece of a stage: all that can be computed after the operations at
//! the stage's beginning that stay on the CPU, and before any other operation that does. An operation that depends on a
//! later one on the CPU stays there too.

use super::violation::Bound;
use crate::graph::{OpGraph, OpId, TensorId};
use crate::problem::{Schedule, StageId};

/// A tensor that is not computed where Coral's runner binds it, as its operation is left on the CPU in its stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Skipped {
    pub tensor: TensorId,
    pub place: Bound,
    /// The operation that makes the tensor.
    pub op: OpId,
    /// The operation before `op` that the Edge TPU does not take.
    pub blocker: OpId,
}

impl Skipped {
    /// Returns a sentence that says which operation is left on the CPU, why, and what to do.
    pub fn text(&self, graph: &OpGraph) -> String {
        let name = |op: OpId| format!("operation {} ({})", op.0, graph.op(op).kind);
        format!(
            "{} comes after {}, which stays on the CPU, so it stays there too, where newer runtimes skip it if its result is \
             handed out of a stage; cut between the two",
            name(self.op),
            name(self.blocker)
        )
    }
}

/// The side of the stage's Edge TPU piece on which an operation stands.
#[derive(Clone, Copy)]
enum Side {
    Before,
    Inside,
    Behind(OpId),
}

/// Returns every tensor of `schedule` that is not computed where Coral's runner binds it, in the order of the graph.
///
/// Complexity: linear in the graph; nothing where no operation could be left so.
pub(crate) fn skipped(graph: &OpGraph, schedule: &Schedule) -> Vec<Skipped> {
    if graph.skipped_behind_cpu().is_empty() {
        return Vec::new();
    }
    let stage = |op: OpId| schedule.stage_of[op.index()];
    let sides = sides(graph, schedule);
    let bound = |tensor: TensorId| {
        let entry = graph.tensor(tensor);
        let op = entry.producer?;
        let leaves = entry.consumers.iter().any(|&reader| stage(reader) > stage(op));
        match leaves {
            true => Some((op, Bound::After(stage(op)))),
            false => graph.outputs().contains(&tensor).then_some((op, Bound::ModelOutput)),
        }
    };
    let of = |tensor: TensorId| {
        let (op, place) = bound(tensor)?;
        let Side::Behind(blocker) = sides[op.index()] else { return None };
        graph.skipped_behind_cpu().binary_search(&op).is_ok().then_some(Skipped {
            tensor,
            place,
            op,
            blocker,
        })
    };
    (0..graph.tensors().len() as u32).map(TensorId).filter_map(of).collect()
}

fn sides(graph: &OpGraph, schedule: &Schedule) -> Vec<Side> {
    let stage = |op: OpId| schedule.stage_of[op.index()];
    let stays = |op: OpId| graph.on_cpu().binary_search(&op).is_ok();
    let mut before = vec![Vec::new(); graph.ops().len()];
    for tensor in graph.tensors() {
        for reader in &tensor.consumers {
            before[reader.index()].extend(tensor.producer.filter(|&maker| stage(maker) == stage(*reader)));
        }
    }
    let mut begins_on_cpu = vec![None; schedule.stages()];
    for op in (0..graph.ops().len() as u32).map(OpId) {
        let StageId(stage) = stage(op);
        begins_on_cpu[stage as usize].get_or_insert(stays(op));
    }
    let mut sides = vec![Side::Inside; graph.ops().len()];
    for &op in graph.execution_order() {
        let own = stays(op);
        let (mut all_before, mut behind) = (true, None);
        for side in before[op.index()].iter().map(|maker: &OpId| sides[maker.index()]) {
            match side {
                Side::Before => {}
                Side::Inside => all_before = false,
                Side::Behind(blocker) => {
                    behind = Some(behind.map_or(blocker, |known: OpId| known.min(blocker)))
                }
            }
        }
        let begins = begins_on_cpu[stage(op).index()] == Some(true);
        sides[op.index()] = match (own, behind) {
            (_, Some(blocker)) => Side::Behind(blocker),
            (true, None) if begins && all_before => Side::Before,
            (true, None) => Side::Behind(op),
            (false, None) => Side::Inside,
        };
    }
    sides
}
