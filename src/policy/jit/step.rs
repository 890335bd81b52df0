//! The decoder's step: the LSTM cell, a glimpse at the candidates, and the pointer at them, in one function.

use super::arithmetic::{Matrix, divisor};
use super::code::{Code, Index, Pointer, Span, Vector};
use crate::policy::frontier::CANDIDATE;
use crate::policy::kernels::LANES;
use crate::policy::network::CLIP;

/// Additive attention over the candidates.
pub(super) struct Head<'w> {
    pub candidate: &'w [f32],
    pub score: &'w [f32],
}

/// The weights that a step reads; they lie in memory that outlives the code.
pub(super) struct Step<'w> {
    pub width: usize,
    pub moment: &'w [f32],
    pub state: &'w [f32],
    pub glimpse_query: &'w [f32],
    pub glimpse: Head<'w>,
    pub pointer_query: &'w [f32],
    pub pointer_glimpse: &'w [f32],
    pub pointer: Head<'w>,
}

/// The argument of the step's code, as the code reads it.
#[repr(C)]
pub(super) struct Call {
    /// How many candidates there are, at least one.
    pub count: usize,
    /// Four rows: what the gates have read of the unit chosen last, and their bias.
    pub gates: *const f32,
    pub moment: *const f32,
    /// The candidates, `CANDIDATE` figures of each, and the tables that have a row for each unit.
    pub units: *const u32,
    pub figures: *const f32,
    pub glimpse: *const f32,
    pub pointer: *const f32,
    /// The decoder's state.
    pub hidden: *mut f32,
    pub cell: *mut f32,
    /// A row of room each.
    pub next: *mut f32,
    pub query: *mut f32,
    pub seen: *mut f32,
    /// `count` numbers, rounded up to whole vectors.
    pub scores: *mut f32,
    pub logits: *mut f32,
}

/// The fields of [`Call`].
struct Fields<'c> {
    count: Index<'c>,
    gates: Pointer<'c>,
    moment: Pointer<'c>,
    units: Pointer<'c>,
    figures: Pointer<'c>,
    glimpse: Pointer<'c>,
    pointer: Pointer<'c>,
    hidden: Pointer<'c>,
    cell: Pointer<'c>,
    next: Pointer<'c>,
    query: Pointer<'c>,
    seen: Pointer<'c>,
    scores: Pointer<'c>,
    logits: Pointer<'c>,
}

impl<'c> Fields<'c> {
    fn new(code: &Code<'c>, argument: Pointer<'c>) -> Fields<'c> {
        let mut places = 1..;
        let mut next = || code.pointer_field(argument, places.next().expect("endless"));
        Fields {
            count: code.size_field(argument, 0),
            gates: next(),
            moment: next(),
            units: next(),
            figures: next(),
            glimpse: next(),
            pointer: next(),
            hidden: next(),
            cell: next(),
            next: next(),
            query: next(),
            seen: next(),
            scores: next(),
            logits: next(),
        }
    }
}

impl Step<'_> {
    /// Writes the code; `registers` is the number of vectors that stay in registers.
    pub fn emit<'c>(&self, code: &Code<'c>, argument: Pointer<'c>, registers: usize) {
        let writer = Writer { step: self, code, fields: Fields::new(code, argument), registers };
        let Fields { hidden, seen, query, glimpse, pointer, scores, logits, .. } = writer.fields;
        writer.cell();
        writer.query(&[(hidden, self.glimpse_query)], query);
        writer.attend(&self.glimpse, glimpse, scores);
        writer.look();
        writer.query(&[(hidden, self.pointer_query), (seen, self.pointer_glimpse)], query);
        writer.attend(&self.pointer, pointer, logits);
    }
}

struct Writer<'c, 'w> {
    step: &'w Step<'w>,
    code: &'w Code<'c>,
    fields: Fields<'c>,
    registers: usize,
}

