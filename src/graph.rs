//! The computation graph that is scheduled: operations as nodes, tensors as edges, bytes and MACs on both.

pub mod array;
mod array_use;
mod check;
pub(crate) mod countdown;
pub mod ideal;
pub mod instructions;
pub mod json;
mod op_graph;
mod parts;
mod uncuttable;

pub use check::GraphError;
pub use op_graph::OpGraph;
pub(crate) use parts::numbers;
pub use parts::{GraphParts, Op, OpId, Ordered, SharedConstant, Tensor, TensorId};
pub use uncuttable::Uncuttable;
