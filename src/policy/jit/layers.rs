//! The encoder's layers: `y = f(x W + … + b)` for every unit of a graph.

use super::arithmetic::{Matrix, divisor};
use super::code::{Code, Index, LoopRange, Pointer, Vector};
use crate::policy::kernels::LANES;

/// The operation that follows a layer's sums.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    Nothing,
    Tanh,
    /// Adds the hyperbolic tangent of the sums to the first input.
    TanhResidual,
}

/// The kind of layers that have equal sizes, and so share their code.
pub(super) struct LayerKind {
    /// The width of each input.
    pub inputs: Vec<usize>,
    pub outputs: usize,
    pub after: After,
}

/// The argument of a layer's code, as the code reads it.
#[repr(C)]
pub(super) struct Rows {
    pub count: usize,
    /// The outputs, `count` rows.
    pub to: *mut f32,
    pub bias: *const f32,
    /// The rows of each input, `count` of them, which `to` does not overlap; null where there is no input.
    pub from: [*const f32; Rows::MOST],
    /// The weights of each input.
    pub weights: [*const f32; Rows::MOST],
}

impl Rows {
    /// The most inputs that a layer has.
    pub const MOST: usize = 3;
}

/// The fields of [`Rows`], loaded.
struct Fields<'c> {
    to: Pointer<'c>,
    bias: Pointer<'c>,
    from: Vec<Pointer<'c>>,
    weights: Vec<Pointer<'c>>,
}

impl LayerKind {
    /// Writes the code of the layer; `registers` is the number of vectors that stay in registers.
    pub fn emit<'c>(&self, code: &Code<'c>, argument: Pointer<'c>, registers: usize) {
        let count = code.size_field(argument, 0);
        let inputs = 0..self.inputs.len();
        let fields = Fields {
            to: code.pointer_field(argument, 1),
            bias: code.pointer_field(argument, 2),
            from: inputs.clone().map(|input| code.pointer_field(argument, 3 + input)).collect(),
            weights: inputs.map(|input| code.pointer_field(argument, 3 + Rows::MOST + input)).collect(),
        };
        let columns = divisor(self.outputs / LANES, registers);
        let together = registers / columns;
        let span = LoopRange { start: code.constant(0), end: count, step: together };
        code.repeat(span, vec![], |first, _| {
            self.rows(code, &fields, &code.places(first, together, count), columns);
            vec![]
        });
    }

    /// Writes the code for several rows at once, a number of columns at a time.
    fn rows<'c>(&self, code: &Code<'c>, fields: &Fields<'c>, places: &[Index<'c>], columns: usize) {
        let outputs = self.outputs;
        let rows_of = |table: Pointer<'c>, width: usize| -> Vec<Pointer<'c>> {
            places.iter().map(|&place| code.at(table, code.scale_index(place, width))).collect()
        };
        let to = rows_of(fields.to, outputs);
        let offsets: Vec<usize> = (0..columns).map(|column| column * LANES).collect();
        let span = LoopRange { start: code.constant(0), end: code.constant(outputs), step: columns * LANES };
        code.repeat(span, vec![], |column, _| {
            let bias = code.at(fields.bias, column);
            let bias: Vec<Vector> =
                offsets.iter().map(|&offset| code.load_weights(code.past(bias, offset))).collect();
            let mut sums = bias.repeat(places.len());
            for ((&table, &weights), &inputs) in fields.from.iter().zip(&fields.weights).zip(&self.inputs) {
                let weights = code.at(weights, column);
                let matrix = Matrix { weights, inputs, stride: outputs, offsets: &offsets };
                sums = code.product(sums, &rows_of(table, inputs), &matrix);
            }
            let residual = rows_of(fields.from[0], outputs);
            for (row, sums) in sums.chunks_exact(columns).enumerate() {
                for (&sum, &offset) in sums.iter().zip(&offsets) {
                    let place = |row: Pointer<'c>| code.past(code.at(row, column), offset);
                    let value = match self.after {
                        After::Nothing => sum,
                        After::Tanh => code.tanh(sum),
                        After::TanhResidual => code.add(code.load(place(residual[row])), code.tanh(sum)),
                    };
                    code.store(value, place(to[row]));
                }
            }
            vec![]
        });
    }
}
