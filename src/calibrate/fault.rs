//! What can be wrong with measurements.

use std::fmt;

/// What is wrong with the measurements.
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
