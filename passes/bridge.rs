//! The passes of RESPECT for MLIR.
//!
//! Built as `librespect_passes.so` this is a plugin for the stock `mlir-opt`
//! (`mlir-opt --load-pass-plugin=librespect_passes.so …`); as a crate it adds the passes to a compiler in Rust. What
//! the passes do is declared in `Passes.td` and done in [`respect_mlir::passes`].
//!
//! A compiler with its own `PassManager`, below, is built with the environment of this repository's `.cargo/config.toml`, and
//! finds MLIR at run time by `-C link-arg=-Wl,-rpath,/usr/lib/llvm-22/lib`:
//!
//! ```
//! use respect_mlir::melior::ir::{Module, operation::OperationLike};
//! use respect_mlir::melior::pass::PassManager;
//! use respect_mlir::melior::utility::parse_pass_pipeline;
//! use respect_mlir::context;
//!
//! respect_passes::register();
//! let context = context();
//! let mut module = Module::parse(&context, r#"
//!     func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
//!       %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
//!       %1 = "tfl.tanh"(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
//!       return %1 : tensor<1x8xi8>
//!     }
//! "#).unwrap();
//! let passes = PassManager::new(&context);
//! parse_pass_pipeline(passes.as_operation_pass_manager(), "builtin.module(respect-pipeline{stages=2})").unwrap();
//! passes.run(&mut module).unwrap();
//! assert!(module.as_operation().to_string().contains("call @main_stage_1"));
//! ```

use std::ffi::{CStr, c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::slice;
use std::sync::Once;

use melior::ir::OperationRef;
use melior::ir::operation::OperationLike;
use mlir_sys::{MlirDialectRegistry, MlirOperation, MlirStringRef, mlirDialectHandleInsertDialect};
use respect::problem::{Objective, Rules};
use respect::solve::Algorithm;
use respect_mlir::dialect_handle;
use respect_mlir::passes;
use respect_mlir::passes::schedule::OnUncuttable;
use respect_mlir::passes::{Diagnosed, emit, schedule};

unsafe extern "C" {
    fn mlirRegisterRespectPasses();
    fn mlirRegisterRespectPipelines();
}

/// Registers the passes and the pipeline by their names, once a process.
pub fn register() {
    static ONCE: Once = Once::new();
    // SAFETY: both add to MLIR's registry of passes, which `Once` keeps to one thread and one time.
    ONCE.call_once(|| unsafe {
        mlirRegisterRespectPasses();
        mlirRegisterRespectPipelines();
    });
}

/// The answer to `mlir-opt`, which asks a plugin for it; see `mlir/Tools/Plugins/PassPlugin.h`.
#[repr(C)]
pub struct PassPluginLibraryInfo {
    api_version: u32,
    name: *const c_char,
    version: *const c_char,
    register: extern "C" fn(),
}

extern "C" fn register_for_host() {
    register();
}

const NAME: &CStr = c"RESPECT";
const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(version) => version,
    Err(_) => panic!("a version has no zero byte"),
};

/// Returns the description of the plugin; the host calls this function first.
// SAFETY: no other library of the host has a function of this name that is not looked up in its own file.
#[unsafe(no_mangle)]
pub extern "C" fn mlirGetPassPluginInfo() -> PassPluginLibraryInfo {
    PassPluginLibraryInfo {
        api_version: 1,
        name: NAME.as_ptr(),
        version: VERSION.as_ptr(),
        register: register_for_host,
    }
}

/// The answer to `mlir-opt`, which asks a plugin with a dialect for it; see `mlir/Tools/Plugins/DialectPlugin.h`.
#[repr(C)]
pub struct DialectPluginLibraryInfo {
    api_version: u32,
    name: *const c_char,
    version: *const c_char,
    register: extern "C" fn(registry: *mut c_void),
}

extern "C" fn register_dialect(registry: *mut c_void) {
    // SAFETY: the host passes its `mlir::DialectRegistry`, whose address is all that the C interface's type holds.
    unsafe {
        mlirDialectHandleInsertDialect(dialect_handle().to_raw(), MlirDialectRegistry { ptr: registry })
    };
}

/// Returns the description of the plugin; a host that is to know the dialect calls this function first.
// SAFETY: no other library of the host has a function of this name that is not looked up in its own file.
#[unsafe(no_mangle)]
pub extern "C" fn mlirGetDialectPluginInfo() -> DialectPluginLibraryInfo {
    DialectPluginLibraryInfo {
        api_version: 1,
        name: NAME.as_ptr(),
        version: VERSION.as_ptr(),
        register: register_dialect,
    }
}

