//! The grammar of single lines: the kinds of line and what each carries.

use super::contents::OperatorRow;

/// A line of a log, by its kind.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// A line of nothing but white space.
    Blank,
    /// The version of the compiler.
    Version(&'a str),
    /// The success of a compilation, with the time that it took in milliseconds.
    Compiled(Option<u64>),
    /// The path of the model that was read.
    Input(&'a str),
    /// The path of the model that was written.
    Output(&'a str),
    /// A figure of a model, in bytes if it is a size.
    Figure(LogFigure, u64),
    /// A row of the operator table.
    Row(OperatorRow),
    /// A line that is known and carries nothing else.
    Mark(Mark),
    /// A line of no known kind.
    Unknown,
}

/// The kinds of figures of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFigure {
    /// The size of the model that was read.
    InputBytes,
    /// The size of the model that was written.
    OutputBytes,
    /// The whole parameter cache (versions before 2.1).
    OnChipAvailable,
    /// The used part of the cache.
    OnChipUsed,
    /// The part of the cache that is left.
    OnChipRemaining,
    /// The parameters that do not fit the cache.
    OffChip,
    /// The number of parts on the Edge TPU.
    Subgraphs,
    /// The number of all operators.
    OpsTotal,
    /// The number of operators on the Edge TPU.
    OpsOnTpu,
    /// The number of operators on the CPU.
    OpsOnCpu,
}

impl LogFigure {
    /// The number of kinds of figures.
    pub const COUNT: usize = LogFigure::OpsOnCpu as usize + 1;
}

/// The lines that carry no value: only their presence counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The place of the operation log: the last line of a model's figures, but for those of a partial mapping.
    OperationLog,
    /// The statement that some operators stay on the CPU; the figures follow.
    NotAllMapped,
    /// The statement that the operators are in the operation log.
    SeeLog,
    /// The head of the operator table.
    TableHead,
    /// The beginning of a delegate search.
    Search,
    /// The attempt of the delegate search on a number of operators.
    Try,
    /// The tensors at which an attempt ends.
    IntermediateTensors,
    /// The beginning of a compilation in a child process.
    Timer,
    /// The end of the child process.
    ChildEnded,
    /// The success of the compilation in the child process.
    Succeeded,
}

/// The content of a line after its first words.
enum Rest {
    Version,
    Input,
    Output,
    Size(LogFigure),
    Count(LogFigure),
    Milliseconds,
    Anything(Mark),
}

/// Every line but blank ones and rows, by its first words.
const LINES: &[(&str, Rest)] = &[
    ("Edge TPU Compiler version ", Rest::Version),
    ("Input model:", Rest::Input),
    ("Input:", Rest::Input),
    ("Output model:", Rest::Output),
    ("Output:", Rest::Output),
    ("Input size:", Rest::Size(LogFigure::InputBytes)),
    ("Output size:", Rest::Size(LogFigure::OutputBytes)),
    ("On-chip memory available for caching model parameters:", Rest::Size(LogFigure::OnChipAvailable)),
    ("On-chip memory used for caching model parameters:", Rest::Size(LogFigure::OnChipUsed)),
    ("On-chip memory remaining for caching model parameters:", Rest::Size(LogFigure::OnChipRemaining)),
    ("Off-chip memory used for streaming uncached model parameters:", Rest::Size(LogFigure::OffChip)),
    ("Number of Edge TPU subgraphs:", Rest::Count(LogFigure::Subgraphs)),
    ("Total number of operations:", Rest::Count(LogFigure::OpsTotal)),
    ("Number of operations that will run on Edge TPU:", Rest::Count(LogFigure::OpsOnTpu)),
    ("Number of operations that will run on CPU:", Rest::Count(LogFigure::OpsOnCpu)),
    ("Model compiled successfully in ", Rest::Milliseconds),
    ("Models compiled successfully in ", Rest::Milliseconds),
    ("Operation log:", Rest::Anything(Mark::OperationLog)),
    ("Model successfully compiled but not all operations", Rest::Anything(Mark::NotAllMapped)),
    ("See the operation log file", Rest::Anything(Mark::SeeLog)),
    ("Searching for valid delegate", Rest::Anything(Mark::Search)),
    ("Try to compile segment", Rest::Anything(Mark::Try)),
    ("Intermediate tensors:", Rest::Anything(Mark::IntermediateTensors)),
    ("Started a compilation timeout timer", Rest::Anything(Mark::Timer)),
    ("Compilation child process completed", Rest::Anything(Mark::ChildEnded)),
    ("Compilation succeeded!", Rest::Anything(Mark::Succeeded)),
];

