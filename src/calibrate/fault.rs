//! The fault of a file of measurements.

use std::fmt;

/// A fault in the measurements: the line, if it is known, and what is wrong.
#[derive(Clone, Debug, thiserror::Error)]
pub struct Fault {
    line: Option<u64>,
    why: String,
}

impl Fault {
    pub(super) fn new(line: Option<u64>, why: String) -> Fault {
        Fault { line, why }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.why),
            None => f.write_str(&self.why),
        }
    }
}
