//! The import of a model as a module of `tfl` operations.

use std::collections::HashMap;
use std::marker::PhantomData;

use melior::Context;
use melior::ir::attribute::{StringAttribute, TypeAttribute};
use melior::ir::operation::{OperationBuilder, OperationLike, OperationMutLike};
use melior::ir::r#type::FunctionType;
use melior::ir::{
    Attribute, Block, BlockLike, Location, Module, Region, RegionLike, Type, TypeLike, Value, ValueLike,
};

use super::attribute_builder::{AttributeBuilder, NamedAttribute};
use super::constants::Values;
use super::imported::{ImportError, Imported, Weights};
use super::types::{Role, tensor_type};
use super::{attributes, context, entry, locations, native};
use respect::tflite::model::{Model, Operator};
use respect::tflite::ops::{OpDef, TypeOf};

/// Returns the module of `model`: what Google's converter makes of the same file, except for what `docs/mlir.md`
/// lists.
///
/// Complexity: linear in operators and tensors; weights are neither copied nor touched.
///
/// # Errors
/// Returns an error if the dialect can't express a part of the model.
pub fn import<'m>(model: &'m Model<'_>, weights: Weights) -> Result<Imported<'m>, ImportError> {
    let context = Box::new(context());
    // SAFETY: the context is on the heap, where it stays until after the module is dropped.
    let eternal: &'static Context = unsafe { &*std::ptr::from_ref(&*context) };
    let importer = Importer {
        context: eternal,
        attributes: AttributeBuilder::new(eternal),
        model,
        values: HashMap::new(),
        constants: Values::new(eternal, model, weights),
        absent: None,
    };
    // SAFETY: `Imported` keeps the model borrowed for as long as its context lives.
    let module = unsafe { importer.module()? };
    Ok(Imported { module, context, model: PhantomData })
}

struct Importer<'c, 'm> {
    context: &'c Context,
    attributes: AttributeBuilder<'c>,
    model: &'m Model<'m>,
    values: HashMap<u32, Value<'c, 'c>>,
    constants: Values<'c>,
    absent: Option<Value<'c, 'c>>,
}

