//! The integer program: variables and rows that say which schedules are valid and what their bottleneck is.
//!
//! The binary `y[u][k]` is one if unit `u` is in one of the stages 0 to `k`: each cut is an order ideal, and `x[u][k] =
//! y[u][k] - y[u][k-1]` says whether `u` is in stage `k`. The rows:
//!
//! - `y[u][k] >= y[u][k-1]`, and `y[u][k] >= y[v][k]` for each unit `v` that reads what `u` makes;
//! - every stage holds a useful unit, the first one a reader of each model input, the last one what must be there, and
//!   none all of a set that must be kept apart;
//! - what a stage pays once, such as a transfer or a shared constant, is a continuous variable of at least `x[a][k] -
//!   x[b][k]` for each unit `a` that calls for it and unit `b` that spares it from the same stage;
//! - the bottleneck, which is minimized, is at least every stage's load as if all its parameters were cached, as if all
//!   were streamed at the price of one that is sent once, and as if all were streamed, less what one cache saves: the
//!   load is the largest of the three.

use highs::{Col, RowProblem};

use super::super::instance::Instance;
use super::costs::QuantizedCosts;
use super::windows::windows;

/// A sum of variables times factors, and a constant.
#[derive(Clone, Default)]
struct Linear {
    terms: Vec<(Col, f64)>,
    constant: f64,
}

impl From<f64> for Linear {
    fn from(constant: f64) -> Linear {
        Linear { terms: Vec::new(), constant }
    }
}

impl From<Col> for Linear {
    fn from(col: Col) -> Linear {
        Linear { terms: vec![(col, 1.0)], constant: 0.0 }
    }
}

impl Linear {
    fn add(&mut self, factor: f64, other: &Linear) {
        if factor != 0.0 {
            self.terms.extend(other.terms.iter().map(|(col, by)| (*col, factor * by)));
            self.constant += factor * other.constant;
        }
    }

    fn minus(mut self, other: &Linear) -> Linear {
        self.add(-1.0, other);
        self
    }

    fn value(&self, values: &[f64]) -> f64 {
        self.constant + self.terms.iter().map(|(col, factor)| factor * values[col.index()]).sum::<f64>()
    }
}

/// An instance as an integer program.
pub(super) struct IntegerProgram<'a> {
    instance: &'a Instance,
    costs: QuantizedCosts,
    rows: RowProblem,
    /// The variables `y`, by unit and cut: a binary, or a constant where the stage is known.
    within: Vec<Vec<Linear>>,
    bottleneck: Col,
    /// The variables that are the largest of some sums, each beside one of its sums, in the order of their dependence.
    largest: Vec<(Col, Linear)>,
}