/// The options of `respect-schedule`, as `Bridge.h` lays them out.
#[repr(C)]
pub struct ScheduleOptions {
    stages: u32,
    scheduler: u32,
    objective: u32,
    rules: u32,
    time_limit_ms: u64,
    device: MlirStringRef,
    pure_operations: *const MlirStringRef,
    pure_operation_count: usize,
    constants: *const MlirStringRef,
    constant_count: usize,
    allow_unpriced: bool,
    functions: *const MlirStringRef,
    function_count: usize,
    on_uncuttable: u32,
}

/// The options of `respect-emit-stages`, as `Bridge.h` lays them out.
#[repr(C)]
pub struct EmitOptions {
    out_dir: MlirStringRef,
    compiler: MlirStringRef,
    compiler_flags: *const MlirStringRef,
    compiler_flag_count: usize,
    timeout_s: u64,
    jobs: u32,
    recut: u32,
    refine: u32,
    force: bool,
    search_delegate: bool,
}

const SCHEDULERS: [Algorithm; 6] = [
    Algorithm::Respect,
    Algorithm::Policy,
    Algorithm::Exact,
    Algorithm::OrderDp,
    Algorithm::ParameterCount,
    Algorithm::Profiled,
];
const OBJECTIVES: [Objective; 2] = [Objective::Memory, Objective::Latency];
const RULES: [Rules; 2] = [Rules::Coral, Rules::Precedence];
const ON_UNCUTTABLE: [OnUncuttable; 2] = [OnUncuttable::Error, OnUncuttable::Skip];

/// Runs a pass's body. No panic leaves this function: unwinding into C++ would end the host.
fn guarded<const N: usize>(
    operation: MlirOperation,
    statistics: *mut u64,
    body: impl for<'m> FnOnce(OperationRef<'m, 'm>, &mut [u64; N]) -> Result<(), Diagnosed>,
) -> bool {
    // However the pass came here, LLVM is in the process: policies are compiled.
    respect::policy::jit::install();
    let mut counts = [0; N];
    // SAFETY: the pass manager passes an operation that lives through the run.
    let operation = unsafe { OperationRef::from_raw(operation) };
    let result = catch_unwind(AssertUnwindSafe(|| body(operation, &mut counts)));
    // SAFETY: the C++ side gives an array of as many counts as Passes.td declares, which is N.
    unsafe { slice::from_raw_parts_mut(statistics, N) }.copy_from_slice(&counts);
    match result {
        Ok(result) => result.is_ok(),
        Err(panic) => {
            let cause = panic.downcast_ref::<&str>().map(ToString::to_string);
            let cause = cause.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            passes::error(
                operation.location(),
                &format!("RESPECT met a defect of its own; please report it: {cause}"),
            );
            false
        }
    }
}

/// Returns the text of a string of MLIR.
///
/// # Safety
/// The text must be a string of C++'s that outlives the call.
unsafe fn text<'a>(text: MlirStringRef) -> &'a str {
    if text.length == 0 {
        return ""; // Its address may be null.
    }
    // SAFETY: the caller vouches for the text's life.
    str::from_utf8(unsafe { slice::from_raw_parts(text.data.cast(), text.length) }).unwrap_or_default()
}

/// Returns the texts of a list of strings of MLIR.
///
/// # Safety
/// There must be `count` strings of C++'s that outlive the call.
unsafe fn texts<'a>(first: *const MlirStringRef, count: usize) -> Vec<&'a str> {
    if count == 0 {
        return Vec::new(); // Their address may be null.
    }
    // SAFETY: the caller vouches for the strings.
    unsafe { slice::from_raw_parts(first, count).iter().map(|each| text(*each)).collect() }
}

