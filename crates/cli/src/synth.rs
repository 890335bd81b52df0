//! The command `respect synth`: prints synthetic graphs made from a recipe, one a line.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;

use super::output::{Verdict, write_output};
use crate::interrupt;
use crate::listed::listed;
use crate::usage::UsageError;
use respect::base::cancel::Cancel;
use respect::learn::synth::{Family, Recipe, parse_range};

/// Arguments of `respect synth`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  respect synth --seed 7 | respect schedule - --stages 4
  respect synth --family network --nodes 20..80 --count 1000 -o graphs.jsonl
  respect synth --nodes 50 --in-degree 2..3 --parameter-bytes 4096 --count 10 | respect label - --stages 4,5,6

Every line is a graph file object, which 'respect schedule' and 'respect compare' read too. A graph depends on the
options and its place in the list alone: a longer list begins with the shorter one.")]
pub struct Args {
    #[command(flatten)]
    making: Making,
    /// File to write, which appears whole or not at all; - is stdout
    #[arg(long, short, default_value = "-")]
    output: PathBuf,
}

/// The options of a recipe for synthetic graphs.
#[derive(clap::Args, Clone, Debug)]
pub struct Making {
    /// Generator: layered (the RESPECT paper's), or network (branches, skips, dense connections, cells, heads)
    #[arg(long, value_parser = listed::<Family>(), default_value_t = Family::Layered)]
    family: Family,
    /// Number of operations of a graph; a RANGE is a number, or two with '..' between them, such as 20..80
    #[arg(long, value_name = "RANGE", default_value = "30", value_parser = parse_range::<u32>)]
    nodes: RangeInclusive<u32>,
    /// Number of graphs [default: 1]
    #[arg(long, value_name = "K")]
    count: Option<u64>,
    /// Seed of the graphs
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Most parents of an operation, drawn for each graph of the layered family [default: 2..6]
    #[arg(long, value_name = "RANGE", value_parser = parse_range::<u32>)]
    in_degree: Option<RangeInclusive<u32>>,
    /// Parameter bytes of an operation that has any [default: 1024..2097152]
    #[arg(long, value_name = "RANGE", value_parser = parse_range::<u64>)]
    parameter_bytes: Option<RangeInclusive<u64>>,
    /// Bytes of an activation [default: 1024..262144]
    #[arg(long, value_name = "RANGE", value_parser = parse_range::<u64>)]
    activation_bytes: Option<RangeInclusive<u64>>,
    /// Multiply-accumulates of an operation that has any [default: 1000000..1000000000]
    #[arg(long, value_name = "RANGE", value_parser = parse_range::<u64>)]
    macs: Option<RangeInclusive<u64>>,
}

impl Making {
    /// Returns the number of graphs to make.
    pub fn count(&self) -> u64 {
        self.count.unwrap_or(1)
    }

    /// Returns the recipe that the options make.
    ///
    /// # Errors
    /// Returns an error if the recipe makes no graphs, which is a mistake in the command line.
    pub fn recipe(&self) -> Result<Recipe, UsageError> {
        let usual = Recipe::new(self.family, self.nodes.clone(), self.seed);
        let recipe = Recipe {
            in_degree: self.in_degree.clone().unwrap_or(usual.in_degree),
            parameter_bytes: self.parameter_bytes.clone().unwrap_or(usual.parameter_bytes),
            activation_bytes: self.activation_bytes.clone().unwrap_or(usual.activation_bytes),
            macs: self.macs.clone().unwrap_or(usual.macs),
            ..usual
        };
        recipe.check().map_err(|error| UsageError::new(ErrorKind::ValueValidation, error))?;
        Ok(recipe)
    }
}

/// Runs `respect synth`.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    let recipe = args.making.recipe()?;
    let cancel = if args.output == Path::new("-") { Cancel::default() } else { interrupt::catch() };
    write_output(&args.output, |file| {
        (0..args.making.count()).try_for_each(|number| {
            cancel.check()?;
            Ok(file.write_all(recipe.graph(number).to_json_line().as_bytes())?)
        })
    })
}
