//! The command `respect calibrate`: fits the device model to measured times.

mod left_out;

use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use serde_json::{Value, json};

use super::input::{self, Input};
use super::output::{Format, Verdict, print, print_json, write_output};
use crate::table::table;
use respect::base::limits;
use respect::base::statistics::quantile;
use respect::base::units::{Bytes, Time};
use respect::calibrate::measurements;
use respect::calibrate::measurements::{Measurement, Metric, Reported};
use respect::calibrate::parts::{Key, name};
use respect::calibrate::{Calibration, LINKS, Loaded, Predicted, calibrate};
use respect::device::EdgeTpu;
use respect::edgetpu::log;

/// Arguments of `respect calibrate`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  respect calibrate measurements.csv times.csv               fit to published times, and show the errors
  python3 model_stages/run_pipeline.py --per-stage --format csv > model_stages/times.csv
  respect calibrate model_stages/times.csv --base usb3 -o my_host.toml
  respect compile model.tflite --stages 4 --device my_host.toml

A file of measurements has a header and the columns 'model' and 'value_ms', and may have 'interface', 'input',
'onchip_bytes', 'offchip_bytes', 'n_segments' and 'metric'. A model is the path of a .tflite, .mlir or graph file, from the
folder of the measurements, or a name that describes it, such as conv5x3x3_F32 with input 64x64x3. Bytes on and off chip
that are not given are taken from the compiler's log beside the model.")]
pub struct Args {
    /// Files of measurements; - reads stdin
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Refit this device to measurements from one host; coefficients that they do not determine stay as they are
    #[arg(long, value_name = "NAME|FILE")]
    base: Option<String>,
    /// Link whose device to write, without --base
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(LINKS), conflicts_with = "base")]
    link: Option<String>,
    /// Device file to write; - is stdout
    #[arg(long, short)]
    output: Option<PathBuf>,
    /// Replace the device file
    #[arg(long)]
    force: bool,
    /// Print every row beside its prediction, the largest error first; JSON has them always
    #[arg(long)]
    residuals: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// Runs `respect calibrate`.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    let rows = rows_of(&args.files)?;
    let base = args.base.as_deref().map(EdgeTpu::load).transpose()?;
    let load = |model: &str| load(Path::new(model)).map_err(|error| format!("{error:#}"));
    let labels: Vec<String> = args.files.iter().map(|file| file.display().to_string()).collect();
    let result =
        calibrate(&rows, base.as_ref(), &load).map_err(|fault| anyhow!("{}: {fault}", labels.join(", ")))?;
    if let Some(path) = &args.output {
        let device = match (&args.link, &result.devices[..]) {
            (_, [device]) => device,
            (Some(link), devices) => {
                devices.iter().find(|device| device.name == *link).context("a device for each link")?
            }
            (None, _) => bail!(
                "--output: the fit gives a device for each link; choose one with --link {}, or refit one with --base",
                LINKS.join("|")
            ),
        };
        if path.exists() && !args.force {
            bail!("{} exists: give another file with -o, or --force to replace it", path.display());
        }
        write_output(path, |file| Ok(file.write_all(device_file(device, &result).as_bytes())?))?;
        if path == Path::new("-") {
            return Ok(Verdict::Sound);
        }
    }
    match args.format {
        Format::Json => print_json(&to_json(&result)),
        Format::Human => print(&to_text(&result, args.residuals)).map(|()| Verdict::Sound),
    }
}

/// Reads the rows of all files; a model's path is from its file's folder.
fn rows_of(files: &[PathBuf]) -> anyhow::Result<Vec<Measurement>> {
    let mut rows = Vec::new();
    for file in files {
        let label = file.display().to_string();
        let bytes = input::read(file, limits::MEASUREMENTS_BYTES).with_context(|| label.clone())?;
        let text = String::from_utf8(bytes);
        let text = text.map_err(|error| anyhow!("{label}: is not UTF-8 text: {}", error.utf8_error()))?;
        let mut read = measurements::read(&text).map_err(|why| anyhow!("{label}: {why}"))?;
        let folder = file.parent().unwrap_or(Path::new(""));
        for row in read.iter_mut().filter(|row| measurements::is_file(&row.model)) {
            row.model = folder.join(&row.model).display().to_string();
        }
        rows.append(&mut read);
    }
    Ok(rows)
}

/// Reads a model, and the figures of the compiler's log beside it, if there is one.
fn load(path: &Path) -> anyhow::Result<Loaded> {
    let graph = Input::open(path)?.graph()?;
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let log_path = path.with_file_name(format!("{stem}_edgetpu.log"));
    let reported = match limits::read_file(&log_path, limits::TEXT_BYTES) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        bytes => {
            let bytes = bytes.with_context(|| log_path.display().to_string())?;
            let log = log::read(&String::from_utf8_lossy(&bytes));
            let sum = |of: fn(&log::CompiledModel) -> Option<Bytes>| {
                log.models.iter().map(of).sum::<Option<Bytes>>()
            };
            let figures = sum(|model| model.on_chip_used_bytes).zip(sum(|model| model.off_chip_bytes));
            figures
                .filter(|_| !log.models.is_empty())
                .map(|(on_chip, off_chip)| Reported { on_chip, off_chip })
        }
    };
    Ok(Loaded { graph, reported })
}

/// Returns the key of the coefficient that a field of a device comes from.
fn key(device: &EdgeTpu, field: &str, result: &Calibration) -> Option<Key> {
    let belongs = |key: &&Key| match key {
        Key::Array(name) => *name == field,
        Key::Link(link, name) => *name == field && (link.is_empty() || *link == device.name),
        Key::Own(..) => false,
    };
    result.coefficients.keys().find(belongs).cloned()
}

