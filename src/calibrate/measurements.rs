//! The rows of a file of measurements: comma-separated values with a header.

use std::fmt;

use serde::Deserialize;

use crate::base::limits;
use crate::base::units::Bytes;

/// The times that a row may have, in milliseconds: from a nanosecond to a day.
const TIMES_MS: std::ops::RangeInclusive<f64> = 1e-6..=86_400_000.0;
/// The most stages of a row.
const MOST_STAGES: usize = 256;

/// A measurement.
#[derive(Clone, Debug)]
pub struct Measurement {
    /// The line of the row in the file, from 1.
    pub line: u64,
    /// The name that describes the measured model, or the path of its file.
    pub model: String,
    /// The interface that connects the device, such as `usb3`.
    pub interface: String,
    /// The input of the model, such as `64x64x3`.
    pub input: String,
    /// The parameter bytes that each stage caches on the device and that it streams, as the compiler reports them.
    pub reported: Vec<Reported>,
    /// The number of stages, each on a device of its own.
    pub stages: usize,
    /// The kind of the time.
    pub metric: Metric,
    /// The program that ran the stages, in the file's words.
    pub runner: String,
    /// The time, in milliseconds.
    pub ms: f64,
}

/// The compiler's report on a stage's parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reported {
    /// The bytes cached on the device.
    pub on_chip: Bytes,
    /// The bytes streamed at every inference.
    pub off_chip: Bytes,
}

/// The kind of a measured time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// The time of an inference on a single device.
    Single,
    /// The time of an inference through a pipeline that holds no other.
    Latency,
    /// The time from one result to the next of a pipeline that is kept full.
    Interval,
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Metric::Single => "one device",
            Metric::Latency => "pipeline, latency",
            Metric::Interval => "pipeline, interval",
        })
    }
}

/// A row as it stands in the file. Columns with other names are ignored.
#[derive(Deserialize)]
struct Record {
    model: String,
    value_ms: f64,
    #[serde(default)]
    interface: String,
    #[serde(default)]
    input: String,
    #[serde(default)]
    onchip_bytes: String,
    #[serde(default)]
    offchip_bytes: String,
    #[serde(default)]
    n_segments: Option<usize>,
    #[serde(default)]
    metric: String,
}

/// Reads the rows from a file's text.
///
/// # Errors
/// Returns an error that names the first wrong line, what is wrong with it and what to do.
pub fn read(text: &str) -> Result<Vec<Measurement>, MeasurementError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(MeasurementError::of)?.clone();
    for column in ["model", "value_ms"] {
        if !headers.iter().any(|header| header == column) {
            let what = format!("there is no column '{column}'; name the columns in the first line");
            return Err(MeasurementError { line: Some(1), what });
        }
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(MeasurementError::of)?;
        let line = record.position().map_or(0, csv::Position::line);
        let at = |what: String| MeasurementError { line: Some(line), what };
        let fields: Record =
            record.deserialize(Some(&headers)).map_err(|error| at(describe(&error, &headers)))?;
        if rows.len() == limits::MEASUREMENTS {
            return Err(at(format!("more than {} measurements: fit fewer at a time", limits::MEASUREMENTS)));
        }
        rows.push(fields.row(line).map_err(at)?);
    }
    Ok(rows)
}

/// The error of measurements that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{what}", .line.map(|line| format!("line {line}: ")).unwrap_or_default())]
pub struct MeasurementError {
    /// The number of the line, from 1, if the error is of one line.
    pub line: Option<u64>,
    /// What is wrong and what to do.
    pub what: String,
}

impl MeasurementError {
    /// Returns the error for text that is no table.
    fn of(error: csv::Error) -> MeasurementError {
        MeasurementError { line: None, what: error.to_string() }
    }
}

/// Returns why a row is no record: the column and what is wrong with it.
fn describe(error: &csv::Error, headers: &csv::StringRecord) -> String {
    let csv::ErrorKind::Deserialize { err, .. } = error.kind() else { return error.to_string() };
    let column = err.field().and_then(|field| headers.get(usize::try_from(field).ok()?));
    format!("{}: {}", column.unwrap_or("the row"), err.kind())
}

