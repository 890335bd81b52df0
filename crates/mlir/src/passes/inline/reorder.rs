//! The order of operations after their stages were put back: that of before outlining, where it still is one.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use melior::ir::{BlockLike, OperationRef};

use super::super::rewrite::{key, owner, take};
use super::super::{Diagnosed, Failure, annotations, body, operations};
use crate::within::operands_within;
use crate::{effects, goes_with_its_users};

/// Sorts a function's operations by the positions that they had before outlining, and removes the positions. Operations keep
/// their order where they use each other's results or their side effects may meet; what has no position stays behind
/// what it follows.
///
/// Complexity: linear in operations and operands, times the logarithm of operations.
///
/// # Errors
/// Reports an attribute of the function that is not what it should be.
pub fn by_position<'c>(function: OperationRef<'c, 'c>) -> Result<(), Diagnosed> {
    let Some(block) = body(function) else { return Ok(()) };
    let Some(terminator) = block.terminator() else { return Ok(()) };
    let all: Vec<OperationRef> = operations(block).filter(|operation| *operation != terminator).collect();
    let number: HashMap<usize, usize> =
        all.iter().enumerate().map(|(number, operation)| (key(*operation), number)).collect();
    let mut successors = vec![Vec::new(); all.len()];
    let mut waits = vec![0u32; all.len()];
    let mut add = |before: usize, after: usize| {
        successors[before].push(after);
        waits[after] += 1;
    };
    for (after, operation) in all.iter().enumerate() {
        let makers = operands_within(*operation).into_iter().filter_map(owner);
        // A region uses its own values, too.
        let before =
            makers.filter_map(|maker| number.get(&key(maker)).copied()).filter(|&before| before < after);
        before.for_each(|before| add(before, after));
    }
    let with_effects: Vec<usize> =
        (0..all.len()).filter(|&number| !goes_with_its_users(all[number])).collect();
    let listed: Vec<OperationRef> = with_effects.iter().map(|&number| all[number]).collect();
    let order =
        effects::order(function, &listed, true).map_err(|complaint| Failure::from(complaint).report())?;
    for pair in &order.ordered {
        add(with_effects[pair.before.index()], with_effects[pair.after.index()]);
    }
    let mut last = i64::MIN;
    let positions: Vec<i64> = (all.iter())
        .map(|operation| {
            last = annotations::position(*operation).unwrap_or(last);
            last
        })
        .collect();
    let mut ready: BinaryHeap<Reverse<(i64, usize)>> = (0..all.len())
        .filter(|&number| waits[number] == 0)
        .map(|number| Reverse((positions[number], number)))
        .collect();
    while let Some(Reverse((_, number))) = ready.pop() {
        annotations::remove(all[number], annotations::POSITION);
        block.insert_operation_before(terminator, take(all[number]));
        for &next in &successors[number] {
            waits[next] -= 1;
            if waits[next] == 0 {
                ready.push(Reverse((positions[next], next)));
            }
        }
    }
    Ok(())
}
