//! Modules of MLIR in and out: TensorFlow Lite models as operations of the `tfl` dialect, and graphs of functions of
//! any dialect.
//!
//! The dialect itself is Google's and not registered here; its operations are built and read in generic form, from the
//! same operator table that the flatbuffer reader uses. Modules and operations are those of [`melior`], which is re-exported.

pub(crate) mod attributes;
mod constants;
mod context;
mod entry;
mod export;
mod function;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
mod import;
mod inert;
mod locations;
mod native;
mod operator;
pub mod passes;
mod types;

pub use melior;

pub use context::{ParseError, context, parse};
pub use export::{entry, export};
pub use function::{Complaint, Foreign, FunctionModel, read_function};
pub use import::{ImportError, Imported, Weights, import};
pub(crate) use inert::{goes_with_its_users, is_note};
#[cfg(any(test, feature = "fuzz"))]
pub(crate) use native::{opaque, string};