/// The units of sizes, in bytes.
const UNITS: &[(&str, u64)] =
    &[("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("B", 1)];

/// The heads of the operator table's columns.
const TABLE_HEAD: [&str; 3] = ["Operator", "Count", "Status"];

/// The status of operators on the Edge TPU.
const MAPPED: &str = "Mapped to Edge TPU";

/// Returns the kind of a line and what it carries. `whole` says that the line had a line end; `in_table` that it comes
/// after the head of the operator table.
pub fn parse(text: &str, whole: bool, in_table: bool) -> Line<'_> {
    if text.is_empty() {
        return Line::Blank;
    }
    let found = LINES.iter().find_map(|(prefix, rest)| Some((rest, text.strip_prefix(prefix)?.trim())));
    if let Some((rest, value)) = found {
        return carried(rest, value, whole).unwrap_or(Line::Unknown);
    }
    if text.split_whitespace().eq(TABLE_HEAD) {
        return Line::Mark(Mark::TableHead);
    }
    in_table.then(|| row(text)).flatten().map_or(Line::Unknown, Line::Row)
}

fn carried<'a>(rest: &Rest, value: &'a str, whole: bool) -> Option<Line<'a>> {
    Some(match *rest {
        Rest::Version => Line::Version(version(value, whole)?),
        Rest::Input => Line::Input(path(value, whole)?),
        Rest::Output => Line::Output(path(value, whole)?),
        Rest::Size(figure) => Line::Figure(figure, size(value)?),
        Rest::Count(figure) => Line::Figure(figure, number(value).filter(|_| whole)?),
        Rest::Milliseconds => Line::Compiled(milliseconds(value)),
        Rest::Anything(mark) => Line::Mark(mark),
    })
}

/// Returns a version, as `16.0.384591198`. In a line that may have been cut, the first two numbers are sure only if a
/// third has begun.
fn version(value: &str, whole: bool) -> Option<&str> {
    let is_one = value.starts_with(|c: char| c.is_ascii_digit())
        && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+'));
    (is_one && (whole || value.matches('.').count() >= 2)).then_some(value)
}

fn path(value: &str, whole: bool) -> Option<&str> {
    (whole && !value.is_empty()).then_some(value)
}

/// Returns a number of digits and nothing else.
fn number(value: &str) -> Option<u64> {
    if value.bytes().all(|byte| byte.is_ascii_digit()) { value.parse().ok() } else { None }
}

/// Returns a time in milliseconds, as `1157 ms.`.
fn milliseconds(value: &str) -> Option<u64> {
    number(value.trim_end_matches('.').strip_suffix("ms")?.trim_end())
}

/// Returns a size, as `1.41MiB`, to the nearest byte.
fn size(value: &str) -> Option<u64> {
    let (figure, unit) =
        UNITS.iter().find_map(|&(name, unit)| Some((value.strip_suffix(name)?.trim_end(), unit)))?;
    let plain = figure.starts_with(|c: char| c.is_ascii_digit())
        && figure.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let figure: f64 = if plain { figure.parse().ok()? } else { return None };
    // A float past the range of `u64` becomes its largest.
    Some((figure * unit as f64).round() as u64)
}

