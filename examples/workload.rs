//! Turns a pipelining workload of Tarnawski et al. (NeurIPS 2020) into a graph that every command reads:
//!
//!     cargo run --example workload -- layer_gnmt_inference.json > gnmt.json
//!     respect evaluate gnmt.json --rules precedence --objective latency --one-objective
//!
//! Its nodes have times and no parameters, so that objective `memory` says nothing of it.

#[path = "../benches/goals/workload.rs"]
mod workload;

use std::path::PathBuf;

use anyhow::{Context, Result};

fn main() -> Result<()> {
    let file = std::env::args_os().nth(1).map(PathBuf::from).context("usage: workload FILE")?;
    let name = file.file_stem().context("a file's name")?.to_string_lossy().into_owned();
    let text = std::fs::read(&file).with_context(|| file.display().to_string())?;
    let value = serde_json::from_slice(&text).with_context(|| file.display().to_string())?;
    let (graph, _) = workload::workload(&name, &value);
    println!("{}", graph.to_json());
    Ok(())
}
