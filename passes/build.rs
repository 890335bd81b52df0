//! Generates the passes' declarations from `Passes.td`, and compiles their C++ side.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What `mlir-tblgen` makes of the passes' declarations, each with the name that it goes by, and the file. `CMakeLists.txt`
/// makes the headers among them for those who install them.
const GENERATED: [(&str, &str, &str); 3] = [
    ("-gen-pass-decls", "-name=Respect", "respect/Passes.h.inc"),
    ("-gen-pass-capi-header", "-prefix=Respect", "respect-c/Passes.h.inc"),
    ("-gen-pass-capi-impl", "-prefix=Respect", "respect-c/Passes.cpp.inc"),
];

fn main() {
    for path in ["build.rs", "Passes.td", "Passes.cpp", "CAPI.cpp", "Bridge.h", "include"] {
        println!("cargo:rerun-if-changed={path}");
    }
    println!("cargo:rerun-if-env-changed=MLIR_SYS_220_PREFIX");
    let prefix = env::var_os("MLIR_SYS_220_PREFIX").unwrap_or_else(|| "/usr/lib/llvm-22".into());
    let prefix = Path::new(&prefix);
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let include = output(prefix, "llvm-config", &["--includedir"]);
    let include = include.trim();
    let generated = out.join("include");
    for (generator, option, file) in GENERATED {
        let text = output(prefix, "mlir-tblgen", &[generator, option, "-I", include, "Passes.td"]);
        let file = generated.join(file);
        fs::create_dir_all(file.parent().expect("a file in a folder")).expect("OUT_DIR is writable");
        fs::write(file, text).expect("OUT_DIR is writable");
    }
    cc::Build::new()
        .cpp(true)
        .std("c++17")
        .include(include)
        .include("include")
        .include(&generated)
        // The dialect of respect-mlir.
        .include(of_dialect("INCLUDE"))
        .include(of_dialect("GENERATED"))
        // MLIR itself is built with these flags; NDEBUG decides the layout of its statistics.
        .flags(["-fno-rtti", "-fno-exceptions", "-Wno-unused-parameter", "-Wno-comment"])
        .define("NDEBUG", None)
        .files(["Passes.cpp", "CAPI.cpp"])
        .compile("respect_passes_native");
    println!("cargo:rustc-link-arg=-Wl,-rpath,{}", output(prefix, "llvm-config", &["--libdir"]).trim());
}

/// Returns what the build script of respect-mlir says of its dialect.
fn of_dialect(key: &str) -> String {
    env::var(format!("DEP_RESPECT_NATIVE_{key}")).expect("respect-mlir is a direct dependency")
}

fn output(prefix: &Path, tool: &str, arguments: &[&str]) -> String {
    let program = prefix.join("bin").join(tool);
    let output = Command::new(&program).args(arguments).output();
    let output =
        output.unwrap_or_else(|error| panic!("{}: {error}; run tools/setup build", program.display()));
    assert!(output.status.success(), "{}: {}", program.display(), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("generated text is UTF-8")
}
