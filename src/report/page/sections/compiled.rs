//! The table of what the compiled stages move, to the byte.

use super::super::section::paragraph;
use super::super::subject::Subject;
use super::super::text::table;
use crate::base::units::Bytes;
use crate::edgetpu::package::PackageBytes;

/// Returns what the compiler wrote of each stage, beside which the other figures are predictions; empty where no stage is
/// compiled.
pub fn compiled(subject: &Subject) -> String {
    let row = |(stage, bytes): (usize, &Option<PackageBytes>)| {
        let bytes = (*bytes)?;
        let figures = [
            bytes.cached_bytes,
            bytes.streamed_bytes,
            bytes.instruction_bytes,
            bytes.input_bytes,
            bytes.output_bytes,
        ];
        let figures = figures.map(|bytes| Bytes(bytes).to_string());
        Some([stage.to_string()].into_iter().chain(figures).collect())
    };
    let rows: Vec<Vec<String>> = subject.compiled.iter().enumerate().filter_map(row).collect();
    if rows.is_empty() {
        return String::new();
    }
    let header = ["stage", "cached", "streamed", "instructions", "inputs", "outputs"];
    paragraph(
        "The compiled stages say what they move: parameters go into the cache once, and everything else goes to the device or \
         comes from it at each inference.",
    ) + &table("Bytes of each compiled stage", &header, &rows)
}
