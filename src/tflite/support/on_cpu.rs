//! The operators that stay on the CPU, as they are told to people and kept in manifests.

use serde::{Deserialize, Serialize};

/// Operators that stay on the CPU for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnCpu {
    /// Their kinds, each once.
    pub kinds: Vec<String>,
    /// Their numbers in the whole model.
    pub operators: Vec<u32>,
    /// Why, in a few words.
    pub why: String,
    /// What to do about it.
    pub remedy: String,
}

/// The most operators or kinds that are listed for people.
const LISTED: usize = 8;

/// The first of a list, with dots for the rest.
pub fn listed<T: ToString>(list: &[T]) -> String {
    let first: Vec<String> = list.iter().take(LISTED).map(T::to_string).collect();
    let more = if list.len() > LISTED { ", ..." } else { "" };
    first.join(", ") + more
}

impl std::fmt::Display for OnCpu {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}): {}; {}", listed(&self.kinds), listed(&self.operators), self.why, self.remedy)
    }
}
