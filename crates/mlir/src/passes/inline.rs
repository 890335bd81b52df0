//! The pass `respect-inline-stages`: puts outlined stages back, each operation at its former position.

use std::collections::{BTreeMap, HashSet};

use melior::ir::attribute::{DenseI64ArrayAttribute, FlatSymbolRefAttribute};
use melior::ir::operation::OperationLike;
use melior::ir::{BlockLike, OperationRef, Value};

use super::rewrite::{Replacements, destroy, key, take};
use super::{Diagnosed, RemarkKind, annotations, body, error, functions, operations, remark, symbol};
use crate::goes_with_its_users;

/// Inlines the stages of every outlined function of a module; counts stages.
///
/// # Errors
/// Returns an error if a function that should be a chain of calls to stages is something else. The module is then as
/// it was.
pub fn run<'c>(module: OperationRef<'c, 'c>, counts: &mut [u64; 1]) -> Result<(), Diagnosed> {
    let all = functions(module);
    // By the text of a reference, such as @main_stage_0: a name may need quotes.
    let reference = |function: &OperationRef<'c, 'c>| {
        let context = function.context();
        // SAFETY: the reference ends before `context` does.
        FlatSymbolRefAttribute::new(unsafe { context.to_ref() }, symbol(*function)).to_string()
    };
    let by_name: BTreeMap<String, OperationRef> =
        all.iter().map(|function| (reference(function), *function)).collect();
    let pipelines: Vec<MarkedPipeline> =
        (all.iter().filter(|function| function.has_attribute(annotations::PIPELINE)))
            .map(|function| MarkedPipeline::read(*function, &by_name))
            .collect::<Result<_, _>>()?;
    let mut called = HashSet::new();
    for (_, stage) in pipelines.iter().flat_map(|pipeline| &pipeline.calls) {
        if !called.insert(key(*stage)) {
            let name = symbol(*stage);
            let text =
                format!("stage '@{name}' is called more than once, so it cannot be put back in one place");
            return Err(error(stage.location(), &text));
        }
    }
    for pipeline in pipelines {
        counts[0] += pipeline.calls.len() as u64;
        pipeline.inline();
    }
    Ok(())
}

struct MarkedPipeline<'c> {
    function: OperationRef<'c, 'c>,
    /// The calls, each with the stage's function.
    calls: Vec<(OperationRef<'c, 'c>, OperationRef<'c, 'c>)>,
}

impl<'c> MarkedPipeline<'c> {
    fn read(
        function: OperationRef<'c, 'c>,
        by_name: &BTreeMap<String, OperationRef<'c, 'c>>,
    ) -> Result<Self, Diagnosed> {
        let block = body(function).ok_or_else(|| {
            error(
                function.location(),
                &format!(
                    "'{}' is on a declaration, which has no stages; remove the attribute",
                    annotations::PIPELINE
                ),
            )
        })?;
        let mut calls = Vec::new();
        for operation in operations(block) {
            if operation.name().as_string_ref().as_str() != Ok("func.call") {
                continue;
            }
            let callee = operation.attribute("callee").ok().map(|callee| callee.to_string());
            let stage = callee.and_then(|callee| by_name.get(callee.as_str()).copied());
            let stage =
                stage.filter(|stage| stage.has_attribute(annotations::STAGE) && body(*stage).is_some());
            // Other calls were there before the stages were outlined, inside a stage or not at all.
            let stage = stage.ok_or_else(|| {
                let text = format!(
                    "'@{}' calls a function that is no stage; remove the call, or outline the stages again",
                    symbol(function)
                );
                error(operation.location(), &text)
            })?;
            calls.push((operation, stage));
        }
        Ok(MarkedPipeline { function, calls })
    }

    fn inline(&self) {
        let block = body(self.function).expect("read with a body");
        let terminator = block.terminator().expect("a verified function returns");
        // Every operation of the function by the position it goes to; what has none goes last, in the order met.
        let mut places: BTreeMap<(i64, usize), OperationRef> = BTreeMap::new();
        let mut replacements = Replacements::default();
        let left = operations(block).filter(|operation| {
            *operation != terminator && self.calls.iter().all(|(call, _)| call != operation)
        });
        for (position, operation) in positions(self.function).chain(std::iter::repeat(i64::MAX)).zip(left) {
            places.insert((position, places.len()), operation);
        }
        for (call, stage) in &self.calls {
            let stage_block = body(*stage).expect("read with a body");
            for index in 0..stage_block.argument_count() {
                let argument: Value = stage_block.argument(index).expect("an index below the count").into();
                let operand = call.operand(index).expect("a verified call passes every argument");
                replacements.add(argument, replacements.of(operand));
            }
            let end = stage_block.terminator().expect("a verified function returns");
            let inner = operations(stage_block).filter(|operation| *operation != end);
            for (position, operation) in positions(*stage).chain(std::iter::repeat(i64::MAX)).zip(inner) {
                let twin = places.range((position, 0)..=(position, usize::MAX)).next().map(|(_, twin)| *twin);
                match twin.filter(|_| position != i64::MAX && goes_with_its_users(operation)) {
                    // Two stages hold clones of one constant or note.
                    Some(twin) => {
                        for (result, first) in operation.results().zip(twin.results()) {
                            replacements.add(result.into(), first.into());
                        }
                    }
                    None => {
                        places.insert((position, places.len()), operation);
                    }
                }
            }
            for (result, returned) in call.results().zip(end.operands()) {
                replacements.add(result.into(), replacements.of(returned));
            }
        }
        for operation in places.values() {
            replacements.apply(*operation);
            block.insert_operation_before(terminator, take(*operation));
        }
        replacements.apply(terminator);
        for (call, stage) in self.calls.iter().rev() {
            destroy(*call);
            destroy(*stage);
        }
        if let Ok(schedule) = self.function.attribute(annotations::PIPELINE) {
            annotations::set(self.function, annotations::SCHEDULE, schedule);
        }
        annotations::remove(self.function, annotations::PIPELINE);
        annotations::remove(self.function, annotations::POSITIONS);
        let text = format!("{} stages put back", self.calls.len());
        remark(self.function.location(), RemarkKind::Passed, "inlined", symbol(self.function), &text);
    }
}

/// Returns the positions that the operations of a function had before outlining.
fn positions<'c>(function: OperationRef<'c, '_>) -> impl Iterator<Item = i64> + use<'c> {
    let positions = function.attribute(annotations::POSITIONS).ok();
    let positions = positions.and_then(|positions| DenseI64ArrayAttribute::try_from(positions).ok());
    positions
        .into_iter()
        .flat_map(|positions| (0..positions.len()).filter_map(move |place| positions.element(place).ok()))
}
