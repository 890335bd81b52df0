//! The fuzz target that reads attributes in modules.

use std::cell::RefCell;
use std::sync::LazyLock;

use melior::ir::attribute::{
    ArrayAttribute, AttributeLike, BoolAttribute, DictionaryAttribute, FloatAttribute, IntegerAttribute,
    TypeAttribute,
};
use melior::ir::operation::OperationLike;
use melior::ir::r#type::IntegerType;
use melior::ir::{Attribute, BlockLike, Identifier, Module, Operation, OperationRef, RegionLike, Type};
use melior::{Context, StringRef};
use mlir_sys::mlirOperationSetAttributeByName;

use crate::passes::annotations;
use crate::{Imported, Weights, attributes};
use respect::tflite::{Model, ops, read, write};

/// A model with many kinds of operators.
static MODEL: LazyLock<Model> = LazyLock::new(|| {
    read(include_bytes!("../../../test-data/models/mixed.tflite")).expect("the bundled model is sound")
});

/// The number of runs that share a context. Making one takes longer than many runs, and a context keeps every
/// attribute for good.
const RUNS: u32 = 500;

thread_local! {
    /// The model's module, and the number of runs that its context has served.
    static GOOD: RefCell<Option<(Imported<'static>, u32)>> = const { RefCell::new(None) };
}

/// The names of attributes that are read on any operation.
const NAMES: [&str; 8] = [
    annotations::STAGE,
    annotations::SCHEDULE,
    annotations::PIPELINE,
    annotations::POSITION,
    "respect.version",
    "respect.options",
    "custom_code",
    "custom_option",
];

/// The keys of entries that are read in dictionaries.
const KEYS: [&str; 10] = [
    "stages",
    "rules",
    "objective",
    "device",
    "bottleneck_us",
    "peak_parameter_bytes",
    "lower_bound",
    "solver",
    "status",
    "fused_activation_function",
];

/// The strings that some attribute takes.
const TEXTS: [&str; 8] = [
    "coral",
    "memory",
    "NONE",
    "SAME",
    "const_bytes : \"0x00FF\"",
    "padding SAME",
    "stage<0 of 2>",
    "schedule<stages = 2, bottleneck_us = 0.5>",
];

/// Gives operations of a good module attributes made of `bytes`, and reads the module.
pub fn mlir_attributes(bytes: &[u8]) {
    GOOD.with_borrow_mut(|good| {
        good.take_if(|(_, runs)| *runs == RUNS);
        let (imported, runs) = good.get_or_insert_with(|| {
            (crate::import(&MODEL, Weights::Kept).expect("the dialect can say it"), 0)
        });
        *runs += 1;
        let copy = Module::from_operation(Operation::clone(&imported.module().as_operation()));
        spoil(imported.context(), &copy.expect("a copy of a module"), Source(bytes));
    });
}

fn spoil(context: &Context, module: &Module, mut source: Source) {
    let function = crate::entry(module).expect("there is a function");
    let operations = operations(function);
    while !source.0.is_empty() {
        let operation = operations[usize::from(source.byte()) % operations.len()];
        let name = operation.name();
        let own = name.as_string_ref().as_str().ok().and_then(|name| ops::by_tfl(name.strip_prefix("tfl.")?));
        let options = own.and_then(|def| def.options).map_or(&[][..], |options| options.fields);
        let known: Vec<&str> =
            options.iter().map(|field| field.attr).filter(|name| !name.is_empty()).chain(NAMES).collect();
        let attribute = source.attribute(context, 3);
        let name = StringRef::new(source.pick(&known));
        // SAFETY: operation and attribute are of one context, and nothing else holds on to the operation's attributes.
        unsafe { mlirOperationSetAttributeByName(operation.to_raw(), name.to_raw(), attribute.to_raw()) };
    }
    for &operation in operations.iter().chain([&function]) {
        let _ = annotations::stage(operation);
        let _ = annotations::schedule(operation, annotations::SCHEDULE);
    }
    if let Ok(exported) = crate::export(module) {
        let mut bytes = Vec::new();
        if write(&exported, &mut bytes).is_ok() {
            read(&bytes).expect("what was exported can be read");
        }
    }
    // Asking an attribute of any kind whether it is of another kind must do no harm.
    for operation in operations {
        for name in NAMES {
            let Ok(attribute) = operation.attribute(name) else { continue };
            let _ = (attributes::text(attribute), attributes::integer(attribute, 64));
            let _ = (attributes::elements(attribute), attributes::bytes_of_const_bytes(attribute));
        }
    }
}

/// Returns the operations of a function's block.
fn operations<'m>(function: OperationRef<'m, 'm>) -> Vec<OperationRef<'m, 'm>> {
    let block = function.region(0).ok().and_then(|region| region.first_block()).expect("it has a body");
    std::iter::successors(block.first_operation(), |operation| operation.next_in_block()).collect()
}

