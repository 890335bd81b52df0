//! The graph of a function and the order of its side effects, with diagnostics instead of errors.

use melior::ir::OperationRef;
use melior::ir::operation::OperationLike;

use super::{Diagnosed, complain, error, symbol};
use crate::FunctionModel;
use crate::effects::{self, Order};
use crate::graph::ordered_graph;
use respect::tflite::Model;
use respect::tflite::graph::ModelGraph;

/// Returns the order that the side effects of a function's operations ask for. The functions that are called are read, too, if
/// `sees_callees`; else calls are errors.
///
/// # Errors
/// Reports an attribute that is not what it should be, or a call that may not be looked into.
pub(super) fn order_of<'m>(
    function: OperationRef<'m, 'm>,
    read: &FunctionModel<'m>,
    sees_callees: bool,
) -> Result<Order, Diagnosed> {
    effects::order(function, &read.operations, sees_callees).map_err(|complaint| complain(&complaint))
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
    ordered_graph(model, name, order)
        .map_err(|cause| error(function.location(), &format!("'{name}': {cause}")))
}
