//! The table of operators: all facts that reading, writing, cost counting and the MLIR translation need about each
//! builtin operator of the TensorFlow Lite schema.
//!
//! One row of [`all`] holds an operator's code, the names in the schema and in the `tfl` dialect, the options table
//! with slot, type, default and attribute name of every option, and the rules by which the operator is counted, shaped,
//! judged and cut. Nothing else in the crate matches on operator names to find such facts, but for how an operator uses the device's array:
//! [`graph`](crate::graph) says that, and the judge says it once more by itself.

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
