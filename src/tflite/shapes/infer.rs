//! The application of an operator's shape rule: windows, products, and rules that keep, join or drop dimensions.

use std::rc::Rc;

use crate::tflite::model::{Model, Operator};
use crate::tflite::ops::ShapeRule;

/// The most dimensions for which a shape is computed; TensorFlow Lite's kernels take eight at most.
pub(super) const MOST_DIMENSIONS: usize = 16;

/// The sizes of a tensor's dimensions, none of them negative.
pub(super) type Dims = Rc<[i64]>;

/// The shapes of an operator's results.
pub(super) enum Inferred {
    /// All results have this shape.
    All(Dims),
    /// Each result has its own shape; `None` if no rule gives it.
    Each(Vec<Option<Dims>>),
}

impl Inferred {
    /// Returns the shape of the result at `place`, if it is known.
    pub(super) fn of(&self, place: usize) -> Option<Dims> {
        match self {
            Inferred::All(dims) => Some(dims.clone()),
            Inferred::Each(list) => list.get(place).cloned().flatten(),
        }
    }
}

/// An operator and the shapes that are known so far.
pub(super) struct View<'m> {
    pub model: &'m Model<'m>,
    pub operator: &'m Operator<'m>,
    pub shapes: &'m [Option<Dims>],
}

