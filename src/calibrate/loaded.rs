//! The models that rows point to.

use super::measurements::Reported;
use crate::graph::OpGraph;

/// A model's file, and what the compiler's log beside it says of it.
pub struct Loaded {
    /// Its graph.
    pub graph: OpGraph,
    /// The log's figures, if there is a log.
    pub reported: Option<Reported>,
}

/// Reads the model that a row points to.
pub type Load<'a> = dyn Fn(&str) -> Result<Loaded, String> + 'a;