impl<'a> IntegerProgram<'a> {
    /// Creates the program of `instance`, of which no schedule is below `bound` and only those up to `limit` are of
    /// interest.
    pub fn new(instance: &'a Instance, bound: u64, limit: u64) -> IntegerProgram<'a> {
        let costs = QuantizedCosts::new(instance);
        let mut rows = RowProblem::default();
        let bottleneck = rows.add_integer_column(1.0, (bound / costs.quantum) as f64..);
        let mut within = Vec::new();
        for window in windows(instance, &costs, limit) {
            let y = |cut| match window.contains(&cut) {
                true => Linear::from(rows.add_integer_column(0.0, 0..=1)),
                false => Linear::from(f64::from(cut >= window.end)),
            };
            within.push((0..instance.stages - 1).map(y).collect());
        }
        let mut program = IntegerProgram { instance, costs, rows, within, bottleneck, largest: Vec::new() };
        program.obey_precedence();
        program.fill_stages();
        (0..instance.stages).for_each(|stage| program.charge(stage));
        program
    }

    fn obey_precedence(&mut self) {
        let instance = self.instance;
        for (unit, succs) in instance.succs.iter().enumerate() {
            for cut in 0..instance.stages - 1 {
                let before = cut.checked_sub(1).map(|cut| self.within(unit as u32, cut));
                let later = succs.iter().map(|&succ| self.within(succ, cut));
                for inner in before.into_iter().chain(later).collect::<Vec<_>>() {
                    self.at_least(0.0, self.within(unit as u32, cut).minus(&inner));
                }
            }
        }
    }

    fn fill_stages(&mut self) {
        let instance = self.instance;
        let useful: Vec<u32> =
            (0..).zip(&instance.useful).filter(|(_, useful)| **useful).map(|(unit, _)| unit).collect();
        for stage in 0..instance.stages {
            self.at_least(1.0, self.held(&useful, stage));
            for set in &instance.apart {
                self.at_least(1.0, Linear::from(set.len() as f64).minus(&self.held(set, stage)));
            }
        }
        for readers in &instance.inputs {
            self.at_least(1.0, self.held(readers, 0));
        }
    }

    /// Adds the rows that hold the bottleneck to at least the load of `stage`.
    fn charge(&mut self, stage: usize) {
        let mut loads = self.costs.fixed.map(Linear::from);
        let mut pay = |prices: [f64; 3], part: &Linear| {
            loads.iter_mut().zip(prices).for_each(|(load, price)| load.add(price, part));
        };
        for unit in 0..self.instance.len() {
            pay(self.costs.quanta(&self.costs.units[unit]), &self.inside(unit as u32, stage));
        }
        for charge in 0..self.costs.charges.len() {
            let paid = self.rows.add_column(0.0, 0..=1);
            pay(self.costs.quanta(&self.costs.charges[charge].loads), &paid.into());
            for (unit, sparing) in self.costs.charges[charge].pairs.clone() {
                let spared = sparing.map(|unit| self.inside(unit, stage)).unwrap_or_default();
                self.define(paid, self.inside(unit, stage).minus(&spared));
            }
        }
        for (load, _) in loads.into_iter().zip(self.costs.matters).filter(|(_, matters)| *matters) {
            self.define(self.bottleneck, load);
        }
    }

    /// Returns the expression that is one if `unit` is in one of the stages up to `stage`, else zero.
    fn within(&self, unit: u32, stage: usize) -> Linear {
        self.within[unit as usize].get(stage).cloned().unwrap_or(Linear::from(1.0))
    }

    /// Returns the expression that is one if `unit` is in `stage`, else zero.
    fn inside(&self, unit: u32, stage: usize) -> Linear {
        let before = stage.checked_sub(1).map(|before| self.within(unit, before)).unwrap_or_default();
        self.within(unit, stage).minus(&before)
    }

    /// Returns the expression for the number of `units` in `stage`.
    fn held(&self, units: &[u32], stage: usize) -> Linear {
        let mut held = Linear::default();
        units.iter().for_each(|&unit| held.add(1.0, &self.inside(unit, stage)));
        held
    }

    fn at_least(&mut self, least: f64, linear: Linear) {
        if linear.terms.is_empty() && linear.constant >= least {
            return;
        }
        self.rows.add_row(least - linear.constant.., &linear.terms);
    }

    fn define(&mut self, col: Col, sum: Linear) {
        self.at_least(0.0, Linear::from(col).minus(&sum));
        self.largest.push((col, sum));
    }

    /// Returns the program's variables and rows.
    pub fn rows(&self) -> &RowProblem {
        &self.rows
    }

    /// Returns the number of binary variables.
    pub fn binaries(&self) -> usize {
        self.within.iter().flatten().filter(|y| !y.terms.is_empty()).count()
    }

    /// Returns the load that one unit of the program's objective stands for.
    pub fn quantum(&self) -> u64 {
        self.costs.quantum
    }

    /// Returns how far off a whole number, or beyond a row's bounds, HiGHS may leave a variable.
    pub fn tolerance(&self) -> f64 {
        self.costs.tolerance
    }

    /// Returns every variable's value in the schedule that `stage_of_unit` describes.
    pub fn values(&self, stage_of_unit: &[u32]) -> Vec<f64> {
        let mut values = vec![0.0; self.rows.num_cols()];
        for (cuts, &stage) in self.within.iter().zip(stage_of_unit) {
            for (col, _) in cuts.iter().skip(stage as usize).flat_map(|y| &y.terms) {
                values[col.index()] = 1.0;
            }
        }
        for (col, sum) in &self.largest {
            values[col.index()] = sum.value(&values).max(values[col.index()]);
        }
        values
    }

    /// Returns the stage of every unit that the variables' values stand for.
    pub fn stage_of_unit(&self, values: &[f64]) -> Vec<u32> {
        let is_after = |y: &&Linear| y.value(values) < 0.5;
        self.within.iter().map(|cuts| cuts.iter().filter(is_after).count() as u32).collect()
    }
}
