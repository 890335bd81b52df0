//! The fuzz target for the reader of the compiler's logs.

use crate::edgetpu::log::{LogOutcome, read};

/// Reads a log; the outcome and the failure must agree, and the log must be printable as JSON.
pub fn log(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let log = read(&text);
    match (&log.failure, log.outcome) {
        (Some(failure), outcome) => {
            assert!(outcome == failure.kind.outcome() || outcome == LogOutcome::Unknown, "{log:?}");
        }
        (None, outcome) => {
            assert!(
                matches!(outcome, LogOutcome::Success | LogOutcome::Partial | LogOutcome::Unknown),
                "{log:?}"
            );
        }
    }
    assert!(log.models.len() + log.unknown.len() <= text.lines().count() + 1, "{log:?}");
    serde_json::to_string(&log).expect("plain data serializes");
}
