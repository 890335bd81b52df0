//! The page of a schedule: one file of HTML that needs nothing else, no network, no script, no font.

mod charts;
pub(super) mod colors;
mod graph;
mod partition;
mod section;
mod sections;
mod subject;
mod text;
mod verdict;

use partition::Partition;
use text::Safe;

pub use subject::Subject;
pub use verdict::{Choice, Verdict};

use crate::pipeline::simulate::SimulateError;

/// The error of a report that can't be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The pipeline of the stages can't be simulated.
    #[error(transparent)]
    Simulate(#[from] SimulateError),
}

/// Returns the page of a schedule.
///
/// # Errors
/// Returns an error if the stages take so long that they can't be simulated.
pub fn page(subject: &Subject) -> Result<String, ReportError> {
    let ours = Partition::new(("RESPECT", "ours"), subject.evaluation, subject.join)?;
    let default = match &subject.default {
        Ok(evaluation) => Some(Partition::new(("compiler's default", "default"), evaluation, subject.join)?),
        Err(_) => None,
    };
    let sides: Vec<&Partition> = [Some(&ours), default.as_ref()].into_iter().flatten().collect();
    let title = format!("{} on {} Edge TPUs", subject.graph.name(), subject.evaluation.stages.len());
    let body = [
        sections::verdict(subject, &ours, default.as_ref()),
        sections::time(&sides),
        sections::memory(subject, &sides),
        sections::filling(&sides),
        sections::graph(subject),
        sections::crossings(subject),
        sections::on_cpu(subject),
        sections::method(subject),
    ];
    let shown =
        section::LIST.iter().filter(|(id, _)| body.iter().any(|part| part.starts_with(&section::start(id))));
    let links: Vec<String> =
        shown.map(|(id, name)| format!("<li><a href=\"#{id}\">{name}</a></li>")).collect();
    Ok(format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>{title}</title>\n<style>\n{}{}</style></head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the verdict</a>\n\
         <header><p class=\"kind\">RESPECT report</p><h1><bdi>{title}</bdi></h1>\n{}\
         <nav aria-label=\"Sections\"><ul>{}</ul></nav></header>\n{}<main id=\"main\">\n{}</main>\n</body></html>\n",
        colors::rules(),
        include_str!("page/style.css"),
        sections::lead(subject),
        links.concat(),
        colors::textures(),
        body.concat(),
        title = Safe(&title),
    ))
}
