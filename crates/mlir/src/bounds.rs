//! The bounds of a module's text: nesting, which MLIR's parser, printer and verifier follow by recursion, at the cost of the
//! stack; and dimensions of types, which its parser reads in a time by their square.

use std::collections::HashMap;

use respect::base::limits::DIMENSIONS;

/// The most levels that regions, attributes, types and locations may be nested in each other, names that stand for
/// attributes and types counted as what they stand for.
pub(super) const MOST: usize = 500;

/// A place in a text: line and column, both from 1; columns are bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The line.
    pub line: usize,
    /// The byte in the line.
    pub column: usize,
}

impl Place {
    /// Returns the place of a byte of `text`.
    fn of(text: &[u8], at: usize) -> Place {
        let before = &text[..at];
        let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
        let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
        Place { line, column: at - line_start + 1 }
    }
}

/// What there is too much of in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Excess {
    /// Levels of nesting.
    #[error(
        "more than {MOST} levels of regions, attributes, types or locations are nested in each other, and reading them would \
         exhaust the stack; take apart what is nested, or drop the locations if it is these"
    )]
    Levels,
    /// Dimensions of a type.
    #[error("a type has more than {DIMENSIONS} dimensions; reshape what has it to fewer")]
    Dimensions,
}

/// Returns what there is too much of in a text and where; none if it is within bounds.
pub(super) fn excess(text: &[u8]) -> Option<(Place, Excess)> {
    let mut levels = Levels::default();
    let mut tokens = Tokens { text, at: 0 };
    while let Some((at, token)) = tokens.next() {
        let found = match token {
            Token::Word(word) | Token::Number(word) if is_too_wide(word) => Excess::Dimensions,
            _ if levels.take(token, &tokens) > MOST => Excess::Levels,
            _ => continue,
        };
        return Some((Place::of(text, at), found));
    }
    None
}

/// Returns whether a word such as `4x8xi8` has too many dimensions.
fn is_too_wide(word: &[u8]) -> bool {
    word.len() > DIMENSIONS && word.iter().filter(|&&byte| byte == b'x').count() > DIMENSIONS
}

/// Returns the place of the first token of a text, past comments; none if there is none.
pub(super) fn first_token(text: &[u8]) -> Option<Place> {
    Tokens { text, at: 0 }.next().map(|(at, _)| Place::of(text, at))
}

/// The tokens of MLIR's text, as far as nesting goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    /// One of `([{<`.
    Open(u8),
    /// One of `)]}>`.
    Close(u8),
    /// The name of an attribute or of a type, with its `#` or `!`.
    Alias(&'t [u8]),
    /// A number, and what follows it without a space, as in `4x8xi8`.
    Number(&'t [u8]),
    /// A word that is no number, with its dots.
    Word(&'t [u8]),
    /// A text in quotes.
    Text,
    /// A minus.
    Minus,
    /// Any other byte, or a name that begins with it.
    Other(u8),
}

#[derive(Clone, Copy)]
struct Tokens<'t> {
    text: &'t [u8],
    at: usize,
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_$.".contains(&byte)
}

impl<'t> Tokens<'t> {
    /// Returns the next token and where it begins.
    fn next(&mut self) -> Option<(usize, Token<'t>)> {
        loop {
            let at = self.at;
            let byte = *self.text.get(at)?;
            let next = self.text.get(at + 1).copied().unwrap_or_default();
            self.at += 1;
            let token = match byte {
                b'/' if next == b'/' => {
                    self.skip_while(|byte| byte != b'\n');
                    continue;
                }
                _ if byte.is_ascii_whitespace() => continue,
                b'-' if next == b'>' => {
                    self.at += 1;
                    Token::Other(byte)
                }
                // Comparisons of affine sets.
                b'<' | b'>' if next == b'=' => {
                    self.at += 1;
                    Token::Other(byte)
                }
                b'-' => Token::Minus,
                b'(' | b'[' | b'{' | b'<' => Token::Open(byte),
                b')' | b']' | b'}' | b'>' => Token::Close(byte),
                b'"' => {
                    self.skip_text();
                    Token::Text
                }
                b'#' | b'!' if is_of_word(next) => {
                    self.skip_while(|byte| is_of_word(byte) || byte == b'-');
                    Token::Alias(&self.text[at..self.at])
                }
                b'%' | b'^' => {
                    self.skip_while(|byte| is_of_word(byte) || byte == b'-');
                    Token::Other(byte)
                }
                b'@' => {
                    self.skip_while(is_of_word);
                    Token::Other(byte)
                }
                b'0'..=b'9' => {
                    self.skip_while(is_of_word);
                    Token::Number(&self.text[at..self.at])
                }
                _ if is_of_word(byte) => {
                    self.skip_while(is_of_word);
                    Token::Word(&self.text[at..self.at])
                }
                _ => Token::Other(byte),
            };
            return Some((at, token));
        }
    }

    fn skip_while(&mut self, is_in: impl Fn(u8) -> bool) {
        let rest = &self.text[self.at..];
        self.at += rest.iter().position(|&byte| !is_in(byte)).unwrap_or(rest.len());
    }

    /// Goes past the end of a text in quotes; as for MLIR, it ends with the line at the latest.
    fn skip_text(&mut self) {
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            match byte {
                b'"' | b'\n' => return,
                b'\\' => self.at += 1,
                _ => {}
            }
        }
    }

    /// Returns whether an alias that was just read is being defined.
    fn defines(mut self) -> bool {
        let is = |token: Option<(usize, Token)>| token.is_some_and(|(_, token)| token == Token::Other(b'='));
        is(self.next()) && !is(self.next())
    }
}

