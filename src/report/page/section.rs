//! The building blocks of a page's sections.

use super::colors::Color;
use super::text::Safe;

/// The sections that the page's beginning links to, each by id and name.
pub const LIST: [(&str, &str); 8] = [
    ("figures", "Figures"),
    ("graph", "Graph"),
    ("cuts", "Cuts"),
    ("cpu", "On the CPU"),
    ("memory", "Memory"),
    ("time", "Time"),
    ("filling", "Over time"),
    ("method", "Method"),
];

/// The most rows of a list that may be long.
pub const ROWS: usize = 100;

/// Returns a section of the page, by its place in [`LIST`].
pub fn section(place: usize, title: &str, body: &str) -> String {
    let id = LIST[place].0;
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

/// Returns a legend of colours and their meanings.
pub fn legend(entries: &[(&Color, &str)]) -> String {
    let entry = |(color, meaning): &(&Color, &str)| {
        format!("<li><span class=\"swatch\" style=\"background:{}\"></span>{meaning}</li>", color.variable())
    };
    format!("<ul class=\"legend\">{}</ul>\n", entries.iter().map(entry).collect::<String>())
}

/// Returns the charts of the partitions beside each other.
pub fn charts(drawn: Vec<(&str, String)>) -> String {
    let figure = |(name, picture): (&str, String)| {
        format!("<figure><figcaption>{name}</figcaption>{picture}</figure>\n")
    };
    format!("<div class=\"pair\">{}</div>\n", drawn.into_iter().map(figure).collect::<String>())
}