/// The bytes that attributes are made of; zeros follow the last.
struct Source<'b>(&'b [u8]);

impl Source<'_> {
    fn byte(&mut self) -> u8 {
        self.0.split_off_first().copied().unwrap_or(0)
    }

    fn number(&mut self) -> i64 {
        let length = usize::from(self.byte()) % 9;
        (0..length).fold(0, |number, _| number << 8 | i64::from(self.byte()))
    }

    fn pick<'s>(&mut self, list: &[&'s str]) -> &'s str {
        list[usize::from(self.byte()) % list.len()]
    }

    /// Returns a known string, or any bytes.
    fn text(&mut self) -> Vec<u8> {
        let length = usize::from(self.byte());
        if length >= 128 {
            return TEXTS[length % TEXTS.len()].into();
        }
        (0..length % 32).map(|_| self.byte()).collect()
    }

    fn attribute<'c>(&mut self, context: &'c Context, depth: usize) -> Attribute<'c> {
        let kinds = if depth == 0 { 7 } else { 9 };
        match self.byte() % kinds {
            0 => {
                let width = [1, 8, 16, 32, 64, 128][usize::from(self.byte()) % 6];
                // MLIR takes numbers that fit alone.
                let unused = 64 - width.min(64);
                let value = self.number() << unused >> unused;
                IntegerAttribute::new(IntegerType::new(context, width).into(), value).into()
            }
            1 => {
                let kind = if self.byte().is_multiple_of(2) {
                    Type::float32(context)
                } else {
                    Type::float64(context)
                };
                FloatAttribute::new(context, kind, f64::from_bits(self.number() as u64)).into()
            }
            2 => crate::string(context, &self.text()),
            3 => {
                let namespace = self.pick(&["tfl", "respect"]);
                crate::opaque(context, namespace, &String::from_utf8_lossy(&self.text()))
            }
            4 => Attribute::unit(context),
            5 => BoolAttribute::new(context, self.byte().is_multiple_of(2)).into(),
            6 => {
                let kinds = [Type::float32(context), Type::none(context), Type::index(context)];
                TypeAttribute::new(kinds[usize::from(self.byte()) % 3]).into()
            }
            7 => {
                let count = usize::from(self.byte()) % 5;
                let list: Vec<_> = (0..count).map(|_| self.attribute(context, depth - 1)).collect();
                ArrayAttribute::new(context, &list).into()
            }
            _ => {
                let count = usize::from(self.byte()) % 5;
                let mut entries = std::collections::BTreeMap::new();
                for _ in 0..count {
                    let key = self.pick(&KEYS);
                    entries.insert(key, self.attribute(context, depth - 1));
                }
                let entries: Vec<_> =
                    entries.into_iter().map(|(key, value)| (Identifier::new(context, key), value)).collect();
                DictionaryAttribute::new(context, &entries).into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use respect::fuzz::smoke::smoke;

    #[test]
    fn attributes() {
        let seeds = [vec![], (0..200).collect(), (0..200).rev().collect()];
        smoke("mlir_attributes", super::mlir_attributes, &seeds);
    }
}
