//! Modules of MLIR in and out: TensorFlow Lite models as operations of the `tfl` dialect, and graphs of functions of
//! any dialect.
//!
//! The dialect itself is Google's and not registered here; its operations are built and read in generic form, from the
//! same operator table that the flatbuffer reader uses. Modules and operations are those of [`melior`], which is re-exported.

mod attribute_builder;
pub(crate) mod attributes;
mod bounds;
mod complaint;
mod constants;
mod context;
mod costs;
mod dialect;
mod effects;
mod entry;
mod export;
mod function;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
pub(crate) mod graph;
mod import;
mod imported;
mod inert;
mod locations;
mod model_builder;
mod native;
mod operation;
mod operator;
pub mod passes;
mod structure;
mod types;
mod within;

pub use melior;

pub use complaint::Complaint;
pub use context::{ParseError, context, parse};
pub(crate) use costs::priced_by_bytes;
pub use dialect::handle as dialect_handle;
pub(crate) use export::completed;
pub use export::{entry, export};
pub(crate) use function::read_as;
pub use function::{Foreign, FunctionModel, read_function};
pub use graph::function_graph;
pub use import::import;
pub use imported::{ImportError, Imported, Weights};
pub(crate) use inert::{CONSTANTS, goes_with_its_users, is_note};
#[cfg(any(test, feature = "fuzz"))]
pub(crate) use native::{opaque, string};
