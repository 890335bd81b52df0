//! `respect-emit-stages`: the stages of a function as files, and through the compiler.

use std::io;
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use melior::ir::OperationRef;
use melior::ir::operation::OperationLike;

use super::annotations::{self, Annotation};
use super::judge::{Judged, judge};
use super::rewrite::clone;
use super::{Diagnosed, Kind, error, functions, inline, remark, symbol};
use crate::Foreign;
use respect::base::cancel::Cancel;
use respect::base::hash::Hashing;
use respect::base::units::Time;
use respect::edgetpu::compiler::Compiler;
use respect::edgetpu::driver;
use respect::edgetpu::hand_off::HandOff;
use respect::problem::{Objective, Problem};
use respect::solve::{Claim, Origin, Solution, Status};
use respect::stages::manifest::{FileEntry, Manifest};
use respect::stages::new_folder::NewFolder;
use respect::stages::parts::parts;
use respect::stages::write;
use respect::tflite;

/// Where to, and through which compiler.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The folder.
    pub out_dir: &'a str,
    /// The compiler's path; empty: do not compile.
    pub compiler: &'a str,
    /// How long it may take for one stage, in seconds.
    pub timeout_s: u64,
    /// Whether the stages of an earlier run are replaced.
    pub force: bool,
}

/// Writes the stages of the scheduled or outlined function of a module; counts stages and compiled stages.
///
/// # Errors
/// No function or more than one is scheduled, it is not all of the `tfl` dialect, a file cannot be written or a stage
/// not be compiled. Then the folder is as it was.
pub fn run<'c>(
    module: OperationRef<'c, 'c>,
    options: &Options,
    counts: &mut [u64; 2],
) -> Result<(), Diagnosed> {
    let here = module.location();
    if options.out_dir.is_empty() {
        return Err(error(here, "respect-emit-stages has no folder to write to: give out-dir=DIR"));
    }
    // Files are made of the function in one piece: what other passes did to the stages since is in there.
    let whole = clone(module);
    // SAFETY: the clone lives to the end of this function, and nothing made of it leaves.
    let whole_ref = unsafe { OperationRef::from_raw(whole.to_raw()) };
    inline::run(whole_ref, &mut [0])?;
    let mut scheduled = Vec::new();
    for function in functions(whole_ref) {
        if let Some(judged) = judge(function, Foreign::Refused, &mut 0)? {
            scheduled.push((function, judged));
        }
    }
    let [(function, judged)] = &scheduled[..] else {
        let names: Vec<&str> = scheduled.iter().map(|(function, _)| symbol(*function)).collect();
        return Err(error(
            here,
            &match names[..] {
                [] => "no function is scheduled: run respect-schedule first".into(),
                _ => format!(
                    "{} are all scheduled, but a folder takes one: emit them from modules of their own",
                    names.join(", ")
                ),
            },
        ));
    };
    let name = symbol(*function);
    emit(name, judged, options, counts).map_err(|cause| {
        error(function.location(), &format!("cannot emit the stages of '{name}': {cause:#}"))
    })?;
    let text = format!("{} stages in {}", counts[0], options.out_dir);
    remark(function.location(), Kind::Passed, "emitted", name, &text);
    Ok(())
}

fn emit(name: &str, judged: &Judged, options: &Options, counts: &mut [u64; 2]) -> anyhow::Result<()> {
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
        || name.starts_with('.')
    {
        bail!("its name cannot be that of a file: use letters, digits, '_', '-' and '.'");
    }
    let compiler = (!options.compiler.is_empty()).then(|| Path::new(options.compiler));
    let compiler = compiler.map(|path| Compiler::find(Some(path), None)).transpose()?.flatten();
    let target = Path::new(options.out_dir);
    let new_folder = NewFolder::create(target, options.force)?;
    let model = &judged.read.model;
    let stage_parts = parts(model, &judged.graph, &judged.evaluation);
    let files = write::write_stages(model, name, stage_parts, new_folder.path())?;
    let mut whole = Hashing::new(io::sink());
    tflite::write(model, &mut whole).context("the whole model")?;
    let (_, bytes, sha256) = whole.finish();
    let file = FileEntry { file: format!("{name}.tflite"), bytes, sha256 };
    let annotation = &judged.annotation;
    let problem = Problem {
        graph: &judged.graph.graph,
        stages: judged.stages,
        device: judged.device.clone(),
        objective: annotation.objective.unwrap_or(Objective::Latency),
        rules: judged.rules,
    };
    let origin = annotation.solver.as_deref().map_or(Origin::Hand, Origin::named);
    let solution = Solution::judged(&problem, judged.schedule.clone(), origin, claim(annotation, &problem))
        .map_err(|violations| anyhow::anyhow!("{} rules are broken", violations.len()))?;
    let seed = 0; // that of the pass's budget
    let command_line = |file: &str| driver::command_line(file, &[]);
    let mut manifest =
        Manifest::new(&problem, &solution, seed, (model, &judged.graph, file), &files, command_line);
    if let Some(compiler) = &compiler {
        let hand_off = HandOff {
            compiler,
            flags: &[],
            limit: Duration::from_secs(options.timeout_s.max(1)),
            jobs: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            search_delegate: false,
            cancel: &Cancel::default(),
        };
        let names: Vec<&str> = files.iter().map(|(_, file)| file.file.as_str()).collect();
        hand_off.compile(new_folder.path(), &names, || {})?;
        write::enter_compiled(new_folder.path(), &mut manifest)?;
        counts[1] = manifest.stages.len() as u64;
    }
    write::write_manifest(new_folder.path(), &manifest)?;
    if let Some(problem) = respect::stages::check::verify(new_folder.path())?.first() {
        bail!("the stages do not pass their own check, so none were kept: {problem}");
    }
    new_folder.finish()?;
    counts[0] = files.len() as u64;
    Ok(())
}

/// What the annotation of a schedule says of the search; of one by hand nothing is known but its figures.
fn claim(annotation: &Annotation, problem: &Problem) -> Claim {
    let lower_bound = annotation.lower_bound.map_or(0, |bound| match problem.objective {
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
        detail: format!("from '{}'", annotations::SCHEDULE),
        solve_time: Duration::ZERO,
    }
}