impl Record {
    fn row(self, line: u64) -> Result<Measurement, String> {
        if !TIMES_MS.contains(&self.value_ms) {
            return Err(format!("value_ms is {}: give a time above 0, in milliseconds", self.value_ms));
        }
        let stages = self.n_segments.unwrap_or(1);
        if !(1..=MOST_STAGES).contains(&stages) {
            return Err(format!("n_segments is {stages}: give a number from 1 to {MOST_STAGES}"));
        }
        let (on, off) =
            (bytes("onchip_bytes", &self.onchip_bytes)?, bytes("offchip_bytes", &self.offchip_bytes)?);
        if on.len() != off.len() || !(on.is_empty() || on.len() == stages) {
            return Err(format!(
                "{} figures on chip and {} off chip of {stages} stages: give one of each for every stage, separated by \
                 ';', or none",
                on.len(),
                off.len()
            ));
        }
        let (metric, runner) = metric(&self.metric, stages)?;
        Ok(Measurement {
            line,
            model: self.model,
            interface: self.interface.to_lowercase(),
            input: self.input,
            reported: on
                .into_iter()
                .zip(off)
                .map(|(on_chip, off_chip)| Reported { on_chip, off_chip })
                .collect(),
            stages,
            metric,
            runner,
            ms: self.value_ms,
        })
    }
}

/// Reads whole numbers separated by semicolons.
fn bytes(column: &str, text: &str) -> Result<Vec<Bytes>, String> {
    let number = |part: &str| match part.trim().parse::<u64>() {
        Ok(bytes) if bytes < 1 << 40 => Ok(Bytes(bytes)),
        _ => Err(format!("{column} is '{part}': give whole numbers of bytes, separated by ';'")),
    };
    text.split(';').filter(|part| !part.trim().is_empty()).map(number).collect()
}

/// Returns the kind of a time and the runner: for a pipeline, the words before "batch" name what ran it, and the
/// number after it is the number of inferences under way.
fn metric(text: &str, stages: usize) -> Result<(Metric, String), String> {
    if stages == 1 {
        return Ok((Metric::Single, String::new()));
    }
    let Some((runner, rest)) = text.split_once("batch") else {
        return Err(format!(
            "metric is '{text}' and there are {stages} stages: write 'RUNNER batch 1' for a latency, or 'RUNNER \
             batch N' for the time of each input of many"
        ));
    };
    let inferences = rest.split_whitespace().next().and_then(|word| word.parse::<u64>().ok());
    let metric = if inferences == Some(1) { Metric::Latency } else { Metric::Interval };
    Ok((metric, runner.trim().to_string()))
}

/// Returns whether a model's name is the path of a file.
pub fn is_file(model: &str) -> bool {
    [".tflite", ".json", ".mlir"].iter().any(|ending| model.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_may_have_few_columns_or_many() {
        let rows = read("note,value_ms,model\n\"a, b\",1.5, m.tflite \n").unwrap();
        assert_eq!((rows[0].line, rows[0].model.as_str(), rows[0].ms), (2, "m.tflite", 1.5));
        assert_eq!((rows[0].metric, rows[0].stages, rows[0].reported.len()), (Metric::Single, 1, 0));
        let text = "model,value_ms,n_segments,metric,onchip_bytes,offchip_bytes\n\
                    m,2,2,Runner batch 100 ms per input,5;6,0;7\n";
        let row = &read(text).unwrap()[0];
        assert_eq!((row.metric, row.runner.as_str()), (Metric::Interval, "Runner"));
        assert_eq!(row.reported[1], Reported { on_chip: Bytes(6), off_chip: Bytes(7) });
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let header = "model,value_ms,n_segments,metric,onchip_bytes,offchip_bytes\n";
        for (row, parts) in [
            ("m,nan,,,,", ["line 2", "above 0"]),
            ("m,-1,,,,", ["line 2", "above 0"]),
            ("m,x,,,,", ["line 2", "invalid float"]),
            ("m,1,0,,,", ["line 2", "from 1 to 256"]),
            ("m,1,99999999999999999999,,,", ["line 2", "n_segments"]),
            ("m,1,2,median,,", ["line 2", "batch 1"]),
            ("m,1,1,,5;6,0", ["line 2", "one of each for every stage"]),
            ("m,1,1,,-5,0", ["onchip_bytes is '-5'", "whole numbers"]),
            ("m,1", ["line: 2", "fields"]),
        ] {
            let why = read(&format!("{header}{row}\n")).map(|rows| rows.len()).unwrap_err().to_string();
            assert!(parts.iter().all(|part| why.contains(part)), "{row}: {why}");
        }
        assert!(read("model,ms\n").unwrap_err().to_string().contains("no column 'value_ms'"));
        assert!(read("").unwrap_err().to_string().contains("no column 'model'"));
    }
}
