//! What it prints of models that it compiled, and the operation logs that it writes.

use std::path::Path;

use super::Input;
use super::flags::Flags;
use super::model::{Figures, cache};

pub const CHILD_ENDED: &str = "Compilation child process completed within timeout period.";

const MAPPED: &str = "Mapped to Edge TPU";
pub const SECOND_SUBGRAPH: &str = "More than one subgraph is not supported";
pub const LEFT_OUT: &str =
    "Operation is otherwise supported, but not mapped due to some unspecified limitation";

/// A compiled model.
pub struct Written<'a> {
    input: &'a Input,
    pub output: String,
    pub log: String,
    figures: &'a Figures,
    status: Vec<&'static str>,
}

impl<'a> Written<'a> {
    /// `limit` is how many operators the delegate search lets onto the Edge TPU.
    pub fn new(input: &'a Input, figures: &'a Figures, flags: &Flags, limit: usize) -> Written<'a> {
        let (mut status, mut stopped) = (Vec::new(), false);
        for (place, operator) in figures.operators.iter().enumerate() {
            let one = match operator.refusal {
                _ if place >= limit => LEFT_OUT,
                Some(refusal) => refusal,
                None if stopped && !flags.enable_multiple_subgraphs => SECOND_SUBGRAPH,
                None => MAPPED,
            };
            stopped |= one != MAPPED && status.contains(&MAPPED);
            status.push(one);
        }
        let stem = format!("{}_edgetpu", input.stem());
        let path = |ending: &str| match flags.out_dir.as_str() {
            "." => format!("{stem}.{ending}"),
            folder => Path::new(folder).join(format!("{stem}.{ending}")).to_string_lossy().into_owned(),
        };
        Written { input, output: path("tflite"), log: path("log"), figures, status }
    }

    /// Whether each operator is on the Edge TPU.
    pub fn on_tpu(&self) -> Vec<bool> {
        self.status.iter().map(|status| *status == MAPPED).collect()
    }

    /// A figure of the operators on the Edge TPU, added up.
    fn sum(&self, figure: impl Fn(&super::model::Operator) -> u64) -> u64 {
        let mapped = self.figures.operators.iter().zip(&self.status).filter(|(_, status)| **status == MAPPED);
        mapped.map(|(operator, _)| figure(operator)).sum()
    }

    /// The operator table.
    fn table(&self) -> String {
        let mut rows: Vec<(&str, &str, u64)> = Vec::new();
        for (operator, status) in self.figures.operators.iter().zip(&self.status) {
            let kind = operator.kind.as_str();
            match rows.iter_mut().find(|(name, other, _)| (*name, *other) == (kind, *status)) {
                Some((_, _, count)) => *count += 1,
                None => rows.push((kind, status, 1)),
            }
        }
        let rows: String =
            rows.iter().map(|(name, status, count)| format!("{name:<31}{count:<11}{status}\n")).collect();
        format!("{:<31}{:<11}{}\n\n{rows}", "Operator", "Count", "Status")
    }

    /// What stands in the file of that name.
    pub fn operation_log(&self, flags: &Flags) -> String {
        format!(
            "Edge TPU Compiler version {}\nInput: {}\nOutput: {}\n\n{}",
            flags.version,
            self.input.path,
            self.output,
            self.table()
        )
    }

    fn text(&self, flags: &Flags) -> String {
        let (used, size) = (self.sum(|operator| operator.bytes.cached), self.input.bytes.len() as u64);
        let other = match flags.prints_whole_cache() {
            true => format!("On-chip memory available for caching model parameters: {}", bytes(cache())),
            false => {
                format!("On-chip memory remaining for caching model parameters: {}", bytes(cache() - used))
            }
        };
        let used = format!("On-chip memory used for caching model parameters: {}", bytes(used));
        let (first, second) = if flags.prints_whole_cache() { (other, used) } else { (used, other) };
        let on_tpu = self.on_tpu();
        let starts = |place: usize| on_tpu[place] && (place == 0 || !on_tpu[place - 1]);
        let count = on_tpu.iter().filter(|mapped| **mapped).count();
        let mut text = format!(
            "\nInput model: {}\nInput size: {}\nOutput model: {}\nOutput size: {}\n{first}\n{second}\n\
             Off-chip memory used for streaming uncached model parameters: {}\n\
             Number of Edge TPU subgraphs: {}\nTotal number of operations: {}\nOperation log: {}\n",
            self.input.path,
            bytes(size),
            self.output,
            bytes(size),
            bytes(self.sum(|operator| operator.bytes.streamed)),
            (0..on_tpu.len()).filter(|&place| starts(place)).count(),
            on_tpu.len(),
            self.log,
        );
        if count < on_tpu.len() {
            text += &format!(
                "\nModel successfully compiled but not all operations are supported by the Edge TPU. A percentage of \
                 the model will instead run on the CPU, which is slower. If possible, consider updating your model \
                 to use only operations supported by the Edge TPU. For details, visit g.co/coral/model-reqs.\n\
                 Number of operations that will run on Edge TPU: {count}\n\
                 Number of operations that will run on CPU: {}\n",
                on_tpu.len() - count
            );
        }
        match flags.show_operations {
            true => text + "\n" + &self.table(),
            false => text + "See the operation log file for individual operation details.\n",
        }
    }
}

/// What follows when all is compiled.
pub fn success(written: &[Written], flags: &Flags) -> String {
    let plural = if written.len() > 1 { "s" } else { "" };
    let operators: usize = written.iter().map(|written| written.status.len()).sum();
    let head = format!("\nModel{plural} compiled successfully in {} ms.\n", 40 + 3 * operators);
    head + &written.iter().map(|written| written.text(flags)).collect::<String>()
}

/// A size as the compiler prints it.
fn bytes(count: u64) -> String {
    let count = count as f64;
    if count < 1024.0 {
        format!("{count:.2}B")
    } else if count < 1_048_576.0 {
        format!("{:.2}KiB", count / 1024.0)
    } else {
        format!("{:.2}MiB", count / 1_048_576.0)
    }
}