fn device_file(device: &EdgeTpu, result: &Calibration) -> String {
    let comment = |field: &str| {
        let estimate = result.coefficients[&key(device, field, result)?];
        let margin = match estimate.margin {
            Some(margin) => format!("± {margin:.1}"),
            None if estimate.value > 0.0 => "how sure is not known".into(),
            None => "left out, as it came out below 0".into(),
        };
        Some(format!("{margin}, {} rows", estimate.rows))
    };
    format!(
        "# Written by `respect calibrate`. 95 % intervals; a figure without one was not fitted.\n{}",
        device.to_toml(comment)
    )
}

/// The rows of one metric, or of several.
struct Group<'a> {
    name: String,
    rows: Vec<&'a Predicted>,
}

impl Group<'_> {
    fn errors(&self) -> impl Iterator<Item = f64> + '_ {
        self.rows.iter().filter_map(|row| row.error()).map(f64::abs)
    }
}

fn groups(result: &Calibration) -> Vec<Group<'_>> {
    let group = |(name, metrics): (String, &[Metric])| Group {
        name,
        rows: result.rows.iter().filter(|row| metrics.contains(&row.metric)).collect(),
    };
    let pipelines = [Metric::Latency, Metric::Interval];
    let each = [Metric::Single]
        .iter()
        .chain(&pipelines)
        .map(|metric| (metric.to_string(), std::slice::from_ref(metric)));
    let all: Vec<_> = each.chain([("all pipelines".to_string(), &pipelines[..])]).map(group).collect();
    all.into_iter().filter(|group| !group.rows.is_empty()).collect()
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// Returns the table of the rows that have a prediction, the largest error first.
fn residuals(result: &Calibration) -> String {
    let mut rows: Vec<(&Predicted, f64)> =
        result.rows.iter().filter_map(|row| Some((row, row.error()?))).collect();
    rows.sort_by(|(a, x), (b, y)| y.abs().total_cmp(&x.abs()).then(a.line.cmp(&b.line)));
    let cells = rows.iter().map(|(row, error)| {
        [
            row.model.clone(),
            row.metric.to_string(),
            row.line.to_string(),
            Time::from_us(row.measured_us).to_string(),
            row.predicted_us.map_or(String::new(), |us| Time::from_us(us).to_string()),
            format!("{:+.1} %", error * 100.0),
        ]
    });
    table(&["model", "of", "line", "measured", "predicted", "error"], 2, cells)
}

fn to_text(result: &Calibration, with_residuals: bool) -> String {
    let mut text = String::from("coefficients, with 95 % intervals\n");
    let coefficient = |(key, estimate): (&Key, &respect::calibrate::fit::Estimate)| {
        let (of, name) = match key {
            Key::Array(name) => ("all".to_string(), *name),
            Key::Link(link, name) => (if link.is_empty() { "this host" } else { link }.to_string(), *name),
            Key::Own(of, name) => (of.clone(), *name),
        };
        let digits = if name == name::CONTENTION { 3 } else { 1 };
        let margin = estimate.margin.map_or(String::new(), |margin| format!("{margin:.digits$}"));
        [of, name.to_string(), format!("{:.digits$}", estimate.value), margin, estimate.rows.to_string()]
    };
    let rows = result.coefficients.iter().map(coefficient);
    text.push_str(&table(&["of", "coefficient", "value", "±", "rows"], 2, rows));
    for device in &result.devices {
        text.push_str(&format!("\ndevice {}\n", if device.name.is_empty() { "file" } else { &device.name }));
        let figures = EdgeTpu { uncertainty: None, ..device.clone() };
        figures.to_toml(|_| None).lines().for_each(|line| text.push_str(&format!("  {line}\n")));
    }
    text.push_str("\nerrors of prediction, relative to the measured time\n");
    let rows = groups(result).into_iter().map(|group| {
        [
            group.name.clone(),
            group.rows.len().to_string(),
            group.errors().count().to_string(),
            percent(quantile(group.errors(), 0.5)),
            percent(quantile(group.errors(), 0.9)),
        ]
    });
    text.push_str(&table(&["rows that were fitted", "count", "predicted", "median", "90 % below"], 1, rows));
    text.push_str(&left_out::human(result));
    if with_residuals {
        text.push_str(&format!("\n{}", residuals(result)));
    }
    for (reason, count) in &result.unused {
        text.push_str(&format!("\n{count} rows are of no use: {reason}\n"));
    }
    text
}

fn to_json(result: &Calibration) -> Value {
    let coefficient = |(key, estimate): (&Key, &respect::calibrate::fit::Estimate)| {
        let (of, name) = match key {
            Key::Array(name) => (None, name),
            Key::Link(link, name) => (Some((*link).to_string()), name),
            Key::Own(of, name) => (Some(of.clone()), name),
        };
        json!({"of": of, "name": name, "value": estimate.value, "margin": estimate.margin, "rows": estimate.rows})
    };
    let group = |group: Group| {
        json!({
            "metric": group.name,
            "rows": group.rows.len(),
            "predicted": group.errors().count(),
            "median_error": quantile(group.errors(), 0.5),
            "ninth_decile_error": quantile(group.errors(), 0.9),
        })
    };
    let row = |row: &Predicted| {
        json!({
            "line": row.line,
            "model": row.model,
            "metric": row.metric.to_string(),
            "measured_us": row.measured_us,
            "predicted_us": row.predicted_us,
        })
    };
    json!({
        "devices": result.devices,
        "coefficients": result.coefficients.iter().map(coefficient).collect::<Vec<_>>(),
        "errors": groups(result).into_iter().map(group).collect::<Vec<_>>(),
        "left_out": left_out::to_json(result),
        "unused": result.unused,
        "rows": result.rows.iter().map(row).collect::<Vec<_>>(),
    })
}
