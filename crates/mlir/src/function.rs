//! The reading of a function of any dialect as a model: its operations are operators, its constants are tensors with
//! bytes.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use melior::ir::attribute::{AttributeLike, DictionaryAttribute};
use melior::ir::operation::OperationLike;
use melior::ir::{BlockLike, BlockRef, Location, OperationRef, RegionLike, Type, TypeLike, Value, ValueLike};

use super::complaint::Complaint;
use super::costs::Called;
use super::model_builder::ModelBuilder;
use super::operation::{attribute, name_of};
use super::within::within;
use super::{attributes, constants, inert, locations, native, operator, types};
use respect::tflite::model::Model;
use respect::tflite::names;

/// The treatment of operations that are no `tfl` operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// They are errors: the model is to be written.
    Refused,
    /// They are custom operators, each labelled with the operation's full name, such as `tosa.conv2d`; types that the
    /// schema lacks count by their bits, and constants whose values are not at hand by their type. For graphs only.
    AsCustom,
}

/// A model made from a function, and the operations that its operators come from.
pub struct FunctionModel<'m> {
    /// The model; weights are borrowed from the module.
    pub model: Model<'m>,
    /// The operation of each operator of the model. Constants and notes are no operators.
    pub operations: Vec<OperationRef<'m, 'm>>,
    /// The tensor of each value that the function returns.
    pub returned: Vec<u32>,
}

/// Reads a function as a model.
///
/// Complexity: linear in operations and operands; weights are neither copied nor touched, unless they are packed or
/// splats.
///
/// # Errors
/// Returns a complaint about the first operation that no model can hold.
pub fn read_function<'m>(
    function: OperationRef<'m, 'm>,
    foreign: Foreign,
) -> Result<FunctionModel<'m>, Complaint<'m>> {
    read_as(function, foreign, true)
}

/// Reads a function as [`read_function`] does; without `sees_callees` no other function is looked into, as a pass must not
/// that MLIR runs on several functions at a time.
pub(crate) fn read_as<'m>(
    function: OperationRef<'m, 'm>,
    foreign: Foreign,
    sees_callees: bool,
) -> Result<FunctionModel<'m>, Complaint<'m>> {
    let complain = |message: &str| Complaint { operation: function, message: message.into() };
    let block = match function.region(0).ok().and_then(|region| region.first_block()) {
        Some(block) if function.region_count() == 1 => block,
        _ => {
            return Err(complain("has no body of one region; give a function that is defined in the module"));
        }
    };
    if block.next_in_region().is_some() {
        return Err(complain(
            "has several blocks, and control flow can't be cut; convert the model without control flow",
        ));
    }
    let mut reader = FunctionReader {
        foreign,
        builder: ModelBuilder::default(),
        operations: Vec::new(),
        values: HashMap::new(),
        blobs: HashMap::new(),
        names: HashSet::new(),
        called: Called::new(sees_callees),
        listed: inert::listed(function).map_err(|message| complain(&message))?,
        room: constants::MOST_BYTES,
    };
    let returned = reader.function(function, block)?;
    names::make_unique(&mut reader.builder.model);
    Ok(FunctionModel { model: reader.builder.model, operations: reader.operations, returned })
}

/// The meaning of a value of the function in the model.
#[derive(Clone, Copy)]
enum Meaning<'m> {
    Tensor(u32),
    /// A constant that no operator has used yet.
    Constant(OperationRef<'m, 'm>),
    Absent,
}

struct FunctionReader<'m> {
    foreign: Foreign,
    builder: ModelBuilder<'m>,
    operations: Vec<OperationRef<'m, 'm>>,
    values: HashMap<usize, Meaning<'m>>,
    /// The buffer of each blob, by the blob's key.
    blobs: HashMap<&'m [u8], u32>,
    names: HashSet<String>,
    called: Called<'m>,
    /// The names of operations that the function lists as constants.
    listed: Vec<&'m str>,
    /// The bytes that values may still take.
    room: u64,
}

/// A result whose error is a complaint.
type OrComplaint<'m, T> = Result<T, Complaint<'m>>;