/// The levels that are open at a place of the text.
#[derive(Default)]
struct Levels<'t> {
    open: Vec<u8>,
    /// The signs before an affine expression, each of which is a level.
    signs: usize,
    /// The levels of each alias that was defined.
    aliases: HashMap<&'t [u8], usize>,
    /// The alias that is being defined, and whether any of its value has been read.
    defined: Option<(&'t [u8], bool)>,
    /// The most levels within the alias that is being defined.
    deepest: usize,
}

impl<'t> Levels<'t> {
    /// Takes a token in, after which `rest` follows; returns how deep the text is nested there.
    fn take(&mut self, token: Token<'t>, rest: &Tokens<'t>) -> usize {
        self.signs = if token == Token::Minus { self.signs + 1 } else { 0 };
        let is_top = self.open.is_empty();
        if is_top && self.ends_definition(token) {
            self.end_definition();
        }
        let mut within = 0;
        match token {
            Token::Open(bracket) => self.open.push(bracket),
            Token::Close(bracket) => self.close(bracket),
            Token::Alias(name) if is_top && rest.defines() => {
                self.end_definition();
                self.defined = Some((name, false));
                return 0;
            }
            Token::Alias(name) => within = self.aliases.get(name).map_or(0, |levels| levels + 1),
            _ => {}
        }
        let levels = self.open.len() + self.signs + within;
        self.deepest = self.deepest.max(levels);
        if let Some((_, is_begun)) = &mut self.defined {
            *is_begun |= token != Token::Other(b'=');
        }
        levels
    }

    /// Closes the innermost bracket of a kind and what is open in it. An angle that is no bracket of types, as in a custom
    /// syntax of operations, closes nothing.
    fn close(&mut self, bracket: u8) {
        let opening = match bracket {
            b')' => b'(',
            b']' => b'[',
            b'}' => b'{',
            _ => {
                self.open.pop_if(|open| *open == b'<');
                return;
            }
        };
        if let Some(place) = self.open.iter().rposition(|&open| open == opening) {
            self.open.truncate(place);
        }
    }

    /// Returns whether a token outside of all brackets begins an operation, and so ends the alias before it. Names of
    /// operations have dots, but for two of the builtin dialect; words of attributes have none.
    fn ends_definition(&self, token: Token) -> bool {
        match token {
            Token::Word(word) => {
                word.contains(&b'.') || word == b"module" || word == b"unrealized_conversion_cast"
            }
            Token::Text => self.defined.is_some_and(|(_, is_begun)| is_begun),
            Token::Other(byte) => byte == b'%',
            _ => false,
        }
    }

