//! Forms of one function, executed side by side: many in a process, as each has names of its own.

use super::run::{self, Failure};
use super::signature::Signature;
use super::state::in_memory;

/// Functions that the runner brings along.
const RUNTIME: [(&str, &str); 4] =
    [("printI64", "(i64)"), ("printNewline", "()"), ("printOpen", "()"), ("printClose", "()")];

/// A form of a module whose function `model` is to be called.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The module's text.
    pub module: String,
    /// The types of `model` as it was written, which tell what is memory.
    pub original: Signature,
}

/// Executes all variants; what each prints, or why it can't be executed.
pub fn execute(variants: &[Variant]) -> Vec<Result<String, Failure>> {
    let failure = match run::execute(&joined(variants)) {
        Ok(said) => {
            let parts: Vec<&str> = said.split("( ").skip(1).collect();
            assert_eq!(parts.len(), variants.len(), "each variant prints a mark: {said}");
            return parts.iter().map(|part| Ok(part.trim_end_matches([' ', ')']).to_string())).collect();
        }
        Err(failure) => failure,
    };
    // One of them is at fault: halves tell which.
    match variants.len() {
        1 => vec![Err(failure)],
        count => variants.chunks(count.div_ceil(2)).flat_map(execute).collect(),
    }
}

/// One module of all variants, whose function `entry` calls each.
fn joined(variants: &[Variant]) -> String {
    let mut text = String::new();
    for (name, arguments) in RUNTIME {
        text.push_str(&format!("func.func private @{name}{arguments}\n"));
    }
    let mut calls = String::new();
    for (number, variant) in variants.iter().enumerate() {
        let plain = in_memory(&without_annotations(&variant.module));
        let caller = Signature::read(&plain).caller("call", &variant.original);
        let prefix = format!("v{number}_");
        let (aliases, body) = unwrapped(&plain);
        text.push_str(&renamed(&format!("{aliases}{body}{caller}"), &prefix));
        calls.push_str(&format!("  call @printOpen() : () -> ()\n  call @{prefix}call() : () -> ()\n"));
        calls.push_str("  call @printClose() : () -> ()\n");
    }
    text + &format!("func.func @entry() {{\n{calls}  return\n}}\n")
}

/// Splits a module into the lines before it, of aliases, and what is in it; declarations of the runtime are left out.
fn unwrapped(module: &str) -> (String, String) {
    let is_declaration = |line: &&str| {
        RUNTIME.iter().any(|(name, _)| line.trim_start().starts_with(&format!("func.func private @{name}(")))
    };
    let lines: Vec<&str> = module.lines().filter(|line| !is_declaration(line)).collect();
    let start = lines.iter().position(|line| line.starts_with("module"));
    let (aliases, body) = match start {
        None => (&[][..], &lines[..]),
        Some(start) => {
            let end = lines.iter().rposition(|line| line.starts_with('}')).expect("the module's end");
            (&lines[..start], &lines[start + 1..end])
        }
    };
    let text = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect();
    (text(aliases), text(body))
}

/// Gives symbols and aliases a prefix, but for what the runtime brings.
fn renamed(text: &str, prefix: &str) -> String {
    let aliases: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with('#'))
        .filter_map(|line| Some(line[1..].split_once(" = ")?.0))
        .collect();
    let mut renamed = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['@', '#']) {
        let (before, after) = rest.split_at(at + 1);
        renamed.push_str(before);
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let word = &after[..after.find(|c| !is_word(c)).unwrap_or(after.len())];
        let is_ours = match before.ends_with('@') {
            true => RUNTIME.iter().all(|(name, _)| *name != word),
            false => aliases.contains(&word),
        };
        renamed.push_str(if is_ours { prefix } else { "" });
        rest = after;
    }
    renamed + rest
}

/// Takes the attributes of the passes out of a module: the runner knows no `respect` dialect.
fn without_annotations(module: &str) -> String {
    let mut plain = String::new();
    let mut rest = module;
    while let Some(at) = rest.find("respect.") {
        let (before, after) = rest.split_at(at);
        plain.push_str(before);
        // Elsewhere it is part of a value.
        if !plain.ends_with(['{', ' ']) {
            plain.push_str("respect.");
            rest = &after["respect.".len()..];
            continue;
        }
        // The value ends where the list of attributes goes on or ends.
        let mut depth = 0;
        let end = after.find(|c| {
            depth += i32::from(matches!(c, '{' | '<' | '[' | '(')) - i32::from(matches!(c, '>' | ']' | ')'));
            let is_end = depth == 0 && matches!(c, ',' | '}');
            depth -= i32::from(c == '}');
            is_end
        });
        rest = &after[end.expect("the end of the list")..];
        rest = rest.strip_prefix(", ").unwrap_or(rest);
        if rest.starts_with('}') && plain.ends_with(", ") {
            plain.truncate(plain.len() - 2);
        }
    }
    plain + rest
}
