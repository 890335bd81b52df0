//! From a network to machine code, in this process.

use std::mem::ManuallyDrop;

use anyhow::{Context as _, anyhow, ensure};
use inkwell::OptimizationLevel;
use inkwell::context::Context;
use inkwell::execution_engine::ExecutionEngine;
use inkwell::targets::TargetMachine;
use memmap2::MmapMut;

use super::arithmetic::TANH;
use super::code::Code;
use super::layers::{Kind, Rows};
use super::step::{Call, Step};

/// The code of a layer.
pub(super) type LayerCode = unsafe extern "C" fn(*const Rows);
/// The code of the decoder's step.
pub(super) type StepCode = unsafe extern "C" fn(*const Call);

/// The code of each kind of layers, and of the step. It stays until the process ends.
pub(super) fn compile<const N: usize>(
    kinds: &[Kind; N],
    step: &Step,
) -> anyhow::Result<([LayerCode; N], StepCode)> {
    // Where a system forbids this, LLVM would end the process.
    MmapMut::map_anon(1).and_then(MmapMut::make_exec).context("making code")?;
    // The engine owns the code, and the context what the engine was made from.
    let context: &'static Context = Box::leak(Box::new(Context::create()));
    let module = &*Box::leak(Box::new(context.create_module("policy")));
    let (cpu, features) = (TargetMachine::get_host_cpu_name(), TargetMachine::get_host_cpu_features());
    let (cpu, features) = (cpu.to_str()?, features.to_str()?);
    let attributes = [("target-cpu", cpu), ("target-features", features)];
    let registers = registers(features);
    let (code, x) = Code::helper(context, module, TANH, &attributes);
    let tanh = code.tanh_inline(x);
    code.finish(Some(tanh));
    let name = |kind: usize| format!("layer{kind}");
    for (number, kind) in kinds.iter().enumerate() {
        let (code, argument) = Code::new(context, module, &name(number), &attributes);
        kind.emit(&code, argument, registers);
        code.finish(None);
    }
    let (code, argument) = Code::new(context, module, "step", &attributes);
    step.emit(&code, argument, registers);
    code.finish(None);
    let said = |message: inkwell::support::LLVMString| anyhow!("{message}");
    module.verify().map_err(said)?;
    // More optimization takes longer, and does not make this code faster: it is vectors and registers already.
    let engine = module.create_jit_execution_engine(OptimizationLevel::Less).map_err(said)?;
    let engine = ManuallyDrop::new(engine);
    let mut layers = Vec::with_capacity(N);
    for kind in 0..N {
        let address = address(&engine, &name(kind))?;
        // SAFETY: a layer's code takes what `LayerCode` takes, and the engine is never dropped.
        layers.push(unsafe { std::mem::transmute::<usize, LayerCode>(address) });
    }
    let layers = layers.try_into().expect("one a kind");
    // SAFETY: as above.
    let step = unsafe { std::mem::transmute::<usize, StepCode>(address(&engine, "step")?) };
    Ok((layers, step))
}

fn address(engine: &ExecutionEngine, name: &str) -> anyhow::Result<usize> {
    let address = engine.get_function_address(name)?;
    ensure!(address != 0, "no code for {name}");
    Ok(address)
}

/// How many vectors of 16 numbers stay in registers while others come and go.
fn registers(features: &str) -> usize {
    // Of 16 registers, sums take up to 12: with AVX each is half a vector, without it a quarter. More registers than that
    // gain nothing, since a row of most networks has three vectors.
    if cfg!(not(target_arch = "x86_64")) || features.split(',').any(|feature| feature == "+avx") {
        6
    } else {
        3
    }
}
