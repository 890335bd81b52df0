//! The part of a log that is about one model.

use super::contents::{CompiledModel, OperatorRow};
use super::lines::{LogFigure, Mark};
use crate::base::units::Bytes;

/// A model's figures, while they are read.
#[derive(Debug, Default)]
pub struct Block {
    input: Option<String>,
    output: Option<String>,
    figures: [Option<u64>; LogFigure::COUNT],
    operators: Vec<OperatorRow>,
    mapping: Mapping,
}

/// The mapping of the operators, as far as the log tells. The compiler says that all are on the Edge TPU by saying
/// nothing between the line that names the operation log and the next one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mapping {
    #[default]
    Unknown,
    LogNamed,
    All,
    NotAll,
}

impl Block {
    /// Takes the path of the model that was read.
    pub fn input(&mut self, path: &str) {
        self.input = Some(path.into());
    }

    /// Takes the path of the model that was written, unless there is one already; returns whether it was taken.
    pub fn output(&mut self, path: &str) -> bool {
        let is_new = self.output.is_none();
        self.output.get_or_insert_with(|| path.into());
        is_new
    }

    /// Takes a figure of the model, unless there is one of the kind already; returns whether it was taken.
    pub fn figure(&mut self, figure: LogFigure, value: u64) -> bool {
        let slot = &mut self.figures[figure as usize];
        let is_new = slot.is_none();
        slot.get_or_insert(value);
        is_new
    }

    /// Takes a row of the operator table.
    pub fn row(&mut self, row: OperatorRow) {
        self.operators.push(row);
    }

    /// Notes a line of the model's part of the log.
    pub fn mark(&mut self, mark: Mark) {
        self.mapping = match (self.mapping, mark) {
            (Mapping::Unknown, Mark::OperationLog) => Mapping::LogNamed,
            (_, Mark::NotAllMapped) => Mapping::NotAll,
            (Mapping::LogNamed, Mark::SeeLog | Mark::TableHead) => Mapping::All,
            (before, _) => before,
        };
    }

    /// Returns the model with the figures read.
    pub fn finish(self) -> CompiledModel {
        let figure = |figure: LogFigure| self.figures[figure as usize];
        let bytes = |of: LogFigure| figure(of).map(Bytes);
        let available = bytes(LogFigure::OnChipAvailable).zip(bytes(LogFigure::OnChipUsed));
        let sum = |rows: &mut dyn Iterator<Item = &OperatorRow>| {
            rows.fold(0_u64, |sum, row| sum.saturating_add(row.count))
        };
        let rows = (!self.operators.is_empty()).then(|| sum(&mut self.operators.iter()));
        let rows_on_tpu = sum(&mut self.operators.iter().filter(|row| row.on_tpu));
        let total = figure(LogFigure::OpsTotal).or(rows);
        let all_mapped = self.mapping == Mapping::All && rows.unwrap_or(0) == rows_on_tpu;
        let counted = match total {
            Some(total) if rows == Some(total) => Some(rows_on_tpu),
            Some(total) if all_mapped => Some(total),
            _ => None,
        };
        let rest = |part: Option<u64>| total?.checked_sub(part?);
        let stated = (figure(LogFigure::OpsOnTpu), figure(LogFigure::OpsOnCpu));
        let on_tpu = stated.0.or(rest(stated.1)).or(counted);
        CompiledModel {
            input_bytes: bytes(LogFigure::InputBytes),
            output_bytes: bytes(LogFigure::OutputBytes),
            on_chip_used_bytes: bytes(LogFigure::OnChipUsed),
            on_chip_remaining_bytes: bytes(LogFigure::OnChipRemaining)
                .or(available.map(|(available, used)| available - used)),
            off_chip_bytes: bytes(LogFigure::OffChip),
            subgraphs: figure(LogFigure::Subgraphs),
            ops_total: total,
            ops_on_tpu: on_tpu,
            ops_on_cpu: stated.1.or(rest(on_tpu)),
            not_all_mapped: self.mapping == Mapping::NotAll,
            input: self.input,
            output: self.output,
            operators: self.operators,
        }
    }
}
