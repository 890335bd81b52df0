//! The section of the tensors that cross the cuts.

use super::super::section::{ROWS, folded, paragraph, section};
use super::super::subject::Subject;
use super::super::text::{short, table};
use crate::base::units::Bytes;
use crate::problem::StageId;
use crate::problem::judge::Crossing;

/// Returns the section of the tensors that cross the cuts.
pub fn crossings(subject: &Subject) -> String {
    let stages = subject.evaluation.stages.len();
    if stages == 1 {
        return section(
            "cuts",
            "What crosses the cuts",
            &paragraph("There is one stage, so there is no cut."),
        );
    }
    let crossings = &subject.evaluation.crossings;
    let bytes = |crossing: &Crossing| subject.graph.tensor(crossing.tensor).bytes;
    let passes = |crossing: &&Crossing, cut: u32| {
        let after = crossing.from.map_or(0, |stage| stage.0);
        after <= cut && crossing.to.last().is_some_and(|last| last.0 > cut)
    };
    let cut = |cut: u32| {
        let here: Vec<&Crossing> = crossings.iter().filter(|crossing| passes(crossing, cut)).collect();
        let held = here.iter().filter(|crossing| !crossing.to.contains(&StageId(cut + 1))).count();
        let all: Bytes = here.iter().map(|crossing| bytes(crossing)).sum();
        vec![
            format!("between {cut} and {}", cut + 1),
            here.len().to_string(),
            all.to_string(),
            held.to_string(),
        ]
    };
    let cuts: Vec<Vec<String>> = (0..stages as u32 - 1).map(cut).collect();
    let mut body = table("Every cut", &["cut", "tensors", "bytes", "of them held for a later stage"], &cuts);
    let mut largest: Vec<&Crossing> = crossings.iter().collect();
    largest.sort_by_key(|crossing| (std::cmp::Reverse(bytes(crossing)), crossing.tensor.index()));
    let row = |crossing: &&Crossing| {
        let to: Vec<String> = crossing.to.iter().map(|stage| stage.0.to_string()).collect();
        vec![
            short(&subject.graph.tensor(crossing.tensor).name, 120),
            bytes(crossing).to_string(),
            crossing.from.map_or("caller".into(), |stage| stage.0.to_string()),
            short(&to.join(", "), 40),
            crossing.host_buffers().to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = largest.iter().take(ROWS).map(row).collect();
    let header = ["tensor", "bytes", "from stage", "to stages", "buffers on the host"];
    let mut tensors = table("Every tensor that crosses a cut, the largest first", &header, &rows);
    if largest.len() > ROWS {
        tensors.push_str(&paragraph(&format!("{} smaller ones are left out.", largest.len() - ROWS)));
    }
    body.push_str(&folded("Every tensor that crosses a cut", &tensors));
    section("cuts", "What crosses the cuts", &body)
}
