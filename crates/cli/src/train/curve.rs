//! The learning curve: the log of a training as a picture.

use anyhow::{Context, anyhow};
use plotters::prelude::*;

/// The columns of the log that hold the validation, each with the number of operations of its graphs.
const COLUMNS: [(usize, &str); 3] = [(5, "30"), (6, "60"), (7, "150")];

/// Draws the log of a training as SVG, one panel for each objective.
///
/// # Errors
/// Returns an error if a row of the log is cut short, or if the picture can't be drawn.
pub fn draw(log: &str) -> anyhow::Result<String> {
    let rows: Vec<Vec<&str>> = log.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let mut objectives: Vec<&str> = rows.iter().filter_map(|row| row.first().copied()).collect();
    objectives.dedup();
    let mut picture = String::new();
    {
        let area = SVGBackend::with_string(&mut picture, (960, 360)).into_drawing_area();
        let failed = |error: DrawingAreaErrorKind<_>| anyhow!("drawing the learning curve: {error}");
        area.fill(&WHITE).map_err(failed)?;
        for (panel, objective) in area.split_evenly((1, objectives.len().max(1))).iter().zip(&objectives) {
            let own = || rows.iter().filter(|row| row.first() == Some(objective));
            let number = |row: &Vec<&str>, column: usize| -> anyhow::Result<f64> {
                row.get(column).and_then(|text| text.parse().ok()).context("a row of the log is cut short")
            };
            let mut curves = Vec::new();
            for (column, size) in COLUMNS {
                let points = own().map(|row| Ok((number(row, 1)?, number(row, column)? * 100.0)));
                curves.push((size, points.collect::<anyhow::Result<Vec<(f64, f64)>>>()?));
            }
            let points = || curves.iter().flat_map(|(_, points)| points);
            let steps = points().map(|point| point.0).fold(1.0, f64::max);
            let (low, high) =
                points().fold((0.0f64, 1.0f64), |(low, high), (_, y)| (low.min(*y), high.max(*y)));
            let mut chart = ChartBuilder::on(panel)
                .margin(12)
                .x_label_area_size(36)
                .y_label_area_size(48)
                .caption(format!("objective {objective}"), ("sans-serif", 16))
                .build_cartesian_2d(0.0..steps, low * 1.05..high * 1.05)
                .map_err(failed)?;
            chart
                .configure_mesh()
                .x_desc("step")
                .y_desc("excess over the best simple order, %")
                .x_label_formatter(&|step| format!("{step:.0}"))
                .y_label_formatter(&|excess| format!("{excess:.1}"))
                .draw()
                .map_err(failed)?;
            for (place, (size, points)) in curves.into_iter().enumerate() {
                let color = Palette99::pick(place).to_rgba();
                let line = LineSeries::new(points, color.stroke_width(2));
                chart
                    .draw_series(line)
                    .map_err(failed)?
                    .label(format!("{size} operations"))
                    .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 16, y)], color.stroke_width(2)));
            }
            chart
                .configure_series_labels()
                .border_style(BLACK)
                .background_style(WHITE)
                .draw()
                .map_err(failed)?;
        }
        area.present().map_err(failed)?;
    }
    Ok(picture)
}
