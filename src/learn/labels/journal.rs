//! A file of labels that appears whole or not at all, and that an interrupted run can be continued with.
//!
//! Beside `FILE` there are two files. `FILE.recipe.json` says what the labels are of, and is there from the start.
//! `FILE.partial` holds the labels so far, one a line, while a run is under way or after it was killed. A run with
//! another recipe leaves both alone. A run with that recipe takes whole graphs over from `FILE.partial`; what follows
//! them, such as a line that was being written when the power failed, is done again.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use serde::Serialize;
use serde_json::{Map, Value};

use super::source::Identity;
use super::{Label, Plan, Shard};
use crate::base::hint::{Hint, Hinted};

/// The recipe of a file of labels. Two runs with the same recipe write the same bytes.
#[derive(Clone, Debug, Serialize)]
pub struct LabelRecipe<'r> {
    /// The program's version: another version may find other schedules that are as good.
    pub respect: &'static str,
    /// The graphs that are labelled.
    pub graphs: &'r Identity,
    /// The problems that each graph poses.
    #[serde(flatten)]
    pub plan: &'r Plan,
    /// The share of the graphs.
    pub shard: Shard,
    /// The name of the file's format.
    pub format: &'static str,
}

impl LabelRecipe<'_> {
    fn text(&self) -> String {
        serde_json::to_string_pretty(self).expect("plain data serializes") + "\n"
    }
}

/// A file of labels in the making.
pub struct Journal {
    target: PathBuf,
    partial: BufWriter<File>,
    graphs: u64,
    /// The recipe's file, whose lock keeps other runs away.
    _recipe: Locked,
}

/// The state of a file of labels that is opened.
pub enum Opened {
    /// The file is there; nothing is left to do.
    Finished,
    /// Labels are missing; the journal takes them.
    Begun(Journal),
}

/// The reason why labels can't be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The file is there, and is not known to hold the labels that are asked for.
    #[error("{} exists", .0.display())]
    Exists(PathBuf),
    /// The file beside it says that the labels are others than those asked for.
    #[error("{}: the labels beside it differ in {differ} from those that are asked for", .recipe.display())]
    Other {
        /// The file with the recipe of the other labels.
        recipe: PathBuf,
        /// The fields in which the recipes differ, separated by commas.
        differ: String,
    },
    /// Another run is writing the file.
    #[error("{}: another run is writing these labels", .0.display())]
    Busy(PathBuf),
    /// The file system refused.
    #[error("{}: {cause}", .path.display())]
    Io {
        /// The file that was read or written.
        path: PathBuf,
        /// The error of the system.
        cause: io::Error,
    },
}

impl Hinted for JournalError {
    fn hint(&self) -> Option<Hint> {
        match self {
            JournalError::Exists(_) | JournalError::Other { .. } => Some(Hint::OtherFileOrReplace),
            JournalError::Busy(_) | JournalError::Io { .. } => None,
        }
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> JournalError + '_ {
    |cause| JournalError::Io { path: path.into(), cause }
}

fn beside(target: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(target);
    name.push(ending);
    name.into()
}

impl Journal {
    /// Opens the file of labels `target`: goes on where an earlier run left it, or begins it; with `force`, replaces
    /// whatever is there.
    ///
    /// # Errors
    /// Returns an error if something else is in the way and `force` is not given, if another run has the file, or if
    /// the file system refuses.
    pub fn open(target: &Path, recipe: &LabelRecipe, force: bool) -> Result<Opened, JournalError> {
        let (recipe_path, partial_path) = (beside(target, ".recipe.json"), beside(target, ".partial"));
        // The graphs of an earlier stream cannot be compared with those of the stream that is read now.
        let is_known = *recipe.graphs != Identity::Stream;
        let mut locked = Locked::open(&recipe_path)?;
        let (text, found) = (recipe.text(), locked.read().map_err(at(&recipe_path))?);
        if found != text || !is_known {
            if let Some(obstacle) = obstacle(target, &recipe_path, &found, &text).filter(|_| !force) {
                if found.is_empty() {
                    remove(&recipe_path)?;
                }
                return Err(obstacle);
            }
            // The order matters if the process is killed here: labels never lie beside the recipe of others.
            remove(&partial_path)?;
            remove(target)?;
            locked.write(&text).map_err(at(&recipe_path))?;
        }
        if target.symlink_metadata().is_ok() {
            remove(&partial_path)?;
            return Ok(Opened::Finished);
        }
        let mut partial = open(&partial_path)?;
        let graphs = keep_whole(&mut partial, recipe).map_err(at(&partial_path))?;
        let partial = BufWriter::new(partial);
        Ok(Opened::Begun(Journal { target: target.into(), partial, graphs, _recipe: locked }))
    }

    /// Returns the number of graphs whose labels are there already.
    pub fn graphs(&self) -> u64 {
        self.graphs
    }

