//! The way from the sizes of a network to machine code, in this process.

use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::ptr;
use std::sync::{Mutex, PoisonError};

use inkwell::OptimizationLevel;
use inkwell::context::Context;
use inkwell::execution_engine::ExecutionEngine;
use inkwell::module::Module;
use inkwell::targets::TargetMachine;
use memmap2::MmapMut;

use super::arithmetic::TANH;
use super::code::{Code, Pointer};
use super::layers::{After, LayerKind, Rows};
use super::step::{Cell, Glimpse, Query, Scores, Writer};
use crate::policy::inputs::STATIC;

/// A compiled function that takes a pointer to what it works on.
pub(super) type Function<T> = unsafe extern "C" fn(*const T);

/// The code of networks of one width, which stays until the process ends.
#[derive(Clone, Copy)]
pub(super) struct Program {
    pub embed: Function<Rows>,
    pub round: Function<Rows>,
    pub gates: Function<Rows>,
    pub reference: Function<Rows>,
    pub cell: Function<Cell>,
    pub query: Function<Query>,
    pub scores: Function<Scores>,
    pub glimpse: Function<Glimpse>,
}

/// The programs that were compiled in this process, by width.
static PROGRAMS: Mutex<BTreeMap<usize, Program>> = Mutex::new(BTreeMap::new());

/// The cause of code that can't be made, in the words of LLVM or of the system.
pub(super) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What the code of a program needs as long as the process runs: the engine owns the code, and the module and
/// the context are those that the engine was made from.
struct Kept {
    _engine: ManuallyDrop<ExecutionEngine<'static>>,
    _module: Box<Module<'static>>,
    _context: Box<Context>,
}

// SAFETY: what is kept is not touched again, from any thread.
unsafe impl Send for Kept {}

/// What the programs of this process need. Nothing is ever taken out.
static KEPT: Mutex<Vec<Kept>> = Mutex::new(Vec::new());

/// Returns the code of networks of a width, which is compiled once in a process.
pub(super) fn program(width: usize) -> Result<Program, Cause> {
    // A thread that ended in there has put nothing in.
    let mut programs = PROGRAMS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(&program) = programs.get(&width) {
        return Ok(program);
    }
    let program = compile(width)?;
    programs.insert(width, program);
    Ok(program)
}

/// Compiles the code of networks of a width.
///
/// # Errors
/// Returns an error if LLVM can't compile it, or if the system does not allow code to be made.
pub(super) fn compile(width: usize) -> Result<Program, Cause> {
    // Where a system forbids this, LLVM would end the process.
    MmapMut::map_anon(1).and_then(MmapMut::make_exec)?;
    let kept_context = Box::new(Context::create());
    // SAFETY: the context does not move with its box, and the box either goes where nothing is taken out, or is dropped after
    // all that is made from it, which is declared later.
    let context: &'static Context = unsafe { &*ptr::from_ref::<Context>(kept_context.as_ref()) };
    let kept_module = Box::new(context.create_module("policy"));
    // SAFETY: the same holds for the module.
    let module: &'static Module<'static> = unsafe { &*ptr::from_ref::<Module>(kept_module.as_ref()) };
    let (cpu, features) = (TargetMachine::get_host_cpu_name(), TargetMachine::get_host_cpu_features());
    let (cpu, features) = (cpu.to_str()?, features.to_str()?);
    let attributes = [("target-cpu", cpu), ("target-features", features)];
    let registers = registers(features);
    let (code, x) = Code::helper(context, module, TANH, &attributes);
    let tanh = code.tanh_inline(x);
    code.finish(Some(tanh));

    let write = |name: &str, body: &dyn Fn(&Code<'static>, Pointer<'static>)| {
        let (code, argument) = Code::new(context, module, name, &attributes);
        body(&code, argument);
        code.finish(None);
    };
    let layer = |name, inputs: &[usize], outputs, after| {
        let kind = LayerKind { inputs: inputs.to_vec(), outputs, after };
        write(name, &|code, argument| kind.emit(code, argument, registers));
    };
    layer("embed", &[STATIC], width, After::Tanh);
    layer("round", &[width; 3], width, After::TanhResidual);
    layer("gates", &[width], 4 * width, After::Nothing);
    layer("reference", &[width], width, After::Nothing);
    write("cell", &|code, argument| Writer { code, width, registers }.cell(argument));
    write("query", &|code, argument| Writer { code, width, registers }.query(argument));
    write("scores", &|code, argument| Writer { code, width, registers }.scores(argument));
    write("glimpse", &|code, argument| Writer { code, width, registers }.glimpse(argument));

    let said = |message: inkwell::support::LLVMString| -> Cause { message.to_string().into() };
    module.verify().map_err(said)?;
    // More optimization takes longer, and does not make this code faster: it is vectors and registers already.
    let engine = module.create_jit_execution_engine(OptimizationLevel::Less).map_err(said)?;
    let engine = ManuallyDrop::new(engine);
    // SAFETY: each function was written above for the argument that its type in `Program` says, and the engine is never
    // dropped.
    let program = unsafe {
        Program {
            embed: function(&engine, "embed")?,
            round: function(&engine, "round")?,
            gates: function(&engine, "gates")?,
            reference: function(&engine, "reference")?,
            cell: function(&engine, "cell")?,
            query: function(&engine, "query")?,
            scores: function(&engine, "scores")?,
            glimpse: function(&engine, "glimpse")?,
        }
    };
    let kept = Kept { _engine: engine, _module: kept_module, _context: kept_context };
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).push(kept);
    Ok(program)
}

/// Returns the code of function `name`.
///
/// # Safety
/// The function must be one that takes a pointer to `T`, and the engine must outlive the function.
unsafe fn function<T>(engine: &ExecutionEngine, name: &str) -> Result<Function<T>, Cause> {
    let address = engine.get_function_address(name)?;
    if address == 0 {
        return Err(format!("no code for {name}").into());
    }
    // SAFETY: not null, and the caller vouches for the type.
    Ok(unsafe { std::mem::transmute::<usize, Function<T>>(address) })
}

/// Returns how many vectors of 16 numbers stay in registers while others come and go.
fn registers(features: &str) -> usize {
    // Of 16 registers, sums take up to 12: with AVX each is half a vector, without it a quarter. More registers than that
    // gain nothing, since a row of most networks has three vectors.
    if cfg!(not(target_arch = "x86_64")) || features.split(',').any(|feature| feature == "+avx") {
        6
    } else {
        3
    }
}
