//! A row of the table: one operator.

use super::fields::OptionsDef;
use super::rules::{Limit, MacRule, ShapeRule};
use super::type_of::TypeOf;

/// One builtin operator.
#[derive(Clone, Copy, Debug)]
pub struct OpDef {
    /// Its number in the schema's `BuiltinOperator`.
    pub code: i32,
    /// Its name there, like `CONV_2D`.
    pub name: &'static str,
    /// The operation's name in the `tfl` dialect without the prefix, like `conv_2d`; empty if the dialect has
    /// none.
    pub tfl: &'static str,
    /// A second operation of the dialect, which stands for this operator at one value of an option.
    pub variant: Option<Variant>,
    /// The table of its options; `None` if the schema gives it none.
    pub options: Option<&'static OptionsDef>,
    /// Attributes of the `tfl` operation that no option holds.
    pub type_attrs: &'static [TypeAttr],
    /// How many regions the `tfl` operation has.
    pub regions: u8,
    /// How its multiplications are counted.
    pub macs: MacRule,
    /// How the shapes of its results follow from its operands. The inference itself is `tflite::shapes`'.
    pub shape: ShapeRule,
    /// The limits within which the Edge TPU takes it; `None` if it never does. `tflite::support` judges them.
    pub edgetpu: Option<&'static [Limit]>,
    /// Why no model that holds it can be cut. The text goes on a sentence that begins with the operator.
    pub refused: Option<&'static str>,
    /// Whether it carries something from one invocation to the next: a variable tensor, a resource variable,
    /// a hash table or the state of a random generator.
    pub stateful: bool,
    /// The operands whose values it keeps and changes.
    pub state: &'static [usize],
    /// The operands that its kernel on the CPU reads once where they are bound as constants, as Coral's runner binds what it
    /// hands a stage and takes from it: the first inference's values are used ever after.
    pub held_once: &'static [usize],
    /// Whether its kernel on the CPU, in newer runtimes, computes nothing where the result is bound as a constant.
    pub skips_constant_output: bool,
    /// The operands whose constant 8-bit numbers the `tfl` dialect gives a narrow range: the smallest goes unused.
    pub narrow: &'static [usize],
}

impl OpDef {
    /// The name of the `tfl` operation for an operator whose options have the values that `value_of` gives by
    /// slot. Empty if the dialect has none.
    pub fn tfl_for(&self, value_of: impl Fn(u16) -> i64) -> &'static str {
        match self.variant {
            Some(variant) if value_of(variant.slot) == variant.value => variant.tfl,
            _ => self.tfl,
        }
    }
}

/// The operation of the `tfl` dialect that replaces [`OpDef::tfl`] at one value of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// The option's slot.
    pub slot: u16,
    /// The value that selects the variant.
    pub value: i64,
    /// The operation's name without the prefix.
    pub tfl: &'static str,
}

/// An attribute of a `tfl` operation that repeats the type of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeAttr {
    /// The attribute's name.
    pub name: &'static str,
    /// The tensor. Without such a tensor the attribute is left out.
    pub of: TypeOf,
}
