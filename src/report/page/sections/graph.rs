//! The section of the operations: a panel for each stage.

use super::super::colors;
use super::super::graph::{Names, picture};
use super::super::section::{folded, paragraph, section};
use super::super::subject::Subject;
use super::super::text::count;

/// The most operations and tensors that are named on the page, so that no browser becomes slow.
const NAMED: usize = 4000;

/// Returns the section of the operations, coloured by stage, with each stage's inputs and outputs.
pub fn graph(subject: &Subject) -> String {
    let mut body = paragraph(
        "Each panel is a stage, read from top to bottom. Round boxes are what crosses a cut: on top what the stage reads and \
         from which stage, at the bottom what it hands on and to which. Where there are many operations a box holds several: \
         a cell of the network, a block of a cell, or a run. The list under each panel has their names; a box leads to its \
         place in it.",
    );
    body.push_str("<div class=\"panels\">\n");
    let names = Names::new(subject.graph);
    let mut names_left = NAMED;
    for (stage, cost) in subject.evaluation.stages.iter().enumerate() {
        let picture = picture(&names, subject.evaluation, stage, &mut names_left);
        let svg = match picture.is_wide {
            true => format!(
                "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Picture of stage {stage}\">{}</div>",
                picture.svg
            ),
            false => picture.svg,
        };
        body.push_str(&format!(
            "<article class=\"{}\" aria-labelledby=\"p{stage}\"><h3 id=\"p{stage}\">Stage {stage}</h3>\
             <p>{}, {} of parameters, {}</p>\n{svg}{}</article>\n",
            colors::class(stage),
            count(cost.ops.len(), "operation"),
            cost.parameter_bytes,
            cost.latency(),
            folded(&format!("What is in the boxes of stage {stage}"), &picture.list),
        ));
    }
    section("graph", "Graph", &(body + "</div>\n"))
}
