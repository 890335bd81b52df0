//! The decoder's step, in four functions: the LSTM cell, a query, the scores of the candidates, and a glimpse at them.
//!
//! The code knows the width of the network alone; the weights come in each function's argument, so that all networks of
//! a width share the code.

use super::arithmetic::{Matrix, divisor};
use super::code::{Code, Index, LoopRange, Pointer, Vector};
use crate::policy::frontier::{CANDIDATE, GLOBAL};
use crate::policy::kernels::LANES;
use crate::policy::network::CLIP;

/// The argument of the LSTM cell's code.
#[repr(C)]
pub(super) struct Cell {
    /// The rows of the four gates that the unit chosen last gives, with the gates' bias.
    pub gates: *const f32,
    pub moment: *const f32,
    pub of_moment: *const f32,
    pub of_state: *const f32,
    /// The hidden state, which is replaced; `cell`, the cell state, is replaced too.
    pub hidden: *mut f32,
    pub cell: *mut f32,
    /// A row of scratch space.
    pub next: *mut f32,
}

/// The argument of the code that adds `row` times a square of `weights` to a query.
#[repr(C)]
pub(super) struct Query {
    pub row: *const f32,
    pub weights: *const f32,
    pub to: *mut f32,
}

/// The argument of the code that computes the clipped scores of all candidates, by additive attention.
#[repr(C)]
pub(super) struct Scores {
    /// The number of candidates, at least one.
    pub count: usize,
    pub units: *const u32,
    /// The `CANDIDATE` figures of each candidate.
    pub figures: *const f32,
    /// The table of rows, one for each unit.
    pub table: *const f32,
    pub query: *const f32,
    pub of_figures: *const f32,
    pub score: *const f32,
    /// The scores: `count` numbers, rounded up to whole vectors.
    pub to: *mut f32,
}

/// The argument of the code that computes the mean of the candidates' rows, weighted by the exponentials of their
/// scores.
#[repr(C)]
pub(super) struct Glimpse {
    /// The number of candidates, at least one.
    pub count: usize,
    pub units: *const u32,
    /// The table of rows, one for each unit.
    pub table: *const f32,
    /// The scores, `count` numbers rounded up to whole vectors, which are replaced by their exponentials.
    pub scores: *mut f32,
    pub seen: *mut f32,
}

/// The writer of the code of networks of a width, in which `registers` vectors stay in registers.
pub(super) struct Writer<'c, 'w> {
    pub code: &'w Code<'c>,
    pub width: usize,
    pub registers: usize,
}

