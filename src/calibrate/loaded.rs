//! Models that rows point to.

use super::measurements::Reported;
use crate::graph::OpGraph;

/// A model's graph, and the figures of the compiler's log beside the file.
pub struct Loaded {
    /// The graph of the model.
    pub graph: OpGraph,
    /// The log's figures, if there is a log.
    pub reported: Option<Reported>,
}

/// A function that reads the model that a row points to.
pub type Load<'a> = dyn Fn(&str) -> Result<Loaded, String> + 'a;
