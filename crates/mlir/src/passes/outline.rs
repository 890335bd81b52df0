//! The pass `respect-outline-stages`: makes each stage a function, and the function a chain of calls.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use melior::Context;
use melior::ir::attribute::{Attribute, DictionaryAttribute, StringAttribute, TypeAttribute};
use melior::ir::operation::{OperationBuilder, OperationLike};
use melior::ir::r#type::FunctionType;
use melior::ir::{
    Block, BlockLike, Identifier, Location, OperationRef, Region, RegionLike, Type, Value, ValueLike,
};

use super::judge::{Judged, Reading, judge};
use super::rewrite::{Replacements, clone, destroy, is_unused, key, owner, set_operand, take};
use super::symbols::Symbols;
use super::{Diagnosed, RemarkKind, annotations, body, functions, operations, remark, symbol};
use crate::Foreign;
use crate::native;
use crate::operation::name_bytes;
use crate::within::operands_within;
use crate::{CONSTANTS, goes_with_its_users, is_note};
use respect::tflite::extract::Part;

/// Outlines every scheduled function of a module; counts stages, operations, and cloned constants and notes.
///
/// # Errors
/// Returns an error if a schedule breaks a rule. The module is then as it was.
pub fn run<'c>(module: OperationRef<'c, 'c>, counts: &mut [u64; 3]) -> Result<(), Diagnosed> {
    let reading = Reading { foreign: Foreign::AsCustom, sees_callees: true, fills_in: true };
    let mut judged = Vec::new();
    for function in functions(module) {
        if let Some(schedule) = judge(function, reading, &mut 0)? {
            judged.push((function, schedule));
        }
    }
    let symbols = Symbols::of(module);
    for (function, mut schedule) in judged {
        schedule.correct(function);
        outline(&symbols, function, &schedule, counts);
        let text = format!("{} operations in {} stages", schedule.read.operations.len(), schedule.stages);
        remark(function.location(), RemarkKind::Passed, "outlined", symbol(function), &text);
    }
    Ok(())
}

/// Returns the name of a stage's function, as far as nothing else has it.
fn stage_name<'c>(function: OperationRef<'c, 'c>, stage: u32) -> Vec<u8> {
    [name_bytes(function), format!("_stage_{stage}").as_bytes()].concat()
}

fn outline<'c>(
    symbols: &Symbols,
    function: OperationRef<'c, 'c>,
    judged: &Judged<'c>,
    counts: &mut [u64; 3],
) {
    let block = body(function).expect("a scheduled function has a body");
    let terminator = block.terminator().expect("a verified function returns");
    let all: Vec<OperationRef> = operations(block).filter(|operation| *operation != terminator).collect();
    let context = function.context();
    let outliner = Outliner {
        // SAFETY: the reference ends before `context` does.
        context: unsafe { context.to_ref() },
        function,
        judged,
        position: all.iter().zip(0..).map(|(operation, position)| (key(*operation), position)).collect(),
        value: values(function, judged),
        made: made(function, judged),
        all,
    };
    // The value that stands for each tensor between the calls: an argument of the function, or a result of a call.
    let mut current = outliner.value.clone();
    let mut cloned = BTreeSet::new();
    for (stage, part) in (0..).zip(&parts(judged)) {
        let operands: Vec<Value> = part.inputs.iter().map(|tensor| current[tensor]).collect();
        let results: Vec<Type> = part.outputs.iter().map(|tensor| outliner.value[tensor].r#type()).collect();
        let constants = outliner.constants(part);
        counts[0] += 1;
        counts[1] += part.operators.len() as u64;
        counts[2] += constants.len() as u64;
        let callee = symbols.insert(outliner.stage(stage, part, &constants));
        cloned.extend(constants);
        let call = OperationBuilder::new("func.call", function.location())
            .add_attributes(&[(Identifier::new(outliner.context, "callee"), callee)])
            .add_operands(&operands)
            .add_results(&results)
            .build()
            .expect("all parts of a call are given");
        let call = block.insert_operation_before(terminator, call);
        for (place, &tensor) in part.outputs.iter().enumerate() {
            current.insert(tensor, call.result(place).expect("a result for each output").into());
        }
    }
    for (place, tensor) in judged.read.returned.iter().enumerate() {
        set_operand(terminator, place, current[tensor]);
    }
    // A note on another note comes after it.
    for position in cloned.into_iter().rev() {
        if is_unused(outliner.all[position]) {
            destroy(outliner.all[position]);
        }
    }
    outliner.annotate();
}

/// Returns the part of every stage. A function may return what any of its stages makes, and what its caller passes: neither
/// goes through the last stage.
fn parts(judged: &Judged) -> Vec<Part> {
    let model = &judged.read.model;
    let mut parts = respect::stages::parts::parts(model, &judged.graph, &judged.evaluation);
    let maker: HashMap<u32, usize> = (parts.iter().enumerate())
        .flat_map(|(stage, part)| part.operators.iter().map(move |operator| (stage, operator)))
        .flat_map(|(stage, &operator)| {
            model.operators[operator as usize].outputs.iter().map(move |output| (*output, stage))
        })
        .collect();
    let last = parts.len() - 1;
    let is_passed = |tensor: &u32| model.inputs.contains(tensor);
    parts[last]
        .outputs
        .retain(|tensor| !is_passed(tensor) && maker.get(tensor).is_none_or(|stage| *stage == last));
    for output in &model.outputs {
        if let Some(&stage) = maker.get(output)
            && !parts[stage].outputs.contains(output)
        {
            parts[stage].outputs.push(*output);
            parts[stage].outputs.sort_unstable();
        }
    }
    parts
}

/// Returns the value of every tensor that is a value in the IR; for an output, the value that is returned.
fn values<'c>(function: OperationRef<'c, 'c>, judged: &Judged<'c>) -> BTreeMap<u32, Value<'c, 'c>> {
    let block = body(function).expect("a scheduled function has a body");
    // An output may be a constant, which no operation makes, or a note of what one makes.
    let returned = block.terminator().into_iter().flat_map(|end| end.operands().collect::<Vec<_>>());
    let outputs = judged.read.returned.iter().copied().zip(returned);
    made(function, judged).into_iter().chain(outputs).collect()
}

