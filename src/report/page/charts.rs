//! The charts of a page: rows of bars, each under its name. A chart is as wide as the screen or paper lets it be, and no
//! line crosses a text.

use std::fmt::Write;

use super::colors::{self, Color};
use super::text::Safe;
use crate::pipeline::simulate::{Activity, Span, StageTimes};

/// The heights of a row, of the text in it and of its bar, and of the axis, in pixels.
const ROW: f64 = 46.0;
const TEXT: f64 = 20.0;
const BAR: f64 = 20.0;
const AXIS: f64 = 40.0;
/// The widths of a bar on narrow and on wide screens that a text in it is measured by, and that of a letter, in pixels.
const NARROW: f64 = 290.0;
const WIDE: f64 = 520.0;
const LETTER: f64 = 8.0;

/// A chart of rows.
pub struct Chart<'a> {
    /// The id of the chart, unique on the page.
    pub id: &'a str,
    /// The title, for people who can't see the chart.
    pub title: &'a str,
    /// The description, in a sentence.
    pub summary: &'a str,
    /// The label of the axis.
    pub axis: &'a str,
    /// The largest value that has to fit.
    pub most: f64,
    /// The value that a line marks in every row.
    pub limit: Option<f64>,
    /// The rows, from the top.
    pub rows: Vec<Row>,
}

/// A row of a chart.
#[derive(Default)]
pub struct Row {
    /// The name, above the bar to the left.
    pub name: String,
    /// The value in words, above the bar to the right.
    pub value: String,
    /// The parts of the bar.
    pub marks: Vec<Mark>,
    /// The range that the value is in, drawn as a line with ends.
    pub range: Option<(f64, f64)>,
}

/// A part of a bar.
pub struct Mark {
    /// The value at which the part starts.
    pub from: f64,
    /// The value at which the part ends.
    pub to: f64,
    /// The colour of the part.
    pub color: &'static Color,
    /// The text in the part, shown where there is room.
    pub label: Option<String>,
}

/// Returns the parts of a bar, one after the other.
pub fn stacked(parts: &[(&'static Color, f64)]) -> Vec<Mark> {
    let mut from = 0.0;
    let mut marks = Vec::new();
    for &(color, length) in parts {
        if length > 0.0 {
            marks.push(Mark { from, to: from + length, color, label: None });
        }
        from += length;
    }
    marks
}

/// Returns the colour of an activity.
pub fn color_of(activity: Activity) -> &'static Color {
    match activity {
        Activity::Input => &colors::INPUT,
        Activity::Streaming => &colors::STREAMING,
        Activity::Compute => &colors::COMPUTE,
        Activity::Output => &colors::OUTPUT,
        Activity::Waiting => &colors::WAITING,
        Activity::Blocked => &colors::BLOCKED,
    }
}

/// Returns the mark of a span, in milliseconds; the longest part of the stage's work carries the inference's number.
pub fn span_mark(span: &Span, stage: &StageTimes) -> Mark {
    let longest = Activity::WORK.into_iter().max_by_key(|&activity| stage.part(activity));
    Mark {
        from: span.start.as_us() / 1e3,
        to: span.end.as_us() / 1e3,
        color: color_of(span.activity),
        label: (Some(span.activity) == longest).then(|| span.inference.to_string()),
    }
}

impl Chart<'_> {
    /// Returns the chart as SVG, whose widths are shares of its own.
    pub fn draw(&self) -> String {
        let most = if self.most > 0.0 { self.most } else { 1.0 };
        let share = |value: f64| (100.0 * value / most).clamp(0.0, 100.0);
        let height = self.rows.len() as f64 * ROW + AXIS;
        let mut svg = format!(
            "<svg class=\"chart\" role=\"img\" aria-labelledby=\"{0}-t {0}-d\" width=\"100%\" height=\"{height}\">\
             <title id=\"{0}-t\">{1}</title><desc id=\"{0}-d\">{2}</desc>\n",
            self.id,
            Safe(self.title),
            Safe(self.summary)
        );
        for (place, row) in self.rows.iter().enumerate() {
            let top = place as f64 * ROW;
            row.draw(&mut svg, top, share);
            if let Some(limit) = self.limit.filter(|&limit| limit <= most) {
                let (from, to) = (top + TEXT - 2.0, top + TEXT + BAR + 2.0);
                let x = share(limit);
                let _ = writeln!(
                    svg,
                    "<line class=\"limit\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"{from}\" y2=\"{to}\"/>"
                );
            }
        }
        let bottom = height - AXIS;
        let _ = write!(svg, "<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"{bottom}\" y2=\"{bottom}\"/>");
        let step = step(most);
        for tick in (0..).map(|tick| f64::from(tick) * step).take_while(|&tick| tick <= most * 1.0001) {
            let x = share(tick);
            let side = match x {
                x if x < 4.0 => "",
                x if x > 96.0 => " class=\"end\"",
                _ => " class=\"middle\"",
            };
            let _ = write!(
                svg,
                "<line class=\"axis\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"{bottom}\" y2=\"{}\"/>\
                 <text{side} x=\"{x:.2}%\" y=\"{}\">{tick:.*}</text>",
                bottom + 4.0,
                bottom + 17.0,
                decimals(step),
            );
        }
        let _ = writeln!(svg, "<text x=\"0\" y=\"{}\">{}</text></svg>", bottom + 34.0, Safe(self.axis));
        svg
    }
}

