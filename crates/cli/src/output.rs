//! Results on stdout and in files, and warnings on stderr.

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;

use anyhow::Context;
use clap::ValueEnum;

/// The format of results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text for people
    #[default]
    Human,
    /// One JSON object, for programs
    Json,
}

/// The verdict of a command on what it judged.
pub enum Verdict {
    /// The command found no fault, or had nothing to judge.
    Sound,
    /// The command found faults, and has reported them.
    Unsound,
}

/// Prints the reasons that keep a model from Edge TPUs on stderr, for people; programs find them in the JSON. Returns
/// them.
pub fn warn(format: Format, warnings: Vec<String>) -> Vec<String> {
    if format == Format::Human {
        for warning in &warnings {
            // If nobody can be told, the figures still count.
            let _ = writeln!(std::io::stderr(), "warning: {warning}");
        }
    }
    warnings
}

/// Prints to stdout. A reader that went away, as `head` does, is no error.
pub fn print(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().write_all(text.as_bytes()).and_then(|()| std::io::stdout().flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("stdout"),
        _ => Ok(()),
    }
}

/// Writes a file that appears whole or not at all; `-` is stdout. The reader of a stream may go away.
pub fn write_output(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<Verdict> {
    // A device or a pipe is written to, and not replaced.
    let is_stream = path.metadata().is_ok_and(|kind| !kind.is_file() && !kind.is_dir());
    let context = || path.display().to_string();
    if is_stream || path == Path::new("-") {
        let sink: Box<dyn Write> = match is_stream {
            true => Box::new(File::options().write(true).open(path).with_context(context)?),
            false => Box::new(std::io::stdout().lock()),
        };
        let mut sink = BufWriter::new(sink);
        let written = write(&mut sink).and_then(|()| Ok(sink.flush()?));
        let is_gone = |error: &anyhow::Error| {
            let causes = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
            causes.into_iter().any(|cause| cause.kind() == ErrorKind::BrokenPipe)
        };
        return match written {
            Err(error) if !is_gone(&error) => {
                // What was read to be written, and can't be, is named already.
                let is_sink = error.is::<std::io::Error>() && error.chain().count() == 1;
                let name = || if is_stream { context() } else { "stdout".into() };
                Err(if is_sink { error.context(name()) } else { error })
            }
            _ => Ok(Verdict::Sound),
        };
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let whole = || -> anyhow::Result<()> {
        let file = tempfile::Builder::new()
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
            .tempfile_in(parent)?;
        let mut buffered = BufWriter::new(file);
        write(&mut buffered)?;
        buffered.into_inner()?.persist(path)?;
        Ok(())
    };
    whole().with_context(context)?;
    Ok(Verdict::Sound)
}

/// Prints a value as one JSON object.
pub fn print_json(value: &impl serde::Serialize) -> anyhow::Result<Verdict> {
    print(&(serde_json::to_string_pretty(value)? + "\n"))?;
    Ok(Verdict::Sound)
}
