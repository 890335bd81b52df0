//! The operators that stay on the CPU, as they are shown to people and kept in manifests.

use serde::{Deserialize, Serialize};

/// The operators that stay on the CPU for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnCpu {
    /// The kinds of the operators, each once.
    pub kinds: Vec<String>,
    /// The numbers of the operators in the whole model.
    pub operators: Vec<u32>,
    /// The reason, in a few words.
    pub why: String,
    /// An instruction that says what to do about the reason.
    pub remedy: String,
}

/// The most operators or kinds that are listed for people.
const LISTED: usize = 8;

/// Returns the first entries of a list as text, with dots for the rest.
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
