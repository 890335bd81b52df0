//! The pass `respect-emit-stages`, which writes the stages of a function as files and has the compiler compile them.

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use melior::ir::OperationRef;
use melior::ir::operation::OperationLike;

use super::annotations::{self, Annotation};
use super::graph::graph_of;
use super::hint::with_advice;
use super::judge::{Judged, Reading, judge};
use super::rewrite::clone;
use super::{Diagnosed, Failure, RemarkKind, error, functions, inline, remark, symbol};
use crate::{Foreign, completed};
use respect::base::cancel::Cancel;
use respect::base::listed::Listed;
use respect::base::units::Time;
use respect::compile::{CompileError, Outcome, Request, Source, compile};
use respect::edgetpu::all_stages::RunOptions;
use respect::edgetpu::compiler::Compiler;
use respect::edgetpu::flags::{Flag, FlagError};
use respect::policy::guided;
use respect::problem::{Objective, Problem};
use respect::solve::{Algorithm, Claim, Origin, Solution, Status, solve_for_runner};
use respect::tflite::names;
use respect::verdict::beside;

/// The options of the pass: the output folder, the compiler, and how it is run.
#[derive(Clone, Debug)]
pub struct EmitOptions<'a> {
    /// The path of the output folder.
    pub out_dir: &'a str,
    /// The path of the compiler; empty to compile nothing.
    pub compiler: &'a str,
    /// The time that the compiler may take for one stage, in seconds.
    pub timeout_s: u64,
    /// True to replace the stages of an earlier run.
    pub force: bool,
    /// The number of stages that are compiled at a time; 0 for one a core.
    pub jobs: u32,
    /// True to try a refused stage again with the compiler's own search.
    pub search_delegate: bool,
    /// The flags for the compiler, as `NAME` or `NAME=VALUE`.
    pub compiler_flags: Vec<&'a str>,
    /// The most times that the function is cut again where the compiler refuses a stage.
    pub recut: u32,
    /// The most times that the on-chip capacity is corrected by what the compiler reports.
    pub refine: u32,
}

/// Writes the stages of the scheduled or outlined function of a module; counts stages and compiled stages.
///
/// The first cut is the one that the function carries. If the compiler refuses or corrects it, the next cuts come from
/// the scheduler that the function names, or from `respect` if it names none of ours.
///
/// # Errors
/// Returns an error if an option has a value that means nothing, if no function or more than one is scheduled, if the
/// function is not all of the `tfl` dialect, if a file can't be written, or if a stage can't be compiled. In every case
/// the folder is as it was.
pub fn run<'c>(
    module: OperationRef<'c, 'c>,
    options: &EmitOptions,
    counts: &mut [u64; 2],
) -> Result<(), Diagnosed> {
    let here = module.location();
    let flags = checked(options).map_err(|text| error(here, &text))?;
    // Files are made of the function in one piece: what other passes did to the stages since is in there.
    let whole = clone(module);
    // SAFETY: the clone lives to the end of this function, and nothing made of it leaves.
    let whole_ref = unsafe { OperationRef::from_raw(whole.to_raw()) };
    inline::run(whole_ref, &mut [0])?;
    let reading = Reading { foreign: Foreign::Refused, sees_callees: true, fills_in: true };
    let mut scheduled = Vec::new();
    for function in functions(whole_ref) {
        if let Some(mut judged) = judge(function, reading, &mut 0)? {
            judged.correct(function);
            scheduled.push((function, judged));
        }
    }
    let one: [_; 1] = scheduled.try_into().map_err(|scheduled: Vec<(OperationRef, Judged)>| {
        let names: Vec<&str> = scheduled.iter().map(|(function, _)| symbol(*function)).collect();
        error(
            here,
            &match names[..] {
                [] => "no function is scheduled: run respect-schedule first".into(),
                _ => format!(
                    "{} are all scheduled, but a folder takes one: choose one by functions= of respect-schedule",
                    names.join(", ")
                ),
            },
        )
    })?;
    let [(function, judged)] = one;
    let outcome = emit(whole_ref, function, judged, options, &flags)?;
    let stages = &outcome.manifest.stages;
    counts[0] = stages.len() as u64;
    counts[1] = stages.iter().filter(|stage| stage.compiled_file.is_some()).count() as u64;
    let name = symbol(function);
    let text = format!("{} stages in {}", counts[0], options.out_dir);
    remark(function.location(), RemarkKind::Passed, "emitted", name, &text);
    if let Some(verdict) = &outcome.manifest.verdict {
        let advice = format!("with {} devices: {}", verdict.device_count, verdict.advice);
        remark(function.location(), RemarkKind::Passed, "advice", name, &advice);
    }
    for note in &outcome.notes {
        remark(function.location(), RemarkKind::Passed, "emitted-so", name, note);
    }
    Ok(())
}

