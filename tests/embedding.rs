//! The promise: compilers in C++ and C, outside this tree, use the passes from an installed prefix, with one MLIR in the process.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use crate::common::llvm::llvm;
use crate::common::repository;

/// A folder of these tests, which each run of them makes anew.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("embedding").join(name);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{}: {error}", folder.display()),
        _ => fs::create_dir_all(&folder).expect("a scratch folder"),
    }
    folder
}

/// Runs a program that must be there and do well; what it prints.
fn run(command: &mut Command) -> Output {
    let program = command.get_program().to_os_string();
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}: run tools/setup test", program.display()));
    assert!(
        output.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The folder in which CMake has made the library of what cargo built for these tests.
fn built() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let build = folder("build");
        let programs = Path::new(env!("CARGO_BIN_EXE_respect")).parent().expect("a folder");
        run(Command::new("cmake")
            .arg("-S")
            .arg(repository("passes"))
            .arg("-B")
            .arg(&build)
            .arg(format!("-DRESPECT_BUILT={}", programs.display()))
            .args(["-DCMAKE_INSTALL_PREFIX=/opt/respect", "-DCMAKE_INSTALL_LIBDIR=lib"]));
        run(Command::new("cmake").arg("--build").arg(&build));
        build
    })
}

/// The prefix into which it is installed.
fn prefix() -> &'static Path {
    static PREFIX: OnceLock<PathBuf> = OnceLock::new();
    PREFIX.get_or_init(|| {
        let prefix = folder("prefix");
        run(Command::new("cmake").arg("--install").arg(built()).arg("--prefix").arg(&prefix));
        prefix
    })
}

/// The module that the examples are tried on.
fn chain() -> PathBuf {
    repository("examples/chain.mlir")
}

/// The names that a program or library defines, or those that it shows to others.
fn names(of: &Path, options: &[&str]) -> String {
    printed(&run(Command::new("nm").args(["-C", "--defined-only"]).args(options).arg(of)))
}

/// Fails unless the process of a program has one MLIR, one LLVM and one of this library, and none inside itself.
fn assert_one_mlir(program: &Path, arguments: &[&str]) {
    let output = run(Command::new(program).arg(chain()).args(arguments).env("LD_DEBUG", "libs"));
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    let loaded = |library: &str| {
        let mut lines = log.lines().filter_map(|line| line.split_once("calling init: "));
        lines.by_ref().filter(|(_, path)| path.contains(library)).count()
    };
    for library in ["/libMLIR.so", "/libLLVM.so", "/librespect.so"] {
        assert_eq!(loaded(library), 1, "{library} in {}", program.display());
    }
    assert!(!names(program, &[]).contains("mlir::MLIRContext::MLIRContext("), "{}", program.display());
}

#[test]
fn a_tool_in_cpp_makes_the_passes_or_finds_them_by_name() {
    let build = folder("cpp");
    run(Command::new("cmake")
        .arg("-S")
        .arg(repository("examples/cpp"))
        .arg("-B")
        .arg(&build)
        .arg(format!("-DCMAKE_PREFIX_PATH={}", prefix().display())));
    run(Command::new("cmake").arg("--build").arg(&build));
    let tool = build.join("cut");
    for (what, said) in
        [("3", "main: 3 stages, optimal"), ("respect-pipeline{stages=2}", "main: 2 stages, optimal")]
    {
        let output = run(Command::new(&tool).arg(chain()).arg(what));
        assert!(String::from_utf8_lossy(&output.stderr).contains(said), "{output:?}");
        assert!(printed(&output).contains("call @main_stage_1"), "{output:?}");
    }
    let refused = Command::new(&tool).arg(chain()).arg("9").output().expect("the tool starts");
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("use at most 3"), "{refused:?}");
    assert_one_mlir(&tool, &["3"]);
}

#[test]
fn a_tool_in_c_finds_the_passes_by_name() {
    let tool = folder("c").join("cut");
    let ask = |options: &[&str]| {
        let mut command = Command::new("pkg-config");
        command.args(options).arg("respect").env("PKG_CONFIG_PATH", prefix().join("lib/pkgconfig"));
        // The package stands where it was installed to, and not where it was meant for.
        command.arg(format!("--define-variable=prefix={}", prefix().display()));
        printed(&run(&mut command)).trim().to_string()
    };
    let mlir = ask(&["--variable=mlir"]);
    run(Command::new("cc")
        .args(["-std=c11", "-Wall", "-Wextra", "-Werror"])
        .arg(repository("examples/c/cut.c"))
        .arg("-o")
        .arg(&tool)
        // MLIR's headers are not ours to warn of.
        .args(ask(&["--cflags"]).replace(&format!("-I{mlir}"), &format!("-isystem{mlir}")).split_whitespace())
        .arg(format!("-L{mlir}/lib"))
        .args(["-lMLIRCAPIIR", "-lMLIRCAPIFunc"])
        .args(ask(&["--libs"]).split_whitespace())
        .arg("-lstdc++"));
    let pipeline = "builtin.module(respect-pipeline{stages=3})";
    let output = run(Command::new(&tool).arg(chain()).arg(pipeline));
    assert!(String::from_utf8_lossy(&output.stderr).contains("3 stages, optimal"), "{output:?}");
    assert!(printed(&output).contains("call @main_stage_2"), "{output:?}");
    assert_one_mlir(&tool, &[pipeline]);
}

#[test]
fn the_installed_library_is_a_plugin_and_shows_no_more_than_its_interface() {
    let library = prefix().join("lib/librespect.so");
    let output = run(Command::new(llvm("mlir-opt"))
        .arg(format!("--load-pass-plugin={}", library.display()))
        .arg(format!("--load-dialect-plugin={}", library.display()))
        .args(["--allow-unregistered-dialect", "--pass-pipeline=builtin.module(respect-pipeline)"])
        .arg(chain()));
    assert!(printed(&output).contains("call @main_stage_1"), "{output:?}");
    let shown = names(&library, &["-D"]);
    let ours =
        |line: &str| line.contains("respect::") || line.contains("Respect") || line.contains("respect__");
    let others: Vec<&str> = shown.lines().filter(|line| !ours(line)).collect();
    assert!(
        others.iter().all(|line| line.ends_with("PluginInfo")) && others.len() == 2,
        "the library shows {others:?}"
    );
    for name in
        ["respect::createSchedulePass(", "mlirRegisterRespectPasses", "TypeIDResolver<respect::StageAttr"]
    {
        assert!(shown.contains(name), "{name} is not in {shown}");
    }
}

#[test]
fn pages_on_passes_and_attributes_are_installed() {
    let read = |page: &str| {
        let page = prefix().join("share/doc/respect").join(page);
        fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()))
    };
    for pass in ["schedule", "verify-schedule", "outline-stages", "inline-stages", "emit-stages"] {
        assert!(read("passes.md").contains(&format!("### `-respect-{pass}`")), "{pass}");
    }
    for attribute in ["StageAttr", "ScheduleAttr"] {
        assert!(read("dialect.md").contains(attribute), "{attribute}");
    }
}

#[test]
fn destdir_stands_before_the_prefix() {
    let stage = folder("destdir");
    run(Command::new("cmake").arg("--install").arg(built()).env("DESTDIR", &stage));
    assert!(stage.join("opt/respect/lib/librespect.so").exists());
    let package = fs::read_to_string(stage.join("opt/respect/lib/pkgconfig/respect.pc")).expect("a package");
    assert!(package.contains("prefix=/opt/respect\n"), "{package}");
    fs::remove_dir_all(stage).expect("a scratch folder");
}
