//! The charts of a page: bars for the stages, and the pipeline over time. Each is drawn once for wide and once for
//! narrow screens.

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::Color as _;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::colors::{self, Color};
use super::text::Safe;
use crate::pipeline::simulate::{Activity, Span, StageTimes};

/// The widths of a drawing in pixels, each with the class that the style sheet shows it by.
const WIDTHS: [(&str, u32); 2] = [("wide", 560), ("narrow", 340)];
const ROW: u32 = 30;
const FRAME: u32 = 52;
/// The pixels for the rows' names, to the right of everything, and for text after the longest bar.
const SIDE: u32 = 56;
const MARGIN: u32 = 14;
const TEXT_AFTER: f64 = 66.0;

/// A chart with one row for each stage.
pub struct Chart<'a> {
    /// The id of the chart, unique on the page.
    pub id: &'a str,
    /// The title, for people who can't see the chart.
    pub title: &'a str,
    /// The description, in a sentence.
    pub summary: &'a str,
    /// The label of the axis.
    pub axis: &'a str,
    /// The number of rows.
    pub rows: usize,
    /// The largest value that has to fit.
    pub most: f64,
    /// The value that a line marks.
    pub limit: Option<f64>,
    /// The marks in the rows.
    pub marks: Vec<ChartMark>,
}

/// A mark: a part of a row.
pub struct ChartMark {
    /// The number of the row, from the top.
    pub row: usize,
    /// The value at which the mark starts.
    pub from: f64,
    /// The value at which the mark ends.
    pub to: f64,
    /// The colour of the mark.
    pub color: &'static Color,
    /// True if the mark is drawn weaker, to set it off from its neighbours.
    pub is_faint: bool,
    /// The text in the mark, if it is wide enough, or to the right of it.
    pub label: Option<Caption>,
}

/// The text at a mark.
pub enum Caption {
    /// Text in the mark.
    Inside(String),
    /// Text to the right of the mark.
    After(String),
}

