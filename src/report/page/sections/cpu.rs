//! The section on operators that stay on the host's CPU.

use super::super::section::{ROWS, paragraph, section};
use super::super::subject::Subject;
use super::super::text::table;
use crate::tflite::support::{OnCpu, listed};

/// Returns the section on the operators that stay on the host's CPU, why, and what to do about it; empty where there
/// are none.
pub fn on_cpu(subject: &Subject) -> String {
    let of_stages = subject.on_cpu.iter().enumerate();
    let groups: Vec<(usize, &OnCpu)> =
        of_stages.flat_map(|(stage, groups)| groups.iter().map(move |group| (stage, group))).collect();
    if groups.is_empty() {
        return String::new();
    }
    let mut body = paragraph(
        "Edge TPUs do not take these operators, as far as kinds, types, shapes and options tell; edgetpu_compiler has the \
         last word. The times on this page assume that Edge TPUs compute every operator.",
    );
    let row = |(stage, group): &(usize, &OnCpu)| {
        let (kinds, operators) = (listed(&group.kinds), listed(&group.operators));
        vec![stage.to_string(), kinds, operators, group.why.clone(), group.remedy.clone()]
    };
    let rows: Vec<Vec<String>> = groups.iter().take(ROWS).map(row).collect();
    let header = ["stage", "kinds", "operators", "why", "what to do"];
    body.push_str(&table("Operators that stay on the host's CPU", &header, &rows));
    section("cpu", "What stays on the CPU", &body)
}
