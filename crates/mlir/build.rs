//! Tells the linker where MLIR's C interface is, and compiles the functions that the interface lacks.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What MLIR's C interface lacks, and the dialect.
const NATIVE: [&str; 7] = [
    "src/native.cpp",
    "src/effects.cpp",
    "src/parse.cpp",
    "src/rewrite.cpp",
    "src/structure.cpp",
    "dialect/Dialect.cpp",
    "dialect/CAPI.cpp",
];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=MLIR_SYS_220_PREFIX");
    for file in NATIVE {
        println!("cargo:rerun-if-changed={file}");
    }
    println!("cargo:rerun-if-changed=dialect");
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
    let include = llvm_config("--includedir");
    let generated = out.join("include");
    generate_dialect(&include, &generated.join("respect"));
    let dialect =
        Path::new(&env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("dialect/include");
    // For the C++ side of crates above this one: see DEP_RESPECT_NATIVE_INCLUDE and _GENERATED there.
    println!("cargo:include={}", dialect.display());
    println!("cargo:generated={}", generated.display());
    cc::Build::new()
        .cpp(true)
        .std("c++17")
        .includes([Path::new(&include), &dialect, &generated])
        // MLIR itself is built with these flags; NDEBUG decides the layout of its statistics.
        .flags(["-fno-rtti", "-fno-exceptions", "-Wno-unused-parameter", "-Wno-comment"])
        // A program keeps what a library that it may link exports, too: MLIR would be in programs that call nothing here.
        .flag("-fvisibility=hidden")
        .define("NDEBUG", None)
        // GCC does not follow the optional fields of generated parsers.
        .flag("-Wno-maybe-uninitialized")
        .files(NATIVE)
        .compile("respect_native");
}

/// What `mlir-tblgen` makes of the dialect's declaration, each with the file that it goes to.
const GENERATED: [(&str, &str); 6] = [
    ("-gen-dialect-decls", "Dialect.h.inc"),
    ("-gen-dialect-defs", "Dialect.cpp.inc"),
    ("-gen-enum-decls", "Enums.h.inc"),
    ("-gen-enum-defs", "Enums.cpp.inc"),
    ("-gen-attrdef-decls", "Attributes.h.inc"),
    ("-gen-attrdef-defs", "Attributes.cpp.inc"),
];

fn generate_dialect(include: &str, folder: &Path) {
    fs::create_dir_all(folder).expect("OUT_DIR is writable");
    let tblgen = Path::new(&llvm_config("--bindir")).join("mlir-tblgen");
    for (generator, file) in GENERATED {
        let text = output(&tblgen, &[generator, "-I", include, "dialect/include/respect/Respect.td"]);
        fs::write(folder.join(file), text).expect("OUT_DIR is writable");
    }
}

/// Returns the answer of llvm-config 22 to a question such as `--libdir`.
fn llvm_config(question: &str) -> String {
    let prefix = env::var_os("MLIR_SYS_220_PREFIX").map(|prefix| Path::new(&prefix).join("bin"));
    let program = prefix.map_or("llvm-config-22".into(), |bin| bin.join("llvm-config"));
    output(&program, &[question]).trim().into()
}

/// Returns what a program of LLVM and MLIR 22 prints.
fn output(program: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap_or_else(|error| {
        panic!(
            "{}: {error}. Feature `mlir` needs LLVM and MLIR 22: run tools/setup build, set MLIR_SYS_220_PREFIX to \
             where they are, or build with --no-default-features",
            program.display()
        )
    });
    assert!(output.status.success(), "{}: {}", program.display(), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("what LLVM prints is UTF-8")
}
