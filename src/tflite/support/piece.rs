//! The one connected piece of a model that the compiler takes.

use super::placement::{COMPILED, Placement};
use super::reason::{Cause, Reason};
use crate::graph::OpId;

const TOGETHER: &str =
    "replace that operator, cut after it, or give the compiler the flag enable_multiple_subgraphs";

/// The place of an operator relative to the piece.
#[derive(Clone, Copy)]
enum Side {
    Before,
    Inside,
    /// Behind the given operator, which stays on the CPU, or that operator itself.
    Behind(OpId),
}

impl Placement<'_> {
    /// Returns, for each of `operators`, which are compiled together and in file order, the reason why it stays on the
    /// CPU; none if the Edge TPU computes it.
    ///
    /// Without `--enable_multiple_subgraphs` the compiler makes one operator of one connected piece: all operators that
    /// can be computed after those at the beginning that stay on the CPU, and before any other that stays there. So an
    /// operator that depends on a later one on the CPU stays there too.
    ///
    /// Complexity: linear in the operators and their operands.
    ///
    /// In a model that is compiled already, what the compiler left stays on the CPU.
    pub fn place(&self, operators: &[OpId]) -> Vec<Option<Reason>> {
        if self.is_compiled() {
            return operators.iter().map(|&op| self.left(op)).collect();
        }
        let own = |op: &OpId| self.operator(&self.model.operators[op.index()]);
        let own: Vec<Option<Reason>> = operators.iter().map(own).collect();
        let begins_on_cpu = own.first().is_some_and(Option::is_some);
        let mut made: Vec<Option<Side>> = vec![None; self.model.tensors.len()];
        let mut placed = Vec::with_capacity(operators.len());
        for (&op, own) in operators.iter().zip(own) {
            let operator = &self.model.operators[op.index()];
            let (mut all_before, mut behind) = (true, None);
            for side in operator.inputs.iter().filter_map(|&tensor| made[usize::try_from(tensor).ok()?]) {
                match side {
                    Side::Before => {}
                    Side::Inside => all_before = false,
                    Side::Behind(blocker) => {
                        behind = Some(behind.map_or(blocker, |known: OpId| known.min(blocker)));
                    }
                }
            }
            let side = match (&own, behind) {
                (Some(_), None) if begins_on_cpu && all_before => Side::Before,
                (Some(_), None) => Side::Behind(op),
                (Some(_), Some(blocker)) | (None, Some(blocker)) => Side::Behind(blocker),
                (None, None) => Side::Inside,
            };
            for &output in &operator.outputs {
                made[output as usize] = Some(side);
            }
            placed.push(own.or_else(|| behind.map(|blocker| self.behind(blocker))));
        }
        placed
    }

    /// Returns the reason why the compiler left an operator of a compiled model, as far as it can be told; none if the
    /// operator is what was compiled.
    fn left(&self, op: OpId) -> Option<Reason> {
        let operator = &self.model.operators[op.index()];
        let unknown = || Reason {
            cause: Cause::Compiled,
            why: "left to the CPU when the model was compiled".into(),
            remedy: "see the log that the compiler wrote then",
        };
        (self.model.label(operator) != COMPILED).then(|| self.operator(operator).unwrap_or_else(unknown))
    }

    fn behind(&self, blocker: OpId) -> Reason {
        let kind = self.model.label(&self.model.operators[blocker.index()]);
        let why = format!(
            "after operator {} ({kind}), which stays on the CPU; the compiler takes only one piece",
            blocker.0
        );
        Reason { cause: Cause::Behind, why, remedy: TOGETHER }
    }
}
