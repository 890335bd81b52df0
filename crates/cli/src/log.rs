//! The command `respect log`: shows what a log of `edgetpu_compiler` tells.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Serialize;

use super::input;
use super::output::{Format, Verdict, print, print_json};
use respect::base::limits;
use respect::edgetpu::log;
use respect::edgetpu::log::{CompiledModel, Log, Runtime};

/// Arguments of `respect log`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  respect log model_edgetpu.log
  edgetpu_compiler -s model.tflite 2>&1 | respect log -")]
pub struct Args {
    /// Output of edgetpu_compiler, or an operation log that it wrote; - reads stdin
    file: PathBuf,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// Runs `respect log`.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    let name = if args.file == Path::new("-") { "stdin".into() } else { args.file.display().to_string() };
    let bytes = input::read(&args.file, limits::TEXT_BYTES).context(name)?;
    let log = log::read(&String::from_utf8_lossy(&bytes));
    if args.format == Format::Json {
        return print_json(&log);
    }
    print(&human(&log))?;
    Ok(Verdict::Sound)
}

fn human(log: &Log) -> String {
    let mut text = word(&log.outcome);
    if let Some(version) = &log.version {
        text.push_str(&format!(": edgetpu_compiler {version}"));
    }
    if let Some(elapsed) = log.elapsed_ms {
        text.push_str(&format!(", {elapsed} ms"));
    }
    if log.failed_attempts > u64::from(log.failure.is_some()) {
        text.push_str(&format!(", failed attempts: {}", log.failed_attempts));
    }
    text.push('\n');
    for model in &log.models {
        text.push_str(&format!("  {}\n", line(model)));
        for row in model.operators.iter().filter(|row| !row.on_tpu) {
            text.push_str(&format!("    CPU: {} {}: {}\n", row.count, row.name, row.status));
        }
    }
    for unmapped in log::nothing_mapped(log, Runtime::Unknown) {
        text.push_str(&format!("  {unmapped}\n"));
    }
    if let Some(failure) = &log.failure {
        let why = if failure.text.is_empty() { "the log ends before a result" } else { &failure.text };
        text.push_str(&format!("  {}: {why}\n  try: {}\n", word(&failure.kind), failure.advice));
    }
    if !log.unknown.is_empty() {
        let lines = if log.unknown.len() == 1 { "line is" } else { "lines are" };
        text.push_str(&format!(
            "  {} {lines} in an unknown format; --format json lists them\n",
            log.unknown.len()
        ));
    }
    text.chars().map(|c| if c.is_control() && c != '\n' { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Returns one line with what is known of a model.
fn line(model: &CompiledModel) -> String {
    let mut facts = Vec::new();
    if let Some(total) = model.ops_total {
        facts.push(format!("{total} operators"));
    }
    match (model.ops_on_tpu, model.ops_on_cpu) {
        (Some(_), Some(0)) => facts.push("all on the Edge TPU".into()),
        (Some(tpu), Some(cpu)) => facts.push(format!("{tpu} on the Edge TPU, {cpu} on the CPU")),
        _ if model.is_partial() => facts.push("some on the CPU".into()),
        _ => {}
    }
    if let Some(subgraphs) = model.subgraphs {
        facts.push(if subgraphs == 1 { "1 subgraph".into() } else { format!("{subgraphs} subgraphs") });
    }
    for (bytes, what) in [
        (model.on_chip_used_bytes, "on chip"),
        (model.on_chip_remaining_bytes, "left there"),
        (model.off_chip_bytes, "off chip"),
    ] {
        facts.extend(bytes.map(|bytes| format!("{bytes} {what}")));
    }
    let name = model.output.as_ref().or(model.input.as_ref()).map_or("a model", String::as_str);
    if facts.is_empty() { name.into() } else { format!("{name}: {}", facts.join(", ")) }
}

/// Returns the name of a kind as JSON has it.
fn word(kind: &impl Serialize) -> String {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_the_outcome_the_models_and_what_stays_on_the_cpu() {
        let text = human(&log::read(
            "Edge TPU Compiler version 16.0.1\n\
            Model compiled successfully in 12 ms.\n\
            Output model: out/a_edgetpu.tflite\n\
            On-chip memory used for caching model parameters: 1.50MiB\n\
            On-chip memory remaining for caching model parameters: 5.00MiB\n\
            Off-chip memory used for streaming uncached model parameters: 0.00B\n\
            Number of Edge TPU subgraphs: 1\n\
            Operator Count Status\n\
            PAD      2     Mapped to Edge TPU\n\
            GATHER   1     Of no use\n\
            Number of operations that will run on CPU: none\n",
        ));
        assert_eq!(
            text,
            "partial: edgetpu_compiler 16.0.1, 12 ms\n  \
            out/a_edgetpu.tflite: 3 operators, 2 on the Edge TPU, 1 on the CPU, 1 subgraph, 1.50 MiB on chip, \
            5.00 MiB left there, 0 B off chip\n    \
            CPU: 1 GATHER: Of no use\n  \
            1 line is in an unknown format; --format json lists them\n"
        );
    }

    #[test]
    fn people_read_why_it_failed_and_what_to_do() {
        let text =
            human(&log::read("Edge TPU Compiler version 2.0.1\nInternal compiler error. Aborting!\u{7}x\n"));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "failed: edgetpu_compiler 2.0.1");
        assert_eq!(lines[1], "  internal-error: Internal compiler error. Aborting!\u{fffd}x");
        assert!(lines[2].starts_with("  try: compile again"), "{text}");
        let again =
            human(&log::read(&"Edge TPU Compiler version 2.0.1\nInternal compiler error.\n".repeat(3)));
        assert!(again.starts_with("failed: edgetpu_compiler 2.0.1, failed attempts: 3\n"), "{again}");
        assert_eq!(human(&log::read("")), "unknown\n");
    }
}
