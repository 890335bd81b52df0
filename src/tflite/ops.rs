//! The table of operators: what reading, writing, cost counting and the MLIR translation know about each
//! builtin operator of the TensorFlow Lite schema.
//!
//! One row of [`all`] holds an operator's code, its name in the schema and in the `tfl` dialect, its options
//! table with slot, type, default and attribute name of every option, and what the tool may do with it.
//! Nothing else in the crate matches on operator names to find such facts.

mod definition;
mod dump;
mod enums;
mod fields;
mod lookup;
mod operators;
mod options;
mod rules;
mod type_of;

pub use definition::{OpDef, TypeAttr, Variant};
pub use dump::dump_json;
pub use enums::{AttrForm, EnumDef};
pub use fields::{FieldDef, FieldKind, OptionsDef, OptionsUnion};
pub use lookup::{PLACEHOLDER, all, all_options, by_code, by_name, by_tfl, options_by_type};
pub use rules::{Limit, MacRule, ShapeRule};
pub use type_of::TypeOf;
