//! A schedule as one page of HTML that needs nothing else: no network, no script, no font.

mod charts;
pub(super) mod colors;
mod cpu;
mod drawing;
mod fold;
mod layers;
mod sections;
mod text;

use crate::base::units::Time;
use crate::device::EdgeTpu;
use crate::graph::OpGraph;
use crate::pipeline::simulate::{Pipeline, Run, SimulateError, Span, StageTimes};
use crate::problem::Objective;
use crate::problem::judge::Evaluation;
use crate::solve::Status;
use crate::tflite::support::OnCpu;
use text::Safe;

/// What a page tells of.
pub struct Subject<'a> {
    /// The graph.
    pub graph: &'a OpGraph,
    /// The device of every stage.
    pub device: &'a EdgeTpu,
    /// What was made small.
    pub objective: Objective,
    /// Which solver, or what else made the schedule.
    pub scheduler: String,
    /// How good the schedule is known to be.
    pub status: Status,
    /// How far above the bound it may be, relatively; none if the bound is zero.
    pub gap: Option<f64>,
    /// What keeps the model as a whole from Edge TPUs.
    pub warning: Option<String>,
    /// For each stage, what stays on the host's CPU; nothing where that is not known.
    pub on_cpu: Vec<Vec<OnCpu>>,
    /// The judge's figures of the schedule.
    pub evaluation: &'a Evaluation,
    /// The same of the compiler's default partition, or why there is none.
    pub default: Result<&'a Evaluation, String>,
    /// Makes a pipeline of stages' times, as the user wants it joined.
    pub join: &'a dyn Fn(Vec<StageTimes>) -> Pipeline,
    /// How it is joined, as the end of a sentence.
    pub joints: String,
}

/// One partition and what comes of it over time.
struct Side<'a> {
    /// Its name.
    name: &'static str,
    /// An id of its own.
    id: &'static str,
    evaluation: &'a Evaluation,
    pipeline: Pipeline,
    /// From one result to the next, picoseconds.
    period: f64,
    run: Run,
    spans: Vec<Span>,
}

/// Inferences that are followed beyond those that fill the pipeline.
const FOLLOWED: usize = 5;

/// Most inferences that are followed.
const MOST_FOLLOWED: usize = 24;

impl<'a> Side<'a> {
    fn new(
        (name, id): (&'static str, &'static str),
        evaluation: &'a Evaluation,
        join: &dyn Fn(Vec<StageTimes>) -> Pipeline,
    ) -> Result<Side<'a>, SimulateError> {
        let pipeline = join(evaluation.stages.iter().map(StageTimes::from).collect());
        let followed = (evaluation.stages.len() + FOLLOWED).min(MOST_FOLLOWED) as u64;
        let mut spans = Vec::new();
        let run = pipeline.run(followed, &mut |span| spans.push(span))?;
        Ok(Side { name, id, evaluation, period: pipeline.period()?, pipeline, run, spans })
    }

    fn period(&self) -> Time {
        Time(self.period.round() as u64)
    }
}

/// The page.
///
/// # Errors
/// The stages take so long that they can't be simulated, or the charting library refuses.
pub fn page(subject: &Subject) -> anyhow::Result<String> {
    let ours = Side::new(("RESPECT", "ours"), subject.evaluation, subject.join)?;
    let default = match &subject.default {
        Ok(evaluation) => Some(Side::new(("compiler's default", "default"), evaluation, subject.join)?),
        Err(_) => None,
    };
    let sides: Vec<&Side> = [Some(&ours), default.as_ref()].into_iter().flatten().collect();
    let title = format!("{} on {} Edge TPUs", subject.graph.name(), subject.evaluation.stages.len());
    let body = [
        sections::figures(subject, &ours, default.as_ref()),
        sections::graph(subject),
        sections::crossings(subject),
        cpu::on_cpu(subject),
        sections::memory(subject, &sides)?,
        sections::time(&sides)?,
        sections::filling(&sides)?,
        sections::method(subject),
    ];
    let shown = sections::LIST
        .iter()
        .filter(|(id, _)| body.iter().any(|part| part.starts_with(&sections::start(id))));
    let links: Vec<String> =
        shown.map(|(id, name)| format!("<li><a href=\"#{id}\">{name}</a></li>")).collect();
    Ok(format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>{title}</title>\n<style>\n{}{}</style></head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the figures</a>\n\
         <header><p class=\"kind\">RESPECT report</p><h1><bdi>{title}</bdi></h1>\n{}\
         <nav aria-label=\"Sections\"><ul>{}</ul></nav></header>\n<main id=\"main\">\n{}</main>\n</body></html>\n",
        colors::rules(),
        include_str!("page/style.css"),
        sections::lead(subject),
        links.concat(),
        body.concat(),
        title = Safe(&title),
    ))
}
