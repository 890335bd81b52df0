//! The request for a folder of stages: the model, how it is scheduled, how its stages are compiled, and where they go.

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
use crate::verdict::Verdict;

/// The number of times that the model is cut again where the compiler refuses a stage, unless the user says otherwise.
pub const RECUTS: u32 = 4;

/// The number of times that bytes and on-chip capacity are corrected if the user asks for it and gives no number.
pub const REFINEMENTS: u32 = 3;

/// A model to compile into a folder of stages, and the settings to do so.
#[derive(Clone)]
pub struct Request<'a> {
    /// The model, in which every tensor that stages can be joined at has a name, see
    /// [`names::complete`](crate::tflite::names::complete).
    pub model: &'a Model<'a>,
    /// The numbers of the tensors that had no name before the names were completed, which the notes tell of.
    pub unnamed: &'a [u32],
    /// The file that the model is from.
    pub source: Source<'a>,
    /// The graph of the model. The graph's name is the model's, and begins the names of the stages' files.
    pub graph: &'a ModelGraph,
    /// The problem to be solved for the graph: the number of stages, the device, and so on.
    pub problem: &'a Problem<'a>,
    /// The schedule to begin with; `None` if `solve` is to find it.
    pub first: Option<&'a Solution>,
    /// The scheduler, called for the problem, and again with what the compiler said to the first stages.
    pub solve: &'a (dyn Fn(&Problem) -> Result<Solution, CallerError> + Sync),
    /// The seed that `solve` starts from, for the manifest.
    pub seed: u64,
    /// The names of each cut's tensors, for the manifest, if the cuts are given and not found.
    pub cut_after: Vec<Vec<String>>,
    /// The names of the devices that run a copy of each stage, for the manifest; none if each stage has one.
    pub devices: Vec<Vec<String>>,
    /// What to do with the devices that there are, for the manifest, if it was asked.
    pub verdict: Option<&'a Verdict>,
    /// True to cut the model even if the compiler would refuse it, or find nothing in it for an Edge TPU.
    pub allow_cpu: bool,
    /// The compiler; `None` if the stages are only to be written.
    pub compiler: Option<&'a Compiler>,
    /// The settings of the compiler's runs. Without a compiler, the flags are still those of the commands that the
    /// manifest gives.
    pub run: RunOptions<'a>,
    /// The most times that the model is cut again where the compiler refuses a stage, with the refused operations kept
    /// apart.
    pub recuts: u32,
    /// The most times that the operations' bytes and the on-chip capacity are corrected by what the compiler wrote and
    /// reported, and the model cut again if that is better.
    pub refinements: u32,
    /// The folder to write.
    pub folder: &'a Path,
    /// True to replace the stages that an earlier run left in the folder.
    pub replace: bool,
    /// The maker of the files that the folder is to hold beside the stages, called once the stages are known.
    pub extra_files: &'a dyn Fn(&Draft) -> Result<Vec<ExtraFile>, CallerError>,
    /// The request to stop, after which nothing is written.
    pub cancel: Cancel,
    /// The function that is told of progress, from several threads.
    pub progress: &'a (dyn Fn(Progress) + Sync),
}

impl<'a> Request<'a> {
    /// Returns the request to cut `model` as `solve` finds best and to write the stages into `folder`, which must not
    /// hold anything yet. Nothing is compiled until [`compiler`](Request::compiler) is set.
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
            devices: Vec::new(),
            verdict: None,
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
    /// The file's bytes; `None` for a model that is not from a file, for which the bytes that it would be written as
    /// count.
    pub bytes: Option<&'a [u8]>,
}

/// The step that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// This many more stages are about to be compiled.
    Compiling(usize),
    /// One more stage is compiled.
    Compiled,
}

/// A folder of stages before it appears.
#[derive(Clone, Copy)]
pub struct Draft<'d> {
    /// The problem that the schedule solves: the one asked for, with the graph and the device as corrected by what the
    /// compiler said.
    pub problem: &'d Problem<'d>,
    /// The schedule of the stages, with the judge's figures.
    pub solution: &'d Solution,
    /// The manifest, as the folder will hold it.
    pub manifest: &'d Manifest,
}

/// A file that a folder holds beside its stages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtraFile {
    /// The file's name, without folders.
    pub name: String,
    /// The file's contents.
    pub contents: Vec<u8>,
}