    fn end_definition(&mut self) {
        if let Some((name, _)) = self.defined.take() {
            self.aliases.insert(name, self.deepest);
        }
        self.deepest = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text of `levels` openings, something inside, and as many closings.
    fn nested(open: &str, inside: &str, close: &str, levels: usize) -> String {
        format!("{}{inside}{}", open.repeat(levels), close.repeat(levels))
    }

    fn deep(text: &str) -> Option<(usize, usize)> {
        let (place, excess) = excess(text.as_bytes())?;
        assert_eq!(excess, Excess::Levels);
        Some((place.line, place.column))
    }

    #[test]
    fn each_kind_of_nesting_counts() {
        let kinds = [
            ("\"a.b\"() ({\n", "", "}) : () -> ()\n", 2),
            ("[", "1", "]", 1),
            ("{a = ", "1", "}", 1),
            ("tuple<", "i8", ">", 1),
            ("fused[", "\"x\"", "]", 1),
            ("callsite(\"x\" at ", "\"y\"", ")", 1),
            ("- ", "d0", "", 1),
        ];
        for (open, inside, close, each) in kinds {
            assert_eq!(deep(&nested(open, inside, close, MOST / each)), None, "{open}");
            assert!(deep(&nested(open, inside, close, MOST / each + 1)).is_some(), "{open}");
        }
    }

    #[test]
    fn the_place_is_that_of_the_level_too_many() {
        let text = format!("// [[[\n\n  {}", "[".repeat(MOST + 1));
        assert_eq!(deep(&text), Some((3, MOST + 3)));
    }

    #[test]
    fn brackets_in_texts_comments_arrows_and_comparisons_are_none() {
        for text in
            ["\"[\\\"[\" ", "// [[\n", "() -> ", "a >= b <= ", "{ a < b } ", "( < ) ", "%a-b ", "1 - 2 - "]
        {
            assert_eq!(deep(&text.repeat(10 * MOST)), None, "{text}");
        }
        // A text that does not end hides one line only.
        assert!(deep(&format!("\"x\n{}", "[".repeat(MOST + 1))).is_some());
        assert_eq!(deep("\"x\\"), None);
    }

    #[test]
    fn aliases_count_as_what_they_stand_for() {
        let chain = |first: &str, next: &dyn Fn(usize) -> String, levels: usize| {
            let next: String = (0..levels).map(next).collect();
            format!("{first}\n{next}module {{}}")
        };
        let list = |of: usize| format!("#a{} = [#a{of}]\n", of + 1);
        assert_eq!(deep(&chain("#a0 = 1", &list, MOST / 2 - 1)), None);
        assert!(deep(&chain("#a0 = 1", &list, MOST)).is_some());
        let function = |of: usize| format!("!f{} = () ->\n !f{of}\n", of + 1);
        assert!(deep(&chain("!f0 = i8", &function, MOST + 1)).is_some());
        let text = |of: usize| format!("#a{} = \"x\" : !a{of}\n!a{} = tuple<!a{of}>\n", of + 1, of + 1);
        assert!(deep(&chain("!a0 = i8", &text, MOST)).is_some());
    }

    #[test]
    fn an_alias_ends_where_operations_begin() {
        for begin in ["module ", "\"builtin.module\"() (", "func.func @f", "%0 = ub.poison "] {
            let text = format!("#map = affine_map<(d0) -> (d0)>\n{begin} {}", "{ #map } ".repeat(10 * MOST));
            assert_eq!(deep(&text), None, "{begin}");
        }
    }

    #[test]
    fn types_have_so_many_dimensions() {
        for (dimension, before) in [("1x", ""), ("4x", "?x"), ("1x", "*x")] {
            let of = |count: usize| format!("\n tensor<{before}{}i8>", dimension.repeat(count));
            assert_eq!(excess(of(DIMENSIONS - 1).as_bytes()), None);
            let (place, found) = excess(of(DIMENSIONS + 1).as_bytes()).expect("too many");
            assert_eq!((place.line, found), (2, Excess::Dimensions));
        }
        assert_eq!(excess(format!("dense<\"0x{}\">", "x".repeat(2 * DIMENSIONS)).as_bytes()), None);
    }

    #[test]
    fn the_first_token_is_past_comments() {
        assert_eq!(first_token(b"// a\n  b"), Some(Place { line: 2, column: 3 }));
        assert_eq!(first_token(b"\n// a"), None);
    }
}
