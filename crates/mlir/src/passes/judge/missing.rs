//! Stages for the operations that other passes made after the schedule, and without those that lost all of theirs.

use std::collections::{BTreeSet, HashMap};

use crate::FunctionModel;
use crate::effects::Order;

/// Returns the stage of every operation, given those that are stated: an operation without one goes where the last of what it
/// reads, or has to follow, is; if none of that has a stage, where the first is that reads its result or has to follow it,
/// or else in the first stage.
///
/// Complexity: linear in operations, operands and ordered pairs.
pub(super) fn filled_in(read: &FunctionModel, order: &Order, stated: &[Option<u32>]) -> Vec<u32> {
    let operators = &read.model.operators;
    let mut makers: HashMap<u32, usize> = HashMap::new();
    let mut before = vec![Vec::new(); operators.len()];
    let mut after = vec![Vec::new(); operators.len()];
    for pair in &order.ordered {
        before[pair.after.index()].push(pair.before.index());
        after[pair.before.index()].push(pair.after.index());
    }
    for (number, operator) in operators.iter().enumerate() {
        for tensor in operator.inputs.iter().filter_map(|&tensor| u32::try_from(tensor).ok()) {
            if let Some(&maker) = makers.get(&tensor) {
                before[number].push(maker);
                after[maker].push(number);
            }
        }
        makers.extend(operator.outputs.iter().map(|output| (*output, number)));
    }
    let mut stages = stated.to_vec();
    for number in 0..stages.len() {
        let last = before[number].iter().filter_map(|&maker| stages[maker]).max();
        stages[number] = stages[number].or(last);
    }
    for number in (0..stages.len()).rev() {
        let first = after[number].iter().filter_map(|&reader| stages[reader]).min();
        stages[number] = stages[number].or(first).or(Some(0));
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
