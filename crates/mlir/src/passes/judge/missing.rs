//! Stages for the operations that other passes made after the schedule, and without those that lost all of theirs.

use std::collections::{BTreeSet, HashMap};

use crate::FunctionModel;

/// Returns the stage of every operation, given those that are stated: an operation without one goes where the last of what it
/// reads is made; if nothing that it reads has a stage, where its result is read first, or else in the first stage.
///
/// Complexity: linear in operations and operands.
pub(super) fn filled_in(read: &FunctionModel, stated: &[Option<u32>]) -> Vec<u32> {
    let operators = &read.model.operators;
    let mut stages = stated.to_vec();
    let mut made_in: HashMap<u32, u32> = HashMap::new();
    for (operator, stage) in operators.iter().zip(&mut stages) {
        let inputs = operator.inputs.iter().filter_map(|&tensor| u32::try_from(tensor).ok());
        *stage = stage.or_else(|| inputs.filter_map(|tensor| made_in.get(&tensor).copied()).max());
        if let Some(stage) = *stage {
            made_in.extend(operator.outputs.iter().map(|output| (*output, stage)));
        }
    }
    let mut read_in: HashMap<u32, u32> = HashMap::new();
    for (operator, stage) in operators.iter().zip(&mut stages).rev() {
        let readers = operator.outputs.iter().filter_map(|output| read_in.get(output).copied());
        let stage = *stage.get_or_insert_with(|| readers.min().unwrap_or(0));
        for tensor in operator.inputs.iter().filter_map(|&tensor| u32::try_from(tensor).ok()) {
            let first = read_in.entry(tensor).or_insert(stage);
            *first = stage.min(*first);
        }
    }
    stages.into_iter().flatten().collect()
}

/// Numbers the stages that have operations anew, without gaps, and returns how many there are; `None`, and nothing changes, if
/// all of `stages` have operations, or one is not below that number.
pub(super) fn close_ranks(stage_of: &mut [u32], stages: u32) -> Option<u32> {
    let used: BTreeSet<u32> = stage_of.iter().copied().collect();
    let left = u32::try_from(used.len()).ok()?;
    if left == stages || used.last().is_some_and(|last| *last >= stages) {
        return None;
    }
    let place: HashMap<u32, u32> = used.into_iter().zip(0..).collect();
    stage_of.iter_mut().for_each(|stage| *stage = place[stage]);
    Some(left)
}
