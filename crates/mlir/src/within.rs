//! The operations in the regions of an operation, and the values that these use.

use melior::ir::operation::OperationLike;
use melior::ir::{BlockLike, OperationRef, RegionLike, RegionRef, Value};

/// An operation within another.
#[derive(Clone, Copy)]
pub(super) struct Inner<'m> {
    /// The operation.
    pub operation: OperationRef<'m, 'm>,
    /// The place in the list of the operation whose region holds this one, and the number of that region.
    pub parent: (usize, usize),
}

/// Returns an operation and the operations in its regions, at any depth, outer ones before inner ones. The first is the
/// operation itself, and its own parent.
pub(super) fn within<'m>(operation: OperationRef<'m, 'm>) -> Vec<Inner<'m>> {
    let mut all = vec![Inner { operation, parent: (0, 0) }];
    let mut place = 0;
    while let Some(outer) = all.get(place).map(|inner| inner.operation) {
        for (number, region) in outer.regions().enumerate() {
            let inner = operations(region).into_iter();
            all.extend(inner.map(|operation| Inner { operation, parent: (place, number) }));
        }
        place += 1;
    }
    all
}

/// Returns the operands of an operation and of all operations in its regions.
pub(super) fn operands_within<'m>(operation: OperationRef<'m, 'm>) -> Vec<Value<'m, 'm>> {
    within(operation).into_iter().flat_map(|inner| inner.operation.operands().collect::<Vec<_>>()).collect()
}

/// Returns the operations directly in a region's blocks.
pub(super) fn operations<'m>(region: RegionRef<'m, 'm>) -> Vec<OperationRef<'m, 'm>> {
    let blocks = std::iter::successors(region.first_block(), |block| block.next_in_region());
    blocks
        .flat_map(|block| {
            std::iter::successors(block.first_operation(), |operation| operation.next_in_block())
        })
        .collect()
}
