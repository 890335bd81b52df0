//! Models as modules of MLIR and back.
#![cfg(feature = "mlir")]

mod common;

use common::{models, name};
use melior::ir::operation::OperationLike;
use melior::ir::{BlockLike, OperationRef};
use respect::mlir::{self, Foreign, Weights};
use respect::tflite::model::{Model, Quantization, Tensor, Value};
use respect::tflite::{self, graph::graph};

/// What import and export leave of a model, by names and not by numbers: everything but what `docs/mlir.md` lists as
/// put in normal form.
fn essence(model: &Model) -> Vec<String> {
    let names = |list: &[u32]| list.iter().map(|&t| tensor(model, t)).collect::<Vec<_>>();
    let mut lines = vec![
        format!("description {:?}", model.description),
        format!("inputs {:?}", names(&model.inputs)),
        format!("outputs {:?}", names(&model.outputs)),
    ];
    for operator in &model.operators {
        let code = &model.codes[operator.code as usize];
        let inputs: Vec<_> = (operator.inputs.iter())
            .map(|&t| u32::try_from(t).map_or("none".into(), |t| tensor(model, t)))
            .collect();
        let kernel: Vec<_> = (operator.intermediates.iter().flatten())
            .map(|&t| format!("{:?}", essential(&model.tensors[t as usize]).quantization))
            .collect();
        let def = model.def(operator);
        let fields = def.options.map_or(&[][..], |options| options.fields);
        let options: Vec<_> = (operator.options.iter().flat_map(|options| &options.values).zip(fields))
            .filter(|(value, field)| {
                field.derived.is_none()
                    && !matches!(value, Value::Ints(list) if list.as_ref().is_none_or(Vec::is_empty))
            })
            .map(|(value, field)| format!("{} = {value:?}", field.name))
            .collect();
        let custom = operator.custom_options.as_deref().unwrap_or_default();
        lines.push(format!(
            "{} {} {inputs:?} -> {:?} {kernel:?} {options:?} {custom:?}",
            code.label(),
            code.version,
            names(&operator.outputs)
        ));
    }
    for metadata in &model.metadata {
        lines.push(format!("metadata {:?} {:?}", metadata.name, model.buffers[metadata.buffer as usize]));
    }
    let metadata = lines.len() - model.metadata.len();
    lines[metadata..].sort();
    for signature in &model.signatures {
        let side = |list: &[(Option<std::borrow::Cow<str>>, u32)]| {
            let named = list.iter().map(|(name, t)| (name.as_deref().map(String::from), tensor(model, *t)));
            named.collect::<std::collections::BTreeSet<_>>()
        };
        lines.push(format!(
            "{:?} {:?} {:?}",
            signature.key,
            side(&signature.inputs),
            side(&signature.outputs)
        ));
    }
    lines
}

#[track_caller]
fn assert_same(after: &Model, before: &Model, path: &std::path::Path) {
    let (after, before) = (essence(after), essence(before));
    for (after, before) in after.iter().zip(&before) {
        assert_eq!(after, before, "{}", path.display());
    }
    assert_eq!(after.len(), before.len(), "{}", path.display());
}

fn tensor(model: &Model, number: u32) -> String {
    format!(
        "{:?} {:?}",
        essential(&model.tensors[number as usize]),
        model.data(number).map(respect::hash::sha256)
    )
}

fn essential<'a>(tensor: &Tensor<'a>) -> Tensor<'a> {
    let quantization =
        tensor.quantization.as_ref().filter(|q| q.scale.as_ref().is_some_and(|s| !s.is_empty()));
    Tensor {
        shape: Some(tensor.dims().to_vec()),
        buffer: 0,
        quantization: quantization.map(|q| Quantization {
            min: None,
            max: None,
            quantized_dimension: if q.scale.as_ref().is_some_and(|s| s.len() > 1) {
                q.quantized_dimension
            } else {
                0
            },
            ..q.clone()
        }),
        shape_signature: tensor.shape_signature.clone().filter(|dims| dims.contains(&-1)),
        has_rank: true,
        ..tensor.clone()
    }
}

#[test]
fn export_of_import_is_the_model() {
    for path in models() {
        let file = std::fs::read(&path).unwrap();
        let model = tflite::read(&file).unwrap();
        let imported = mlir::import(&model, Weights::Kept).unwrap();
        let exported = mlir::export(imported.module()).unwrap();
        assert_same(&exported, &model, &path);
        let mut bytes = Vec::new();
        tflite::write(&exported, &mut bytes).unwrap();
        assert_same(&tflite::read(&bytes).unwrap(), &model, &path);
    }
}

/// The only function of a module.
fn function<'m>(module: &'m melior::ir::Module<'m>) -> OperationRef<'m, 'm> {
    module.body().first_operation().unwrap()
}

#[test]
fn the_graph_is_the_same_by_both_doors() {
    for path in models() {
        let file = std::fs::read(&path).unwrap();
        let model = tflite::read(&file).unwrap();
        let direct = graph(&model, "model").unwrap().graph.to_json();
        for weights in [Weights::Kept, Weights::Elided] {
            let imported = mlir::import(&model, weights).unwrap();
            let read = mlir::read_function(function(imported.module()), Foreign::AsCustom).unwrap();
            assert_eq!(read.operations.len(), read.model.operators.len());
            let ours = graph(&read.model, "model").unwrap().graph.to_json();
            // Weights that are left out are shared with none.
            if weights == Weights::Kept || name(&path) != "shared_constants" {
                assert!(ours == direct, "{} with {weights:?}", path.display());
            }
        }
    }
}

#[test]
fn text_reads_back() {
    for path in models() {
        let file = std::fs::read(&path).unwrap();
        let model = tflite::read(&file).unwrap();
        let text = mlir::import(&model, Weights::Kept).unwrap().text().unwrap();
        let context = mlir::context();
        let module = mlir::parse(&context, text.as_bytes(), "model.mlir").unwrap();
        assert!(module.as_operation().verify());
        assert_same(&mlir::export(&module).unwrap(), &model, &path);
    }
}