fn key(value: Value) -> usize {
    value.to_raw().ptr as usize
}

impl<'m> FunctionReader<'m> {
    fn is_lenient(&self) -> bool {
        self.foreign == Foreign::AsCustom
    }

    /// Reads a function's arguments, operations and results; returns the tensor of each result.
    fn function(
        &mut self,
        function: OperationRef<'m, 'm>,
        block: BlockRef<'m, 'm>,
    ) -> OrComplaint<'m, Vec<u32>> {
        let wrong = |message: String| Complaint { operation: function, message };
        let symbol = attribute(function, "sym_name").and_then(attributes::text);
        self.builder.model.name = symbol.map(Cow::Borrowed);
        let entry = attribute(function, "tf.entry_function")
            .and_then(|entry| DictionaryAttribute::try_from(entry).ok()?.element_by_name("inputs"));
        let entry: Vec<&str> =
            entry.and_then(attributes::text).map(|names| names.split(',').collect()).unwrap_or_default();
        for place in 0..block.argument_count() {
            let argument = block.argument(place).map_err(|error| wrong(error.to_string()))?;
            let given = match entry.get(place).filter(|_| entry.len() == block.argument_count()) {
                Some(name) => Some(name.to_string()),
                None => own_name(argument.location()).filter(|name| Some(name.as_str()) != symbol),
            };
            let name = given.filter(|name| !name.is_empty()).unwrap_or_else(|| format!("arg{place}"));
            let tensor = self
                .tensor(argument.into(), Some(name))
                .map_err(|why| wrong(format!("has an argument {place} that is no tensor: {why}")))?;
            self.builder.model.inputs.push(tensor);
        }
        let mut next = block.first_operation();
        let mut last = None;
        while let Some(operation) = next {
            next = operation.next_in_block();
            if next.is_none() && operation.result_count() == 0 {
                last = Some(operation);
            } else {
                self.operation(operation)?;
            }
        }
        let last =
            last.ok_or_else(|| wrong("does not end in a return; its last operation must be one".into()))?;
        let mut returned = Vec::new();
        for value in last.operands() {
            let tensor = self.used(value, false)?;
            let missing = || Complaint {
                operation: last,
                message: "returns a value that is no tensor; return tensors only".into(),
            };
            returned.push(tensor.and_then(|tensor| u32::try_from(tensor).ok()).ok_or_else(missing)?);
        }
        let mut listed = HashSet::new();
        // A file returns each tensor once.
        let is_listed = |tensor: &&u32| listed.insert(**tensor) || !self.is_lenient();
        self.builder.model.outputs = returned.iter().filter(is_listed).copied().collect();
        Ok(returned)
    }

    fn operation(&mut self, operation: OperationRef<'m, 'm>) -> OrComplaint<'m, ()> {
        let name = name_of(operation);
        if inert::is_constant(operation, &self.listed).map_err(|message| Complaint { operation, message })?
            || self.is_lenient() && inert::is_rearranged_constant(operation, &self.listed)
        {
            let source = match inert::is_left_out(operation) {
                true => Meaning::Absent,
                false => Meaning::Constant(operation),
            };
            for result in operation.results() {
                self.values.insert(key(result.into()), source);
            }
            return Ok(());
        }
        if inert::is_note(operation) {
            return self.note(operation);
        }
        let def = operator::def(&name);
        if !self.is_lenient() {
            let refused = match def {
                None => Some("is no operator of TensorFlow Lite: convert it to the tfl dialect first".into()),
                Some(def) => def.refused.map(|why| format!("is an operator that {why}")),
            };
            if let Some(message) = refused {
                return Err(Complaint { operation, message });
            }
        }
        let def = def.filter(|def| def.refused.is_none());
        let mut inputs = Vec::new();
        for (place, value) in operation.operands().enumerate() {
            let is_state = def.is_some_and(|def| def.state.contains(&place));
            let input = self.used(value, is_state)?;
            inputs.push(input.ok_or_else(|| Complaint {
                operation,
                message: format!("uses operand {place} before it is computed; put the operations in order"),
            })?);
        }
        let mut seen: HashSet<i32> = inputs.iter().copied().collect();
        for tensor in self.inside(operation)? {
            if seen.insert(tensor) {
                inputs.push(tensor);
            }
        }
        let mut outputs = Vec::new();
        let names = locations::names(operation.location());
        let operation_name = &name;
        for (place, result) in operation.results().enumerate() {
            let own = names.get(place).filter(|_| names.len() == operation.result_count());
            let own = own.or(names.first().filter(|_| operation.result_count() == 1));
            let name = own.and_then(|name| str::from_utf8(name).ok()).map(String::from);
            let number = self.operations.len();
            let name = name.unwrap_or_else(|| self.unique(&format!("{operation_name}:{number}:{place}")));
            let output = self.tensor(result.into(), Some(name)).map_err(|why| Complaint {
                operation,
                message: format!("has a result {place} that no tensor can hold: {why}"),
            })?;
            outputs.push(output);
        }
        let mut entry = operator::read(&mut self.builder, operation, &name, def, inputs, outputs)
            .map_err(|message| Complaint { operation, message })?;
        entry.figures = match def {
            Some(_) => Called::stated(operation)?,
            None => self.called.figures(operation)?,
        };
        self.builder.model.operators.push(entry);
        self.operations.push(operation);
        Ok(())
    }

    /// Returns the tensors that an operation uses in its regions, and the constants in these and in the functions that it
    /// calls: they are on the device on which the operation is.
    fn inside(&mut self, operation: OperationRef<'m, 'm>) -> OrComplaint<'m, Vec<i32>> {
        let mut tensors = Vec::new();
        for value in within(operation)[1..].iter().flat_map(|inner| inner.operation.operands()) {
            // What a region computes itself is not known here and is none of the function's values.
            tensors.extend(self.used(value, false)?.filter(|&tensor| tensor >= 0));
        }
        // What a file is written of has no such constants.
        let constants =
            if self.is_lenient() { self.called.constants(operation, &self.listed)? } else { Vec::new() };
        for constant in constants {
            for result in constant.results().filter(|_| !inert::is_left_out(constant)) {
                let tensor = match self.used(result.into(), false)? {
                    Some(tensor) => tensor,
                    None => self.constant_of(constant, result.into(), false)? as i32,
                };
                tensors.push(tensor);
            }
        }
        Ok(tensors)
    }

    /// Reads a note: its result is the tensor that its operand is.
    fn note(&mut self, operation: OperationRef<'m, 'm>) -> OrComplaint<'m, ()> {
        let wrong = |message: &str| Complaint { operation, message: message.into() };
        let (operand, result) = match (operation.operand(0), operation.result(0)) {
            (Ok(operand), Ok(result)) if operation.operand_count() == 1 && operation.result_count() == 1 => {
                (operand, Value::from(result))
            }
            _ => return Err(wrong("must hand on one value as it is; give it one operand and one result")),
        };
        if operand.r#type() != result.r#type() {
            return Err(wrong("must hand on its operand as it is; give its result the operand's type"));
        }
        let source = match self.used(operand, false)? {
            None => return Err(wrong("uses its operand before it is computed; put the operations in order")),
            Some(tensor) => u32::try_from(tensor).map_or(Meaning::Absent, Meaning::Tensor),
        };
        self.values.insert(key(result), source);
        Ok(())
    }

    /// Returns the tensor of a value that is used: -1 for one left out, `None` for one that is not known.
    fn used(&mut self, value: Value<'m, 'm>, is_state: bool) -> OrComplaint<'m, Option<i32>> {
        let source = self.values.get(&key(value)).copied();
        let operation = match source {
            None => return Ok(None),
            Some(Meaning::Absent) => return Ok(Some(-1)),
            Some(Meaning::Tensor(tensor)) => return Ok(Some(tensor as i32)),
            Some(Meaning::Constant(operation)) => operation,
        };
        self.constant_of(operation, value, is_state).map(|tensor| Some(tensor as i32))
    }

    /// Adds the tensor of a constant's result.
    fn constant_of(
        &mut self,
        operation: OperationRef<'m, 'm>,
        value: Value<'m, 'm>,
        is_variable: bool,
    ) -> OrComplaint<'m, u32> {
        self.constant(operation, value, is_variable).map_err(|message| Complaint { operation, message })
    }

    fn constant(
        &mut self,
        operation: OperationRef<'m, 'm>,
        value: Value<'m, 'm>,
        is_variable: bool,
    ) -> Result<u32, String> {
        let lenient = self.is_lenient();
        let held = inert::value(operation);
        if !lenient && inert::is_sparse(operation) {
            return Err(
                "is a sparse constant, which no .tflite file is written of here; make it dense first".into(),
            );
        }
        if !lenient && held.is_none() {
            return Err("has no attribute with its value".into());
        }
        // A shape's own type is no tensor, but its value's is; and a size that a result leaves open, its value tells.
        let kind = value.r#type();
        let is_open = |kind| lenient && native::dimensions(kind).is_none_or(|dims| dims.contains(&None));
        let by_value = held.map(|held| held.r#type()).filter(|kind| kind.is_shaped());
        let kind = by_value.filter(|_| !kind.is_shaped() || is_open(kind)).unwrap_or(kind);
        let tensor = self.tensor_of_type(kind, value, None)?;
        let entry = &mut self.builder.model.tensors[tensor as usize];
        entry.name = (locations::names(operation.location()).first())
            .and_then(|name| Some(Cow::Borrowed(str::from_utf8(name).ok()?)));
        entry.is_variable = is_variable;
        let is_empty = entry.elements() == Some(0);
        if is_variable || is_empty {
            return Ok(tensor);
        }
        let key = held.and_then(native::resource_key).filter(|key| *key != native::ELIDED);
        let entry = &self.builder.model.tensors[tensor as usize];
        let bytes = held.map(|held| (held, constants::bytes(held, entry, lenient, self.room)));
        let bytes = match bytes {
            None => Cow::Borrowed(&[][..]),
            Some((_, Ok(bytes))) => bytes,
            // A scalar, or a type that the schema lacks: no bytes at hand, but a constant.
            Some((held, Err(_))) if lenient && (entry.kind.bits.is_none() || !native::is_dense(held)) => {
                Cow::Borrowed(&[][..])
            }
            Some((_, Err(why))) => return Err(why),
        };
        // Splats are short in the module and long in the model: all of them together must fit a file.
        if let Cow::Owned(bytes) = &bytes {
            self.room = self.room.saturating_sub(bytes.len() as u64);
        }
        let known = key.and_then(|key| self.blobs.get(key).copied());
        let buffer = known.unwrap_or_else(|| {
            self.builder.model.buffers.push(Some(bytes));
            self.builder.model.buffers.len() as u32 - 1
        });
        if let Some(key) = key {
            self.blobs.insert(key, buffer);
        }
        self.builder.model.tensors[tensor as usize].buffer = buffer;
        Ok(tensor)
    }

    /// Adds a tensor for a value.
    fn tensor(&mut self, value: Value<'m, 'm>, name: Option<String>) -> Result<u32, String> {
        self.tensor_of_type(value.r#type(), value, name)
    }

    fn tensor_of_type(
        &mut self,
        kind: Type<'m>,
        value: Value<'m, 'm>,
        name: Option<String>,
    ) -> Result<u32, String> {
        let mut tensor = types::tensor_of(kind, self.is_lenient())?;
        if let Some(name) = name {
            self.names.insert(name.clone());
            tensor.name = Some(Cow::Owned(name));
        }
        let number = self.builder.add(tensor);
        self.values.insert(key(value), Meaning::Tensor(number));
        Ok(number)
    }

    /// Returns a name like `base` that no tensor has.
    fn unique(&self, base: &str) -> String {
        let mut name = base.to_string();
        while self.names.contains(&name) {
            name.push('_');
        }
        name
    }
}

/// Returns a value's own name, if its location is nothing but a name.
fn own_name(location: Location) -> Option<String> {
    Some(str::from_utf8(native::location_name(location)?).ok()?.to_string())
}
