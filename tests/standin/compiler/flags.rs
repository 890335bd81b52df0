//! The command line.

use clap::Parser;
use clap::error::{ContextKind, ContextValue};

use super::setting;

/// The compiler's flags.
#[derive(Parser)]
#[command(name = "edgetpu_compiler", rename_all = "snake_case", disable_version_flag = true)]
pub struct Flags {
    #[arg(short = 'v', long = "version")]
    pub only_version: bool,
    #[arg(short, long, default_value = ".")]
    pub out_dir: String,
    #[arg(short, long)]
    pub min_runtime_version: Option<u32>,
    #[arg(short, long)]
    pub show_operations: bool,
    #[arg(short, long)]
    pub intermediate_tensors: Option<String>,
    #[arg(short, long, default_value_t = 1)]
    pub num_segments: u32,
    #[arg(short = 'a', long)]
    pub enable_multiple_subgraphs: bool,
    #[arg(short = 'd', long)]
    pub search_delegate: bool,
    #[arg(short = 'k', long, default_value_t = 1)]
    pub delegate_search_step: usize,
    #[arg(short, long, default_value_t = 180)]
    pub timeout_sec: u32,
    pub models: Vec<String>,
    #[arg(skip)]
    pub version: String,
    #[arg(skip)]
    pub major: u32,
}

/// Since which version there is a flag.
const SINCE: [(&str, &str, u32); 7] = [
    ("--show_operations", "-s", 14),
    ("--intermediate_tensors", "-i", 15),
    ("--num_segments", "-n", 15),
    ("--enable_multiple_subgraphs", "-a", 15),
    ("--search_delegate", "-d", 16),
    ("--delegate_search_step", "-k", 16),
    ("--timeout_sec", "-t", 16),
];

impl Flags {
    pub fn parse(arguments: &[String]) -> Result<Flags, String> {
        let unknown =
            |flag: &str| format!("ERROR: Unknown command line flag '{}'\n", flag.trim_start_matches('-'));
        let program = std::iter::once("edgetpu_compiler".to_string());
        let flags = Flags::try_parse_from(program.chain(arguments.iter().cloned()));
        let flags = flags.map_err(|error| match error.get(ContextKind::InvalidArg) {
            Some(ContextValue::String(flag)) => unknown(flag),
            _ => format!("ERROR: {error}\n"),
        })?;
        let version = setting("STANDIN_VERSION").unwrap_or_else(|| "16.0.384591198".into());
        let major = version.split('.').next().and_then(|major| major.parse().ok()).expect("a version");
        for (long, short, since) in SINCE {
            if major < since && arguments.iter().any(|argument| argument == long || argument == short) {
                return Err(unknown(long));
            }
        }
        if flags.models.is_empty() && !flags.only_version {
            return Err("ERROR: no model given\n".into());
        }
        Ok(Flags { version, major, ..flags })
    }

    /// Versions before 2.1 print the whole cache where later ones print what is left.
    pub fn prints_whole_cache(&self) -> bool {
        self.major < 2 || self.version.starts_with("2.0")
    }
}
