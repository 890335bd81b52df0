//! The graph of a function and the order of its side effects, with diagnostics instead of errors.

use melior::ir::OperationRef;
use melior::ir::operation::OperationLike;

use super::{Failure, symbol};
use crate::FunctionModel;
use crate::effects::{self, Order};
use crate::graph::ordered_graph;
use respect::tflite::Model;
use respect::tflite::graph::ModelGraph;

/// Returns the order that the side effects of a function's operations ask for. The functions that are called are read, too, if
/// `sees_callees`; else calls are errors.
///
/// # Errors
/// Returns a failure where an attribute is not what it should be, or where a call may not be looked into.
pub(super) fn order_of<'m>(
    function: OperationRef<'m, 'm>,
    read: &FunctionModel<'m>,
    sees_callees: bool,
) -> Result<Order, Failure<'m>> {
    effects::order(function, &read.operations, sees_callees).map_err(Failure::from)
}

/// Returns the graph of a function that was read as `model`, with the order of its side effects.
///
/// # Errors
/// Returns a failure if the graph is too large.
pub(super) fn graph_of<'m>(
    function: OperationRef<'m, 'm>,
    model: &Model,
    order: &Order,
) -> Result<ModelGraph, Failure<'m>> {
    let name = symbol(function);
    ordered_graph(model, name, order)
        .map_err(|cause| Failure { location: function.location(), message: format!("'{name}': {cause}") })
}