impl View<'_> {
    /// Returns the shapes of the results; `None` if no rule gives them, or gives a shape that the interpreter would
    /// refuse.
    pub(super) fn infer(&self) -> Option<Inferred> {
        let all = |dims: Option<Vec<i64>>| dims.and_then(checked).map(Inferred::All);
        match self.model.def(self.operator).shape {
            ShapeRule::Unknown | ShapeRule::Counted => None,
            ShapeRule::Same | ShapeRule::Converted => self.same(0),
            ShapeRule::SameAsSecond => self.same(1),
            ShapeRule::Broadcast | ShapeRule::Compared => all(self.broadcast(&[0, 1])),
            ShapeRule::Select => all(self.broadcast(&[0, 1, 2])),
            ShapeRule::Conv2d => all(self.conv_2d()),
            ShapeRule::DepthwiseConv2d => all(self.depthwise_conv_2d()),
            ShapeRule::Pool2d => all(self.pool_2d()),
            ShapeRule::Given { by, .. } => all(self.constant(by)),
            ShapeRule::FullyConnected => all(self.fully_connected()),
            ShapeRule::BatchMatmul => all(self.batch_matmul()),
            ShapeRule::Concatenation => all(self.concatenation()),
            ShapeRule::Pack => all(self.pack()),
            ShapeRule::Unpack => all(self.unpack()),
            ShapeRule::Split => all(self.split()),
            ShapeRule::SplitV => self.split_v(),
            ShapeRule::Reshape => all(self.reshape()),
            ShapeRule::Transpose => all(self.transpose()),
            ShapeRule::ExpandDims => all(self.expand_dims()),
            ShapeRule::Squeeze => all(self.squeeze()),
            ShapeRule::Reduce => all(self.reduce(self.option("keep_dims")? != 0)),
            ShapeRule::ArgReduce => all(self.reduce(false)),
            ShapeRule::Resize => all(self.resize()),
            ShapeRule::Pad => all(self.pad()),
            ShapeRule::Gather => all(self.gather()),
            ShapeRule::GatherNd => all(self.gather_nd()),
            ShapeRule::StridedSlice => all(self.strided_slice()),
            ShapeRule::Slice => all(self.slice()),
            ShapeRule::Tile => all(self.tile()),
            ShapeRule::SpaceToDepth => all(self.space_to_depth()),
            ShapeRule::DepthToSpace => all(self.depth_to_space()),
            ShapeRule::SpaceToBatch => all(self.space_to_batch()),
            ShapeRule::BatchToSpace => all(self.batch_to_space()),
            ShapeRule::Shape => all(Some(vec![self.input(0)?.len() as i64])),
            ShapeRule::Rank => all(Some(Vec::new())),
            ShapeRule::TopK => all(self.top_k()),
            ShapeRule::OneHot => all(self.one_hot()),
            ShapeRule::Range => all(self.range()),
            ShapeRule::EmbeddingLookup => all(self.embedding_lookup()),
            ShapeRule::MatrixDiag => all(self.matrix_diag()),
            ShapeRule::Segments => all(self.segments()),
            ShapeRule::SequenceLstm => all(self.sequence_lstm()),
            ShapeRule::SequenceRnn => all(self.sequence_rnn()),
            ShapeRule::Svdf => all(self.svdf()),
        }
    }

    /// Returns the schema's number of the type of all results; `None` if the operator does not set it.
    pub(super) fn kind(&self, types: &[i8]) -> Option<i8> {
        let rule = self.model.def(self.operator).shape;
        if rule == ShapeRule::ArgReduce {
            return self.option("output_type")?.try_into().ok();
        }
        Some(types[self.tensor(rule.moved_operand()?)? as usize])
    }

    fn tensor(&self, place: usize) -> Option<u32> {
        u32::try_from(*self.operator.inputs.get(place)?).ok()
    }

    /// Returns the dimensions of the operand at `place`, if they are known.
    pub(super) fn input(&self, place: usize) -> Option<&[i64]> {
        self.shapes[self.tensor(place)? as usize].as_deref()
    }

    /// Returns the value of an integer option.
    pub(super) fn option(&self, name: &str) -> Option<i64> {
        self.operator.options.as_ref()?.int(name)
    }

    /// Returns the numbers of a constant operand of 32-bit or 64-bit integers.
    pub(super) fn constant(&self, place: usize) -> Option<Vec<i64>> {
        self.model.integers(self.tensor(place)?)
    }

    fn same(&self, place: usize) -> Option<Inferred> {
        self.shapes[self.tensor(place)? as usize].clone().map(Inferred::All)
    }

    fn broadcast(&self, places: &[usize]) -> Option<Vec<i64>> {
        places.iter().try_fold(Vec::new(), |dims, &place| broadcast(&dims, self.input(place)?))
    }

    fn conv_2d(&self) -> Option<Vec<i64>> {
        let [channels, height, width, _] = *self.input(1)? else { return None };
        self.window(height, width, channels)
    }

    fn depthwise_conv_2d(&self) -> Option<Vec<i64>> {
        let [_, height, width, channels] = *self.input(1)? else { return None };
        self.window(height, width, channels)
    }

    fn pool_2d(&self) -> Option<Vec<i64>> {
        let channels = *self.input(0)?.get(3)?;
        self.window(self.option("filter_height")?, self.option("filter_width")?, channels)
    }

    /// Returns the shape of the result of a window that moves over height and width.
    fn window(&self, height: i64, width: i64, channels: i64) -> Option<Vec<i64>> {
        let [batch, rows, columns, _] = *self.input(0)? else { return None };
        let side = |size: i64, window: i64, stride: &str, dilation: &str| {
            let stride = self.option(stride).filter(|&stride| stride > 0)?;
            let reach =
                window.checked_sub(1)?.checked_mul(self.option(dilation).unwrap_or(1))?.checked_add(1)?;
            let is_same = self.option("padding")? == 0;
            let span = if is_same { size } else { size.checked_sub(reach)?.checked_add(1)? };
            (span > 0).then(|| (span - 1) / stride + 1)
        };
        let rows = side(rows, height, "stride_h", "dilation_h_factor")?;
        Some(vec![batch, rows, side(columns, width, "stride_w", "dilation_w_factor")?, channels])
    }

    fn fully_connected(&self) -> Option<Vec<i64>> {
        let (input, weights) = (self.input(0)?, self.input(1)?);
        let [units, depth] = *weights else { return None };
        if self.option("keep_num_dims")? != 0 {
            let (_, rest) = input.split_last()?;
            return Some(rest.iter().copied().chain([units]).collect());
        }
        Some(vec![product(input)?.checked_div(depth)?, units])
    }

    fn batch_matmul(&self) -> Option<Vec<i64>> {
        let (left, right) = (self.input(0)?, self.input(1)?);
        let (left_batch, [a, b]) = left.split_last_chunk::<2>()?;
        let (right_batch, [c, d]) = right.split_last_chunk::<2>()?;
        let mut dims = broadcast(left_batch, right_batch)?;
        dims.push(if self.option("adj_x")? != 0 { *b } else { *a });
        dims.push(if self.option("adj_y")? != 0 { *c } else { *d });
        Some(dims)
    }

    fn concatenation(&self) -> Option<Vec<i64>> {
        let mut dims = self.input(0)?.to_vec();
        let axis = axis(self.option("axis")?, dims.len())?;
        for place in 1..self.operator.inputs.len() {
            dims[axis] = dims[axis].checked_add(*self.input(place)?.get(axis)?)?;
        }
        Some(dims)
    }

    fn pack(&self) -> Option<Vec<i64>> {
        let mut dims = self.input(0)?.to_vec();
        dims.insert(axis(self.option("axis")?, dims.len() + 1)?, self.operator.inputs.len() as i64);
        Some(dims)
    }

    fn unpack(&self) -> Option<Vec<i64>> {
        let mut dims = self.input(0)?.to_vec();
        dims.remove(axis(self.option("axis")?, dims.len())?);
        Some(dims)
    }

    fn split(&self) -> Option<Vec<i64>> {
        let mut dims = self.input(1)?.to_vec();
        let axis = axis(*self.constant(0)?.first()?, dims.len())?;
        dims[axis] = dims[axis].checked_div(self.option("num_splits")?)?;
        Some(dims)
    }

    /// Returns the shapes of the pieces, of which one size may be left open as -1.
    fn split_v(&self) -> Option<Inferred> {
        let (input, mut sizes) = (self.input(0)?, self.constant(1)?);
        let axis = axis(*self.constant(2)?.first()?, input.len())?;
        if let Some(open) = sizes.iter().position(|&size| size == -1) {
            sizes[open] = 0;
            sizes[open] = input[axis].checked_sub(sum(&sizes)?)?;
        }
        let piece = |size: i64| {
            let mut dims = input.to_vec();
            dims[axis] = size;
            checked(dims)
        };
        Some(Inferred::Each(sizes.into_iter().map(piece).collect()))
    }

    fn reduce(&self, keep: bool) -> Option<Vec<i64>> {
        let input = self.input(0)?;
        let axes: Vec<usize> =
            self.constant(1)?.into_iter().map(|dim| axis(dim, input.len())).collect::<Option<_>>()?;
        let entry = |(place, &dim): (usize, &i64)| match (axes.contains(&place), keep) {
            (false, _) => Some(dim),
            (true, true) => Some(1),
            (true, false) => None,
        };
        Some(input.iter().enumerate().filter_map(entry).collect())
    }

    fn resize(&self) -> Option<Vec<i64>> {
        let ([batch, _, _, channels], [height, width]) = (self.input(0)?, &self.constant(1)?[..]) else {
            return None;
        };
        Some(vec![*batch, *height, *width, *channels])
    }

    fn top_k(&self) -> Option<Vec<i64>> {
        let mut dims = self.input(0)?.to_vec();
        *dims.last_mut()? = *self.constant(1)?.first()?;
        Some(dims)
    }

    /// Returns the shape with a new axis; an axis of -1 becomes the last.
    fn one_hot(&self) -> Option<Vec<i64>> {
        let (mut dims, depth) = (self.input(0)?.to_vec(), *self.constant(1)?.first()?);
        dims.insert(axis(self.option("axis")?, dims.len() + 1)?, depth);
        Some(dims)
    }

    fn range(&self) -> Option<Vec<i64>> {
        let number = |place: usize| self.constant(place)?.first().copied();
        let (start, limit, delta) = (number(0)?, number(1)?, number(2)?);
        let span = limit.checked_sub(start)?;
        Some(vec![if (span < 0) == (delta < 0) { ceil_div(span, delta)? } else { 0 }])
    }

    fn embedding_lookup(&self) -> Option<Vec<i64>> {
        let ([count], [_, row @ ..]) = (self.input(0)?, self.input(1)?) else { return None };
        Some(std::iter::once(count).chain(row).copied().collect())
    }

    fn matrix_diag(&self) -> Option<Vec<i64>> {
        let input = self.input(0)?;
        Some(input.iter().chain(input.last()).copied().collect())
    }

    fn segments(&self) -> Option<Vec<i64>> {
        let (data, ids, count) = (self.input(0)?, self.input(1)?, self.constant(2)?);
        Some(count.iter().take(1).chain(data.get(ids.len()..)?).copied().collect())
    }

    /// Returns the shape for an input `[batch, time, depth]` (or time first). The width is that of the projection's
    /// weights, or else that of the output gate's.
    fn sequence_lstm(&self) -> Option<Vec<i64>> {
        const INPUT_TO_OUTPUT_WEIGHTS: usize = 4;
        const PROJECTION_WEIGHTS: usize = 16;
        let ([a, b, _], gate) = (self.input(0)?, self.input(INPUT_TO_OUTPUT_WEIGHTS)?) else {
            return None;
        };
        let width = self.input(PROJECTION_WEIGHTS).unwrap_or(gate).first()?;
        Some(vec![*a, *b, *width])
    }

    /// Returns the shape for an input `[batch, time, depth]` (or time first) and weights `[units, depth]`.
    fn sequence_rnn(&self) -> Option<Vec<i64>> {
        let ([a, b, _], [units, _]) = (self.input(0)?, self.input(1)?) else { return None };
        Some(vec![*a, *b, *units])
    }

    /// Returns the shape for an input `[batch, depth]` and weights by feature `[units * rank, depth]`.
    fn svdf(&self) -> Option<Vec<i64>> {
        let ([batch, _], [filters, _]) = (self.input(0)?, self.input(1)?) else { return None };
        Some(vec![*batch, filters.checked_div(self.option("rank")?)?])
    }
}

