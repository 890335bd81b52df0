//! Cuts the functions of a module into stages, with the passes in a pass manager of melior's:
//! `cut MODULE.mlir PIPELINE`, with a pipeline such as `builtin.module(respect-pipeline{stages=3})`.

use std::error::Error;
use std::process::ExitCode;

use respect_mlir::melior::pass::PassManager;
use respect_mlir::melior::utility::parse_pass_pipeline;
use respect_mlir::{context, parse};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, pipeline] = &arguments[..] else {
        eprintln!("usage: cut MODULE.mlir PIPELINE");
        return ExitCode::from(2);
    };
    match cut(path, pipeline) {
        Ok(module) => {
            println!("{module}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns the module in a file, as text, after the passes.
fn cut(path: &str, pipeline: &str) -> Result<String, Box<dyn Error>> {
    respect_passes::register();
    let context = context();
    // A host's own context gets the dialect by `respect_mlir::dialect_handle().insert_dialect(&registry)`.
    let mut module = parse(&context, &std::fs::read(path)?, path)?;
    let passes = PassManager::new(&context);
    parse_pass_pipeline(passes.as_operation_pass_manager(), pipeline)?;
    passes.run(&mut module)?;
    Ok(module.as_operation().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_cut() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/chain.mlir");
        let module = cut(path, "builtin.module(respect-pipeline{stages=3})").unwrap();
        assert!(module.contains("call @main_stage_2"), "{module}");
        assert!(cut(path, "builtin.module(respect-pipeline{stages=9})").is_err());
    }
}
