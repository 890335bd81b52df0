//! The multiply-accumulates and channels of one operator, from shapes, by the operator table's rule.

use std::num::NonZeroU64;

use super::model::{Model, Operator};
use super::ops::MacRule;

/// Returns the number of multiply-accumulates of one run of `operator`; 0 if its rule has none or its shapes do not
/// say.
pub(super) fn count(model: &Model, operator: &Operator) -> u64 {
    let input = |place: usize| dims(model, operator.inputs.get(place).copied().unwrap_or(-1));
    let output = || dims(model, operator.outputs.first().map_or(-1, |&tensor| tensor as i32));
    // The elements of every two-dimensional constant operand: the matrices of a recurrent cell.
    let matrices = || {
        let constants = operator.inputs.iter().filter(|&&t| t >= 0 && model.is_constant(t as u32));
        constants
            .map(|&tensor| dims(model, tensor))
            .filter(|dims| dims.len() == 2)
            .map(|dims| product(&dims))
            .sum()
    };
    // Every step of a sequence multiplies by the cell's matrices once for each batch entry.
    let steps = || input(0).split_last().map_or(1, |(_, batch_and_time)| product(batch_and_time));
    let per_place = |filter: Vec<u64>, skip: usize| product(filter.get(skip..).unwrap_or_default());
    let macs = match model.def(operator).macs {
        MacRule::None => Some(0),
        MacRule::Conv2d => product(&output()).checked_mul(per_place(input(1), 1)),
        MacRule::DepthwiseConv2d => {
            let filter = input(1);
            product(&output()).checked_mul(product(filter.get(1..3).unwrap_or_default()))
        }
        MacRule::TransposeConv => {
            let filter = input(1);
            let out_and_window = product(filter.get(..3).unwrap_or_default());
            product(&input(2)).checked_mul(out_and_window)
        }
        MacRule::Conv3d => {
            let filter = input(1);
            product(&output()).checked_mul(product(filter.get(..4).unwrap_or_default()))
        }
        MacRule::Conv3dTranspose => {
            product(&input(2)).checked_mul(per_place(input(1), 0) / last(&input(2)).max(1))
        }
        MacRule::FullyConnected => {
            let weights = input(1);
            let rows = product(&output()) / weights.first().copied().unwrap_or(1).max(1);
            product(&weights).checked_mul(rows.max(1))
        }
        MacRule::BatchMatmul => {
            let left = input(0);
            let transposed = operator.options.as_ref().and_then(|o| o.int("adj_x")) == Some(1);
            let inner = left.len().checked_sub(if transposed { 2 } else { 1 }).map_or(1, |place| left[place]);
            product(&output()).checked_mul(inner)
        }
        MacRule::Rnn
        | MacRule::BidirectionalRnn
        | MacRule::Lstm
        | MacRule::BidirectionalLstm
        | MacRule::Svdf => u64::checked_mul(matrices(), steps()),
    };
    macs.unwrap_or(u64::MAX)
}

/// Returns the number of output channels of an operator that multiplies; none if it does not, or its shapes do not say.
pub(super) fn channels(model: &Model, operator: &Operator) -> Option<NonZeroU64> {
    if model.def(operator).macs == MacRule::None {
        return None;
    }
    let output = dims(model, operator.outputs.first().map_or(-1, |&tensor| tensor as i32));
    output.last().copied().and_then(NonZeroU64::new)
}

fn dims(model: &Model, tensor: i32) -> Vec<u64> {
    let tensor = usize::try_from(tensor).ok().and_then(|tensor| model.tensors.get(tensor));
    tensor.map_or(Vec::new(), |t| t.dims().iter().map(|&dim| u64::try_from(dim).unwrap_or(0)).collect())
}

fn product(dims: &[u64]) -> u64 {
    dims.iter().fold(1, |product, &dim| product.saturating_mul(dim))
}

fn last(dims: &[u64]) -> u64 {
    dims.last().copied().unwrap_or(1)
}
