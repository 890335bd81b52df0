//! The shapes and types that operators really give, by the operator table's rules.
//!
//! The interpreter computes shapes, and some types, anew when it loads a model; a stage, loaded alone, starts from what
//! the file declares for its inputs. Where the two differ, in a damaged file, no cut may be made.

use super::model::{Model, Operator};
use super::ops::ShapeRule;

type Dims = Vec<i64>;

/// For each tensor, whether the file declares the shape and type that it has when the model runs. What no rule tells is
/// taken as declared.
pub(super) fn declared_right(model: &Model) -> Vec<bool> {
    let declared =
        |tensor: &super::model::Tensor| tensor.dims().iter().map(|&dim| i64::from(dim)).collect::<Dims>();
    let mut shapes: Vec<Dims> = model.tensors.iter().map(declared).collect();
    let mut types: Vec<i8> = model.tensors.iter().map(|tensor| tensor.kind.code).collect();
    let mut right = vec![true; shapes.len()];
    for operator in &model.operators {
        let view = Shapes { model, operator, shapes: &shapes };
        let (dims, kind) = (view.infer(), view.kind(&types));
        for (place, &tensor) in operator.outputs.iter().enumerate() {
            let tensor = tensor as usize;
            if let Some(dims) = dims.as_ref().and_then(|dims| dims.get(place)) {
                right[tensor] &= shapes[tensor] == *dims;
                shapes[tensor].clone_from(dims);
            }
            if let Some(kind) = kind {
                right[tensor] &= types[tensor] == kind;
                types[tensor] = kind;
            }
        }
    }
    right
}

struct Shapes<'m> {
    model: &'m Model<'m>,
    operator: &'m Operator<'m>,
    shapes: &'m [Dims],
}

