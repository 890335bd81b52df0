//! Errors as people are told them.

use std::io::Write;

use nix::errno::Errno;

use super::hint;

/// Prints an error with what can be done about it to stderr.
pub fn complain_of(error: &anyhow::Error) {
    let message = with_remedy(format!("{error:#}"));
    complain(&match hint::of(error) {
        Some(advice) => format!("{message}; {advice}"),
        None => message,
    });
}

/// What to do about what a file system refuses, by the system's number for it.
const REMEDIES: [(Errno, &str); 3] = [
    (Errno::ENOSPC, "free space on that disk, or write to another one"),
    (Errno::EDQUOT, "free some of your share of that disk, or write to another one"),
    (Errno::EROFS, "write to a folder on another file system"),
];

/// An error and its remedy. Errors of many kinds hold the system's words, which tell the cause alone; those of several
/// lines quote what others printed.
fn with_remedy(error: String) -> String {
    let is_it = |(errno, _): &&(Errno, &str)| {
        !error.contains('\n') && error.contains(&format!("(os error {})", *errno as i32))
    };
    match REMEDIES.iter().find(is_it) {
        Some((_, remedy)) => format!("{error}: {remedy}"),
        None => error,
    }
}

/// Prints an error to stderr. If nobody can be told, the exit status still tells.
pub fn complain(error: &str) {
    let _ = writeln!(std::io::stderr(), "error: {error}");
}