/// Returns the value of every tensor that is an argument or that an operator makes.
fn made<'c>(function: OperationRef<'c, 'c>, judged: &Judged<'c>) -> BTreeMap<u32, Value<'c, 'c>> {
    let block = body(function).expect("a scheduled function has a body");
    let model = &judged.read.model;
    let arguments = (model.inputs.iter().enumerate())
        .map(|(place, tensor)| (*tensor, block.argument(place).expect("an input is an argument").into()));
    let results = judged.read.operations.iter().zip(&model.operators).flat_map(|(operation, operator)| {
        let results = operation.results().map(Value::from);
        operator.outputs.iter().copied().zip(results)
    });
    arguments.chain(results).collect()
}

/// Returns the operation whose result a note is on, below any other notes.
fn noted<'c>(note: OperationRef<'c, 'c>) -> Option<OperationRef<'c, 'c>> {
    let mut below = owner(note.operand(0).ok()?)?;
    while is_note(below) {
        below = owner(below.operand(0).ok()?)?;
    }
    Some(below)
}

struct Outliner<'c, 'j> {
    context: &'c Context,
    function: OperationRef<'c, 'c>,
    judged: &'j Judged<'c>,
    /// The operations before the terminator, by position.
    all: Vec<OperationRef<'c, 'c>>,
    position: HashMap<usize, usize>,
    value: BTreeMap<u32, Value<'c, 'c>>,
    /// The values by tensor, without the notes between a tensor and its return.
    made: BTreeMap<u32, Value<'c, 'c>>,
}

