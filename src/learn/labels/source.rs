//! Where graphs to label come from: a recipe, or a list with one graph file object a line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::base::hash::Hashing;
use crate::graph::OpGraph;
use crate::graph::json::JsonError;
use crate::learn::synth::Recipe;

/// Graphs, not read yet.
#[derive(Clone, Debug)]
pub enum GraphSource {
    /// The first graphs of a recipe.
    Recipe {
        /// The recipe.
        recipe: Recipe,
        /// How many.
        count: u64,
    },
    /// A file.
    File(PathBuf),
    /// What comes on stdin.
    Stdin,
}

/// What a source is known by: sources that are alike hold the same graphs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Identity {
    /// A recipe.
    Recipe {
        /// The recipe.
        #[serde(flatten)]
        recipe: Recipe,
        /// How many graphs.
        count: u64,
    },
    /// A file.
    File {
        /// How many graphs.
        count: u64,
        /// Its hash.
        sha256: String,
    },
    /// A stream, which is gone once it is read.
    Stream,
}

impl Identity {
    /// How many graphs there are, if that is known.
    pub fn count(&self) -> Option<u64> {
        match self {
            Identity::Recipe { count, .. } | Identity::File { count, .. } => Some(*count),
            Identity::Stream => None,
        }
    }
}

/// Why a graph can't be had.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The system refused.
    #[error("{list}: {cause}")]
    Io {
        /// The list.
        list: String,
        /// Why.
        cause: io::Error,
    },
    /// A line holds no graph.
    #[error("{list}, line {line}: {cause}; each line holds one graph, as respect synth prints them")]
    Graph {
        /// The list.
        list: String,
        /// The line, from 1.
        line: u64,
        /// Why.
        cause: JsonError,
    },
}

/// A graph before the work of making or reading it.
pub struct PendingGraph<'s> {
    /// Its place in the source.
    pub number: u64,
    matter: Matter<'s>,
}

enum Matter<'s> {
    Recipe(&'s Recipe),
    Line { list: String, line: u64, text: Vec<u8> },
}

impl PendingGraph<'_> {
    /// The graph.
    ///
    /// # Errors
    /// Its line holds none.
    pub fn graph(self) -> Result<OpGraph, SourceError> {
        match self.matter {
            Matter::Recipe(recipe) => Ok(recipe.graph(self.number)),
            Matter::Line { list, line, text } => {
                OpGraph::from_json(&text).map_err(|cause| SourceError::Graph { list, line, cause })
            }
        }
    }
}

impl GraphSource {
    /// What it is known by; a file is read for that.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn identity(&self) -> Result<Identity, SourceError> {
        match self {
            GraphSource::Recipe { recipe, count } => {
                Ok(Identity::Recipe { recipe: recipe.clone(), count: *count })
            }
            GraphSource::File(path) => {
                fingerprint(path).map_err(|cause| SourceError::Io { list: self.label(), cause })
            }
            GraphSource::Stdin => Ok(Identity::Stream),
        }
    }

    /// The graphs, in order.
    ///
    /// # Errors
    /// The file can't be opened; later ones come in the place of a graph.
    pub fn drafts(&self) -> Result<Drafts<'_>, SourceError> {
        match self {
            GraphSource::Recipe { recipe, count } => {
                let draft = move |number| Ok(PendingGraph { number, matter: Matter::Recipe(recipe) });
                Ok(Box::new((0..*count).map(draft)))
            }
            GraphSource::File(path) => {
                let file = File::open(path).map_err(|cause| SourceError::Io { list: self.label(), cause })?;
                Ok(Box::new(lines(self.label(), BufReader::new(file))))
            }
            GraphSource::Stdin => Ok(Box::new(lines(self.label(), BufReader::new(io::stdin())))),
        }
    }

    fn label(&self) -> String {
        match self {
            GraphSource::File(path) => path.display().to_string(),
            _ => "stdin".into(),
        }
    }
}

/// Graphs to come.
pub type Drafts<'s> = Box<dyn Iterator<Item = Result<PendingGraph<'s>, SourceError>> + Send + 's>;

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

/// The lines of `reader` that are not blank, as graphs.
fn lines<'s>(
    list: String,
    mut reader: impl BufRead + Send + 's,
) -> impl Iterator<Item = Result<PendingGraph<'s>, SourceError>> + Send {
    let (mut number, mut line) = (0, 0);
    let label = list.clone();
    let mut next = move || -> io::Result<Option<PendingGraph<'s>>> {
        loop {
            let mut text = Vec::new();
            if reader.read_until(b'\n', &mut text)? == 0 {
                return Ok(None);
            }
            line += 1;
            if !is_blank(&text) {
                number += 1;
                let matter = Matter::Line { list: label.clone(), line, text };
                return Ok(Some(PendingGraph { number: number - 1, matter }));
            }
        }
    };
    std::iter::from_fn(move || {
        next().map_err(|cause| SourceError::Io { list: list.clone(), cause }).transpose()
    })
}

/// Count of graphs and hash of a file. A pipe with a name is a stream all the same, and a folder cannot be read.
fn fingerprint(path: &Path) -> io::Result<Identity> {
    if !path.metadata()?.is_file() && !path.is_dir() {
        return Ok(Identity::Stream);
    }
    let mut reader = BufReader::new(File::open(path)?);
    let mut hashing = Hashing::new(io::sink());
    let (mut count, mut line) = (0, Vec::new());
    while reader.read_until(b'\n', &mut line)? > 0 {
        hashing.write_all(&line)?;
        count += u64::from(!is_blank(&line));
        line.clear();
    }
    let (_, _, sha256) = hashing.finish();
    Ok(Identity::File { count, sha256 })
}
