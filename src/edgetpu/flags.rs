//! The flags of `edgetpu_compiler` that can be passed through.

/// A flag's long name, its short one, whether a value follows it, and since which version there is one.
const FLAGS: &[(&str, &str, bool, u32)] = &[
    ("min_runtime_version", "m", true, 1),
    ("intermediate_tensors", "i", true, 15),
    ("enable_multiple_subgraphs", "a", false, 15),
    ("search_delegate", "d", false, 16),
    ("delegate_search_step", "k", true, 16),
    ("timeout_sec", "t", true, 16),
];

/// Flags that the tool sets itself or that would compile something else than a stage.
const OURS: &[(&str, &str, &str)] = &[
    ("out_dir", "o", "the output folder is respect's own: name it with --output"),
    ("show_operations", "s", "it is always on: respect reads the operations from the log"),
    ("num_segments", "n", "the stages are cut already: give their number with --stages"),
    ("version", "v", "it compiles nothing"),
    ("help", "h", "it compiles nothing"),
];

/// A checked flag, as arguments of the compiler's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag(Vec<String>);

impl Flag {
    /// The compiler's own search for a part of the model that it takes.
    pub fn search_delegate() -> Flag {
        Flag(vec!["--search_delegate".into()])
    }

    /// The first version of the compiler that knows it.
    pub fn since(&self) -> u32 {
        let name = self.0[0].trim_start_matches('-');
        FLAGS.iter().find(|(long, ..)| *long == name).map_or(1, |(.., since)| *since)
    }

    /// The arguments.
    pub fn arguments(&self) -> &[String] {
        &self.0
    }
}

impl std::str::FromStr for Flag {
    type Err = String;

    /// Reads `NAME` or `NAME=VALUE`, with or without dashes, long or short.
    fn from_str(text: &str) -> Result<Flag, String> {
        let (name, value) = match text.trim_start_matches('-').split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text.trim_start_matches('-'), None),
        };
        if let Some((long, _, why)) = OURS.iter().find(|(long, short, _)| [*long, *short].contains(&name)) {
            return Err(format!("'{long}' can't be passed on: {why}"));
        }
        let Some((long, _, takes_value, _)) =
            FLAGS.iter().find(|(long, short, ..)| [*long, *short].contains(&name))
        else {
            let known: Vec<&str> = FLAGS.iter().map(|(long, ..)| *long).collect();
            return Err(format!("edgetpu_compiler has no flag '{name}': use one of {}", known.join(", ")));
        };
        match (takes_value, value) {
            (true, Some(value)) if !value.is_empty() => Ok(Flag(vec![format!("--{long}"), value.into()])),
            (true, _) => Err(format!("'{long}' needs a value: give {long}=VALUE")),
            (false, None) => Ok(Flag(vec![format!("--{long}")])),
            (false, Some(_)) => Err(format!("'{long}' takes no value")),
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
            ("num_segments=2", "--stages"),
            ("-o=x", "--output"),
            ("s", "always on"),
            ("v", "compiles nothing"),
            ("fast", "use one of min_runtime_version"),
            ("", "use one of"),
            ("timeout_sec", "timeout_sec=VALUE"),
            ("timeout_sec=", "timeout_sec=VALUE"),
            ("search_delegate=1", "takes no value"),
        ] {
            let why = text.parse::<Flag>().unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
    }
}
