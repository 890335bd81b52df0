//! The operations in the regions of an operation.

use melior::ir::operation::OperationLike;
use melior::ir::{BlockLike, OperationRef, RegionLike};

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
            let blocks = std::iter::successors(region.first_block(), |block| block.next_in_region());
            for block in blocks {
                let operations =
                    std::iter::successors(block.first_operation(), |operation| operation.next_in_block());
                all.extend(operations.map(|operation| Inner { operation, parent: (place, number) }));
            }
        }
        place += 1;
    }
    all
}
