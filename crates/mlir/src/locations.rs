//! Locations that hold the names of tensors.
//!
//! An operation's location is `fused<"tflite.subgraph=0.op=2:RESHAPE">[name]`, with a fused location of several names
//! for several results. A constant's is `fused<"tflite.subgraph=0.tensor=4:CONST">[name]`.

use melior::Context;
use melior::ir::Location;

use super::native;
use respect::tflite::model::{Model, Operator, Tensor};

/// Returns the location of a constant.
pub(super) fn of_constant<'c>(context: &'c Context, tensor: &Tensor, number: u32) -> Location<'c> {
    let label = native::string(context, format!("tflite.subgraph=0.tensor={number}:CONST").as_bytes());
    native::fused(context, &[name(context, tensor)], Some(label))
}

/// Returns the location of an operator.
pub(super) fn of_operator<'c>(
    context: &'c Context,
    model: &Model,
    operator: &Operator,
    number: usize,
) -> Location<'c> {
    let mut label = format!("tflite.subgraph=0.op={number}:{}", model.label(operator));
    if let Some(activation) = operator.options.as_ref().and_then(|options| options.activation()) {
        label += "_fused_";
        label += activation;
    }
    let names: Vec<_> =
        (operator.outputs.iter()).map(|&output| name(context, &model.tensors[output as usize])).collect();
    let inner = match names[..] {
        [only] => only,
        _ => native::fused(context, &names, None),
    };
    native::fused(context, &[inner], Some(native::string(context, label.as_bytes())))
}

fn name<'c>(context: &'c Context, tensor: &Tensor) -> Location<'c> {
    match tensor.label() {
        "" => Location::unknown(context),
        label => native::named(context, label),
    }
}

/// Returns the names in a location, in order.
pub(super) fn names(location: Location<'_>) -> Vec<&[u8]> {
    let mut found = Vec::new();
    collect(location, 0, &mut found);
    found
}

fn collect<'c>(location: Location<'c>, depth: usize, found: &mut Vec<&'c [u8]>) {
    // Deeper locations are not RESPECT's, and may be made to exhaust the stack.
    if depth > 8 {
        return;
    }
    if let Some(name) = native::location_name(location) {
        found.push(name);
    } else if location.is_fused() {
        (0..location.fused_num_locations())
            .for_each(|place| collect(location.fused_location(place), depth + 1, found));
    }
}
