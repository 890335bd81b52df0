//! Tells the linker where MLIR's C interface is, and compiles the functions that the interface lacks.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What MLIR's C interface lacks.
const NATIVE: [&str; 4] = ["src/native.cpp", "src/effects.cpp", "src/rewrite.cpp", "src/structure.cpp"];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=MLIR_SYS_220_PREFIX");
    for file in NATIVE {
        println!("cargo:rerun-if-changed={file}");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let libraries = llvm_config("--libdir");
    // mlir-sys links `libMLIR-C.so`, which Debian does not have: there the C interface is a set of archives over
    // libMLIR.so. A linker script of that name stands for them.
    let archives = fs::read_dir(&libraries).unwrap_or_else(|error| panic!("{libraries}: {error}"));
    let mut archives: Vec<String> = archives
        .filter_map(|entry| entry.ok()?.path().to_str().map(String::from))
        .filter(|path| path.contains("/libMLIRCAPI") && path.ends_with(".a"))
        .collect();
    archives.sort();
    assert!(
        !archives.is_empty(),
        "no libMLIRCAPI*.a in {libraries}: run tools/setup, or install libmlir-22-dev"
    );
    fs::write(out.join("libMLIR-C.so"), format!("GROUP ( {} )\n", archives.join(" ")))
        .expect("OUT_DIR is writable");
    println!("cargo:rustc-link-search=native={}", out.display());
    println!("cargo:rustc-link-arg=-Wl,-rpath,{libraries}");
    // For the build scripts of programs that link this crate: see DEP_RESPECT_NATIVE_LIBRARIES there.
    println!("cargo:libraries={libraries}");
    cc::Build::new()
        .cpp(true)
        .std("c++17")
        .include(llvm_config("--includedir"))
        // MLIR itself is built with these flags; NDEBUG decides the layout of its statistics.
        .flags(["-fno-rtti", "-fno-exceptions", "-Wno-unused-parameter", "-Wno-comment"])
        // A program keeps what a library that it may link exports, too: MLIR would be in programs that call nothing here.
        .flag("-fvisibility=hidden")
        .define("NDEBUG", None)
        .files(NATIVE)
        .compile("respect_native");
}

/// Returns the answer of llvm-config 22 to a question such as `--libdir`.
fn llvm_config(question: &str) -> String {
    let prefix = env::var_os("MLIR_SYS_220_PREFIX").map(|prefix| Path::new(&prefix).join("bin"));
    let program = prefix.map_or("llvm-config-22".into(), |bin| bin.join("llvm-config"));
    let output = Command::new(&program).arg(question).output().unwrap_or_else(|error| {
        panic!(
            "{}: {error}. Feature `mlir` needs LLVM and MLIR 22: run tools/setup build, set MLIR_SYS_220_PREFIX to \
             where they are, or build with --no-default-features",
            program.display()
        )
    });
    String::from_utf8(output.stdout).expect("paths are UTF-8").trim().into()
}
