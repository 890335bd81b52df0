//! Compiled operators for the tests, made by the writer of the stand-in for Google's compiler.

use std::borrow::Cow;

use super::standin::{self, Executable, Hint, Layer};
use crate::tflite::Model;
use crate::tflite::support::COMPILED;
use crate::tflite::testing::{model_of, operator};

/// Returns a model with a compiled operator for each of `options`.
pub(crate) fn compiled(options: &[&[u8]]) -> Model<'static> {
    let mut model = model_of(&[("x", &[4])]);
    for options in options {
        operator(&mut model, "CUSTOM", &[0], &[], &[]);
        model.codes.last_mut().expect("one more").custom_code = Some(COMPILED.into());
        model.operators.last_mut().expect("one more").custom_options = Some(Cow::Owned(options.to_vec()));
    }
    model
}

/// Returns an executable that computes and one that fills the cache.
pub(crate) fn executables() -> [Executable; 2] {
    let layer = |name: &str, padded_bytes, extents, shape: &[i32]| Layer {
        name: name.into(),
        padded_bytes,
        extents,
        shape: shape.to_vec(),
        data_type: 8,
        zero_point: 100,
        scale: 0.5,
        executions: 2,
    };
    let computes = Executable {
        kind: 2,
        name: "model".into(),
        batch_size: 1,
        scratch_bytes: 64,
        instruction_chunks: vec![vec![1; 300], vec![2; 50]],
        parameters: vec![3; 40],
        inputs: vec![layer("x", 16, [1, 3, 5], &[])],
        outputs: vec![layer("y", 24, [1, 1, 20], &[1, 20])],
        hints: vec![
            Hint::Instructions(0),
            Hint::Transfer(1, "x".into(), 0, 16),
            Hint::Fence,
            Hint::Transfer(2, String::new(), 8, 32),
            Hint::Instructions(1),
            Hint::Transfer(0, "y".into(), 0, 24),
            Hint::Interrupt(2),
        ],
        fully_deterministic: true,
        narrow_memory_bytes_per_tile: 2048,
        token: u64::MAX,
        estimated_cycles: 1 << 40,
    };
    let caches = Executable {
        kind: 1,
        name: "Unknown".into(),
        batch_size: 1,
        instruction_chunks: vec![vec![4; 70]],
        parameters: vec![5; 500],
        token: u64::MAX,
        ..Executable::default()
    };
    [computes, caches]
}

/// Returns a package of these executables.
pub(crate) fn package(executables: &[Executable]) -> standin::Package {
    standin::Package {
        min_runtime_version: 14,
        compiler_version: "cl/7".into(),
        executables: executables.iter().map(Executable::to_bytes).collect(),
        ..standin::Package::default()
    }
}

/// Returns the options of an operator that holds a package.
pub(crate) fn options(package: &standin::Package) -> Vec<u8> {
    standin::options(&package.to_bytes())
}
