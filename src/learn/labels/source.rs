//! The sources of graphs to label: a recipe, or a list with one graph file object a line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::base::hash::Hashing;
use crate::graph::OpGraph;
use crate::graph::json::JsonError;
use crate::learn::synth::Recipe;

/// A source of graphs, which are not read yet.
#[derive(Clone, Debug)]
pub enum GraphSource {
    /// The first graphs that a recipe makes.
    Recipe {
        /// The recipe that makes the graphs.
        recipe: Recipe,
        /// The number of graphs.
        count: u64,
    },
    /// A file with one graph a line.
    File(PathBuf),
    /// A list on stdin with one graph a line.
    Stdin,
}

/// The identity of a source: sources with equal identities hold the same graphs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Identity {
    /// The first graphs that a recipe makes.
    Recipe {
        /// The recipe that makes the graphs.
        #[serde(flatten)]
        recipe: Recipe,
        /// The number of graphs.
        count: u64,
    },
    /// A file with one graph a line.
    File {
        /// The number of graphs in the file.
        count: u64,
        /// The SHA-256 hash of the file, in hexadecimal digits.
        sha256: String,
    },
    /// A stream, which is gone once it is read, and so is equal to no other.
    Stream,
}

impl Identity {
    /// Returns the number of graphs, if it is known.
    pub fn count(&self) -> Option<u64> {
        match self {
            Identity::Recipe { count, .. } | Identity::File { count, .. } => Some(*count),
            Identity::Stream => None,
        }
    }
}

/// The reason why a graph can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The file system refused.
    #[error("{list}: {cause}")]
    Io {
        /// The list's file, or stdin.
        list: String,
        /// The error of the system.
        cause: io::Error,
    },
    /// A line holds no graph.
    #[error("{list}, line {line}: {cause}; each line must hold one graph, as respect synth prints it")]
    Graph {
        /// The list's file, or stdin.
        list: String,
        /// The line, from 1.
        line: u64,
        /// The reason why the line holds no graph.
        cause: JsonError,
    },
}

/// A graph that is still to be made or parsed.
pub struct PendingGraph<'s> {
    /// The place of the graph in the source, from 0.
    pub number: u64,
    content: Content<'s>,
}

enum Content<'s> {
    Recipe(&'s Recipe),
    Line { list: String, line: u64, text: Vec<u8> },
}

impl PendingGraph<'_> {
    /// Makes or parses the graph.
    ///
    /// # Errors
    /// Returns an error if the line holds no graph.
    pub fn graph(self) -> Result<OpGraph, SourceError> {
        match self.content {
            Content::Recipe(recipe) => Ok(recipe.graph(self.number)),
            Content::Line { list, line, text } => {
                OpGraph::from_json(&text).map_err(|cause| SourceError::Graph { list, line, cause })
            }
        }
    }
}

impl GraphSource {
    /// Returns the identity of the source; reads a file from end to end to hash it.
    ///
    /// # Errors
    /// Returns an error if the file can't be read.
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

    /// Returns the graphs, in order.
    ///
    /// # Errors
    /// Returns an error if the file can't be opened; later errors come in the place of a graph.
    pub fn drafts(&self) -> Result<Drafts<'_>, SourceError> {
        match self {
            GraphSource::Recipe { recipe, count } => {
                let draft = move |number| Ok(PendingGraph { number, content: Content::Recipe(recipe) });
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

/// The graphs of a source that are still to be made or parsed.
pub type Drafts<'s> = Box<dyn Iterator<Item = Result<PendingGraph<'s>, SourceError>> + Send + 's>;

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

/// Returns the lines of `reader` that are not blank, as graphs.
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
                let content = Content::Line { list: label.clone(), line, text };
                return Ok(Some(PendingGraph { number: number - 1, content }));
            }
        }
    };
    std::iter::from_fn(move || {
        next().map_err(|cause| SourceError::Io { list: list.clone(), cause }).transpose()
    })
}

/// Returns the number of graphs and the hash of a file. A named pipe is a stream all the same, and a folder cannot be
/// read.
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