    /// Adds the labels of the next graph.
    ///
    /// # Errors
    /// Returns an error if the file system refuses.
    pub fn add(&mut self, labels: &[Label]) -> Result<(), JournalError> {
        let written = write_lines(&mut self.partial, labels).and_then(|()| self.partial.flush());
        written.map_err(at(&beside(&self.target, ".partial")))?;
        self.graphs += 1;
        Ok(())
    }

    /// Makes the file appear, as lines or as `convert` writes it.
    ///
    /// # Errors
    /// Returns an error if the file system refuses; the labels are then still there to go on with.
    pub fn finish(self, convert: Option<Convert>) -> Result<(), JournalError> {
        let partial_path = beside(&self.target, ".partial");
        let partial = self.partial.into_inner().map_err(io::IntoInnerError::into_error);
        let mut partial = partial.map_err(at(&partial_path))?;
        let Some(convert) = convert else {
            partial.sync_all().map_err(at(&partial_path))?;
            return fs::rename(&partial_path, &self.target).map_err(at(&self.target));
        };
        let new_path = beside(&self.target, ".new");
        let whole = || {
            partial.seek(SeekFrom::Start(0))?;
            let mut labels = BufReader::new(partial).lines().map(|line| Ok(serde_json::from_str(&line?)?));
            let new = File::create(&new_path)?;
            convert(&mut labels, new.try_clone()?)?;
            new.sync_all()?;
            fs::rename(&new_path, &self.target)
        };
        whole().map_err(at(&self.target))?;
        remove(&partial_path)
    }
}

/// A function that writes labels in another format than lines.
pub type Convert = fn(&mut dyn Iterator<Item = io::Result<Label>>, File) -> io::Result<()>;

/// Writes labels, one a line.
///
/// # Errors
/// Returns the error of the sink.
pub fn write_lines(sink: &mut dyn Write, labels: &[Label]) -> io::Result<()> {
    labels.iter().try_for_each(|label| {
        serde_json::to_writer(&mut *sink, label)?;
        sink.write_all(b"\n")
    })
}

/// Cuts `partial` after its last whole graph, and returns the number of graphs.
fn keep_whole(partial: &mut File, recipe: &LabelRecipe) -> io::Result<u64> {
    let mut reader = BufReader::new(&mut *partial);
    let (mut graphs, mut kept, mut end, mut line) = (0, 0, 0, Vec::new());
    'graphs: loop {
        let number = recipe.shard.number_at(graphs);
        for (stages, objective) in recipe.plan.problems() {
            line.clear();
            end += reader.read_until(b'\n', &mut line)? as u64;
            let is_asked_for = |label: Label| {
                label.number == number && label.stages == stages && label.objective == objective
            };
            let is_whole = line.ends_with(b"\n") && serde_json::from_slice(&line).is_ok_and(is_asked_for);
            if !is_whole {
                break 'graphs;
            }
        }
        (graphs, kept) = (graphs + 1, end);
    }
    partial.set_len(kept)?;
    partial.seek(SeekFrom::Start(kept))?;
    Ok(graphs)
}

/// Returns the names of the fields in which two recipes differ, separated by commas.
fn differences(one: &str, other: &str) -> String {
    let fields = |text: &str| serde_json::from_str::<Map<String, Value>>(text).unwrap_or_default();
    let (one, other) = (fields(one), fields(other));
    let names = other.keys().chain(one.keys().filter(|name| !other.contains_key(*name)));
    let differ: Vec<String> =
        names.filter(|name| one.get(*name) != other.get(*name)).map(ToString::to_string).collect();
    differ.join(", ")
}

/// Returns what is in the way of labels with the recipe `text`, where a run with the recipe `found` has begun; none
/// if nothing is.
fn obstacle(target: &Path, recipe: &Path, found: &str, text: &str) -> Option<JournalError> {
    if !found.is_empty() && found != text {
        return Some(JournalError::Other { recipe: recipe.into(), differ: differences(found, text) });
    }
    target.symlink_metadata().is_ok().then(|| JournalError::Exists(target.into()))
}

/// Opens a file without changing it, or creates it.
fn open(path: &Path) -> Result<File, JournalError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).open(path).map_err(at(path))
}

fn remove(path: &Path) -> Result<(), JournalError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

/// A file that only one run at a time has open.
struct Locked {
    file: File,
    _lock: Option<Flock<File>>,
}

impl Locked {
    fn open(path: &Path) -> Result<Locked, JournalError> {
        let file = open(path)?;
        match Flock::lock(file.try_clone().map_err(at(path))?, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => Ok(Locked { file, _lock: Some(lock) }),
            Err((_, Errno::EWOULDBLOCK)) => Err(JournalError::Busy(path.into())),
            // Some file systems of clusters have no locks; there the user must see to it that only one run writes.
            Err(_) => Ok(Locked { file, _lock: None }),
        }
    }

    fn read(&mut self) -> io::Result<String> {
        let mut bytes = Vec::new();
        self.file.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(text.as_bytes())?;
        self.file.sync_all()
    }
}
