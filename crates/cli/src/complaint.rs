//! Errors as they are printed on stderr.

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

/// The remedies for errors of the file system, by the system's number for the error.
const REMEDIES: [(Errno, &str); 3] = [
    (Errno::ENOSPC, "free space on that disk, or write to another one"),
    (Errno::EDQUOT, "free some of your share of that disk, or write to another one"),
    (Errno::EROFS, "write to a folder on another file system"),
];

/// Returns an error with its remedy. The system's words, in errors of many kinds, tell the cause alone; an error of
/// several lines quotes what another program printed, and is left as it is.
fn with_remedy(error: String) -> String {
    let is_it = |(errno, _): &&(Errno, &str)| {
        !error.contains('\n') && error.contains(&format!("(os error {})", *errno as i32))
    };
    match REMEDIES.iter().find(is_it) {
        Some((_, remedy)) => format!("{error}: {remedy}"),
        None => error,
    }
}

/// Prints an error to stderr. If that fails, the exit status still tells.
pub fn complain(error: &str) {
    let _ = writeln!(std::io::stderr(), "error: {error}");
}
