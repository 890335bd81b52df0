//! Escape sequences that colour text and move the cursor, in logs that were taken from a terminal.

use std::borrow::Cow;

/// The beginning of a control sequence.
const START: &str = "\u{1b}[";

/// Returns a line without its control sequences.
pub fn without(line: &str) -> Cow<'_, str> {
    let mut parts = line.split(START);
    let first = parts.next().unwrap_or_default();
    if first.len() == line.len() {
        return Cow::Borrowed(line);
    }
    let after = |part| {
        let last = |c: char| ('@'..='~').contains(&c);
        str::find(part, last).map_or("", |end| &part[end + 1..])
    };
    Cow::Owned(std::iter::once(first).chain(parts.map(after)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_go_and_the_rest_stays() {
        assert_eq!(without("plain \u{1b} text"), "plain \u{1b} text");
        assert_eq!(without("\u{1b}[1;31mERROR:\u{1b}[0m x\u{1b}[K\u{1b}[2K y"), "ERROR: x y");
        assert_eq!(without("cut \u{1b}[1;3"), "cut ");
    }
}