impl<'c> Importer<'c, '_> {
    fn tensor_type(&self, tensor: u32, is_constant: bool, role: Role) -> Result<Type<'c>, ImportError> {
        let entry = &self.model.tensors[tensor as usize];
        tensor_type(self.context, entry, is_constant, role)
            .map_err(|why| ImportError(format!("tensor {tensor} ('{}') {why}", entry.label())))
    }

    /// Returns the module of the model.
    ///
    /// # Safety
    /// The model's buffers must outlive the context.
    unsafe fn module(mut self) -> Result<Module<'c>, ImportError> {
        let unknown = Location::unknown(self.context);
        let mut module = Module::new(unknown);
        // SAFETY: the caller's promise.
        let function = unsafe { self.function()? };
        module.body().append_operation(function);
        let attributes = entry::module_attributes(self.attributes, self.model);
        let mut operation = module.as_operation_mut();
        for (name, attribute) in attributes {
            operation.set_discardable_attribute(name.as_string_ref().as_str().unwrap_or_default(), attribute);
        }
        Ok(module)
    }

    /// Returns the entry function of the model.
    ///
    /// # Safety
    /// The model's buffers must outlive the context.
    unsafe fn function(&mut self) -> Result<melior::ir::Operation<'c>, ImportError> {
        let model = self.model;
        let place = native::named(self.context, "main");
        let inputs: Vec<Type> = (model.inputs.iter())
            .map(|&input| self.tensor_type(input, false, Role::Value))
            .collect::<Result<_, _>>()?;
        let arguments: Vec<_> = inputs.iter().map(|&kind| (kind, place)).collect();
        let region = Region::new();
        let block = region.append_block(Block::new(&arguments));
        for (index, &input) in model.inputs.iter().enumerate() {
            let argument = block.argument(index).map_err(|error| ImportError(error.to_string()))?;
            self.values.insert(input, argument.into());
        }
        for (number, operator) in model.operators.iter().enumerate() {
            // SAFETY: the caller's promise.
            unsafe { self.operator(&block, number, operator)? };
        }
        let mut outputs = Vec::new();
        for &output in &model.outputs {
            // SAFETY: the caller's promise.
            outputs.push(unsafe { self.operand(&block, output, Role::Value)? });
        }
        let results: Vec<Type> = outputs.iter().map(|value| value.r#type()).collect();
        let unknown = Location::unknown(self.context);
        let terminator = OperationBuilder::new("func.return", unknown).add_operands(&outputs).build();
        block.append_operation(terminator.map_err(|error| ImportError(error.to_string()))?);

        let mut attributes = vec![
            self.attributes.named("sym_name", StringAttribute::new(self.context, "main")),
            self.attributes.named(
                "function_type",
                TypeAttribute::new(FunctionType::new(self.context, &inputs, &results).into()),
            ),
        ];
        attributes.extend(entry::function_attributes(self.attributes, self.model)?);
        OperationBuilder::new("func.func", place)
            .add_attributes(&attributes)
            .add_regions([region])
            .build()
            .map_err(|error| ImportError(error.to_string()))
    }

    /// Returns the value of a tensor; a constant is made before its first use.
    ///
    /// # Safety
    /// The model's buffers must outlive the context.
    unsafe fn operand(
        &mut self,
        block: &impl BlockLike<'c, 'c>,
        tensor: u32,
        role: Role,
    ) -> Result<Value<'c, 'c>, ImportError> {
        if let Some(&value) = self.values.get(&tensor) {
            return Ok(value);
        }
        let entry = &self.model.tensors[tensor as usize];
        let wrong = |why: String| ImportError(format!("tensor {tensor} ('{}') {why}", entry.label()));
        if !self.model.is_constant(tensor) && !entry.is_variable {
            return Err(wrong("is used, but nothing computes it".into()));
        }
        let is_per_axis =
            (entry.quantization.as_ref()).is_some_and(|q| q.scale.as_ref().is_some_and(|s| s.len() > 1));
        let role = if is_per_axis { Role::Weights } else { role };
        let kind = self.tensor_type(tensor, true, role)?;
        // SAFETY: the caller's promise.
        let value = unsafe { self.constants.value(self.model, tensor) }.map_err(wrong)?;
        let is_quantized = native::element_type(kind).is_some_and(|element| element.is_quantized_type());
        let mut properties = vec![self.attributes.named("value", value)];
        if is_quantized {
            properties.push(self.attributes.named("qtype", TypeAttribute::new(kind)));
        }
        let name = if is_quantized { "tfl.pseudo_qconst" } else { "tfl.pseudo_const" };
        let place = locations::of_constant(self.context, entry, tensor);
        let operation = self.build(block, name, place, &[], &[kind], 0, &properties, &[])?;
        let value = operation[0];
        self.values.insert(tensor, value);
        Ok(value)
    }

    /// Appends the operation of an operator to `block`.
    ///
    /// # Safety
    /// The model's buffers must outlive the context.
    unsafe fn operator(
        &mut self,
        block: &impl BlockLike<'c, 'c>,
        number: usize,
        operator: &Operator,
    ) -> Result<(), ImportError> {
        let model = self.model;
        let def = model.def(operator);
        let wrong = |why: String| ImportError(format!("operator {number} ({}) {why}", model.label(operator)));
        let int = |slot: u16| {
            let options = operator.options.as_ref()?;
            options.int(options.def.fields.iter().find(|field| field.slot == slot)?.name)
        };
        let tfl = def.tfl_for(|slot| int(slot).unwrap_or(0));
        if tfl.is_empty() {
            return Err(wrong("has no operation in the tfl dialect".into()));
        }
        let mut operands = Vec::new();
        for (place, &input) in operator.inputs.iter().enumerate() {
            let Ok(input) = u32::try_from(input) else {
                operands.push(self.absent(block)?);
                continue;
            };
            if model.tensors[input as usize].is_variable && !def.state.contains(&place) {
                return Err(wrong(format!(
                    "reads a variable as operand {place}, which the tfl dialect can't express"
                )));
            }
            let role = if def.narrow.contains(&place) { Role::Weights } else { Role::Value };
            // SAFETY: the caller's promise.
            operands.push(unsafe { self.operand(block, input, role)? });
        }
        let results: Vec<Type> = (operator.outputs.iter())
            .map(|&output| self.tensor_type(output, false, Role::Value))
            .collect::<Result<_, _>>()?;
        let (properties, kept) = self.properties(operator, def, tfl).map_err(wrong)?;
        let place = locations::of_operator(self.context, model, operator, number);
        let regions = if tfl == def.tfl { def.regions } else { 0 };
        let name = format!("tfl.{tfl}");
        let values = self.build(block, &name, place, &operands, &results, regions, &properties, &kept)?;
        self.values.extend(operator.outputs.iter().copied().zip(values));
        Ok(())
    }

    /// Returns the operator's inherent attributes, and the `respect.` attributes that keep what the dialect has no
    /// attributes for.
    fn properties(
        &self,
        operator: &Operator,
        def: &OpDef,
        tfl: &str,
    ) -> Result<(Vec<NamedAttribute<'c>>, Vec<NamedAttribute<'c>>), String> {
        let mut properties = Vec::new();
        let mut hidden = Vec::new();
        for (place, field) in def.options.iter().flat_map(|options| options.fields).enumerate() {
            let default = field.kind.default_value();
            let value = operator.options.as_ref().map_or(&default, |options| &options.values[place]);
            let attribute = || {
                attributes::attribute(self.context, field.kind, value)
                    .map_err(|why| format!("has an option {} that is wrong: {why}", field.name))
            };
            if !field.attr.is_empty() {
                properties.push(self.attributes.named(field.attr, attribute()?));
            } else if field.derived.is_none() && !attributes::is_default(field.kind, value) {
                hidden.push(self.attributes.named(field.name, attribute()?));
            }
        }
        for attr in def.type_attrs {
            let tensor = match attr.of {
                TypeOf::Operand(place) => operator.inputs.get(place).copied(),
                TypeOf::Result(place) => operator.outputs.get(place).map(|&output| output as i32),
                TypeOf::Intermediate(place) => {
                    operator.intermediates.as_ref().and_then(|list| list.get(place)).copied()
                }
            };
            let role = match attr.of {
                TypeOf::Intermediate(_) => Role::Intermediate,
                _ => Role::Value,
            };
            if let Some(tensor) = tensor.and_then(|tensor| u32::try_from(tensor).ok()) {
                let kind = self.tensor_type(tensor, false, role).map_err(|error| error.0)?;
                properties.push(self.attributes.named(attr.name, TypeAttribute::new(kind)));
            }
        }
        let code = &self.model.codes[operator.code as usize];
        if tfl == "custom" {
            let label = code.custom_code.as_deref().unwrap_or_default();
            properties.push(self.attributes.named("custom_code", self.attributes.text(label)));
            let bytes = operator.custom_options.as_deref().unwrap_or_default();
            properties
                .push(self.attributes.named("custom_option", attributes::const_bytes(self.context, bytes)));
        }
        if operator.mutating_variable_inputs.iter().flatten().any(|&mutates| mutates) {
            return Err("changes its inputs, which the tfl dialect can't express".into());
        }
        let mut kept = Vec::new();
        if code.version != 1 {
            kept.push(self.attributes.named("respect.version", self.attributes.i32(code.version)));
        }
        if !hidden.is_empty() {
            kept.push(self.attributes.named("respect.options", self.attributes.dictionary(&hidden)));
        }
        Ok((properties, kept))
    }

    /// Returns the value that stands for an operand left out.
    fn absent(&mut self, block: &impl BlockLike<'c, 'c>) -> Result<Value<'c, 'c>, ImportError> {
        if let Some(value) = self.absent {
            return Ok(value);
        }
        let unit = [self.attributes.named("value", Attribute::unit(self.context))];
        let none = Type::none(self.context);
        let unknown = Location::unknown(self.context);
        let value = self.build(block, "tfl.no_value", unknown, &[], &[none], 0, &unit, &[])?[0];
        self.absent = Some(value);
        Ok(value)
    }

    /// Appends an operation to `block` and returns the operation's results.
    #[allow(clippy::too_many_arguments)]
    fn build(
        &self,
        block: &impl BlockLike<'c, 'c>,
        name: &str,
        place: Location<'c>,
        operands: &[Value<'c, 'c>],
        results: &[Type<'c>],
        regions: u8,
        properties: &[NamedAttribute<'c>],
        kept: &[NamedAttribute<'c>],
    ) -> Result<Vec<Value<'c, 'c>>, ImportError> {
        let operation = OperationBuilder::new(name, place)
            .add_operands(operands)
            .add_results(results)
            .add_attributes(kept)
            .add_regions_vec((0..regions).map(|_| Region::new()).collect())
            .build()
            .map_err(|error| ImportError(format!("{name}: {error}")))?;
        if !properties.is_empty() {
            native::set_properties(&operation, self.attributes.dictionary(properties));
        }
        let operation = block.append_operation(operation);
        Ok(operation.results().map(Value::from).collect())
    }
}
