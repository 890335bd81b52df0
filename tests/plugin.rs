//! The promise: in the stock `mlir-opt` the passes cut what is imported into stages that compute the same, and what is
//! outlined can be put back as it was.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common;
use crate::common::folders::{FIXED, SEEKING};
use crate::common::llvm::{llvm, plugin};
use crate::common::{
    assert_chain, assert_sound, contents, models, name, on_two_threads, repository, respect, room, standin,
    with_statistics,
};

/// The stock `mlir-opt` with these passes of a module, locations and all.
fn mlir_opt(input: &Path, pipeline: &str) -> Command {
    let mut command = common::llvm::mlir_opt(pipeline);
    command.arg("--mlir-print-debuginfo").arg(input);
    command
}

/// Runs passes in the stock `mlir-opt`; what it prints, or its complaint.
fn opt(input: &Path, pipeline: &str) -> Result<String, String> {
    let output = mlir_opt(input, pipeline).output().expect("mlir-opt starts");
    match output.status.code() {
        Some(0) => Ok(String::from_utf8(output.stdout).expect("MLIR prints UTF-8")),
        Some(1) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        _ => panic!("{}: {}: {}", input.display(), output.status, String::from_utf8_lossy(&output.stderr)),
    }
}

/// The module of a model, as a file.
fn import(model: &Path, folder: &Path) -> PathBuf {
    let path = folder.join(format!("{}.mlir", name(model)));
    respect().arg("import").arg(model).arg("-o").arg(&path).assert().success();
    path
}

/// Four stages, or as many as there is room for.
fn stages_of(input: &Path) -> u32 {
    match opt(input, "func.func(respect-schedule{stages=4})") {
        Ok(_) => 4,
        Err(complaint) => room(&complaint).unwrap_or_else(|| panic!("{complaint}")),
    }
}

#[test]
fn the_pipeline_writes_stages_that_chain_bit_for_bit() {
    on_two_threads(&models(), |model| {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let input = import(model, scratch.path());
        let folder = scratch.path().join("stages");
        let stages = stages_of(&input);
        let pipeline = format!("respect-pipeline{{stages={stages} out-dir={}}}", folder.display());
        opt(&input, &pipeline).unwrap();
        assert_sound(&folder);
        assert_eq!(crate::common::manifest(&folder).stages.len(), stages as usize);
        assert_chain(model, &[folder], 4);
    });
}

/// What the command line and the passes are asked for, and what the stand-in for the compiler does then.
struct Errand {
    arguments: &'static [&'static str],
    options: &'static str,
    /// The cache of the stand-in, or a fault.
    environment: &'static [(&'static str, &'static str)],
    /// Whether the first cut is refused for two operations that it has in one stage.
    refuses: bool,
}

const ERRANDS: [Errand; 6] = [
    Errand { arguments: &[], options: "", environment: &[], refuses: false },
    Errand { arguments: &["--jobs", "1"], options: "jobs=1 recut=9", environment: &[], refuses: true },
    Errand {
        arguments: &["--refine=2"],
        options: "refine=2",
        environment: &[("STANDIN_CACHE", "20000")],
        refuses: false,
    },
    Errand {
        arguments: &["--search-delegate", "--compiler-flag", "timeout_sec=900", "--compiler-flag", "m=13"],
        options: "search-delegate=true compiler-flags=timeout_sec=900,m=13",
        environment: &[("STANDIN_FAULT", "large-activation"), ("STANDIN_FAULT_MATCH", "segment_0_of_3")],
        refuses: false,
    },
    Errand {
        arguments: &["--objective", "memory", "--device", "pcie", "--scheduler", "exact"],
        options: "objective=memory device=pcie scheduler=exact",
        environment: &[],
        refuses: false,
    },
    Errand {
        arguments: &["--scheduler", "order-dp", "--refine=1"],
        options: "scheduler=order-dp refine=1",
        environment: &[("STANDIN_CACHE", "20000")],
        refuses: true,
    },
];

