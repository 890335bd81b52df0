//! The definition of one operator, a row of the operator table.

use super::fields::OptionsDef;
use super::rules::{Limit, MacRule, ShapeRule};
use super::type_of::TypeOf;

/// A builtin operator of the schema.
#[derive(Clone, Copy, Debug)]
pub struct OpDef {
    /// The operator's number in the schema's `BuiltinOperator`.
    pub code: i32,
    /// The operator's name in the schema, such as `CONV_2D`.
    pub name: &'static str,
    /// The operation's name in the `tfl` dialect without the prefix, such as `conv_2d`; empty if the dialect has none.
    pub tfl: &'static str,
    /// A second operation of the dialect, which stands for this operator at one value of an option.
    pub variant: Option<Variant>,
    /// The table of the operator's options; `None` if the schema has none.
    pub options: Option<&'static OptionsDef>,
    /// The attributes of the `tfl` operation that no option holds.
    pub type_attrs: &'static [TypeAttr],
    /// The number of regions of the `tfl` operation.
    pub regions: u8,
    /// The rule by which multiply-accumulates are counted.
    pub macs: MacRule,
    /// The rule by which the shapes of the results follow from the operands; `tflite::shapes` applies it.
    pub shape: ShapeRule,
    /// The limits within which the Edge TPU takes the operator, `None` if it never does; `tflite::support` judges by
    /// them.
    pub edgetpu: Option<&'static [Limit]>,
    /// The reason why no model with this operator can be cut, if so: the end of a sentence that begins with the
    /// operator.
    pub refused: Option<&'static str>,
    /// True if the operator carries something from one invocation to the next: a variable tensor, a resource variable,
    /// a hash table or the state of a random generator.
    pub stateful: bool,
    /// The operands, by index, whose values the operator keeps and changes.
    pub state: &'static [usize],
    /// The operands, by index, that the kernel on the CPU reads once and never again if they are bound as constants, as
    /// Coral's runner binds a stage's inputs and outputs.
    pub held_once: &'static [usize],
    /// True if the kernel on the CPU, in newer runtimes, computes nothing where the result is bound as a constant.
    pub skips_constant_output: bool,
    /// The operands, by index, whose constant 8-bit numbers have a narrow range in the `tfl` dialect: the smallest is
    /// not used.
    pub narrow: &'static [usize],
}

impl OpDef {
    /// Returns the name of the `tfl` operation for an operator whose options have the values that `value_of` gives by
    /// slot; empty if the dialect has none.
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
    /// The slot of the option.
    pub slot: u16,
    /// The value that selects the variant.
    pub value: i64,
    /// The operation's name without the prefix.
    pub tfl: &'static str,
}

/// An attribute of a `tfl` operation that repeats the type of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeAttr {
    /// The name of the attribute.
    pub name: &'static str,
    /// The tensor whose type the attribute repeats; if the operator does not have it, the attribute is left out.
    pub of: TypeOf,
}
