//! Models as modules of MLIR and back.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::common::{assert_chain, flow, models, name, on_two_threads, python, respect, with_statistics};
use respect::tflite;
use respect::tflite::extract::{Part, extract};
use respect::tflite::graph::graph;
use respect::tflite::model::{Metadata, Model, Quantization, Tensor, Value};
use respect_mlir::melior::ir::operation::OperationLike;
use respect_mlir::melior::ir::{BlockLike, OperationRef};
use respect_mlir::{Foreign, Weights};

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
        model.data(number).map(respect::base::hash::sha256)
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
        let imported = respect_mlir::import(&model, Weights::Kept).unwrap();
        let exported = respect_mlir::export(imported.module()).unwrap();
        assert_same(&exported, &model, &path);
        let mut bytes = Vec::new();
        tflite::write(&exported, &mut bytes).unwrap();
        assert_same(&tflite::read(&bytes).unwrap(), &model, &path);
    }
}

/// The only function of a module.
fn function<'m>(module: &'m respect_mlir::melior::ir::Module<'m>) -> OperationRef<'m, 'm> {
    module.body().first_operation().unwrap()
}

#[test]
fn the_graph_of_an_imported_model_is_that_of_the_model() {
    for path in models() {
        let file = std::fs::read(&path).unwrap();
        let model = tflite::read(&file).unwrap();
        let direct = graph(&model, "model").unwrap().graph.to_json();
        for weights in [Weights::Kept, Weights::Elided] {
            let imported = respect_mlir::import(&model, weights).unwrap();
            let read = respect_mlir::read_function(function(imported.module()), Foreign::AsCustom).unwrap();
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
        let text = respect_mlir::import(&model, Weights::Kept).unwrap().text().unwrap();
        let context = respect_mlir::context();
        let module = respect_mlir::parse(&context, text.as_bytes(), "model.mlir").unwrap();
        assert!(module.as_operation().verify());
        assert_same(&respect_mlir::export(&module).unwrap(), &model, &path);
    }
}

#[test]
fn googles_converter_and_ours_understand_each_other() {
    on_two_threads(&models(), |path| flow(path));
}

#[test]
fn metadata_of_one_name_and_of_none_goes_both_ways() {
    let path = crate::common::model("dense");
    let file = std::fs::read(&path).unwrap();
    let mut model = tflite::read(&file).unwrap();
    let add = |model: &mut Model, name: Option<&'static str>, bytes: &'static str| {
        model.buffers.push((!bytes.is_empty()).then_some(bytes.as_bytes().into()));
        let buffer = model.buffers.len() as u32 - 1;
        model.metadata.push(Metadata { name: name.map(Into::into), buffer });
    };
    ["one", "two", ""].into_iter().for_each(|bytes| add(&mut model, Some("twice"), bytes));
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    let write = |model: &Model| tflite::write(model, &mut std::fs::File::create(at("twice.tflite")).unwrap());
    write(&model).unwrap();
    flow(&at("twice.tflite"));
    // Google's module of metadata without a name is none that can be read.
    add(&mut model, None, "none");
    write(&model).unwrap();
    respect().arg("import").arg(at("twice.tflite")).arg("-o").arg(at("twice.mlir")).assert().success();
    respect().arg("export").arg(at("twice.mlir")).arg("-o").arg(at("back.tflite")).assert().success();
    let back = std::fs::read(at("back.tflite")).unwrap();
    assert_same(&tflite::read(&back).unwrap(), &model, &path);
    let text = std::fs::read_to_string(at("twice.mlir")).unwrap();
    assert!(text.contains(r#"twice = "one""#), "the first is where Google's importer has it");
    // What is no list of pairs is told.
    let wrong = text.replace(r#"["twice", "two"]"#, r#"["twice"]"#);
    assert_ne!(wrong, text);
    let output = respect().args(["export", "-"]).write_stdin(wrong).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("respect.metadata that must be a list of pairs of strings"), "{said}");
}

#[test]
fn statistics_in_googles_module_are_no_operators() {
    for name in ["float32", "mixed"] {
        let scratch = tempfile::tempdir().unwrap();
        let at = |name: &str| scratch.path().join(name);
        let [ranged, dump] = with_statistics(name, scratch.path());
        respect().arg("export").arg(&dump).arg("-o").arg(at("ours.tflite")).assert().success();
        let [ours, before] = [at("ours.tflite"), ranged.clone()].map(|path| std::fs::read(path).unwrap());
        let (ours, before) = (tflite::read(&ours).unwrap(), tflite::read(&before).unwrap());
        let kinds = |model: &Model| -> Vec<String> {
            model.operators.iter().map(|operator| model.label(operator).to_string()).collect()
        };
        assert_eq!(kinds(&ours), kinds(&before), "{name}");
        let same = |other: &std::path::Path| {
            let pair =
                python("chain.py").args(["--export-pair", "--samples", "3"]).arg(&ranged).arg(other).output();
            let pair = pair.unwrap();
            assert!(pair.status.success(), "{name}: {}", String::from_utf8_lossy(&pair.stdout));
        };
        same(&at("ours.tflite"));
        let schedule = |path: &std::path::Path| {
            let output =
                respect().arg("schedule").arg(path).args(["-n", "2", "--format", "json"]).output().unwrap();
            let mut report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            ["solve_us", "name", "warnings"].iter().for_each(|entry| report[entry] = serde_json::Value::Null);
            report
        };
        assert_eq!(schedule(&dump), schedule(&at("ours.tflite")), "{name}");
        let mut compile = respect();
        compile
            .arg("compile")
            .arg(&dump)
            .args(["-n", "2", "--allow-cpu", "--no-compile", "-o"])
            .arg(at("stages"));
        compile.assert().success();
        assert_chain(&ranged, &[at("stages")], 3);
    }
}

/// The lines of a model's module, without weights and the lists of scales.
fn lines(model: &Model) -> Vec<String> {
    respect_mlir::import(model, Weights::Elided).unwrap().text().unwrap().lines().map(shortened).collect()
}

/// The lines of all bundled models' modules.
fn all_lines() -> Vec<String> {
    let of_model = |path: PathBuf| lines(&tflite::read(&std::fs::read(path).unwrap()).unwrap());
    models().into_iter().flat_map(of_model).collect()
}

/// The name, the attributes and the type of an operation on a line of a module, if there is one that makes a value.
fn operation(line: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = line.split_once(" = \"")?.1.split_once("\"(")?;
    let (attributes, kind) = rest.split_once(')')?.1.split_once(" : (")?;
    Some((name, attributes.trim(), kind.rsplit_once(" loc(")?.0))
}

// What is in the snapshots is for people to review; the tests above hold every line of every module: to the model that it
// came from, to itself when it is read back, and to what Google's converter makes of the model and takes.

/// The first operation of each kind in the bundled models, with its attributes.
#[test]
fn an_operation_of_each_kind() {
    let mut first = BTreeMap::new();
    for line in all_lines() {
        if let Some((name, attributes, _)) = operation(&line).filter(|(name, ..)| !is_constant(name)) {
            first
                .entry(name.to_string())
                .or_insert_with(|| format!("{name} {attributes}").trim_end().to_string());
        }
    }
    insta::assert_snapshot!(first.into_values().collect::<Vec<_>>().join("\n"));
}

fn is_constant(name: &str) -> bool {
    name.starts_with("tfl.pseudo_")
}

/// The first constant of each element type, sign and axis of quantization, and way to hold values.
#[test]
fn a_constant_of_each_form() {
    let mut first = BTreeMap::new();
    for line in all_lines() {
        if let Some((name, attributes, kind)) = operation(&line).filter(|(name, ..)| is_constant(name)) {
            let (_, kind) = kind.split_once("tensor<").unwrap();
            let element = kind.trim_start_matches(|c: char| c.is_ascii_digit() || "x?".contains(c));
            let element = element.split(',').next().unwrap();
            let (_, value) = attributes.split_once("value = ").unwrap();
            let value = value.split(|c: char| c.is_ascii_digit() || "-[".contains(c)).next().unwrap();
            let form = format!("{name} {element} {value}");
            first.entry(form).or_insert_with(|| format!("{name} {attributes}"));
        }
    }
    insta::assert_snapshot!(first.into_values().collect::<Vec<String>>().join("\n"));
}

/// The whole module of a small model: the first two operators of a bundled one.
#[test]
fn a_module() {
    let file = std::fs::read(crate::common::model("dense")).unwrap();
    let model = tflite::read(&file).unwrap();
    let part = Part {
        operators: vec![0, 1],
        inputs: model.inputs.clone(),
        outputs: model.operators[1].outputs.clone(),
    };
    insta::assert_snapshot!(lines(&extract(&model, &part)).join("\n"));
}

/// A line with each list of more than two scales or numbers cut short, and dumps of bytes and metadata left out.
fn shortened(line: &str) -> String {
    let mut short = String::new();
    let mut rest = line;
    while let Some(start) = rest.find(['{', '[']) {
        let (before, list) = rest.split_at(start + 1);
        short += before;
        let end = list.find(|c: char| !c.is_ascii_digit() && !"-+.E, []".contains(c)).unwrap_or(list.len());
        let list_end = list[..end].rfind(|c: char| c.is_ascii_digit()).map_or(0, |place| place + 1);
        let numbers: Vec<&str> = list[..list_end].split(',').collect();
        if numbers.len() > 2 {
            short += &format!("{},…{}", numbers[0], numbers.len());
        } else {
            short += &list[..list_end];
        }
        rest = &list[list_end..];
    }
    short += rest;
    if let Some((before, dump)) = short.split_once("dense<\"0x")
        && let Some((_, after)) = dump.split_once('"')
    {
        short = format!("{before}dense<\"0x…\"{after}");
    }
    match short.find("tfl.metadata = {") {
        Some(place) => short[..place + 16].to_string() + "…",
        None => short,
    }
}

/// What is complained of in the only function of a module with this body.
fn complaint(body: &str, foreign: Foreign) -> String {
    let context = respect_mlir::context();
    let text = format!("module {{ func.func @main({body} }}");
    let module = respect_mlir::parse(&context, text.as_bytes(), "bad.mlir").expect("a module");
    let read = respect_mlir::read_function(function(&module), foreign);
    read.err().map_or_else(String::new, |complaint| complaint.to_string())
}

#[test]
fn hostile_functions_get_a_complaint_at_the_operation() {
    let strict = |body: &str| complaint(body, Foreign::Refused);
    let cases = [
        ("%a: tensor<4xf32>) { \"cf.br\"()[^x] : () -> ()\n ^x: return", "several blocks"),
        (
            "%a: tensor<4xf32>) { %b = \"tosa.abs\"(%a) : (tensor<4xf32>) -> tensor<4xf32>\n return",
            "'tosa.abs' is no operator",
        ),
        ("%a: tensor<4xi48>) { return", "argument 0"),
        ("%a: tensor<4294967296xf32>) { return", "beyond 2^31"),
        ("%a: memref<4xi3>) { return", "i3"),
        (
            "%a: tensor<4xf32>) { %b = \"tfl.softmax\"(%a) <{beta = \"x\"}> : (tensor<4xf32>) -> tensor<4xf32>\n return",
            "attribute beta that must be a float of type f32",
        ),
        (
            "%a: tensor<4xf32>) { %b = \"tfl.add\"(%a, %a) <{fused_activation_function = \"RELUX\"}> : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>\n return",
            "one of NONE, RELU",
        ),
        (
            "%a: tensor<4xf32>) { %c = \"tfl.pseudo_const\"() : () -> tensor<4xf32>\n %b = \"tfl.add\"(%a, %c) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>\n return",
            "has no attribute with its value",
        ),
        (
            "%a: tensor<4xf32>) { %c = \"tfl.pseudo_const\"() <{value = dense<1> : tensor<4xi8>}> : () -> tensor<4xf32>\n %b = \"tfl.add\"(%a, %c) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>\n return",
            "do not fit",
        ),
        (
            "%a: tensor<4xf32>) { %c = \"tfl.pseudo_const\"() <{value = dense_resource<__elided__> : tensor<4xf32>}> : () -> tensor<4xf32>\n %b = \"tfl.add\"(%a, %c) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>\n return",
            "elided",
        ),
        (
            "%a: tensor<4xf32>) { %c = \"tfl.pseudo_const\"() <{value = dense<0.0> : tensor<2000000000x2000xf32>}> : () -> tensor<2000000000x2000xf32>\n %b = \"tfl.abs\"(%c) : (tensor<2000000000x2000xf32>) -> tensor<4xf32>\n return",
            "2 GiB",
        ),
        (
            "%a: tensor<4xf32>) { %b = \"tfl.custom\"(%a) : (tensor<4xf32>) -> tensor<4xf32>\n return",
            "custom_code",
        ),
        (
            "%a: tensor<4xf32>) { %b = \"tfl.while\"(%a) ({ }, { }) : (tensor<4xf32>) -> tensor<4xf32>\n return",
            "runs other subgraphs",
        ),
    ];
    let context = respect_mlir::context();
    let text = b"module { func.func private @declared(tensor<4xf32>) }";
    let module = respect_mlir::parse(&context, text, "bad.mlir").unwrap();
    let declared = respect_mlir::read_function(function(&module), Foreign::AsCustom);
    assert!(declared.err().unwrap().to_string().contains("no body"));
    // Small text, many bytes: no more than a file holds is ever written out.
    let splat = |place: usize| {
        format!(
            "%c{place} = \"tfl.pseudo_const\"() <{{value = dense<1> : tensor<100000000xi8>}}> : () -> tensor<100000000xi8>\n %u{place} = \"tfl.abs\"(%c{place}) : (tensor<100000000xi8>) -> tensor<4xf32>\n"
        )
    };
    let splats: String = (0..100).map(splat).collect();
    assert!(complaint(&format!("%a: tensor<4xf32>) {{ {splats} return }}"), Foreign::AsCustom).is_empty());
    for (body, expected) in cases {
        let body = if body.ends_with("return") { format!("{body} }}") } else { body.into() };
        let found = strict(&body);
        assert!(found.contains(expected) && found.contains("bad.mlir:"), "{body}: '{found}'");
    }
}

#[test]
fn any_dialect_has_a_graph() {
    let text = r#"module { func.func @f(%a: tensor<4x8xi48>, %m: memref<2xf32>) -> tensor<4x8xi48> {
      %c = "tosa.const"() <{values = dense<1> : tensor<1000xi8>}> : () -> tensor<1000xi8>
      %s = tosa.const_shape {values = dense<[4, 8]> : tensor<2xindex>} : () -> !tosa.shape<2>
      %k = arith.constant 3 : index
      %0 = "other.op"(%a, %c, %s, %k) ({ ^bb0: "inner.use"(%m) : (memref<2xf32>) -> () }) : (tensor<4x8xi48>, tensor<1000xi8>, !tosa.shape<2>, index) -> tensor<4x8xi48>
      %1 = "other.op"(%0) : (tensor<4x8xi48>) -> tensor<4x8xi48>
      return %1 : tensor<4x8xi48>
    } }"#;
    let context = respect_mlir::context();
    let module = respect_mlir::parse(&context, text.as_bytes(), "any.mlir").unwrap();
    let read = respect_mlir::read_function(respect_mlir::entry(&module).unwrap(), Foreign::AsCustom).unwrap();
    let graph = graph(&read.model, "any").unwrap().graph;
    assert_eq!(read.operations.len(), 2);
    let first = graph.op(respect::graph::OpId(0));
    // Three indices of 8 bytes beside the thousand of one.
    assert_eq!((first.kind.as_str(), first.parameter_bytes.0), ("other.op", 1024));
    let bytes: Vec<u64> = graph.tensors().iter().map(|tensor| tensor.bytes.0).collect();
    // A buffer has no bytes that could be sent.
    assert_eq!(bytes, [192, 0, 192, 192]);
    let consumers: Vec<usize> = graph.tensors().iter().map(|tensor| tensor.consumers.len()).collect();
    assert_eq!(consumers, [1, 1, 1, 0]);
}

#[test]
fn the_command_line_goes_both_ways() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    let model = crate::common::model("residual");
    respect().arg("import").arg(&model).arg("-o").arg(at("residual.mlir")).assert().success().stdout("");
    respect().arg("export").arg(at("residual.mlir")).arg("-o").arg(at("copy.tflite")).assert().success();
    let text = respect().arg("import").arg(&model).output().unwrap().stdout;
    let piped = respect().args(["export", "-"]).write_stdin(text).output().unwrap().stdout;
    assert_eq!(piped, std::fs::read(at("copy.tflite")).unwrap());
    let schedule = |path: &std::path::Path| {
        let output =
            respect().arg("schedule").arg(path).args(["-n", "4", "--format", "json"]).output().unwrap();
        let mut report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        report["solve_us"] = serde_json::Value::Null;
        report
    };
    assert_eq!(schedule(&at("residual.mlir")), schedule(&model));
    let compile = |path: &std::path::Path, folder: &str| {
        respect()
            .arg("compile")
            .arg(path)
            .args(["-n", "4", "--no-compile", "-o"])
            .arg(at(folder))
            .assert()
            .success();
        crate::common::assert_sound(&at(folder));
    };
    compile(&at("residual.mlir"), "stages");
    crate::common::assert_chain(&model, &[at("stages")], 2);
}

#[test]
fn errors_on_the_command_line_name_file_and_line() {
    let scratch = tempfile::tempdir().unwrap();
    let bad = scratch.path().join("bad.mlir");
    let out = scratch.path().join("out.tflite");
    std::fs::write(&bad, "module {\n  func.func @main(%a: tensor<4xi48>) {\n    return\n  }\n}\n").unwrap();
    let output = respect().arg("export").arg(&bad).arg("-o").arg(&out).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("bad.mlir:2:3") && output.status.code() == Some(1), "{said}");
    std::fs::write(&bad, "module {\n  oops\n").unwrap();
    let output = respect().arg("schedule").arg(&bad).args(["-n", "2"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("bad.mlir:2:3") && output.status.code() == Some(1), "{said}");
    assert!(!out.exists());
}