/// Returns a row of parts, one after the other, with the whole as text at the end.
pub fn bar(row: usize, parts: &[(&'static Color, f64)], whole: String) -> Vec<ChartMark> {
    let mut marks = Vec::new();
    let mut from = 0.0;
    for &(color, length) in parts {
        if length > 0.0 {
            marks.push(ChartMark { row, from, to: from + length, color, is_faint: false, label: None });
        }
        from += length;
    }
    let end = ChartMark {
        row,
        from,
        to: from,
        color: &colors::INK,
        is_faint: false,
        label: Some(Caption::After(whole)),
    };
    marks.push(end);
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
pub fn span_mark(span: &Span, stage: &StageTimes) -> ChartMark {
    let longest = Activity::WORK.into_iter().max_by_key(|&activity| stage.part(activity));
    ChartMark {
        row: span.stage,
        from: span.start.as_us() / 1e3,
        to: span.end.as_us() / 1e3,
        color: color_of(span.activity),
        is_faint: span.inference % 2 == 1,
        label: (Some(span.activity) == longest).then(|| Caption::Inside(span.inference.to_string())),
    }
}

/// The error of a chart that can't be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("drawing {chart}: {cause}")]
pub struct DrawError {
    /// The chart's name on the page.
    pub chart: String,
    /// The cause, in the words of the charting library.
    pub cause: String,
}

type Plot<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

impl Chart<'_> {
    fn failed(&self, cause: impl std::fmt::Display) -> DrawError {
        DrawError { chart: self.id.to_string(), cause: cause.to_string() }
    }

    /// Returns the chart as SVG, once for each width.
    ///
    /// # Errors
    /// Returns an error if the charting library fails.
    pub fn draw(&self) -> Result<String, DrawError> {
        let mut html = String::new();
        for (class, width) in WIDTHS {
            let height = self.rows as u32 * ROW + FRAME;
            let mut picture = String::new();
            {
                let area = SVGBackend::with_string(&mut picture, (width, height)).into_drawing_area();
                self.draw_on(&area, width).map_err(|error| self.failed(error))?;
                area.present().map_err(|error| self.failed(error))?;
            }
            // The library's own opening tag gives way to one with a role, a name and a description.
            let body = picture.split_once('>').map_or("", |(_, body)| body);
            let id = format!("{}-{class}", self.id);
            html.push_str(&format!(
                "<svg class=\"chart {class}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" width=\"{width}\" \
                 height=\"{height}\" viewBox=\"0 0 {width} {height}\"><title id=\"{id}-t\">{}</title>\
                 <desc id=\"{id}-d\">{}</desc>{body}",
                Safe(self.title),
                Safe(self.summary)
            ));
        }
        Ok(html)
    }

    fn draw_on(
        &self,
        area: &DrawingArea<SVGBackend<'_>, Shift>,
        width: u32,
    ) -> Result<(), DrawingAreaErrorKind<<SVGBackend<'_> as DrawingBackend>::ErrorType>> {
        let text = |size: u32| ("sans-serif", size).into_font().color(&colors::INK.rgb());
        let has_text_after = self.marks.iter().any(|mark| matches!(mark.label, Some(Caption::After(_))));
        let inner = f64::from(width - SIDE - MARGIN);
        let room = if has_text_after { inner / (inner - TEXT_AFTER) } else { 1.0 };
        let end = if self.most > 0.0 { self.most * room } else { 1.0 };
        let mut plot: Plot = ChartBuilder::on(area)
            .margin_right(MARGIN)
            .margin_top(4)
            .x_label_area_size(FRAME - 6)
            .y_label_area_size(SIDE)
            .build_cartesian_2d(0.0..end, 0.0..self.rows as f64)?;
        plot.configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .x_labels(width as usize / 70)
            .max_light_lines(1)
            .bold_line_style(colors::LINE.rgb())
            .light_line_style(colors::LINE.rgb())
            .axis_style(colors::LINE.rgb())
            .label_style(text(13))
            .x_label_formatter(&|value| format!("{value:.*}", decimals(end)))
            .x_desc(self.axis)
            .draw()?;
        let middle = |row: usize| (self.rows - 1 - row) as f64 + 0.5;
        let box_of = |mark: &ChartMark| {
            let color = if mark.is_faint { mark.color.rgb().mix(0.55) } else { mark.color.rgb().mix(1.0) };
            let center = middle(mark.row);
            Rectangle::new([(mark.from, center - 0.34), (mark.to, center + 0.34)], color.filled())
        };
        plot.draw_series(self.marks.iter().filter(|mark| mark.to > mark.from).map(box_of))?;
        if let Some(limit) = self.limit.filter(|&limit| limit <= end) {
            let line = PathElement::new(
                vec![(limit, 0.0), (limit, self.rows as f64)],
                colors::LIMIT.rgb().stroke_width(2),
            );
            plot.draw_series([line])?;
        }
        for row in 0..self.rows {
            let (_, y) = plot.backend_coord(&(0.0, middle(row)));
            let style = text(13).pos(Pos::new(HPos::Left, VPos::Center));
            area.draw(&Text::new(format!("stage {row}"), (2, y), style))?;
        }
        for mark in &self.marks {
            let (from, y) = plot.backend_coord(&(mark.from, middle(mark.row)));
            let (to, _) = plot.backend_coord(&(mark.to, middle(mark.row)));
            match &mark.label {
                Some(Caption::Inside(label)) if to - from > 8 * label.len() as i32 + 2 => {
                    let ink = if mark.is_faint { colors::INK.rgb() } else { WHITE };
                    let style = ("sans-serif", 12).into_font().color(&ink);
                    let place = Pos::new(HPos::Center, VPos::Center);
                    area.draw(&Text::new(label.clone(), ((from + to) / 2, y), style.pos(place)))?;
                }
                Some(Caption::After(label)) => {
                    let style = text(13).pos(Pos::new(HPos::Left, VPos::Center));
                    area.draw(&Text::new(label.clone(), (to + 5, y), style))?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Returns the number of decimals for an axis that reaches to `end`.
fn decimals(end: f64) -> usize {
    match end {
        end if end >= 20.0 => 0,
        end if end >= 2.0 => 1,
        end if end >= 0.2 => 2,
        _ => 3,
    }
}