/// Returns the flags for the compiler, after checking every option.
///
/// # Errors
/// Returns a sentence on what is wrong with an option, and what to do about it.
fn checked(options: &EmitOptions) -> Result<Vec<Flag>, String> {
    if options.out_dir.is_empty() {
        return Err("respect-emit-stages has no folder to write to: give out-dir=DIR".into());
    }
    if options.timeout_s == 0 {
        return Err("compiler-timeout-s=0 leaves the compiler no time: give 1 or more".into());
    }
    if options.refine > 0 && options.compiler.is_empty() {
        let text = "refine takes the on-chip capacity from what the compiler reports: name it with edgetpu-compiler=PATH";
        return Err(text.into());
    }
    let flag = |text: &&str| text.parse().map_err(|wrong: FlagError| with_advice(&wrong));
    let flags: Result<Vec<Flag>, String> = options.compiler_flags.iter().map(flag).collect();
    flags.map_err(|text| format!("compiler-flags: {text}"))
}

/// Compiles one function into the folder.
fn emit<'c>(
    module: OperationRef<'c, 'c>,
    function: OperationRef<'c, 'c>,
    judged: Judged<'c>,
    options: &EmitOptions,
    flags: &[Flag],
) -> Result<Outcome, Diagnosed> {
    let name = symbol(function);
    let fail =
        |text: &str| error(function.location(), &format!("cannot emit the stages of '{name}': {text}"));
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
        || name.starts_with('.')
    {
        return Err(fail("its name cannot be that of a file: use letters, digits, '_', '-' and '.'"));
    }
    let cancel = Cancel::default();
    let path = (!options.compiler.is_empty()).then(|| Path::new(options.compiler));
    let compiler = path.map(|path| Compiler::find(Some(path), None, &cancel)).transpose();
    let compiler = compiler.map_err(|wrong| fail(&with_advice(&wrong)))?.flatten();
    let Judged { read, annotation, stages, rules, device, schedule, order, .. } = judged;
    let mut model =
        completed(read.model, module, function).map_err(|complaint| Failure::from(complaint).report())?;
    let unnamed = names::complete(&mut model);
    let graph = graph_of(function, &model, &order).map_err(Failure::report)?;
    let objective = annotation.objective.unwrap_or(Objective::Latency);
    let problem = Problem { graph: &graph.graph, stages, device, objective, rules };
    let origin = annotation.solver.as_deref().map_or(Origin::Hand, Origin::named);
    let first = Solution::judged(&problem, schedule, origin, claim(&annotation, objective));
    let first = first.map_err(|broken| {
        let broken: Vec<String> = broken.iter().map(ToString::to_string).collect();
        fail(&broken.join("; "))
    })?;
    let scheduler = annotation.solver.as_deref().and_then(|solver| Algorithm::named(solver).ok());
    let scheduler = scheduler.unwrap_or(Algorithm::Respect);
    let solve = |problem: &Problem| Ok(solve_for_runner(problem, scheduler, &guided(scheduler))?);
    let decided = beside(&problem, &guided(Algorithm::Respect)).map_err(|wrong| fail(&wrong.to_string()))?;
    let verdict = decided.map(|decided| decided.verdict);
    let default = RunOptions::default();
    let request = Request {
        unnamed: &unnamed,
        verdict: verdict.as_ref(),
        first: Some(&first),
        // Parts of a module may be for another device: the compiler has the last word.
        allow_cpu: true,
        compiler: compiler.as_ref(),
        run: RunOptions {
            flags,
            limit: Duration::from_secs(options.timeout_s),
            jobs: NonZeroUsize::new(options.jobs as usize).unwrap_or(default.jobs),
            search_delegate: options.search_delegate,
        },
        recuts: options.recut,
        refinements: options.refine,
        replace: options.force,
        cancel,
        ..Request::new(
            &model,
            Source { file: format!("{name}.tflite"), bytes: None },
            &graph,
            &problem,
            &solve,
            Path::new(options.out_dir),
        )
    };
    compile(&request).map_err(|wrong| {
        let text = format!("cannot emit the stages of '{name}': {}", with_advice(&wrong));
        match &wrong {
            CompileError::RefusedAlone { operation, .. } => {
                error(read.operations[operation.index()].location(), &text)
            }
            _ => error(function.location(), &text),
        }
    })
}

/// Returns what the annotation of a schedule claims about the search; of a schedule by hand only the figures are known.
fn claim(annotation: &Annotation, objective: Objective) -> Claim {
    let lower_bound = annotation.lower_bound.map_or(0, |bound| match objective {
        Objective::Memory => bound as u64,
        Objective::Latency => Time::from_us(bound).0,
    });
    let status = [Status::Optimal, Status::BudgetExhausted]
        .into_iter()
        .find(|status| annotation.status.as_deref() == Some(&status.to_string()))
        .unwrap_or(Status::Feasible);
    Claim {
        status,
        lower_bound,
        detail: annotation.detail.clone().unwrap_or_else(|| format!("from '{}'", annotations::SCHEDULE)),
        solve_time: Duration::ZERO,
    }
}
