//! The graph of a function: what its values, its types and its side effects ask of a schedule.

use std::collections::HashSet;

use melior::ir::OperationRef;
use melior::ir::operation::OperationLike;

use super::{Diagnosed, complain, error, symbol};
use crate::effects::{self, Order};
use crate::{Complaint, FunctionModel};
use respect::graph::{GraphError, Ordered};
use respect::tflite::Model;
use respect::tflite::graph::{ModelGraph, graph};

/// Returns the order that the side effects of a function's operations ask for. With `sees_callees` the functions that are
/// called are read, too.
///
/// # Errors
/// Reports an attribute that is not what it should be.
pub(super) fn order_of<'m>(
    function: OperationRef<'m, 'm>,
    read: &FunctionModel<'m>,
    sees_callees: bool,
) -> Result<Order, Diagnosed> {
    effects::order(function, &read.operations, sees_callees)
        .map_err(|message| complain(&Complaint { operation: function, message }))
}

/// Returns the graph of a function that was read as `model`, with the order of its side effects.
///
/// # Errors
/// Reports a graph that is too large.
pub(super) fn graph_of(
    function: OperationRef,
    model: &Model,
    order: &Order,
) -> Result<ModelGraph, Diagnosed> {
    let name = symbol(function);
    let ordered = |made: ModelGraph| {
        // What one operation reads of another orders the two already.
        let mut reads = HashSet::new();
        for tensor in made.graph.tensors() {
            reads.extend(
                tensor.producer.iter().flat_map(|&op| tensor.consumers.iter().map(move |&to| (op, to))),
            );
        }
        let adds = |pair: &&Ordered| pair.shares_state || !reads.contains(&(pair.before, pair.after));
        let pairs = order.ordered.iter().filter(adds).copied().collect();
        let graph = made.graph.with_ordered(pairs)?.with_together(order.together.clone())?;
        Ok(ModelGraph { graph, ..made })
    };
    graph(model, name)
        .and_then(ordered)
        .map_err(|cause: GraphError| error(function.location(), &format!("'{name}': {cause}")))
}