/// Runs `respect-schedule` on a function or a module.
///
/// # Safety
/// The arguments must be as `Bridge.h` says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn respectSchedule(
    function: MlirOperation,
    options: *const ScheduleOptions,
    statistics: *mut u64,
) -> bool {
    guarded(function, statistics, |function, counts: &mut [u64; 4]| {
        // SAFETY: the pass's own options.
        let options = unsafe { &*options };
        let options = schedule::ScheduleOptions {
            stages: options.stages,
            scheduler: SCHEDULERS[options.scheduler as usize],
            objective: OBJECTIVES[options.objective as usize],
            rules: RULES[options.rules as usize],
            time_limit_ms: options.time_limit_ms,
            // SAFETY: it points into the pass's own options.
            device: unsafe { text(options.device) },
            // SAFETY: they point into the pass's own options.
            pure_operations: unsafe { texts(options.pure_operations, options.pure_operation_count) },
            // SAFETY: as many of them as that lie there for as long as the call takes.
            constants: unsafe { texts(options.constants, options.constant_count) },
            allow_unpriced: options.allow_unpriced,
            // SAFETY: as above.
            functions: unsafe { texts(options.functions, options.function_count) },
            on_uncuttable: ON_UNCUTTABLE[options.on_uncuttable as usize],
        };
        schedule::run(function, &options, counts)
    })
}

/// Runs `respect-verify-schedule` on a function or a module.
///
/// # Safety
/// The arguments must be as `Bridge.h` says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn respectVerifySchedule(function: MlirOperation, statistics: *mut u64) -> bool {
    guarded(function, statistics, passes::judge::run)
}

/// Runs `respect-outline-stages` on a module.
///
/// # Safety
/// The arguments must be as `Bridge.h` says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn respectOutlineStages(module: MlirOperation, statistics: *mut u64) -> bool {
    guarded(module, statistics, passes::outline::run)
}

/// Runs `respect-inline-stages` on a module.
///
/// # Safety
/// The arguments must be as `Bridge.h` says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn respectInlineStages(module: MlirOperation, statistics: *mut u64) -> bool {
    guarded(module, statistics, passes::inline::run)
}

/// Runs `respect-emit-stages` on a module.
///
/// # Safety
/// The arguments must be as `Bridge.h` says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn respectEmitStages(
    module: MlirOperation,
    options: *const EmitOptions,
    statistics: *mut u64,
) -> bool {
    guarded(module, statistics, |module, counts: &mut [u64; 2]| {
        // SAFETY: the pass's own options.
        let options = unsafe { &*options };
        // SAFETY: they point into the pass's own options.
        let (out_dir, compiler) = unsafe { (text(options.out_dir), text(options.compiler)) };
        // SAFETY: they point into the pass's own options.
        let compiler_flags = unsafe { texts(options.compiler_flags, options.compiler_flag_count) };
        let options = emit::EmitOptions {
            out_dir,
            compiler,
            timeout_s: options.timeout_s,
            force: options.force,
            jobs: options.jobs,
            search_delegate: options.search_delegate,
            compiler_flags,
            recut: options.recut,
            refine: options.refine,
        };
        emit::run(module, &options, counts)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use melior::ir::Module;
    use std::sync::{Arc, Mutex};

    #[test]
    fn a_panic_becomes_a_diagnostic_and_ends_at_the_border() {
        let context = respect_mlir::context();
        let said = Arc::new(Mutex::new(String::new()));
        let listener = Arc::clone(&said);
        context.attach_diagnostic_handler(move |diagnostic| {
            listener.lock().unwrap().push_str(&diagnostic.to_string());
            true
        });
        let module = Module::parse(&context, "module {}").unwrap();
        let mut statistics = [7; 2];
        let passed =
            guarded(module.as_operation().to_raw(), statistics.as_mut_ptr(), |_, counts: &mut [u64; 2]| {
                counts[0] = 1;
                panic!("on purpose");
            });
        assert!(!passed);
        assert_eq!(statistics, [1, 0]);
        assert_eq!(*said.lock().unwrap(), "RESPECT met a defect of its own; please report it: on purpose");
    }

    #[test]
    fn the_host_is_told_name_and_version() {
        let info = mlirGetPassPluginInfo();
        // SAFETY: both point to constants that end in a zero byte.
        let (name, version) = unsafe { (CStr::from_ptr(info.name), CStr::from_ptr(info.version)) };
        assert_eq!((info.api_version, name, version), (1, c"RESPECT", VERSION));
        assert_eq!(version.to_str(), Ok(env!("CARGO_PKG_VERSION")));
    }
}

/// The examples of the guide, which are tests.
#[cfg(doctest)]
#[doc = include_str!("../docs/guide/add-a-pass.md")]
struct AddAPass;

#[cfg(doctest)]
#[doc = include_str!("../docs/guide/embed-passes.md")]
struct EmbedThePasses;
