//! What is asked for: the model, how it is scheduled, how its stages are compiled, and where they go.

use std::path::Path;

use super::error::CallerError;
use crate::base::cancel::Cancel;
use crate::edgetpu::all_stages::RunOptions;
use crate::edgetpu::compiler::Compiler;
use crate::problem::Problem;
use crate::solve::Solution;
use crate::stages::manifest::Manifest;
use crate::tflite::Model;
use crate::tflite::graph::ModelGraph;

/// How often the model is cut again where the compiler refuses a stage, unless the user says otherwise.
pub const RECUTS: u32 = 4;

/// How often the on-chip capacity is corrected where the user asks for it and gives no number.
pub const REFINEMENTS: u32 = 3;

/// A model to compile into a folder of stages.
#[derive(Clone)]
pub struct Request<'a> {
    /// The model. Every tensor that stages can be joined at has a name, see [`names::complete`](crate::tflite::names::complete).
    pub model: &'a Model<'a>,
    /// The tensors that had no name before that, by number. They are told of.
    pub unnamed: &'a [u32],
    /// The file that the model is from.
    pub source: Source<'a>,
    /// The model's graph. Its name is that of the model, and begins the names of the stages' files.
    pub graph: &'a ModelGraph,
    /// What is to be solved for the graph: how many stages, for which device, and so on.
    pub problem: &'a Problem<'a>,
    /// The schedule to begin with; `None` has `solve` find it.
    pub first: Option<&'a Solution>,
    /// What finds schedules: for the problem, and again with what the compiler said to the first stages.
    pub solve: &'a (dyn Fn(&Problem) -> Result<Solution, CallerError> + Sync),
    /// The seed that `solve` starts from, for the manifest.
    pub seed: u64,
    /// The tensors of each cut by name, for the manifest, if the cuts are given and not found.
    pub cut_after: Vec<Vec<String>>,
    /// Whether a model is cut that the compiler would refuse, or find nothing in for an Edge TPU.
    pub allow_cpu: bool,
    /// The compiler; `None` has the stages written alone.
    pub compiler: Option<&'a Compiler>,
    /// How the compiler is run. Without a compiler its flags are those of the commands that the manifest gives.
    pub run: RunOptions<'a>,
    /// How often the model is cut again at most where the compiler refuses a stage, with what it refuses kept apart.
    pub recuts: u32,
    /// How often the on-chip capacity is corrected at most by what the compiler reports, and the model cut again if that is
    /// better.
    pub refinements: u32,
    /// The folder to write.
    pub folder: &'a Path,
    /// Whether the stages that an earlier run left in the folder are replaced.
    pub replace: bool,
    /// What makes files that the folder is to hold beside the stages, once these are known.
    pub extra_files: &'a dyn Fn(&Draft) -> Result<Vec<ExtraFile>, CallerError>,
    /// The request to stop, after which nothing is written.
    pub cancel: Cancel,
    /// Told of what is done meanwhile, from several threads.
    pub progress: &'a (dyn Fn(Progress) + Sync),
}

impl<'a> Request<'a> {
    /// Returns the request to cut `model` as `solve` finds best and to write the stages into `folder`, which must not hold
    /// anything yet. Nothing is compiled until [`compiler`](Request::compiler) is set.
    pub fn new(
        model: &'a Model<'a>,
        source: Source<'a>,
        graph: &'a ModelGraph,
        problem: &'a Problem<'a>,
        solve: &'a (dyn Fn(&Problem) -> Result<Solution, CallerError> + Sync),
        folder: &'a Path,
    ) -> Request<'a> {
        Request {
            model,
            unnamed: &[],
            source,
            graph,
            problem,
            first: None,
            solve,
            seed: 0,
            cut_after: Vec::new(),
            allow_cpu: false,
            compiler: None,
            run: RunOptions::default(),
            recuts: RECUTS,
            refinements: 0,
            folder,
            replace: false,
            extra_files: &|_| Ok(Vec::new()),
            cancel: Cancel::default(),
            progress: &|_| {},
        }
    }
}

/// The file that a model is from, which the manifest tells of.
#[derive(Clone, Debug)]
pub struct Source<'a> {
    /// The file's name, without folders.
    pub file: String,
    /// The file's bytes; `None` for a model that is of no file, which counts as the file that it would be.
    pub bytes: Option<&'a [u8]>,
}

/// What is done at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// So many more stages are about to be compiled.
    Compiling(usize),
    /// One of them is.
    Compiled,
}

/// A folder of stages before it appears.
#[derive(Clone, Copy)]
pub struct Draft<'d> {
    /// The problem that the schedule solves: the one asked for, with what the compiler said.
    pub problem: &'d Problem<'d>,
    /// The schedule.
    pub solution: &'d Solution,
    /// The manifest.
    pub manifest: &'d Manifest,
}

/// A file that a folder holds beside its stages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtraFile {
    /// The file's name, without folders.
    pub name: String,
    /// What it holds.
    pub contents: Vec<u8>,
}
