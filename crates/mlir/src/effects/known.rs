//! What is known of operations that do not say what effects they have: tables by name.

use melior::ir::OperationRef;

use super::native::Kind;
use crate::attributes;
use crate::operation::attribute;

/// The attribute of a function that lists the operations, or whole dialects, that have no side effects.
pub const PURE: &str = "respect.pure";

/// The dialects whose operations have no side effects, but for those of [`EFFECTS`], [`OUTSIDE`] and [`IMPURE`]. MLIR does not know these
/// dialects itself; each operation of `tfl` keeps what state it has to itself.
const PURE_DIALECTS: [&str; 7] = ["tfl", "stablehlo", "mhlo", "chlo", "onnx", "quantfork", "qfrk"];

/// The dialects of XLA, which have the same operations.
const XLA: [&str; 2] = ["stablehlo", "mhlo"];

/// The operations of [`XLA`] that reach beyond their results: to other devices, or to code that nobody knows.
const OUTSIDE: [&str; 13] = [
    "all_gather",
    "all_reduce",
    "all_to_all",
    "collective_broadcast",
    "collective_permute",
    "cross-replica-sum",
    "custom_call",
    "infeed",
    "outfeed",
    "partition_barrier",
    "recv",
    "reduce_scatter",
    "send",
];

/// The other operations of [`PURE_DIALECTS`] that do something besides giving results.
const IMPURE: [&str; 1] = ["onnx.PrintSignature"];

/// What stands for the state that an operation touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// The symbol or name in this attribute.
    Attribute(&'static str),
    /// The operand of this number, a handle.
    Operand(usize),
    /// All state of the dialect.
    All,
}

/// The operations with state that MLIR itself asks nothing about.
const EFFECTS: [(&str, Kind, Named); 12] = [
    ("ml_program.global_load", Kind::Read, Named::Attribute("global")),
    ("ml_program.global_load_graph", Kind::Read, Named::Attribute("global")),
    ("ml_program.global_store", Kind::Write, Named::Attribute("global")),
    ("ml_program.global_store_graph", Kind::Write, Named::Attribute("global")),
    ("tosa.variable_read", Kind::Read, Named::Attribute("name")),
    ("tosa.variable_write", Kind::Write, Named::Attribute("name")),
    ("tfl.read_variable", Kind::Read, Named::Operand(0)),
    ("tfl.assign_variable", Kind::Write, Named::Operand(0)),
    ("tfl.hashtable_find", Kind::Read, Named::Operand(0)),
    ("tfl.hashtable_size", Kind::Read, Named::Operand(0)),
    ("tfl.hashtable_import", Kind::Write, Named::Operand(0)),
    ("tfl.call_once", Kind::Write, Named::All),
];

/// The operations that may not let what follows them run: they stop the program, or a loop of theirs may not end.
const MAY_NOT_RETURN: [&str; 6] =
    ["cf.assert", "scf.while", "tosa.while_loop", "tfl.while", "stablehlo.while", "mhlo.while"];

/// Returns whether operations of this name give a place on the stack of the function that they are in.
pub fn is_of_the_stack(name: &str) -> bool {
    name == "llvm.intr.stacksave"
}

/// Returns whether operations of this name may not let what follows them run.
pub fn may_not_return(name: &str) -> bool {
    MAY_NOT_RETURN.contains(&name)
}

/// The operations whose result is a handle of state, with the attributes that name the state.
const HANDLES: [(&str, &[&str]); 3] = [
    ("tfl.var_handle", &["container", "shared_name"]),
    ("tfl.hashtable", &["table_id"]),
    ("memref.get_global", &["name"]),
];

/// Returns the effect of an operation of this name, if the table has one.
pub fn effect(name: &str) -> Option<(Kind, Named)> {
    EFFECTS.iter().find(|(known, ..)| *known == name).map(|(_, kind, named)| (*kind, *named))
}

/// Returns the name of the state of which an operation returns a handle.
pub fn handle(operation: OperationRef, name: &str) -> Option<String> {
    let (kind, attributes) = HANDLES.iter().find(|(known, _)| *known == name)?;
    let parts = attributes.iter().map(|name| match attribute(operation, name) {
        Some(held) => held.to_string(),
        None => String::new(),
    });
    Some(format!("{kind} {}", parts.collect::<Vec<_>>().join(" ")))
}

/// The operations that are taken to have no side effects, although they do not say so.
pub struct Pure {
    given: Vec<String>,
}

impl Pure {
    /// Returns what a function says of its operations by the attribute `respect.pure`, a list of names of operations and
    /// dialects.
    ///
    /// # Errors
    /// Returns an error if the attribute is no list of strings.
    pub fn of<'m>(function: OperationRef<'m, 'm>) -> Result<Pure, String> {
        let Some(list) = attribute(function, PURE) else { return Ok(Pure { given: Vec::new() }) };
        let given = attributes::elements(list).and_then(|names| {
            names.into_iter().map(|name| attributes::text(name).map(String::from)).collect::<Option<_>>()
        });
        let wrong = || format!("has an attribute {PURE} that must be a list of names, like [\"my_dialect\"]");
        Ok(Pure { given: given.ok_or_else(wrong)? })
    }

    /// Returns whether operations of this name are taken to have no side effects.
    pub fn holds(&self, name: &str) -> bool {
        let (dialect, operation) = name.split_once('.').unwrap_or((name, ""));
        let reaches_out = (XLA.contains(&dialect) && OUTSIDE.contains(&operation)) || IMPURE.contains(&name);
        let is_given = |given: &String| given == name || given == dialect;
        let is_known = PURE_DIALECTS.contains(&dialect) && !reaches_out && effect(name).is_none();
        is_known || self.given.iter().any(is_given)
    }
}