/// Returns the dimensions if a tensor may have them: none negative, and not too many.
fn checked(dims: Vec<i64>) -> Option<Dims> {
    (dims.len() <= MOST_DIMENSIONS && dims.iter().all(|&dim| dim >= 0)).then(|| Rc::from(dims))
}

/// Returns the product of all numbers; `None` if it overflows.
pub(super) fn product(dims: &[i64]) -> Option<i64> {
    dims.iter().try_fold(1i64, |product, &dim| product.checked_mul(dim))
}

/// Returns the sum of all numbers; `None` if it overflows.
fn sum(numbers: &[i64]) -> Option<i64> {
    numbers.iter().try_fold(0i64, |sum, &number| sum.checked_add(number))
}

/// Returns the quotient, rounded up, of two numbers of equal sign; `None` if `step` is 0 or a number overflows.
pub(super) fn ceil_div(span: i64, step: i64) -> Option<i64> {
    let (span, step) = (span.checked_abs()?, step.checked_abs()?);
    Some(span.checked_div(step)? + i64::from(span.checked_rem(step)? != 0))
}

/// Returns the index of a dimension, counted from the end if it is negative; `None` if there is no such dimension.
pub(super) fn axis(axis: i64, rank: usize) -> Option<usize> {
    let place = if axis < 0 { axis.checked_add(rank as i64)? } else { axis };
    usize::try_from(place).ok().filter(|&place| place < rank)
}

fn broadcast(a: &[i64], b: &[i64]) -> Option<Vec<i64>> {
    let rank = a.len().max(b.len());
    let dim =
        |dims: &[i64], place: usize| (place + dims.len()).checked_sub(rank).map_or(1, |place| dims[place]);
    (0..rank)
        .map(|place| match (dim(a, place), dim(b, place)) {
            (a, b) if a == b || b == 1 => Some(a),
            (1, b) => Some(b),
            _ => None,
        })
        .collect()
}