impl<'c> Writer<'c, '_> {
    /// Writes the code of a [`Cell`]: a vector of hidden units with all their gates at a time.
    pub fn cell(&self, argument: Pointer<'c>) {
        let (code, width) = (self.code, self.width);
        let [gates_before, moment, of_moment, of_state, hidden, cell, next] =
            [0, 1, 2, 3, 4, 5, 6].map(|place| code.pointer_field(argument, place));
        self.over_width(1, vec![], |column, _| {
            let offsets = [0, width, 2 * width, 3 * width];
            let mut gates = self.vectors(gates_before, column, &offsets);
            for (row, weights, inputs) in [(moment, of_moment, GLOBAL), (hidden, of_state, width)] {
                let weights = code.at(weights, column);
                let matrix = Matrix { weights, inputs, stride: 4 * width, offsets: &offsets };
                gates = code.product(gates, &[row], &matrix);
            }
            let (input, forget) = (code.sigmoid(gates[0]), code.sigmoid(gates[1]));
            let (new, output) = (code.tanh(gates[2]), code.sigmoid(gates[3]));
            let place = code.at(cell, column);
            let cell = code.add(code.mul(forget, code.load(place)), code.mul(input, new));
            code.store(cell, place);
            code.store(code.mul(output, code.tanh(cell)), code.at(next, column));
            vec![]
        });
        // All gates have read the state before.
        self.over_width(1, vec![], |column, _| {
            code.store(code.load(code.at(next, column)), code.at(hidden, column));
            vec![]
        });
    }

    /// Writes the code of a [`Query`].
    pub fn query(&self, argument: Pointer<'c>) {
        let (code, width) = (self.code, self.width);
        let [row, weights, to] = [0, 1, 2].map(|place| code.pointer_field(argument, place));
        let offsets = self.columns();
        self.over_width(offsets.len(), vec![], |column, _| {
            let matrix =
                Matrix { weights: code.at(weights, column), inputs: width, stride: width, offsets: &offsets };
            let sums = code.product(self.vectors(to, column, &offsets), &[row], &matrix);
            for (&sum, &offset) in sums.iter().zip(&offsets) {
                code.store(sum, code.past(code.at(to, column), offset));
            }
            vec![]
        });
    }

    /// Writes the code of [`Scores`]: as many candidates at once as there are registers for.
    pub fn scores(&self, argument: Pointer<'c>) {
        let (code, width) = (self.code, self.width);
        let count = code.size_field(argument, 0);
        let [units, figures, table, query, of_figures, score, to] =
            [1, 2, 3, 4, 5, 6, 7].map(|place| code.pointer_field(argument, place));
        let offsets = self.columns();
        let together = self.registers / offsets.len();
        let span = LoopRange { start: code.constant(0), end: count, step: together };
        code.repeat(span, vec![], |first, _| {
            let places = code.places(first, together, count);
            let row_of =
                |&place: &Index<'c>| code.at(table, code.scale_index(code.unit(units, place), width));
            let rows: Vec<_> = places.iter().map(row_of).collect();
            let figures_of = |&place: &Index<'c>| code.at(figures, code.scale_index(place, CANDIDATE));
            let figures: Vec<_> = places.iter().map(figures_of).collect();
            let dots = self.over_width(offsets.len(), vec![code.zero(); together], |column, mut dots| {
                let query = self.vectors(query, column, &offsets);
                let mut sums = Vec::with_capacity(together * offsets.len());
                for &row in &rows {
                    let row = self.vectors(row, column, &offsets);
                    sums.extend(query.iter().zip(row).map(|(&query, row)| code.add(query, row)));
                }
                let weights = code.at(of_figures, column);
                let matrix = Matrix { weights, inputs: CANDIDATE, stride: width, offsets: &offsets };
                let sums = code.product(sums, &figures, &matrix);
                let score = code.at(score, column);
                for (dot, sums) in dots.iter_mut().zip(sums.chunks_exact(offsets.len())) {
                    for (&sum, &offset) in sums.iter().zip(&offsets) {
                        let score = code.load_weights(code.past(score, offset));
                        *dot = code.add(*dot, code.mul(code.tanh(sum), score));
                    }
                }
                dots
            });
            for (dot, place) in dots.into_iter().zip(places) {
                code.store(code.total(dot), code.at(to, place));
            }
            vec![]
        });
        self.over_candidates(count, to, |dot| code.mul(code.same(CLIP), code.tanh(dot)));
    }

    /// Writes the code of a [`Glimpse`].
    pub fn glimpse(&self, argument: Pointer<'c>) {
        let code = self.code;
        let count = code.size_field(argument, 0);
        let [units, table, scores, seen] = [1, 2, 3, 4].map(|place| code.pointer_field(argument, place));
        self.over_candidates(count, scores, |score| code.exp(score));
        let offsets = self.columns();
        self.over_width(offsets.len(), vec![], |column, _| {
            let span = LoopRange { start: code.constant(0), end: count, step: 1 };
            let zeros = vec![code.zero(); offsets.len() + 1];
            let (_, mut sums) = code.repeat(span, zeros, |candidate, mut sums| {
                let weight = code.splat(code.load_number(code.at(scores, candidate)));
                let row = code.scale_index(code.unit(units, candidate), self.width);
                let row = self.vectors(code.at(table, row), column, &offsets);
                let total = sums.pop().expect("the sum of the weights");
                for (sum, value) in sums.iter_mut().zip(row) {
                    *sum = code.add(*sum, code.mul(weight, value));
                }
                sums.push(code.add(total, weight));
                sums
            });
            let total = sums.pop().expect("the sum of the weights");
            for (&sum, &offset) in sums.iter().zip(&offsets) {
                code.store(code.div(sum, total), code.past(code.at(seen, column), offset));
            }
            vec![]
        });
    }

    /// Writes a loop over the hidden units, `columns` vectors at once. The body is given the first unit of each turn.
    fn over_width(
        &self,
        columns: usize,
        carried: Vec<Vector<'c>>,
        body: impl FnOnce(Index<'c>, Vec<Vector<'c>>) -> Vec<Vector<'c>>,
    ) -> Vec<Vector<'c>> {
        let (start, end) = (self.code.constant(0), self.code.constant(self.width));
        self.code.repeat(LoopRange { start, end, step: columns * LANES }, carried, body).1
    }

    /// Writes a loop that replaces each candidate's number by a function of it, and the numbers after them, up to a
    /// whole vector, as well.
    fn over_candidates(
        &self,
        count: Index<'c>,
        numbers: Pointer<'c>,
        function: impl FnOnce(Vector<'c>) -> Vector<'c>,
    ) {
        let code = self.code;
        let span = LoopRange { start: code.constant(0), end: count, step: LANES };
        code.repeat(span, vec![], |first, _| {
            let place = code.at(numbers, first);
            code.store(function(code.load(place)), place);
            vec![]
        });
    }

    /// Returns the places in a row at which the vectors that are worked on at once start.
    fn columns(&self) -> Vec<usize> {
        let columns = divisor(self.width / LANES, self.registers);
        (0..columns).map(|column| column * LANES).collect()
    }

    fn vectors(&self, row: Pointer<'c>, column: Index<'c>, offsets: &[usize]) -> Vec<Vector<'c>> {
        let first = self.code.at(row, column);
        offsets.iter().map(|&offset| self.code.load(self.code.past(first, offset))).collect()
    }
}