impl<'c> Writer<'c, '_> {
    /// A loop over the hidden units, `columns` vectors at once. The body is given the first of them.
    fn over_width(
        &self,
        columns: usize,
        carried: Vec<Vector<'c>>,
        body: impl FnOnce(Index<'c>, Vec<Vector<'c>>) -> Vec<Vector<'c>>,
    ) -> Vec<Vector<'c>> {
        let (start, end) = (self.code.constant(0), self.code.constant(self.step.width));
        self.code.repeat(Span { start, end, step: columns * LANES }, carried, body).1
    }

    /// How many vectors of a row are worked on at once, and where they start.
    fn columns(&self) -> Vec<usize> {
        let columns = divisor(self.step.width / LANES, self.registers);
        (0..columns).map(|column| column * LANES).collect()
    }

    fn vectors(&self, row: Pointer<'c>, column: Index<'c>, offsets: &[usize]) -> Vec<Vector<'c>> {
        let first = self.code.at(row, column);
        offsets.iter().map(|&offset| self.code.load(self.code.past(first, offset))).collect()
    }

    fn weights(&self, weights: &[f32], column: Index<'c>) -> Pointer<'c> {
        self.code.at(self.code.address(weights.as_ptr()), column)
    }

    /// The LSTM cell, a vector of hidden units with all their gates at a time.
    fn cell(&self) {
        let (code, width, fields) = (self.code, self.step.width, &self.fields);
        self.over_width(1, vec![], |column, _| {
            let offsets = [0, width, 2 * width, 3 * width];
            let mut gates = self.vectors(fields.gates, column, &offsets);
            for (row, weights) in [(fields.moment, self.step.moment), (fields.hidden, self.step.state)] {
                let inputs = weights.len() / (4 * width);
                let weights = self.weights(weights, column);
                let matrix = Matrix { weights, inputs, stride: 4 * width, offsets: &offsets };
                gates = code.product(gates, &[row], &matrix);
            }
            let (input, forget) = (code.sigmoid(gates[0]), code.sigmoid(gates[1]));
            let (new, output) = (code.tanh(gates[2]), code.sigmoid(gates[3]));
            let place = code.at(fields.cell, column);
            let cell = code.add(code.mul(forget, code.load(place)), code.mul(input, new));
            code.store(cell, place);
            code.store(code.mul(output, code.tanh(cell)), code.at(fields.next, column));
            vec![]
        });
        // All gates have read the state before.
        self.over_width(1, vec![], |column, _| {
            code.store(code.load(code.at(fields.next, column)), code.at(fields.hidden, column));
            vec![]
        });
    }

    /// The sum of the products of rows and weights.
    fn query(&self, parts: &[(Pointer<'c>, &[f32])], to: Pointer<'c>) {
        let (code, width) = (self.code, self.step.width);
        let offsets = self.columns();
        self.over_width(offsets.len(), vec![], |column, _| {
            let mut sums = vec![code.zero(); offsets.len()];
            for (row, weights) in parts {
                let weights = self.weights(weights, column);
                let matrix = Matrix { weights, inputs: width, stride: width, offsets: &offsets };
                sums = code.product(sums, &[*row], &matrix);
            }
            for (&sum, &offset) in sums.iter().zip(&offsets) {
                code.store(sum, code.past(code.at(to, column), offset));
            }
            vec![]
        });
    }

    /// The clipped scores of all candidates, of which `table` has rows.
    fn attend(&self, head: &Head, table: Pointer<'c>, to: Pointer<'c>) {
        let (code, count) = (self.code, self.fields.count);
        let together = self.registers / self.columns().len();
        let whole = code.add_index(count, code.constant((together - 1).wrapping_neg()));
        let span = Span { start: code.constant(0), end: whole, step: together };
        let (done, _) = code.repeat(span, vec![], |first, _| {
            self.dots(head, table, to, first, together);
            vec![]
        });
        if together > 1 {
            code.repeat(Span { start: done, end: count, step: 1 }, vec![], |first, _| {
                self.dots(head, table, to, first, 1);
                vec![]
            });
        }
        self.over_candidates(to, |dot| code.mul(code.same(CLIP), code.tanh(dot)));
    }

    /// Of `together` candidates what the score is the clipped hyperbolic tangent of.
    fn dots(&self, head: &Head, table: Pointer<'c>, to: Pointer<'c>, first: Index<'c>, together: usize) {
        let (code, width, fields) = (self.code, self.step.width, &self.fields);
        let offsets = self.columns();
        let place = |candidate: usize| code.add_index(first, code.constant(candidate));
        let rows =
            (0..together).map(|candidate| code.scale_index(code.unit(fields.units, place(candidate)), width));
        let rows: Vec<_> = rows.map(|row| code.at(table, row)).collect();
        let figures = (0..together).map(|candidate| code.scale_index(place(candidate), CANDIDATE));
        let figures: Vec<_> = figures.map(|row| code.at(fields.figures, row)).collect();
        let dots = self.over_width(offsets.len(), vec![code.zero(); together], |column, mut dots| {
            let query = self.vectors(fields.query, column, &offsets);
            let both = |row| {
                query
                    .iter()
                    .zip(self.vectors(row, column, &offsets))
                    .map(|(&a, b)| code.add(a, b))
                    .collect::<Vec<_>>()
            };
            let sums = rows.iter().flat_map(|&row| both(row)).collect();
            let weights = self.weights(head.candidate, column);
            let matrix = Matrix { weights, inputs: CANDIDATE, stride: width, offsets: &offsets };
            let sums = code.product(sums, &figures, &matrix);
            let scores = self.weights(head.score, column);
            for (dot, sums) in dots.iter_mut().zip(sums.chunks_exact(offsets.len())) {
                for (&sum, &offset) in sums.iter().zip(&offsets) {
                    let score = code.load_weights(code.past(scores, offset));
                    *dot = code.add(*dot, code.mul(code.tanh(sum), score));
                }
            }
            dots
        });
        for (candidate, dot) in dots.into_iter().enumerate() {
            code.store(code.total(dot), code.at(to, place(candidate)));
        }
    }

    /// Replaces all numbers of the candidates by a function of theirs, and what is after them as well.
    fn over_candidates(&self, numbers: Pointer<'c>, function: impl FnOnce(Vector<'c>) -> Vector<'c>) {
        let code = self.code;
        let span = Span { start: code.constant(0), end: self.fields.count, step: LANES };
        code.repeat(span, vec![], |first, _| {
            let place = code.at(numbers, first);
            code.store(function(code.load(place)), place);
            vec![]
        });
    }

    /// The mean of the candidates' rows, weighted by the exponentials of their scores.
    fn look(&self) {
        let (code, width, fields) = (self.code, self.step.width, &self.fields);
        self.over_candidates(fields.scores, |score| code.exp(score));
        let offsets = self.columns();
        self.over_width(offsets.len(), vec![], |column, _| {
            let span = Span { start: code.constant(0), end: fields.count, step: 1 };
            let zeros = vec![code.zero(); offsets.len() + 1];
            let (_, mut sums) = code.repeat(span, zeros, |candidate, mut sums| {
                let weight = code.splat(code.load_number(code.at(fields.scores, candidate)));
                let row = code.scale_index(code.unit(fields.units, candidate), width);
                let row = self.vectors(code.at(fields.glimpse, row), column, &offsets);
                let total = sums.pop().expect("the sum of the weights");
                for (sum, value) in sums.iter_mut().zip(row) {
                    *sum = code.add(*sum, code.mul(weight, value));
                }
                sums.push(code.add(total, weight));
                sums
            });
            let total = sums.pop().expect("the sum of the weights");
            for (&sum, &offset) in sums.iter().zip(&offsets) {
                code.store(code.div(sum, total), code.past(code.at(fields.seen, column), offset));
            }
            vec![]
        });
    }
}