impl<'c> Outliner<'c, '_> {
    fn id(&self, name: &str) -> Identifier<'c> {
        Identifier::new(self.context, name)
    }

    fn operations(&self, part: &Part) -> impl Iterator<Item = OperationRef<'c, 'c>> {
        part.operators.iter().map(|&operator| self.judged.read.operations[operator as usize])
    }

    /// Returns the positions of the constants and notes that a stage uses, and of unused notes on what the stage
    /// makes.
    fn constants(&self, part: &Part) -> BTreeSet<usize> {
        let returned = part.outputs.iter().map(|tensor| self.value[tensor]);
        let mut open: Vec<OperationRef> =
            self.operations(part).flat_map(operands_within).chain(returned).filter_map(owner).collect();
        let inside: BTreeSet<usize> = self.operations(part).map(key).collect();
        let is_idle_here = |note: &&OperationRef<'c, 'c>| {
            is_note(**note) && is_unused(**note) && noted(**note).is_some_and(|of| inside.contains(&key(of)))
        };
        open.extend(self.all.iter().filter(is_idle_here));
        let mut constants = BTreeSet::new();
        while let Some(operation) = open.pop() {
            let position = self.position.get(&key(operation)).filter(|_| goes_with_its_users(operation));
            if position.is_some_and(|&position| constants.insert(position)) {
                open.extend(operands_within(operation).into_iter().filter_map(owner));
            }
        }
        constants
    }

    /// Returns the function of a stage, which takes the stage's operations out of the outlined function.
    fn stage(&self, stage: u32, part: &Part, constants: &BTreeSet<usize>) -> melior::ir::Operation<'c> {
        let types = |tensors: &[u32]| -> Vec<Type<'c>> {
            tensors.iter().map(|tensor| self.value[tensor].r#type()).collect()
        };
        let (inputs, outputs) = (types(&part.inputs), types(&part.outputs));
        let locations = part.inputs.iter().map(|&tensor| self.location(tensor));
        let arguments: Vec<(Type, Location)> = inputs.iter().copied().zip(locations).collect();
        let block = Block::new(&arguments);
        let mut replacements = Replacements::default();
        for (place, tensor) in part.inputs.iter().enumerate() {
            let argument = block.argument(place).expect("an argument for each input").into();
            replacements.add(self.value[tensor], argument);
            self.made.get(tensor).into_iter().for_each(|&made| replacements.add(made, argument));
        }
        let mut positions: Vec<usize> =
            self.operations(part).map(|operation| self.position[&key(operation)]).collect();
        positions.extend(constants);
        positions.sort_unstable();
        for &position in &positions {
            let operation = self.all[position];
            annotations::set_position(operation, position);
            if constants.contains(&position) {
                let copy = block.append_operation(clone(operation));
                replacements.apply(copy);
                for (old, new) in operation.results().zip(copy.results()) {
                    replacements.add(old.into(), new.into());
                }
            } else {
                block.append_operation(take(operation));
                replacements.apply(operation);
            }
        }
        let returned: Vec<Value> =
            part.outputs.iter().map(|tensor| replacements.of(self.value[tensor])).collect();
        let end = OperationBuilder::new("func.return", Location::unknown(self.context))
            .add_operands(&returned)
            .build();
        block.append_operation(end.expect("all parts of a return are given"));
        let region = Region::new();
        region.append_block(block);
        let function_type = FunctionType::new(self.context, &inputs, &outputs);
        let mut attributes: Vec<(Identifier, Attribute)> = vec![
            (self.id("function_type"), TypeAttribute::new(function_type.into()).into()),
            (self.id("sym_name"), native::string(self.context, &stage_name(self.function, stage))),
            (self.id("sym_visibility"), self.text("private")),
            (
                self.id(annotations::STAGE),
                annotations::stage_attribute(self.function, stage, self.judged.stages),
            ),
        ];
        // The operations of a stage are read as those of the function were.
        if let Ok(constants) = self.function.attribute(CONSTANTS) {
            attributes.push((self.id(CONSTANTS), constants));
        }
        if self.function.has_attribute("tf.entry_function") {
            attributes.push((self.id("tf.entry_function"), self.entry(part)));
        }
        OperationBuilder::new("func.func", self.function.location())
            .add_attributes(&attributes)
            .add_regions([region])
            .build()
            .expect("all parts of a function are given")
    }

    fn text(&self, text: &str) -> Attribute<'c> {
        StringAttribute::new(self.context, text).into()
    }

    /// Returns the location of an argument that stands for a tensor: the tensor's name.
    fn location(&self, tensor: u32) -> Location<'c> {
        match self.judged.read.model.tensors[tensor as usize].label() {
            "" => Location::unknown(self.context),
            name => Location::name(self.context, name, Location::unknown(self.context)),
        }
    }

    /// Returns the attribute with the names of a stage's inputs and outputs, as Google's converter reads them.
    fn entry(&self, part: &Part) -> Attribute<'c> {
        let names = |tensors: &[u32]| {
            let names = tensors.iter().map(|&tensor| self.judged.read.model.tensors[tensor as usize].label());
            self.text(&names.collect::<Vec<_>>().join(","))
        };
        let sides = [(self.id("inputs"), names(&part.inputs)), (self.id("outputs"), names(&part.outputs))];
        DictionaryAttribute::new(self.context, &sides).into()
    }

    /// Marks the function as a pipeline, and notes the former positions of the operations that are left in it.
    fn annotate(&self) {
        let block = body(self.function).expect("a scheduled function has a body");
        for operation in operations(block) {
            if let Some(&position) = self.position.get(&key(operation)) {
                annotations::set_position(operation, position);
            }
        }
        let schedule = self.function.attribute(annotations::SCHEDULE);
        let schedule = schedule.unwrap_or_else(|_| annotations::of_stages(self.function, self.judged.stages));
        annotations::set(self.function, annotations::PIPELINE, schedule);
        annotations::remove(self.function, annotations::SCHEDULE);
    }
}
