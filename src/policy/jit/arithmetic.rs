//! The functions of [`crate::policy::kernels`] on vectors: the same operations in the same order.

use inkwell::FloatPredicate;
use inkwell::types::VectorType;

use super::code::{Code, LoopRange, Pointer, Scalar, Vector, built};
use crate::policy::kernels::{EXP2, LANES, TANH_CLAMP, TANH_EVEN, TANH_ODD};

/// The name of the helper that computes the hyperbolic tangent, which must not be a name of the C library.
pub(super) const TANH: &str = "policy.tanh";

/// The number of inputs of a product in one turn of its loop: more gain little, and cost time to compile.
const UNROLLED: usize = 2;

/// A matrix of weights, or columns of one at some distance from each other.
pub(super) struct Matrix<'c, 'o> {
    pub weights: Pointer<'c>,
    pub inputs: usize,
    /// The distance from one row to the next, in numbers.
    pub stride: usize,
    /// The places in a row at which the vectors start.
    pub offsets: &'o [usize],
}

/// Returns the largest divisor of `whole` that is at most `most`.
pub(super) fn divisor(whole: usize, most: usize) -> usize {
    (1..=most.min(whole)).rev().find(|part| whole.is_multiple_of(*part)).expect("1 divides everything")
}

impl<'c> Code<'c> {
    /// Returns `sums + x W` for several rows `x` at once, which share the loads of the weights. There is one sum for
    /// each row and offset, with those of a row side by side; they stay in registers.
    pub fn product(
        &self,
        sums: Vec<Vector<'c>>,
        rows: &[Pointer<'c>],
        matrix: &Matrix<'c, '_>,
    ) -> Vec<Vector<'c>> {
        let unrolled = divisor(matrix.inputs, UNROLLED);
        let span = LoopRange { start: self.constant(0), end: self.constant(matrix.inputs), step: unrolled };
        let turn = |input, mut sums: Vec<Vector<'c>>| {
            let weights = self.at(matrix.weights, self.scale_index(input, matrix.stride));
            let rows: Vec<_> = rows.iter().map(|&row| self.at(row, input)).collect();
            for part in 0..unrolled {
                let of_row = self.past(weights, part * matrix.stride);
                let weights =
                    matrix.offsets.iter().map(|&offset| self.load_weights(self.past(of_row, offset)));
                let weights: Vec<_> = weights.collect();
                for (row, sums) in rows.iter().zip(sums.chunks_exact_mut(weights.len())) {
                    let x = self.splat(self.load_number(self.past(*row, part)));
                    for (sum, &weight) in sums.iter_mut().zip(&weights) {
                        *sum = self.add(*sum, self.mul(weight, x));
                    }
                }
            }
            sums
        };
        self.repeat(span, sums, turn).1
    }

    /// Returns the lanes of `sums` added up as `dot` does.
    pub fn total(&self, sums: Vector<'c>) -> Scalar<'c> {
        let lane = self.context.i32_type();
        let mut sums = sums;
        let mut width = LANES as u64;
        while width > 2 {
            width /= 2;
            let half = |start: u64| {
                let lanes: Vec<_> =
                    (start..start + width).map(|place| lane.const_int(place, false)).collect();
                let mask = VectorType::const_vector(&lanes);
                built(self.builder.build_shuffle_vector(sums, sums.get_type().get_poison(), mask, ""))
            };
            sums = self.add(half(0), half(width));
        }
        let part = |place: u64| {
            let place = lane.const_int(place, false);
            built(self.builder.build_extract_element(sums, place, "")).into_float_value()
        };
        built(self.builder.build_float_add(part(0), part(1), ""))
    }

    fn polynomial(&self, terms: &[f32], x: Vector<'c>) -> Vector<'c> {
        let (last, rest) = terms.split_last().expect("a polynomial has terms");
        rest.iter().rev().fold(self.same(*last), |sum, &term| self.add(self.mul(sum, x), self.same(term)))
    }

    /// Returns `x`, with `limit` in each lane where `x` is beyond it.
    fn clamp(&self, x: Vector<'c>, beyond: FloatPredicate, limit: f32) -> Vector<'c> {
        let limit = self.same(limit);
        let is_beyond = built(self.builder.build_float_compare(beyond, x, limit, ""));
        built(self.builder.build_select(is_beyond, limit, x, "")).into_vector_value()
    }

    /// Returns the hyperbolic tangent of `x` by a call: its code is most of all code, and time to compile it counts for
    /// more than a call.
    pub fn tanh(&self, x: Vector<'c>) -> Vector<'c> {
        self.call(TANH, x)
    }

    /// Writes the body of the helper [`TANH`].
    pub fn tanh_inline(&self, x: Vector<'c>) -> Vector<'c> {
        let x = self.clamp(x, FloatPredicate::OGT, TANH_CLAMP);
        let x = self.clamp(x, FloatPredicate::OLT, -TANH_CLAMP);
        let square = self.mul(x, x);
        let (odd, even) = (self.polynomial(&TANH_ODD, square), self.polynomial(&TANH_EVEN, square));
        self.div(self.mul(x, odd), even)
    }

    pub fn sigmoid(&self, x: Vector<'c>) -> Vector<'c> {
        let half = self.same(0.5);
        self.add(self.mul(self.tanh(self.mul(x, half)), half), half)
    }

    pub fn exp(&self, x: Vector<'c>) -> Vector<'c> {
        let whole_numbers = self.context.i32_type().vec_type(LANES as u32);
        let whole_number =
            |value| VectorType::const_vector(&[self.context.i32_type().const_int(value, false); LANES]);
        let x = self.mul(x, self.same(std::f32::consts::LOG2_E));
        let whole = self.intrinsic("llvm.floor", &[self.vector], self.add(x, self.same(0.5)));
        let part = self.polynomial(&EXP2, self.sub(x, whole));
        // As a cast in Rust, of which no value is undefined.
        let power = self.intrinsic("llvm.fptosi.sat", &[whole_numbers, self.vector], whole);
        let power = built(self.builder.build_int_add(power, whole_number(127), ""));
        let power = built(self.builder.build_left_shift(power, whole_number(23), ""));
        let power = built(self.builder.build_bit_cast(power, self.vector, "")).into_vector_value();
        self.mul(part, power)
    }
}