/// A tensor between two operations that the stages in `folder` keep together, though it can be cut.
fn inside_a_stage(model: &Path, folder: &Path) -> String {
    let output = respect().arg("graph").arg(model).args(["-o", "-"]).output().expect("the tool starts");
    let graph: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let stage_of = common::manifest(folder).stage_of;
    let stage = |op: &serde_json::Value| Some(stage_of[op.as_u64()? as usize]);
    let is_inside = |tensor: &&serde_json::Value| {
        let readers = tensor["consumers"].as_array().expect("a list");
        let [reader] = &readers[..] else { return false };
        tensor.get("uncuttable").is_none_or(serde_json::Value::is_null)
            && stage(&tensor["producer"]).is_some_and(|maker| Some(maker) == stage(reader))
    };
    let tensors = graph["tensors"].as_array().expect("a list");
    let tensor = tensors.iter().filter(is_inside).nth(2).expect("a stage of several operations");
    tensor["name"].as_str().expect("a name").into()
}

#[test]
fn the_command_line_and_the_passes_write_the_same_folder() {
    on_two_threads(&["residual", "two_inputs", "mixed", "dense"], |model| {
        for (number, errand) in ERRANDS.iter().enumerate() {
            let scratch = tempfile::tempdir().expect("a scratch folder");
            // The command line names the model by its file, and the passes by the function.
            let module = scratch.path().join("main.mlir");
            respect().arg("import").arg(common::model(model)).arg("-o").arg(&module).assert().success();
            let [by_command, by_passes] = ["by_command", "by_passes"].map(|name| scratch.path().join(name));
            let mut environment = errand.environment.to_vec();
            let compile = |folder: &Path, environment: &[(&str, &str)]| {
                let mut command = respect();
                command.arg("compile").arg(&module).args(["-n", "3", "-o"]).arg(folder);
                command.arg("--edgetpu-compiler").arg(standin()).args(errand.arguments);
                command.envs(environment.iter().copied()).assert().success();
            };
            let refused = errand.refuses.then(|| {
                let plain = scratch.path().join("plain");
                compile(&plain, &[]);
                inside_a_stage(&common::model(model), &plain)
            });
            environment.extend(refused.as_deref().map(|tensor| ("STANDIN_REFUSE", tensor)));
            compile(&by_command, &environment);
            let pipeline = format!(
                "respect-pipeline{{stages=3 out-dir={} edgetpu-compiler={} {}}}",
                by_passes.display(),
                standin().display(),
                errand.options
            );
            let output = mlir_opt(&module, &pipeline).envs(environment).output().expect("mlir-opt starts");
            assert!(
                output.status.success(),
                "{model}, {number}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            let manifest = common::manifest(&by_command);
            assert!(manifest.apart.is_empty() != errand.refuses, "{model}, {number}: nothing was refused");
            let [by_command, by_passes] = [by_command, by_passes].map(|folder| {
                let mut contents = contents(&folder);
                // The compiler notes the folders in which it was run.
                contents
                    .iter_mut()
                    .filter(|(path, _)| path.extension().is_some_and(|kind| kind == "log"))
                    .for_each(|(_, log)| {
                        let text = String::from_utf8_lossy(log);
                        let lines = text.lines().filter(|line| !line.contains('/'));
                        *log = lines.collect::<Vec<_>>().join("\n").into_bytes();
                    });
                contents
            });
            assert!(by_command.keys().eq(by_passes.keys()), "{model}, {number}: other files");
            for (path, bytes) in &by_command {
                assert!(by_passes[path] == *bytes, "{model}, {number}: {} differs", path.display());
            }
        }
    });
}

#[test]
fn outlining_and_inlining_give_back_the_input() {
    on_two_threads(&models(), |model| {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let input = import(model, scratch.path());
        let schedule = format!("func.func(respect-schedule{{stages={}}})", stages_of(&input));
        let scheduled = opt(&input, &schedule).unwrap();
        let back = opt(&input, &format!("{schedule},respect-outline-stages,respect-inline-stages")).unwrap();
        assert!(scheduled.contains("respect.stage = #respect.stage<0"), "{}", model.display());
        assert!(scheduled == back, "{}: the module changed", model.display());
    });
}

#[test]
fn googles_module_with_statistics_is_cut_as_it_stands() {
    for name in ["float32", "mixed"] {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let [ranged, dump] = with_statistics(name, scratch.path());
        let schedule = "func.func(respect-schedule{stages=3})";
        let scheduled = opt(&dump, schedule).unwrap();
        let back = opt(&dump, &format!("{schedule},respect-outline-stages,respect-inline-stages")).unwrap();
        assert!(scheduled.contains("quantfork.stats") && scheduled == back, "{name}: the module changed");
        let folder = scratch.path().join("stages");
        opt(&dump, &format!("respect-pipeline{{stages=3 out-dir={}}}", folder.display())).unwrap();
        assert_sound(&folder);
        assert_chain(&ranged, &[folder], 4);
    }
}

#[test]
fn every_scheduler_answers_the_same_in_the_command_line_and_the_pass() {
    on_two_threads(&models(), |model| {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let input = import(model, scratch.path());
        for scheduler in SEEKING.into_iter().chain(FIXED) {
            for (objective, stages) in [("latency", "2"), ("latency", "4"), ("memory", "3")] {
                let schedule = |file: &Path| {
                    let mut command = respect();
                    command.arg("schedule").arg(file).args(["--format", "json", "--scheduler", scheduler]);
                    command.args(["--objective", objective, "--stages", stages]);
                    let output = command.output().expect("the tool starts");
                    if !output.status.success() {
                        // Only the file's name may differ.
                        let said = String::from_utf8_lossy(&output.stderr).replace(".mlir", ".tflite");
                        return Err(said.lines().filter(|line| !line.starts_with("warning:")).collect());
                    }
                    let mut answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
                    // Only a file is judged by what an Edge TPU takes: a module may be for another compiler.
                    let fields = answer.as_object_mut().expect("an object");
                    ["solve_us", "warnings"].iter().for_each(|field| drop(fields.remove(*field)));
                    Ok(answer)
                };
                let (file, module) = (schedule(model), schedule(&input));
                let after_the_path = |answer: Result<_, String>| {
                    answer.map_err(|text| text.split_once(".tflite").map(|(_, after)| after.to_string()))
                };
                assert_eq!(
                    after_the_path(file),
                    after_the_path(module),
                    "{}, {scheduler}, {objective}, {stages} stages",
                    model.display()
                );
            }
        }
    });
}

#[test]
fn the_policy_runs_compiled_in_mlir_opt_and_without_libtorch() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let model = repository("test-data/models/residual.tflite");
    let input = import(&model, scratch.path());
    let log = scratch.path().join("loader");
    let output = Command::new(llvm("mlir-opt"))
        .arg(format!("--load-pass-plugin={}", plugin().display()))
        .arg("--pass-pipeline=builtin.module(func.func(respect-schedule{stages=3 scheduler=policy}))")
        .args(["--allow-unregistered-dialect", "--remarks-filter=respect", "-o", "/dev/null"])
        .arg(&input)
        // The loader of the C library then tells of every file that becomes part of the process.
        .env("LD_DEBUG", "files")
        .env("LD_DEBUG_OUTPUT", &log)
        .output()
        .expect("mlir-opt starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("(the policy's order)") && said.contains("policy-compiled"), "{said}");
    let logs =
        std::fs::read_dir(scratch.path()).expect("a folder").map(|entry| entry.expect("a file").path());
    let loaded: String = logs
        .filter(|path| path.to_string_lossy().contains("loader."))
        .map(|path| std::fs::read_to_string(path).expect("the loader's log"))
        .collect();
    assert!(loaded.contains("librespect_passes.so") && loaded.contains("libLLVM"), "{loaded}");
    assert!(!loaded.contains("torch"), "libtorch is in the process");
}

/// Words of a module that are replaced by others, all of which MLIR can read.
const SPOILED: [(&str, &[&str]); 8] = [
    (
        " = 1 : i32",
        &[" = 0 : i32", " = -1 : i32", " = 2147483647 : i32", " = 1 : i64", " = \"one\"", " = 1.5 : f32"],
    ),
    ("\"SAME\"", &["\"WHAT\"", "7 : i32", "[]", "{a}"]),
    (
        "tensor<1x",
        &["tensor<0x", "tensor<?x", "tensor<2147483647x", "tensor<9223372036854775807x", "tensor<1x1x"],
    ),
    (
        "!quant.uniform<i8:f32, ",
        &["!quant.uniform<i4:f32, ", "!quant.uniform<u16:f32, ", "!quant.uniform<i32:f32, "],
    ),
    ("\"NONE\"", &["\"RELU_N1_TO_1\"", "\"\"", "unit", "dense<1> : tensor<4xi8>"]),
    (
        "tf.entry_function",
        &["tf.other", "respect.schedule", "respect.pipeline", "respect.stage", "respect.position"],
    ),
    ("__elided__", &["nothing", "a_b"]),
    ("\"tfl.", &["\"", "\"tfl.x", "\"tosa."]),
];

#[test]
fn spoiled_modules_end_in_a_diagnostic_or_a_schedule() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let jobs: Vec<(PathBuf, usize)> = ["residual", "recurrent", "detector", "postprocess"]
        .iter()
        .flat_map(|name| (0..SPOILED.len()).map(|row| (crate::common::model(name), row)))
        .collect();
    let tried = std::sync::atomic::AtomicUsize::new(0);
    on_two_threads(&jobs, |(model, row)| {
        let output =
            respect().arg("import").arg(model).arg("--elide-weights").output().expect("the tool starts");
        let text = String::from_utf8(output.stdout).expect("MLIR prints UTF-8");
        let (from, to) = SPOILED[*row];
        for (number, to) in to.iter().enumerate() {
            // The first, the last, or every one.
            let first = text.replacen(from, to, 1);
            let last = text.rsplit_once(from).map(|(before, after)| format!("{before}{to}{after}"));
            for (kind, spoiled) in
                [Some(first), last, Some(text.replace(from, to))].into_iter().flatten().enumerate()
            {
                let path = scratch.path().join(format!("{}-{row}-{number}-{kind}.mlir", name(model)));
                std::fs::write(&path, spoiled).expect("a scratch file");
                let folder = path.with_extension("stages");
                let pipeline = format!("respect-pipeline{{stages=2 out-dir={}}}", folder.display());
                // `opt` fails on any other end of the process than by exit status 0 or 1.
                if let Err(complaint) = opt(&path, &pipeline) {
                    assert!(complaint.contains("error: "), "{}: {complaint}", path.display());
                    assert!(!complaint.contains("a defect of its own"), "{}: {complaint}", path.display());
                    assert!(!folder.exists(), "{}: half-written stages", path.display());
                }
                tried.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
        }
    });
    assert!(tried.into_inner() > 300);
}

#[test]
fn google_s_flow_gives_stages_that_chain() {
    for model in models() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let python = std::env::var_os("RESPECT_PYTHON").map_or(repository(".venv/bin/python"), PathBuf::from);
        let output = Command::new(python)
            .arg(repository("examples/litert_converter_flow.py"))
            .args([&model, scratch.path()])
            .args(["--stages", "3", "--plugin"])
            .arg(plugin())
            .arg("--mlir-opt")
            .arg(llvm("mlir-opt"))
            .output()
            .expect("Python starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_chain(&model, &[scratch.path().to_path_buf()], 4);
    }
}