impl Shapes<'_> {
    /// The shapes of the outputs; `None` if no rule tells.
    fn infer(&self) -> Option<Vec<Dims>> {
        let one = |dims: Option<Dims>| dims.map(|dims| vec![dims]);
        match self.model.def(self.operator).shape {
            ShapeRule::Unknown | ShapeRule::Moved => None,
            ShapeRule::Same | ShapeRule::Converted => one(self.input(0).cloned()),
            ShapeRule::Broadcast | ShapeRule::Compared => one(broadcast(self.input(0)?, self.input(1)?)),
            ShapeRule::Conv2d => {
                let filter = self.input(1)?;
                one(self.window(*filter.get(1)?, *filter.get(2)?, *filter.first()?))
            }
            ShapeRule::DepthwiseConv2d => {
                let filter = self.input(1)?;
                one(self.window(*filter.get(1)?, *filter.get(2)?, *filter.get(3)?))
            }
            ShapeRule::Pool2d => {
                let channels = *self.input(0)?.get(3)?;
                one(self.window(self.option("filter_height")?, self.option("filter_width")?, channels))
            }
            ShapeRule::TransposeConv => one(self.constant(0)),
            ShapeRule::FullyConnected => one(self.fully_connected()),
            ShapeRule::BatchMatmul => one(self.batch_matmul()),
            ShapeRule::Concatenation => one(self.concatenation()),
            ShapeRule::Pack => one(self.pack()),
            ShapeRule::Unpack => self.unpack(),
            ShapeRule::Split => self.split(),
            ShapeRule::Reshape => one(self.reshape()),
            ShapeRule::Transpose => one(self.transpose()),
            ShapeRule::ExpandDims => one(self.expand_dims()),
            ShapeRule::Squeeze => one(self.squeeze()),
            ShapeRule::Reduce => one(self.reduce(self.option("keep_dims")? != 0)),
            ShapeRule::ArgReduce => one(self.reduce(false)),
            ShapeRule::Resize => one(self.resize()),
            ShapeRule::Pad => one(self.pad()),
            ShapeRule::Gather => one(self.gather()),
            ShapeRule::StridedSlice => one(self.strided_slice()),
            ShapeRule::SpaceToDepth => one(self.blocks(true)),
            ShapeRule::DepthToSpace => one(self.blocks(false)),
            ShapeRule::SequenceLstm => one(self.sequence_lstm()),
        }
    }

    /// The type of all outputs, where the operator sets it.
    fn kind(&self, types: &[i8]) -> Option<i8> {
        let rule = self.model.def(self.operator).shape;
        if rule == ShapeRule::ArgReduce {
            return self.option("output_type")?.try_into().ok();
        }
        Some(types[self.tensor(rule.moved_operand()?)? as usize])
    }

    fn tensor(&self, place: usize) -> Option<u32> {
        u32::try_from(*self.operator.inputs.get(place)?).ok()
    }

    fn input(&self, place: usize) -> Option<&Dims> {
        self.tensor(place).map(|tensor| &self.shapes[tensor as usize])
    }

    fn option(&self, name: &str) -> Option<i64> {
        self.operator.options.as_ref()?.int(name)
    }

    /// The numbers of a constant operand of 32 or 64-bit integers.
    fn constant(&self, place: usize) -> Option<Dims> {
        let tensor = self.tensor(place)?;
        let data = self.model.data(tensor).filter(|data| !data.is_empty())?;
        match self.model.tensors[tensor as usize].kind.name {
            "INT32" => {
                Some(data.as_chunks().0.iter().map(|&bytes| i64::from(i32::from_le_bytes(bytes))).collect())
            }
            "INT64" => Some(data.as_chunks().0.iter().map(|&bytes| i64::from_le_bytes(bytes)).collect()),
            _ => None,
        }
    }

    /// Convolution or pooling over height and width.
    fn window(&self, height: i64, width: i64, channels: i64) -> Option<Dims> {
        let input = self.input(0)?;
        let [batch, rows, columns, _] = input[..] else { return None };
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

    fn fully_connected(&self) -> Option<Dims> {
        let (input, weights) = (self.input(0)?, self.input(1)?);
        let [units, depth] = weights[..] else { return None };
        if self.option("keep_num_dims")? != 0 {
            let (_, rest) = input.split_last()?;
            return Some(rest.iter().copied().chain([units]).collect());
        }
        Some(vec![product(input)?.checked_div(depth)?, units])
    }

    fn batch_matmul(&self) -> Option<Dims> {
        let (left, right) = (self.input(0)?, self.input(1)?);
        let (left_batch, [a, b]) = left.split_last_chunk::<2>()?;
        let (right_batch, [c, d]) = right.split_last_chunk::<2>()?;
        let mut dims = broadcast(&left_batch.to_vec(), &right_batch.to_vec())?;
        dims.push(if self.option("adj_x")? != 0 { *b } else { *a });
        dims.push(if self.option("adj_y")? != 0 { *c } else { *d });
        Some(dims)
    }

    fn concatenation(&self) -> Option<Dims> {
        let mut dims = self.input(0)?.clone();
        let axis = axis(self.option("axis")?, dims.len())?;
        for place in 1..self.operator.inputs.len() {
            dims[axis] = dims[axis].checked_add(*self.input(place)?.get(axis)?)?;
        }
        Some(dims)
    }

    fn pack(&self) -> Option<Dims> {
        let mut dims = self.input(0)?.clone();
        dims.insert(axis(self.option("axis")?, dims.len() + 1)?, self.operator.inputs.len() as i64);
        Some(dims)
    }

    fn unpack(&self) -> Option<Vec<Dims>> {
        let mut dims = self.input(0)?.clone();
        dims.remove(axis(self.option("axis")?, dims.len())?);
        Some(vec![dims; self.operator.outputs.len()])
    }

    fn split(&self) -> Option<Vec<Dims>> {
        let mut dims = self.input(1)?.clone();
        let axis = axis(*self.constant(0)?.first()?, dims.len())?;
        dims[axis] = dims[axis].checked_div(self.option("num_splits")?)?;
        Some(vec![dims; self.operator.outputs.len()])
    }

    fn reshape(&self) -> Option<Dims> {
        let mut dims = self.constant(1)?;
        let known = product(&dims.iter().copied().filter(|&dim| dim != -1).collect())?;
        if let Some(open) = dims.iter().position(|&dim| dim == -1) {
            dims[open] = product(self.input(0)?)?.checked_div(known)?;
        }
        Some(dims)
    }

    fn transpose(&self) -> Option<Dims> {
        let input = self.input(0)?;
        let from = |place: i64| input.get(usize::try_from(place).ok()?).copied();
        self.constant(1)?.into_iter().map(from).collect()
    }

    fn expand_dims(&self) -> Option<Dims> {
        let mut dims = self.input(0)?.clone();
        dims.insert(axis(*self.constant(1)?.first()?, dims.len() + 1)?, 1);
        Some(dims)
    }

    fn squeeze(&self) -> Option<Dims> {
        let input = self.input(0)?;
        let listed = self.operator.options.as_ref()?.ints("squeeze_dims").unwrap_or_default();
        let dropped: Vec<usize> =
            listed.iter().map(|&dim| axis(i64::from(dim), input.len())).collect::<Option<_>>()?;
        let keeps =
            |place: usize, dim: i64| if dropped.is_empty() { dim != 1 } else { !dropped.contains(&place) };
        Some(
            input
                .iter()
                .enumerate()
                .filter(|&(place, &dim)| keeps(place, dim))
                .map(|(_, &dim)| dim)
                .collect(),
        )
    }

    fn reduce(&self, keep: bool) -> Option<Dims> {
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

    fn resize(&self) -> Option<Dims> {
        let ([batch, _, _, channels], [height, width]) = (&self.input(0)?[..], &self.constant(1)?[..]) else {
            return None;
        };
        Some(vec![*batch, *height, *width, *channels])
    }

    fn pad(&self) -> Option<Dims> {
        let (input, margins) = (self.input(0)?, self.constant(1)?);
        let margins = margins.as_chunks::<2>().0;
        let padded =
            |(dim, [before, after]): (&i64, &[i64; 2])| dim.checked_add(*before)?.checked_add(*after);
        (input.len() == margins.len()).then(|| input.iter().zip(margins).map(padded).collect())?
    }

    fn gather(&self) -> Option<Dims> {
        let (input, indices) = (self.input(0)?, self.input(1)?);
        let axis = axis(self.option("axis")?, input.len())?;
        if self.option("batch_dims")? != 0 {
            return None;
        }
        Some([&input[..axis], indices, &input[axis + 1..]].concat())
    }

    fn strided_slice(&self) -> Option<Dims> {
        let input = self.input(0)?;
        let (begin, end, strides) = (self.constant(1)?, self.constant(2)?, self.constant(3)?);
        let bit = |mask: i64, place: usize| mask >> place & 1 == 1;
        let (begin_mask, end_mask) = (self.option("begin_mask")?, self.option("end_mask")?);
        let shrink = self.option("shrink_axis_mask")?;
        if self.option("ellipsis_mask")? != 0
            || self.option("new_axis_mask")? != 0
            || self.option("offset")? != 0
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
            if stride <= 0 {
                return None;
            }
            let clamp = |at: i64| (if at < 0 { at + dim } else { at }).clamp(0, dim);
            let from = if bit(begin_mask, place) { 0 } else { clamp(from) };
            let to = if bit(end_mask, place) { dim } else { clamp(to) };
            dims.push((to - from).max(0).checked_add(stride - 1)? / stride);
        }
        Some(dims)
    }

    /// Moves blocks of height and width into the channels, or back.
    fn blocks(&self, into_depth: bool) -> Option<Dims> {
        let [batch, height, width, depth] = self.input(0)?[..] else { return None };
        let block = self.option("block_size").filter(|&block| (1..1 << 15).contains(&block))?;
        if into_depth {
            return Some(vec![batch, height / block, width / block, depth.checked_mul(block * block)?]);
        }
        Some(vec![batch, height.checked_mul(block)?, width.checked_mul(block)?, depth / (block * block)])
    }

    /// Input `[batch, time, depth]` (or time first); the projection's or else the output gate's bias tells the width.
    fn sequence_lstm(&self) -> Option<Dims> {
        const INPUT_TO_OUTPUT_WEIGHTS: usize = 4;
        const PROJECTION_WEIGHTS: usize = 16;
        let ([a, b, _], gate) = (&self.input(0)?[..], self.input(INPUT_TO_OUTPUT_WEIGHTS)?) else {
            return None;
        };
        let width = self.input(PROJECTION_WEIGHTS).unwrap_or(gate).first()?;
        Some(vec![*a, *b, *width])
    }
}

fn product(dims: &Dims) -> Option<i64> {
    dims.iter().try_fold(1i64, |product, &dim| product.checked_mul(dim))
}

/// A dimension's place; negative ones count from the end.
fn axis(axis: i64, rank: usize) -> Option<usize> {
    let place = if axis < 0 { axis.checked_add(rank as i64)? } else { axis };
    usize::try_from(place).ok().filter(|&place| place < rank)
}

fn broadcast(a: &Dims, b: &Dims) -> Option<Dims> {
    let rank = a.len().max(b.len());
    let dim =
        |dims: &Dims, place: usize| (place + dims.len()).checked_sub(rank).map_or(1, |place| dims[place]);
    (0..rank)
        .map(|place| match (dim(a, place), dim(b, place)) {
            (a, b) if a == b || b == 1 => Some(a),
            (1, b) => Some(b),
            _ => None,
        })
        .collect()
}
