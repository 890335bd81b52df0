//! Tells the linker of programs where libtorch is, if they are linked with it.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=LIBTORCH");
    if let Ok(libtorch) = std::env::var("LIBTORCH") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{libtorch}/lib");
        // For the build scripts of programs that link this crate: see DEP_RESPECT_TORCH_LIBRARIES there.
        println!("cargo:libraries={libtorch}/lib");
    }
}