impl Row {
    fn draw(&self, svg: &mut String, top: f64, share: impl Fn(f64) -> f64) {
        let (text, bar) = (top + TEXT - 6.0, top + TEXT);
        let _ = writeln!(
            svg,
            "<text x=\"0\" y=\"{text}\">{}</text><text class=\"end\" x=\"100%\" y=\"{text}\">{}</text>\
             <rect class=\"track\" width=\"100%\" y=\"{bar}\" height=\"{BAR}\"/>",
            Safe(&self.name),
            Safe(&self.value)
        );
        for mark in &self.marks {
            let (from, to) = (share(mark.from), share(mark.to));
            let width = to - from;
            let _ = write!(
                svg,
                "<rect class=\"{}\" x=\"{from:.2}%\" y=\"{bar}\" width=\"{width:.2}%\" height=\"{BAR}\"/>",
                mark.color.class()
            );
            let Some(label) = &mark.label else { continue };
            let need = 100.0 * (LETTER * label.chars().count() as f64 + 4.0);
            let class = match width {
                width if width * NARROW > need => "in",
                width if width * WIDE > need => "in roomy",
                _ => continue,
            };
            let _ = write!(
                svg,
                "<text class=\"{class}\" x=\"{:.2}%\" y=\"{}\">{}</text>",
                (from + to) / 2.0,
                bar + BAR - 5.5,
                Safe(label)
            );
        }
        if let Some((low, high)) = self.range {
            let (low, high, middle) = (share(low), share(high), bar + BAR / 2.0);
            let mut line = |from: f64, to: f64, y1: f64, y2: f64| {
                for class in ["range behind", "range"] {
                    let _ = write!(
                        svg,
                        "<line class=\"{class}\" x1=\"{from:.2}%\" x2=\"{to:.2}%\" y1=\"{y1}\" y2=\"{y2}\"/>"
                    );
                }
            };
            line(low, high, middle, middle);
            line(low, low, middle - 5.0, middle + 5.0);
            line(high, high, middle - 5.0, middle + 5.0);
        }
        svg.push('\n');
    }
}

/// Returns the distance of an axis' ticks, of which there are three to six: 1, 2 or 5 times a power of ten.
fn step(most: f64) -> f64 {
    let rough = most / 5.0;
    let power = 10f64.powf(rough.log10().floor());
    let factor =
        [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * power >= rough * 0.999).unwrap_or(10.0);
    factor * power
}

/// Returns the number of decimals that tell the ticks of an axis apart.
fn decimals(step: f64) -> usize {
    (-step.log10().floor()).clamp(0.0, 9.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_few_and_told_apart() {
        for most in [1e-6, 0.019, 0.9, 1.0, 7.73, 22.33, 50.0, 340.0, 1e6] {
            let step = step(most);
            assert!((2.0..=5.01).contains(&(most / step)), "{most}: every {step}");
            let shown = |tick: f64| format!("{:.*}", decimals(step), tick * step);
            assert_ne!(shown(1.0), shown(2.0), "{most}");
        }
    }

    #[test]
    fn texts_in_bars_have_room() {
        let mark = |to: f64| Mark { from: 0.0, to, color: &colors::COMPUTE, label: Some("17".into()) };
        let draw = |to: f64| {
            let rows = vec![Row { marks: vec![mark(to)], ..Row::default() }];
            Chart { id: "c", title: "t", summary: "s", axis: "ms", most: 100.0, limit: None, rows }.draw()
        };
        assert!(draw(20.0).contains("class=\"in\""));
        assert!(draw(5.0).contains("class=\"in roomy\""));
        assert!(!draw(1.0).contains("class=\"in"));
    }

    #[test]
    fn a_limit_stays_in_the_bars() {
        let rows = || vec![Row { name: "stage 0".into(), value: "5 ms".into(), ..Row::default() }];
        let chart = |limit| {
            Chart { id: "c", title: "t", summary: "s", axis: "ms", most: 10.0, limit, rows: rows() }.draw()
        };
        assert!(
            chart(Some(4.0))
                .contains("<line class=\"limit\" x1=\"40.00%\" x2=\"40.00%\" y1=\"18\" y2=\"42\"/>")
        );
        assert!(!chart(Some(11.0)).contains("limit"), "beyond the chart");
    }
}
