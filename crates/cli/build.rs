//! Lets programs find the shared libraries of MLIR and of libtorch where they were linked with them.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Cargo hands these on from the crates that link the libraries, where they are part of the build.
    for variable in ["DEP_RESPECT_NATIVE_LIBRARIES", "DEP_RESPECT_TORCH_LIBRARIES"] {
        println!("cargo:rerun-if-env-changed={variable}");
        if let Ok(folder) = std::env::var(variable) {
            println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
        }
    }
}