/// Returns a row, as `CONV_2D 24 Mapped to Edge TPU`. A status that may be this one, but cut, gives no row.
fn row(text: &str) -> Option<OperatorRow> {
    let (name, rest) = text.split_once(char::is_whitespace)?;
    let (count, status) = rest.trim_start().split_once(char::is_whitespace)?;
    let status = status.trim_start();
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let is_cut = MAPPED.starts_with(status) && status != MAPPED;
    if !is_name || is_cut {
        return None;
    }
    Some(OperatorRow {
        name: name.into(),
        count: number(count)?,
        status: status.into(),
        on_tpu: status == MAPPED,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_become_bytes() {
        assert_eq!(size("0.00B"), Some(0));
        assert_eq!(size("512.00B"), Some(512));
        assert_eq!(size("74.00KiB"), Some(75_776));
        assert_eq!(size("1.41MiB"), Some(1_478_492));
        assert_eq!(size("1.41 MiB"), Some(1_478_492));
        assert_eq!(size("2.00GiB"), Some(2 << 30));
        assert_eq!(size(&format!("{}TiB", "9".repeat(400))), Some(u64::MAX));
        for cut_or_wrong in
            ["", "B", "1.41", "1.41M", "1.41Mi", "-1B", "+1B", "1e3B", ".B", "1.2.3B", "NaNB", "infB"]
        {
            assert_eq!(size(cut_or_wrong), None, "{cut_or_wrong}");
        }
    }

    #[test]
    fn figures_at_a_cut_are_not_taken() {
        let line = "Total number of operations: 29";
        assert_eq!(parse(line, true, false), Line::Figure(LogFigure::OpsTotal, 29));
        assert_eq!(parse(line, false, false), Line::Unknown);
        assert_eq!(parse("Output model: a_edge", false, false), Line::Unknown);
        assert_eq!(parse("Edge TPU Compiler version 1", false, false), Line::Unknown);
        assert_eq!(parse("Edge TPU Compiler version 16.0.38", false, false), Line::Version("16.0.38"));
        assert_eq!(parse("Edge TPU Compiler version 17", true, false), Line::Version("17"));
        assert_eq!(parse("Input size: 1.5MiB", false, false), Line::Figure(LogFigure::InputBytes, 3 << 19));
        assert_eq!(parse("Model compiled successfully in 11", false, false), Line::Compiled(None));
    }

    #[test]
    fn values_that_are_none_leave_the_line_unknown() {
        for line in [
            "Total number of operations: many",
            "Total number of operations: +3",
            "Total number of operations: 99999999999999999999",
            "Input size: 12",
            "Input model:",
            "Edge TPU Compiler version unknown",
        ] {
            assert_eq!(parse(line, true, true), Line::Unknown, "{line}");
        }
    }

    #[test]
    fn rows_are_read_in_the_table_only() {
        let text = "PAD     2     Mapped to Edge TPU";
        let Line::Row(pad) = parse(text, true, true) else { panic!("{text} is a row") };
        assert_eq!((pad.name.as_str(), pad.count, pad.on_tpu), ("PAD", 2, true));
        assert_eq!(parse(text, true, false), Line::Unknown);
        let Line::Row(split) = parse("SPLIT\t1\tSome reason", true, true) else { panic!("tabs divide too") };
        assert_eq!((split.status.as_str(), split.on_tpu), ("Some reason", false));
        for other in ["PAD 2", "PAD two Mapped to Edge TPU", "WARNING: 3 things", "PAD 2 Mapped to Edge T"] {
            assert_eq!(parse(other, false, true), Line::Unknown, "{other}");
        }
    }

    #[test]
    fn no_line_hides_another() {
        for (place, (prefix, _)) in LINES.iter().enumerate() {
            let hidden = LINES[place + 1..].iter().find(|(later, _)| later.starts_with(prefix));
            assert!(hidden.is_none(), "{prefix} comes before {:?}", hidden.map(|line| line.0));
        }
    }
}
