//! The shape rules of operators that move elements to other places: reshapes, slices, paddings, gathers and blocks.

use super::infer::{View, axis, ceil_div, product};

impl View<'_> {
    /// Returns the shape that operand 1 gives, or an option if there is no operand 1; one dimension may be left open as
    /// -1.
    pub(super) fn reshape(&self) -> Option<Vec<i64>> {
        let mut dims = match self.operator.inputs.get(1) {
            Some(0..) => self.constant(1)?,
            _ => self.operator.options.as_ref()?.ints("new_shape")?.iter().map(|&dim| dim.into()).collect(),
        };
        let open: Vec<usize> = (0..dims.len()).filter(|&place| dims[place] == -1).collect();
        if let [open] = open[..] {
            dims[open] = 1;
            dims[open] = product(self.input(0)?)?.checked_div(product(&dims)?)?;
        }
        (product(&dims)? == product(self.input(0)?)?).then_some(dims)
    }

    pub(super) fn transpose(&self) -> Option<Vec<i64>> {
        let input = self.input(0)?;
        let from = |place: i64| input.get(axis(place, input.len())?).copied();
        self.constant(1)?.into_iter().map(from).collect()
    }

    pub(super) fn expand_dims(&self) -> Option<Vec<i64>> {
        let mut dims = self.input(0)?.to_vec();
        dims.insert(axis(*self.constant(1)?.first()?, dims.len() + 1)?, 1);
        Some(dims)
    }

    /// Returns the shape without the listed dimensions, or without all dimensions of size 1 if none is listed.
    pub(super) fn squeeze(&self) -> Option<Vec<i64>> {
        let input = self.input(0)?;
        let listed = self.operator.options.as_ref()?.ints("squeeze_dims").unwrap_or_default();
        let dropped: Vec<usize> =
            listed.iter().map(|&dim| axis(i64::from(dim), input.len())).collect::<Option<_>>()?;
        let keeps =
            |place: usize, dim: i64| if dropped.is_empty() { dim != 1 } else { !dropped.contains(&place) };
        let kept = input.iter().enumerate().filter(|&(place, &dim)| keeps(place, dim));
        Some(kept.map(|(_, &dim)| dim).collect())
    }

    /// Returns the shape with the margins of operand 1, which holds two for each dimension.
    pub(super) fn pad(&self) -> Option<Vec<i64>> {
        let (input, margins) = (self.input(0)?, self.constant(1)?);
        let margins = margins.as_chunks::<2>().0;
        let padded =
            |(dim, [before, after]): (&i64, &[i64; 2])| dim.checked_add(*before)?.checked_add(*after);
        (input.len() == margins.len()).then(|| input.iter().zip(margins).map(padded).collect())?
    }

    /// Returns the shape multiplied by operand 1, which holds a factor for each dimension.
    pub(super) fn tile(&self) -> Option<Vec<i64>> {
        let (input, times) = (self.input(0)?, self.constant(1)?);
        (input.len() == times.len())
            .then(|| input.iter().zip(times).map(|(dim, times)| dim.checked_mul(times)).collect())?
    }

    pub(super) fn gather(&self) -> Option<Vec<i64>> {
        let (input, indices) = (self.input(0)?, self.input(1)?);
        let axis = axis(self.option("axis")?, input.len())?;
        let batch = usize::try_from(self.option("batch_dims")?).ok().filter(|&batch| batch <= axis)?;
        Some([&input[..axis], indices.get(batch..)?, &input[axis + 1..]].concat())
    }

    /// Returns the shape of a gather by indices, each of which replaces as many leading dimensions of operand 0 as the
    /// last dimension of operand 1 says.
    pub(super) fn gather_nd(&self) -> Option<Vec<i64>> {
        let (input, (depth, places)) = (self.input(0)?, self.input(1)?.split_last()?);
        Some([places, input.get(usize::try_from(*depth).ok()?..)?].concat())
    }

    /// Returns the sizes in operand 2, of which -1 stands for all elements from the start in operand 1 on.
    pub(super) fn slice(&self) -> Option<Vec<i64>> {
        let (input, sizes) = (self.input(0)?, self.constant(2)?);
        let cut = |(place, &dim): (usize, &i64)| match sizes[place] {
            -1 => dim.checked_sub(*self.constant(1)?.get(place)?),
            size => Some(size),
        };
        (input.len() == sizes.len()).then(|| input.iter().enumerate().map(cut).collect())?
    }

    /// Returns the shape of a slice from operand 1 to operand 2 in steps of operand 3, with masks; `None` if there is
    /// an ellipsis, a new axis or a length in place of an end.
    pub(super) fn strided_slice(&self) -> Option<Vec<i64>> {
        let input = self.input(0)?;
        let (begin, end, strides) = (self.constant(1)?, self.constant(2)?, self.constant(3)?);
        let bit = |mask: i64, place: usize| mask >> place & 1 == 1;
        let (begin_mask, end_mask) = (self.option("begin_mask")?, self.option("end_mask")?);
        let shrink = self.option("shrink_axis_mask")?;
        if self.option("ellipsis_mask")? != 0
            || self.option("new_axis_mask")? != 0
            || self.option("offset")? != 0
            || begin.len() > input.len()
            || begin.len() != end.len()
            || begin.len() != strides.len()
        {
            return None;
        }
        let mut dims = Vec::new();
        for (place, &dim) in input.iter().enumerate() {
            let (Some(&from), Some(&to), Some(&stride)) =
                (begin.get(place), end.get(place), strides.get(place))
            else {
                dims.push(dim);
                continue;
            };
            if bit(shrink, place) {
                continue;
            }
            // A slice with a negative step starts at the last element and may end before the first.
            let (first, past) = if stride > 0 { (0, dim) } else { (dim - 1, -1) };
            let clamp =
                |at: i64| (if at < 0 { at + dim } else { at }).clamp(first.min(past), first.max(past));
            let from = if bit(begin_mask, place) { first } else { clamp(from) };
            let to = if bit(end_mask, place) { past } else { clamp(to) };
            let span = to - from;
            dims.push(if span != 0 && (span < 0) == (stride < 0) { ceil_div(span, stride)? } else { 0 });
        }
        Some(dims)
    }

    pub(super) fn space_to_depth(&self) -> Option<Vec<i64>> {
        let ([batch, height, width, depth], block) = (self.input(0)?, self.block_size()?) else {
            return None;
        };
        Some(vec![*batch, height / block, width / block, depth.checked_mul(block * block)?])
    }

    pub(super) fn depth_to_space(&self) -> Option<Vec<i64>> {
        let ([batch, height, width, depth], block) = (self.input(0)?, self.block_size()?) else {
            return None;
        };
        Some(vec![*batch, height.checked_mul(block)?, width.checked_mul(block)?, depth / (block * block)])
    }

    fn block_size(&self) -> Option<i64> {
        self.option("block_size").filter(|&block| (1..1 << 15).contains(&block))
    }

    /// Returns the shape whose dimensions after the batch are padded by operand 2 and divided by the blocks of operand
    /// 1.
    pub(super) fn space_to_batch(&self) -> Option<Vec<i64>> {
        self.batch_blocks(
            |dim, block, [before, after]| dim.checked_add(before)?.checked_add(after)?.checked_div(block),
            |batch, blocks| batch.checked_mul(blocks),
        )
    }

    /// Returns the shape whose dimensions after the batch are multiplied by the blocks of operand 1 and cropped by
    /// operand 2.
    pub(super) fn batch_to_space(&self) -> Option<Vec<i64>> {
        self.batch_blocks(
            |dim, block, [before, after]| dim.checked_mul(block)?.checked_sub(before)?.checked_sub(after),
            |batch, blocks| batch.checked_div(blocks),
        )
    }

    fn batch_blocks(
        &self,
        place: impl Fn(i64, i64, [i64; 2]) -> Option<i64>,
        batch: impl Fn(i64, i64) -> Option<i64>,
    ) -> Option<Vec<i64>> {
        let (mut dims, blocks, margins) = (self.input(0)?.to_vec(), self.constant(1)?, self.constant(2)?);
        let margins = margins.as_chunks::<2>().0;
        if blocks.len() != margins.len() || blocks.len() >= dims.len() {
            return None;
        }
        dims[0] = batch(dims[0], product(&blocks)?)?;
        for ((dim, &block), &margins) in dims[1..].iter_mut().zip(&blocks).zip(margins) {
            *dim = place(*dim, block, margins)?;
        }
        Some(dims)
    }
}
