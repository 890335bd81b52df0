//! The promise: what the passes do to a function, it still does the same: whole, cut into stages and put back it gives
//! the same results and has the same effects in the same order, when LLVM's own `mlir-runner` executes it.

mod differential;
mod kinds;
mod plan;
mod programs;
mod recipe;
mod run;
mod signature;
mod state;
mod toolbox;
mod variants;
mod writer;
