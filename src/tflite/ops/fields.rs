//! A table of options and its fields.

use super::enums::EnumDef;
use super::type_of::TypeOf;

/// The two unions of an operator in which its options may lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OptionsUnion {
    /// `builtin_options`.
    First,
    /// `builtin_options_2`.
    Second,
}

/// One options table.
#[derive(Clone, Copy, Debug)]
pub struct OptionsDef {
    /// The union that it belongs to.
    pub union: OptionsUnion,
    /// Its number in that union.
    pub union_type: u8,
    /// Its name in the schema, like `Conv2DOptions`.
    pub name: &'static str,
    /// Its fields by ascending slot, without deprecated ones.
    pub fields: &'static [FieldDef],
}

impl OptionsDef {
    /// The field of this schema name.
    pub fn field(&self, name: &str) -> Option<&'static FieldDef> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field that this attribute of the `tfl` dialect holds.
    pub fn field_by_attr(&self, attr: &str) -> Option<&'static FieldDef> {
        self.fields.iter().find(|field| !field.attr.is_empty() && field.attr == attr)
    }
}

/// One field of an options table.
#[derive(Clone, Copy, Debug)]
pub struct FieldDef {
    /// Its number in the table.
    pub slot: u16,
    /// Its name in the schema.
    pub name: &'static str,
    /// Its type and the value that an absent field stands for.
    pub kind: FieldKind,
    /// The attribute of the `tfl` dialect that holds it; empty if there is none. An attribute that is absent
    /// stands for the default, too.
    pub attr: &'static str,
    /// For a field without attribute: the tensor whose element type it repeats.
    pub derived: Option<TypeOf>,
}

impl FieldDef {
    /// Where the table's vtable keeps the field's place.
    pub const fn vtable_offset(&self) -> u16 {
        4 + 2 * self.slot
    }
}

/// The type of a field. Scalars hold their default; vectors and strings are absent by default.
#[derive(Clone, Copy, Debug)]
pub enum FieldKind {
    /// One byte; a boolean attribute.
    Bool(bool),
    /// An integer attribute of type `i32`.
    I32(i32),
    /// An integer attribute of type `i64`.
    I64(i64),
    /// Unsigned; only indices of subgraphs, which are no attributes.
    U32(u32),
    /// A float attribute of type `f32`.
    F32(f32),
    /// An enum of one byte; see [`AttrForm`](super::AttrForm) for the attribute.
    Enum(&'static EnumDef, i8),
    /// An enum of four bytes.
    EnumI32(&'static EnumDef, i32),
    /// Numbers of 32 bits in the file, but an array attribute of `i64`. An absent vector is an empty array.
    I32Vec,
    /// An array attribute of `f32`.
    F32Vec,
    /// Bytes; no attribute.
    U8Vec,
    /// A string attribute. An absent string is an empty one.
    String,
}
