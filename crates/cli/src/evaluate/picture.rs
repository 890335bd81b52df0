//! The evaluation as a picture: the mean excess of each method over the best known, by group of graphs.

use anyhow::anyhow;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use respect::base::listed::Listed;
use respect::learn::evaluate::{Method, Score};
use respect::problem::Objective;

/// The methods in the picture, with their colors; the best single order of each group stands for all single orders.
const SHOWN: [(&str, RGBColor); 5] = [
    ("best single order", RGBColor(150, 150, 150)),
    ("best of k random orders, same time", RGBColor(230, 159, 0)),
    ("as published", RGBColor(204, 121, 167)),
    ("policy", RGBColor(0, 114, 178)),
    ("respect", RGBColor(0, 158, 115)),
];
/// The least excess of the axis, in percent; a smaller one is drawn there.
const LEAST: f64 = 0.01;
const ROW: u32 = 26;
const WIDTH: u32 = 960;
/// The approximate width of a letter in the legend, in pixels.
const LETTER: i32 = 7;

/// Returns the mean excess of a method in the picture over some rows, in percent.
fn mean(rows: &[&Score], shown: usize) -> Option<f64> {
    let of =
        |method: Method| rows.iter().find(|row| row.method == method && row.solved > 0).map(|row| row.mean);
    let mean = match shown {
        0 => Method::ORDERS.into_iter().filter_map(of).min_by(f64::total_cmp),
        1 => of(Method::Random),
        2 => of(Method::Published),
        3 => of(Method::Policy),
        _ => of(Method::Respect),
    };
    mean.map(|mean| mean * 100.0)
}

/// Draws the rows of the report as SVG, one panel for each objective.
///
/// # Errors
/// Returns an error if the picture can't be drawn.
pub fn draw(rows: &[Score]) -> anyhow::Result<String> {
    let failed = |error: DrawingAreaErrorKind<_>| anyhow!("drawing the evaluation: {error}");
    let mut groups: Vec<&str> = rows.iter().map(|row| row.group.as_str()).collect();
    groups.dedup();
    groups.truncate(
        groups.iter().skip(1).position(|group| *group == groups[0]).map_or(groups.len(), |place| place + 1),
    );
    let objectives: Vec<Objective> =
        Objective::ALL.iter().copied().filter(|own| rows.iter().any(|row| row.objective == *own)).collect();
    let panel = ROW * groups.len() as u32 + 90;
    let height = panel * objectives.len() as u32 + 30;
    let mut picture = String::new();
    {
        let area = SVGBackend::with_string(&mut picture, (WIDTH, height)).into_drawing_area();
        area.fill(&WHITE).map_err(failed)?;
        let (legend, body) = area.split_vertically(30);
        let text = |size: i32| ("sans-serif", size).into_font().color(&BLACK);
        let all: Vec<&Score> = rows.iter().collect();
        let mut left = 20;
        for (name, color) in
            (0..).zip(SHOWN).filter(|(shown, _)| mean(&all, *shown).is_some()).map(|(_, own)| own)
        {
            legend.draw(&Circle::new((left, 16), 5, color.filled())).map_err(failed)?;
            let centred = text(12).pos(Pos::new(HPos::Left, VPos::Center));
            legend.draw(&Text::new(name, (left + 10, 16), centred)).map_err(failed)?;
            left += 40 + LETTER * name.len() as i32;
        }
        for (part, &objective) in body.split_evenly((objectives.len(), 1)).iter().zip(&objectives) {
            let mut chart = ChartBuilder::on(part)
                .margin(8)
                .x_label_area_size(36)
                .y_label_area_size(120)
                .caption(
                    format!("objective {objective}: mean excess over the best known"),
                    ("sans-serif", 15),
                )
                .build_cartesian_2d((LEAST..200.0).log_scale(), 0.0..groups.len() as f64)
                .map_err(failed)?;
            chart
                .configure_mesh()
                .disable_y_mesh()
                .y_labels(0)
                .x_desc("percent; what is below 0.01 is drawn there")
                .x_label_formatter(&|excess| format!("{excess}"))
                .draw()
                .map_err(failed)?;
            for (line, &group) in groups.iter().enumerate() {
                let y = (groups.len() - line) as f64 - 0.5;
                let (left, middle) = chart.backend_coord(&(LEAST, y));
                let beside = text(12).pos(Pos::new(HPos::Right, VPos::Center));
                area.draw(&Text::new(group, (left - 8, middle), beside)).map_err(failed)?;
                let rule = PathElement::new(vec![(LEAST, y), (200.0, y)], BLACK.mix(0.12));
                chart.draw_series([rule]).map_err(failed)?;
                let own: Vec<&Score> =
                    rows.iter().filter(|row| row.group == group && row.objective == objective).collect();
                for (shown, (_, color)) in SHOWN.iter().enumerate() {
                    if let Some(excess) = mean(&own, shown) {
                        let point = (excess.clamp(LEAST, 200.0), y);
                        chart
                            .draw_series([Circle::new(point, 5, color.mix(0.85).filled())])
                            .map_err(failed)?;
                    }
                }
            }
        }
        area.present().map_err(failed)?;
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(group: &str, objective: Objective, method: Method, mean: f64) -> Score {
        let group = group.into();
        let (solved, problems, proved, gap, worst, median_ms) = (1, 1, 1, 0.0, mean, 1.0);
        Score { group, objective, method, solved, problems, proved, gap, mean, worst, median_ms }
    }

    #[test]
    fn every_group_and_shown_method_has_its_place() {
        let mut rows = Vec::new();
        for &objective in Objective::ALL {
            for group in ["layered 50", "network & <50>"] {
                for (place, method) in Method::ALL.into_iter().enumerate() {
                    rows.push(row(group, objective, method, place as f64 * 0.01));
                }
            }
        }
        let picture = draw(&rows).unwrap();
        assert_eq!(picture.matches("<circle").count(), SHOWN.len() * (1 + 2 * 2));
        assert_eq!(picture.matches("layered 50").count(), 2);
        assert!(!picture.contains("<50>"), "names are escaped");
    }
}
