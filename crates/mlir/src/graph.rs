//! The graph of a function: what its values, its types and its side effects ask of a schedule.

use std::collections::HashSet;

use melior::ir::OperationRef;

use crate::effects::{self, Order};
use crate::{Complaint, Foreign, read_function};
use respect::graph::{GraphError, Ordered};
use respect::tflite::Model;
use respect::tflite::graph::{ModelGraph, graph};

/// Returns the graph of a function of any dialect under a name, with the order of its operations' side effects.
///
/// # Errors
/// Returns a complaint about the first operation that has no place in a graph, or about a graph that is too large.
pub fn function_graph<'m>(function: OperationRef<'m, 'm>, name: &str) -> Result<ModelGraph, Complaint<'m>> {
    let read = read_function(function, Foreign::AsCustom)?;
    let order = effects::order(function, &read.operations, true)?;
    let complaint =
        |error: GraphError| Complaint { operation: function, message: format!("has no graph: {error}") };
    ordered_graph(&read.model, name, &order).map_err(complaint)
}

/// Returns the graph of a function that was read as `model`, with the order of its side effects.
///
/// # Errors
/// Returns an error if the graph is too large.
pub(crate) fn ordered_graph(model: &Model, name: &str, order: &Order) -> Result<ModelGraph, GraphError> {
    let made = graph(model, name)?;
    // What one operation reads of another orders the two already.
    let mut reads = HashSet::new();
    for tensor in made.graph.tensors() {
        reads.extend(tensor.producer.iter().flat_map(|&op| tensor.consumers.iter().map(move |&to| (op, to))));
    }
    let adds = |pair: &&Ordered| pair.shares_state || !reads.contains(&(pair.before, pair.after));
    let pairs = order.ordered.iter().filter(adds).copied().collect();
    let graph = made.graph.with_ordered(pairs)?.with_together(order.together.clone())?;
    Ok(ModelGraph { graph, ..made })
}
