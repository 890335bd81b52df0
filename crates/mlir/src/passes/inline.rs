//! The pass `respect-inline-stages`: puts outlined stages back, each operation at its former position as far as what other
//! passes have done since allows it.

mod reorder;

use std::collections::HashMap;

use melior::ir::operation::OperationLike;
use melior::ir::{Attribute, BlockLike, OperationRef};

use super::annotations::Annotation;
use super::native::{are_equivalent, called_function, inline_call, replace_uses, symbol_references};
use super::rewrite::{destroy, key, owner};
use super::{
    Diagnosed, RemarkKind, annotations, body, error, functions, is_private, operations, remark, symbol,
};
use crate::goes_with_its_users;
use crate::operation::name_bytes;
use crate::within::operands_within;

/// Inlines the stages of every outlined function of a module; counts stages.
///
/// A stage's function goes, unless something else refers to it.
///
/// # Errors
/// Returns an error if a function that should be a chain of calls to stages is a declaration, or an attribute is not what it
/// should be. The module is then as it was.
pub fn run<'c>(module: OperationRef<'c, 'c>, counts: &mut [u64; 1]) -> Result<(), Diagnosed> {
    let all = functions(module);
    let is_pipeline = |function: &&OperationRef<'c, 'c>| function.has_attribute(annotations::PIPELINE);
    let pipelines: Vec<Pipeline> =
        all.iter().filter(is_pipeline).map(|function| Pipeline::read(*function)).collect::<Result<_, _>>()?;
    let mut stages: Vec<OperationRef> = Vec::new();
    for pipeline in &pipelines {
        counts[0] += pipeline.calls.len() as u64;
        pipeline.inline()?;
        stages.extend(pipeline.calls.iter().map(|call| call.stage));
    }
    stages.sort_unstable_by_key(|stage| key(*stage));
    stages.dedup();
    let used = if stages.is_empty() { Default::default() } else { symbol_references(module) };
    for stage in stages {
        if is_private(stage) && !used.contains(name_bytes(stage)) {
            destroy(stage);
        } else {
            forget_schedule(stage);
        }
    }
    Ok(())
}

/// A call of a stage.
struct StageCall<'c> {
    call: OperationRef<'c, 'c>,
    stage: OperationRef<'c, 'c>,
}

/// A function whose stages are outlined.
struct Pipeline<'c> {
    function: OperationRef<'c, 'c>,
    calls: Vec<StageCall<'c>>,
}

impl<'c> Pipeline<'c> {
    fn read(function: OperationRef<'c, 'c>) -> Result<Self, Diagnosed> {
        if body(function).is_none() {
            let text = format!(
                "'{}' is on a declaration, which has no stages; remove the attribute",
                annotations::PIPELINE
            );
            return Err(error(function.location(), &text));
        }
        let mut calls = Vec::new();
        for call in top_level(function) {
            // Other calls were there before the stages were outlined, or come from other passes.
            let Some(stage) = called_function(call) else { continue };
            if annotations::stage(stage).map_err(|text| error(stage.location(), &text))?.is_some() {
                calls.push(StageCall { call, stage });
            }
        }
        Ok(Pipeline { function, calls })
    }

    fn inline(&self) -> Result<(), Diagnosed> {
        let function = self.function;
        for StageCall { call, stage } in &self.calls {
            let mark = stage.attribute(annotations::STAGE).ok();
            let inlined = inline_call(*call, *stage);
            // What other passes put into the stage belongs there, also if it was of another stage of another function.
            for operation in inlined {
                if stage_number(operation) != stage_number(*stage) {
                    annotations::remove(operation, annotations::STAGE);
                    give_stage(operation, mark);
                }
            }
        }
        let text = format!("{} stages put back", self.calls.len());
        remark(function.location(), RemarkKind::Passed, "inlined", symbol(function), &text);
        let schedule = function.attribute(annotations::PIPELINE).ok();
        annotations::remove(function, annotations::PIPELINE);
        if body(function).is_some_and(|block| block.next_in_region().is_some()) {
            forget_schedule(function);
            let text = "the schedule is dropped: with several blocks the function can't be cut";
            remark(function.location(), RemarkKind::Missed, "inlined-blocks", symbol(function), text);
            return Ok(());
        }
        give_stages_between(function);
        if self.calls.is_empty() {
            raise_stages(function);
        }
        merge_clones(function);
        let is_unchanged = has_every_position(function);
        reorder::by_position(function)?;
        if let Some(schedule) = schedule {
            annotations::set(function, annotations::SCHEDULE, schedule);
        }
        if !is_unchanged {
            drop_figures(function)?;
        }
        Ok(())
    }
}

