//! The command `respect probe`: writes small models that tell what an Edge TPU on the user's host takes.

use std::path::PathBuf;

use anyhow::Context;
use serde_json::json;

use super::output::{Format, Verdict, print, print_json};
use crate::interrupt;
use crate::table::table;
use respect::base::units::{Bytes, Time};
use respect::calibrate::parts::Key;
use respect::device::EdgeTpu;
use respect::probe::folder::{self, Base};
use respect::probe::{self, MODELS, Probe};

/// The fewest and the most models: there are as many prices to tell, and hardly more models in the grid.
const COUNTS: std::ops::RangeInclusive<i64> = 11..=100;

/// Arguments of `respect probe`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  respect probe -o probe                       write the models
  sh probe/compile.sh                          compile them, each by itself
  python3 probe/time_models.py                 time them, on the host with the device: probe/times.csv
  respect calibrate probe/times.csv --base usb3 -o my_host.toml
  respect compile model.tflite --stages 4 --device my_host.toml

The models are chains of layers of 8 bits, made here, 128 MiB at most; each is the same every time. They are chosen so
that their times tell the prices of a device best (D-optimal), if it is about like --base.")]
pub struct Args {
    /// Folder to write, which appears whole or not at all
    #[arg(long, short)]
    output: PathBuf,
    /// Device that yours is about like: a preset, or a device file
    #[arg(long, value_name = "NAME|FILE", default_value = "usb3")]
    base: String,
    /// Number of models: with more, times are surer, and take longer
    #[arg(long, value_name = "N", default_value_t = MODELS as u32, value_parser = clap::value_parser!(u32).range(COUNTS))]
    models: u32,
    /// Replace the models of an earlier run in the folder, and what was made of them
    #[arg(long)]
    force: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// Runs `respect probe`.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    let cancel = interrupt::catch();
    let device = EdgeTpu::load(&args.base)?;
    let probe = probe::probe(&device, args.models as usize).context("the models to choose from")?;
    let base = match EdgeTpu::preset(&args.base) {
        Some(_) => Base::Preset(&args.base),
        None => Base::Other(&device),
    };
    folder::write(&probe, &base, &args.output, args.force, &cancel)?;
    match args.format {
        Format::Json => print_json(&to_json(&probe)),
        Format::Human => {
            let folder = shell_words::quote(&args.output.to_string_lossy()).into_owned();
            let steps = folder::steps(&folder, &base).map(|step| format!("  {step}\n"));
            print(&format!("{}\nnow:\n{}", to_text(&probe), steps.concat())).map(|()| Verdict::Sound)
        }
    }
}

/// Returns the name of a coefficient, which is that of a figure in device files or made of some.
fn name(key: &Key) -> &str {
    match key {
        Key::Array(name) | Key::Link(_, name) | Key::Own(_, name) => name,
    }
}

fn to_text(probe: &Probe) -> String {
    let models = probe.models.iter().map(|chosen| {
        [chosen.file(), Bytes(chosen.bytes).to_string(), Time::from_us(chosen.predicted_us).to_string()]
    });
    let told =
        probe.told.iter().map(|(key, error)| [name(key).to_string(), format!("{:.1} %", error * 100.0)]);
    format!(
        "{}\n{}",
        table(&["model", "weights", "predicted"], 1, models),
        table(&["price", "off by, if times are by 1 %"], 1, told)
    )
}

fn to_json(probe: &Probe) -> serde_json::Value {
    let model = |chosen: &probe::Chosen| json!({"file": chosen.file(), "parameter_bytes": chosen.bytes, "predicted_us": chosen.predicted_us});
    let told = |(key, error): &(Key, f64)| json!({"name": name(key), "error_of_one_percent": error});
    json!({
        "models": probe.models.iter().map(model).collect::<Vec<_>>(),
        "coefficients": probe.told.iter().map(told).collect::<Vec<_>>(),
    })
}
