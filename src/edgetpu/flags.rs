//! The flags of `edgetpu_compiler` that can be passed through.

use crate::base::hint::{Hint, Hinted};

/// The flags that can be passed on: the long name, the short name, whether a value follows, and the first version of
/// the compiler that has the flag.
const FLAGS: &[(&str, &str, bool, u32)] = &[
    ("min_runtime_version", "m", true, 1),
    ("intermediate_tensors", "i", true, 15),
    ("enable_multiple_subgraphs", "a", false, 15),
    ("search_delegate", "d", false, 16),
    ("delegate_search_step", "k", true, 16),
    ("timeout_sec", "t", true, 16),
];

/// The flags that this library sets itself, or that would compile something other than a stage: the long name, the
/// short name, the reason, and what to do instead.
const OURS: &[(&str, &str, &str, Option<Hint>)] = &[
    ("out_dir", "o", "the output folder is respect's own", Some(Hint::NameFolder)),
    ("show_operations", "s", "it is always on, as the operations are read from the log", None),
    ("num_segments", "n", "the stages are cut already", Some(Hint::NameStages)),
    ("version", "v", "it compiles nothing", None),
    ("help", "h", "it compiles nothing", None),
];

/// The reason why a flag can't be passed on to the compiler.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FlagError {
    /// The flag is set already, or compiles nothing.
    #[error("'{flag}' can't be passed on: {why}")]
    Ours {
        /// The flag's long name.
        flag: &'static str,
        /// The reason why it can't be passed on.
        why: &'static str,
        /// The hint on what to do instead.
        instead: Option<Hint>,
    },
    /// No version of the compiler has such a flag.
    #[error("edgetpu_compiler has no flag '{0}': use one of {names}", names = names())]
    Unknown(String),
    /// The flag needs a value.
    #[error("'{0}' needs a value: give {0}=VALUE")]
    NoValue(&'static str),
    /// The flag takes no value.
    #[error("'{0}' takes no value")]
    Value(&'static str),
}

/// Returns the long names of the flags that can be passed on, as a list in a sentence.
fn names() -> String {
    FLAGS.iter().map(|(long, ..)| *long).collect::<Vec<_>>().join(", ")
}

impl Hinted for FlagError {
    fn hint(&self) -> Option<Hint> {
        match self {
            FlagError::Ours { instead, .. } => *instead,
            _ => None,
        }
    }
}

/// A checked flag, as arguments of the compiler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag(Vec<String>);

impl Flag {
    /// Returns the flag for the compiler's own search for a part of the model that it takes.
    pub fn search_delegate() -> Flag {
        Flag(vec!["--search_delegate".into()])
    }

    /// Returns the first version of the compiler that knows the flag.
    pub fn since(&self) -> u32 {
        let name = self.0[0].trim_start_matches('-');
        FLAGS.iter().find(|(long, ..)| *long == name).map_or(1, |(.., since)| *since)
    }

    /// Returns the arguments that stand for the flag on the compiler's command line.
    pub fn arguments(&self) -> &[String] {
        &self.0
    }
}

impl std::str::FromStr for Flag {
    type Err = FlagError;

    /// Reads `NAME` or `NAME=VALUE`, with or without dashes, with the long or the short name.
    fn from_str(text: &str) -> Result<Flag, FlagError> {
        let (name, value) = match text.trim_start_matches('-').split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text.trim_start_matches('-'), None),
        };
        if let Some(&(flag, _, why, instead)) =
            OURS.iter().find(|(long, short, ..)| [*long, *short].contains(&name))
        {
            return Err(FlagError::Ours { flag, why, instead });
        }
        let row = FLAGS.iter().find(|(long, short, ..)| [*long, *short].contains(&name));
        let (long, _, takes_value, _) = row.ok_or_else(|| FlagError::Unknown(name.into()))?;
        match (takes_value, value) {
            (true, Some(value)) if !value.is_empty() => Ok(Flag(vec![format!("--{long}"), value.into()])),
            (true, _) => Err(FlagError::NoValue(long)),
            (false, None) => Ok(Flag(vec![format!("--{long}")])),
            (false, Some(_)) => Err(FlagError::Value(long)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_read_long_or_short_with_or_without_dashes() {
        for (text, arguments) in [
            ("min_runtime_version=13", &["--min_runtime_version", "13"][..]),
            ("-m=13", &["--min_runtime_version", "13"]),
            ("--intermediate_tensors=a,b=c;d", &["--intermediate_tensors", "a,b=c;d"]),
            ("a", &["--enable_multiple_subgraphs"]),
            ("search_delegate", &["--search_delegate"]),
            ("k=10", &["--delegate_search_step", "10"]),
            ("timeout_sec=600", &["--timeout_sec", "600"]),
        ] {
            assert_eq!(text.parse::<Flag>().unwrap().arguments(), arguments, "{text}");
        }
    }

    #[test]
    fn other_flags_are_refused_with_what_to_do() {
        for (text, part) in [
            ("num_segments=2", "the stages are cut already"),
            ("-o=x", "the output folder is respect's own"),
            ("s", "always on"),
            ("v", "compiles nothing"),
            ("fast", "use one of min_runtime_version"),
            ("", "use one of"),
            ("timeout_sec", "timeout_sec=VALUE"),
            ("timeout_sec=", "timeout_sec=VALUE"),
            ("search_delegate=1", "takes no value"),
        ] {
            let why = text.parse::<Flag>().unwrap_err().to_string();
            assert!(why.contains(part), "{text}: {why}");
        }
    }
}
