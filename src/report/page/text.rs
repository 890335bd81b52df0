//! Text for a page. Whatever comes from a model may be hostile, so all text passes through here.

use std::fmt::{self, Write};

/// Text as content or attribute of HTML and SVG, in which nothing is markup and nothing is unprintable.
pub struct Safe<'t>(pub &'t str);

impl fmt::Display for Safe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for char in self.0.chars() {
            match char {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' => f.write_char(' ')?,
                char if is_unprintable(char) => f.write_char('\u{fffd}')?,
                char => f.write_char(char)?,
            }
        }
        Ok(())
    }
}

/// Returns whether a character is a control character, or turns the direction of those that follow.
fn is_unprintable(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Returns at most `most` characters of `text`, with the middle left out.
pub fn short(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.into();
    }
    let (head, tail) = (most / 2, most - most / 2 - 1);
    let start = text.chars().take(head);
    start.chain(['…']).chain(text.chars().skip(count - tail)).collect()
}

/// Returns at most `most` characters of `text`, with the end left out.
pub fn clipped(text: &str, most: usize) -> String {
    match text.chars().count() > most {
        true => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
        false => text.into(),
    }
}

/// Returns at most `most` characters of `text`, with the beginning left out.
pub fn ending(text: &str, most: usize) -> String {
    let count = text.chars().count();
    match count > most {
        true => ['…'].into_iter().chain(text.chars().skip(count + 1 - most.max(1))).collect(),
        false => text.into(),
    }
}

/// Returns a number with its noun: "1 tensor", "3 tensors".
pub fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// Returns a table that can be scrolled by itself, also from the keyboard; the first column heads its row.
pub fn table(caption: &str, header: &[&str], rows: &[Vec<String>]) -> String {
    let mut html = format!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{0}\"><table><caption>{0}</caption><thead><tr>",
        Safe(caption)
    );
    for cell in header {
        let _ = write!(html, "<th scope=\"col\">{}</th>", Safe(cell));
    }
    html.push_str("</tr></thead><tbody>\n");
    for row in rows {
        html.push_str("<tr>");
        for (place, cell) in row.iter().enumerate() {
            let cell = Safe(cell);
            let _ = match place {
                0 => write!(html, "<th scope=\"row\"><bdi>{cell}</bdi></th>"),
                _ => write!(html, "<td><bdi>{cell}</bdi></td>"),
            };
        }
        html.push_str("</tr>\n");
    }
    html + "</tbody></table></div>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_stays_markup() {
        let hostile = "</title><script>alert('\"&')\n\u{202e}\0";
        let safe = Safe(hostile).to_string();
        assert_eq!(safe, "&lt;/title&gt;&lt;script&gt;alert(&#39;&quot;&amp;&#39;) \u{fffd}\u{fffd}");
        assert!(table(hostile, &[hostile], &[vec![hostile.into()]]).matches('<').count() == 20);
    }

    #[test]
    fn long_names_are_cut_short() {
        assert_eq!(short("abc", 3), "abc");
        assert_eq!(short("stem/block_17/conv", 9), "stem…conv");
        assert_eq!(short("äöüß", 3), "ä…ß");
        assert_eq!((clipped("äöüß", 3), clipped("äöü", 3)), ("äö…".into(), "äöü".into()));
        assert_eq!(
            (ending("äöüß", 3), ending("äöü", 3), ending("ab", 0)),
            ("…üß".into(), "äöü".into(), "…".into())
        );
        assert_eq!((count(1, "tensor"), count(2, "tensor")), ("1 tensor".into(), "2 tensors".into()));
    }
}
