//! The building blocks of a page's sections.

use super::colors::Color;
use super::text::Safe;

/// The sections that the page's beginning links to, each by id and name.
pub const LIST: [(&str, &str); 8] = [
    ("verdict", "Verdict"),
    ("time", "Time"),
    ("memory", "Memory"),
    ("filling", "Over time"),
    ("graph", "Graph"),
    ("cuts", "Cuts"),
    ("cpu", "On the CPU"),
    ("method", "Method"),
];

/// The most rows of a list that may be long.
pub const ROWS: usize = 100;

/// Returns a section of the page, by its id in [`LIST`].
pub fn section(id: &str, title: &str, body: &str) -> String {
    format!("{} aria-labelledby=\"{id}-h\"><h2 id=\"{id}-h\">{title}</h2>\n{body}</section>\n", start(id))
}

/// Returns the beginning of the section with an id.
pub fn start(id: &str) -> String {
    format!("<section id=\"{id}\"")
}

/// Returns a paragraph of text.
pub fn paragraph(text: &str) -> String {
    format!("<p>{}</p>\n", Safe(text))
}

/// A line that charts have beside areas.
#[derive(Clone, Copy)]
pub enum Line {
    /// The limit that a line marks in every row.
    Limit,
    /// The range that a value is in.
    Range,
}

/// Returns a legend of colours and lines, and their meanings.
pub fn legend(areas: &[(&Color, &str)], lines: &[(Line, &str)]) -> String {
    let area = |(color, meaning): &(&Color, &str)| {
        key(&format!("<rect class=\"{}\" width=\"100%\" height=\"100%\"/>", color.class()), meaning)
    };
    let line = |(line, meaning): &(Line, &str)| {
        let shape = match line {
            Line::Limit => "<line class=\"limit\" x1=\"50%\" x2=\"50%\" y1=\"0\" y2=\"100%\"/>",
            Line::Range => "<line class=\"range\" x1=\"0\" x2=\"100%\" y1=\"50%\" y2=\"50%\"/>",
        };
        key(shape, meaning)
    };
    let keys = areas.iter().map(area).chain(lines.iter().map(line));
    format!("<ul class=\"legend\">{}</ul>\n", keys.collect::<String>())
}

fn key(swatch: &str, meaning: &str) -> String {
    format!("<li><svg class=\"swatch\" aria-hidden=\"true\">{swatch}</svg>{}</li>", Safe(meaning))
}

/// Returns the charts of the partitions beside each other.
pub fn charts(drawn: Vec<(&str, String)>) -> String {
    let figure = |(name, picture): (&str, String)| {
        format!("<figure><figcaption>{name}</figcaption>{picture}</figure>\n")
    };
    format!("<div class=\"pair\">{}</div>\n", drawn.into_iter().map(figure).collect::<String>())
}

/// Returns something that is folded until the reader opens it, by touch or from the keyboard. Paper shows it.
pub fn folded(summary: &str, body: &str) -> String {
    format!("<details><summary>{}</summary>\n{body}</details>\n", Safe(summary))
}