/// Returns the operations directly in a function's blocks, terminators included.
fn top_level<'c>(function: OperationRef<'c, 'c>) -> Vec<OperationRef<'c, 'c>> {
    let blocks = std::iter::successors(body(function), |block| block.next_in_region());
    blocks.flat_map(operations).collect()
}

/// Returns the number of an operation's stage, if it has one that makes sense.
fn stage_number(operation: OperationRef) -> Option<u32> {
    annotations::stage(operation).ok().flatten().map(|stage| stage.stage)
}

/// Gives an operation a stage if it needs one and has none.
fn give_stage<'c>(operation: OperationRef<'c, '_>, stage: Option<Attribute<'c>>) {
    if let Some(stage) = stage
        && !operation.has_attribute(annotations::STAGE)
        && !goes_with_its_users(operation)
    {
        annotations::set(operation, annotations::STAGE, stage);
    }
}

/// Gives every operation that other passes put between the calls the stage of what comes before it; of what comes first, the
/// stage of what comes next.
fn give_stages_between<'c>(function: OperationRef<'c, 'c>) {
    let all = top_level(function);
    let stage = |operation: &OperationRef<'c, 'c>| operation.attribute(annotations::STAGE).ok();
    let mut current = all.iter().find_map(stage);
    for operation in &all[..all.len().saturating_sub(1)] {
        current = stage(operation).or(current);
        give_stage(*operation, current);
    }
}

/// Returns whether a function's operations have the positions from 0 without a gap, as outlining gave them.
fn has_every_position(function: OperationRef) -> bool {
    let all = top_level(function);
    let mut positions: Vec<Option<i64>> = all[..all.len().saturating_sub(1)]
        .iter()
        .map(|operation| annotations::position(*operation))
        .collect();
    positions.sort_unstable();
    positions.into_iter().eq((0..).map(Some).take(all.len().saturating_sub(1)))
}

/// Drops what a schedule says of a function that other passes have changed since.
fn drop_figures(function: OperationRef) -> Result<(), Diagnosed> {
    let said = annotations::schedule(function, annotations::SCHEDULE)
        .map_err(|text| error(function.location(), &text))?;
    let Some(Annotation { stages: Some(stages), rules, objective, device, solver, .. }) = said else {
        return Ok(());
    };
    let kept = Annotation { stages: Some(stages), rules, objective, device, solver, ..Annotation::default() };
    annotations::set(function, annotations::SCHEDULE, annotations::of_annotation(function, stages, &kept));
    let text = "the figures of the schedule are dropped: other passes have changed the stages";
    remark(function.location(), RemarkKind::Missed, "stale-schedule", symbol(function), text);
    Ok(())
}

/// Raises the stage of every operation to that of the last operation that it reads from: where another inliner has dissolved the
/// stages, operations from other functions that were cut stand among the function's own.
fn raise_stages<'c>(function: OperationRef<'c, 'c>) {
    let mut stages: HashMap<usize, (u32, Attribute<'c>)> = HashMap::new();
    for operation in top_level(function) {
        let Some(own) = stage_number(operation) else { continue };
        let makers = operands_within(operation).into_iter().filter_map(owner);
        let last =
            makers.filter_map(|maker| stages.get(&key(maker)).copied()).max_by_key(|(stage, _)| *stage);
        if let Some((_, stage)) = last.filter(|(stage, _)| *stage > own) {
            annotations::set(operation, annotations::STAGE, stage);
        }
        if let (Some(now), Ok(attribute)) = (stage_number(operation), operation.attribute(annotations::STAGE))
        {
            stages.insert(key(operation), (now, attribute));
        }
    }
}

/// Merges the clones of constants and notes that several stages had.
fn merge_clones(function: OperationRef) {
    let mut first_at: HashMap<i64, OperationRef> = HashMap::new();
    for operation in top_level(function) {
        let Some(position) = annotations::position(operation).filter(|_| goes_with_its_users(operation))
        else {
            continue;
        };
        match first_at.get(&position) {
            Some(first) if are_equivalent(*first, operation) => {
                replace_uses(operation, *first);
                destroy(operation);
            }
            Some(_) => {}
            None => {
                first_at.insert(position, operation);
            }
        }
    }
}

/// Removes what a function's operations, and the function itself, say of stages.
fn forget_schedule(function: OperationRef) {
    for name in [annotations::STAGE, annotations::SCHEDULE, annotations::PIPELINE] {
        annotations::remove(function, name);
    }
    for operation in top_level(function) {
        annotations::remove(operation, annotations::STAGE);
        annotations::remove(operation, annotations::POSITION);
    }
}
