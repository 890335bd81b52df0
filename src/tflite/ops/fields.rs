//! The definitions of options tables and their fields.

use super::enums::EnumDef;
use super::type_of::TypeOf;

/// The union of an operator's table that holds its options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OptionsUnion {
    /// The union `builtin_options`.
    First,
    /// The union `builtin_options_2`.
    Second,
}

/// An options table of the schema.
#[derive(Clone, Copy, Debug)]
pub struct OptionsDef {
    /// The union to which the table belongs.
    pub union: OptionsUnion,
    /// The table's number in that union.
    pub union_type: u8,
    /// The table's name in the schema, such as `Conv2DOptions`.
    pub name: &'static str,
    /// The table's fields by ascending slot, without deprecated ones.
    pub fields: &'static [FieldDef],
}

impl OptionsDef {
    /// Returns the field with this name in the schema; none if there is no such field.
    pub fn field(&self, name: &str) -> Option<&'static FieldDef> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Returns the field that this attribute of the `tfl` dialect holds; none if there is no such field.
    pub fn field_by_attr(&self, attr: &str) -> Option<&'static FieldDef> {
        self.fields.iter().find(|field| !field.attr.is_empty() && field.attr == attr)
    }
}

/// A field of an options table.
#[derive(Clone, Copy, Debug)]
pub struct FieldDef {
    /// The field's number in the table.
    pub slot: u16,
    /// The field's name in the schema.
    pub name: &'static str,
    /// The field's type, and the value for which an absent field stands.
    pub kind: FieldKind,
    /// The attribute of the `tfl` dialect that holds the field; empty if there is none. An absent attribute stands for
    /// the default, too.
    pub attr: &'static str,
    /// The tensor whose element type the field repeats, if no attribute holds the field.
    pub derived: Option<TypeOf>,
}

impl FieldDef {
    /// Returns the offset in the table's vtable at which the field's place is stored.
    pub const fn vtable_offset(&self) -> u16 {
        4 + 2 * self.slot
    }
}

/// The type of a field. Scalars hold their default; vectors and strings are absent by default.
#[derive(Clone, Copy, Debug)]
pub enum FieldKind {
    /// A boolean of one byte; a boolean attribute.
    Bool(bool),
    /// An integer of 32 bits; an attribute of type `i32`.
    I32(i32),
    /// An integer of 64 bits; an attribute of type `i64`.
    I64(i64),
    /// An unsigned integer of 32 bits; only indices of subgraphs, which have no attribute.
    U32(u32),
    /// A float of 32 bits; an attribute of type `f32`.
    F32(f32),
    /// An enum of one byte; see [`AttrForm`](super::AttrForm) for the attribute.
    Enum(&'static EnumDef, i8),
    /// An enum of four bytes.
    EnumI32(&'static EnumDef, i32),
    /// A vector of integers of 32 bits; an array attribute of `i64`. An absent vector is an empty array.
    I32Vec,
    /// A vector of floats of 32 bits; an array attribute of `f32`.
    F32Vec,
    /// A vector of bytes, which has no attribute.
    U8Vec,
    /// A string; a string attribute. An absent string is an empty one.
    String,
}
