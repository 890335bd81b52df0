//! The format of weights files: named parameters in a safetensors file, with a version and a checksum.
//!
//! The metadata have one entry, a JSON object: `version`, the `sha256` of all that the tensors hold, in the order of
//! their names, and the `recipe` by which they came about.

use std::collections::{BTreeMap, HashMap};

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};

use super::network::Parameter;
use crate::base::hash::sha256;

/// The kind of a weights file, which tells the networks of one kind from those of another.
pub struct FileKind {
    /// The name of the entry in the metadata.
    pub entry: &'static str,
    /// The version of the format, and of the meaning of the numbers that a network reads.
    pub version: u32,
}

/// The contents of the metadata entry.
#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    sha256: String,
    recipe: BTreeMap<String, String>,
}

/// The reason why a weights file can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// The file is not a safetensors file, or is damaged.
    #[error("not a weights file, or cut short: {0}; take a file that 'respect train' wrote")]
    Format(String),
    /// The file is a safetensors file of something else.
    #[error("a safetensors file, but not one of such a policy; take a file that 'respect train' wrote")]
    NotAPolicy,
    /// The file was made by another version of this program.
    #[error(
        "weights of version {found}, and this program reads version {known}: train them anew, or take the program that wrote them"
    )]
    Version {
        /// The version of the file.
        found: u64,
        /// The version that this program reads.
        known: u32,
    },
    /// The numbers are not those that were written.
    #[error("the checksum is wrong: the file is damaged; fetch or train it again")]
    Checksum,
    /// A tensor does not belong in the file, is missing, or has unusable contents.
    #[error("tensor '{name}': {what}; train the weights anew")]
    Tensor {
        /// The tensor's name.
        name: String,
        /// The fault, as the end of a sentence that starts with the name.
        what: String,
    },
    /// The file holds no network.
    #[error("holds no network; train the weights anew")]
    Empty,
}

/// The tensors of a file whose version and checksum are right, or a part of those tensors.
pub struct Tensors<'f> {
    /// The prefix of the tensors' names in the file.
    prefix: String,
    by_name: BTreeMap<String, TensorView<'f>>,
}

/// Reads a file of `kind`; returns its tensors and its recipe.
///
/// # Errors
/// Returns an error unless the file is a whole file of this kind and version.
pub fn read<'f>(
    kind: &FileKind,
    bytes: &'f [u8],
) -> Result<(Tensors<'f>, BTreeMap<String, String>), WeightsError> {
    let damaged = |error: safetensors::SafeTensorError| WeightsError::Format(error.to_string());
    let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
    let entry = header.metadata().as_ref().and_then(|metadata| metadata.get(kind.entry));
    let entry = entry.ok_or(WeightsError::NotAPolicy)?;
    // Of another version only the number is known to be there.
    let found = serde_json::from_str::<serde_json::Value>(entry).ok();
    let found = found.and_then(|entry| entry["version"].as_u64()).ok_or(WeightsError::NotAPolicy)?;
    if found != u64::from(kind.version) {
        return Err(WeightsError::Version { found, known: kind.version });
    }
    let header: Header =
        serde_json::from_str(entry).map_err(|error| WeightsError::Format(error.to_string()))?;
    let by_name: BTreeMap<String, TensorView> = file.tensors().into_iter().collect();
    if digest(by_name.iter().map(|(name, view)| (name.as_str(), view.data()))) != header.sha256 {
        return Err(WeightsError::Checksum);
    }
    Ok((Tensors { prefix: String::new(), by_name }, header.recipe))
}

/// Writes a file of `kind`; the same parameters give the same bytes.
pub fn write<'n>(
    kind: &FileKind,
    recipe: &BTreeMap<String, String>,
    parameters: impl Iterator<Item = (String, Parameter, &'n [f32])>,
) -> Vec<u8> {
    let mut tensors: Vec<(String, Vec<u8>, Vec<usize>)> = parameters
        .map(|(name, parameter, values)| {
            let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            (name, bytes, vec![parameter.rows, parameter.columns])
        })
        .collect();
    tensors.sort();
    let header = Header {
        version: kind.version,
        sha256: digest(tensors.iter().map(|(name, bytes, _)| (name.as_str(), &bytes[..]))),
        recipe: recipe.clone(),
    };
    let header = serde_json::to_string(&header).expect("plain data serializes");
    let metadata = HashMap::from([(kind.entry.to_string(), header)]);
    let views = tensors.iter().map(|(name, bytes, shape)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes);
        (name.as_str(), view.expect("as many bytes as the shape says"))
    });
    safetensors::serialize(views, Some(metadata)).expect("plain tensors serialize")
}

impl<'f> Tensors<'f> {
    /// Takes out the tensors whose names begin with `prefix`, and cuts the prefix off the names.
    pub fn take(&mut self, prefix: &str) -> Tensors<'f> {
        let all = std::mem::take(&mut self.by_name).into_iter();
        let (own, others): (BTreeMap<_, _>, _) = all.partition(|(name, _)| name.starts_with(prefix));
        self.by_name = others;
        let by_name = own.into_iter().map(|(name, view)| (name[prefix.len()..].to_string(), view)).collect();
        Tensors { prefix: format!("{}{prefix}", self.prefix), by_name }
    }

    /// Returns the names of the tensors, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// Returns the number of outputs of tensor `name`.
    ///
    /// # Errors
    /// Returns an error if there is no tensor of that name.
    pub fn columns(&self, name: &str) -> Result<usize, WeightsError> {
        let view = self.by_name.get(name).ok_or_else(|| self.wrong(name, "is missing"))?;
        Ok(view.shape().last().copied().unwrap_or(0))
    }

    /// Returns the numbers of all `parameters`, one after the other.
    ///
    /// # Errors
    /// Returns an error if a parameter is missing or of another shape, if it holds a number that no trained network
    /// has, or if the file has other tensors.
    pub fn values(&self, parameters: Vec<Parameter>) -> Result<Vec<f32>, WeightsError> {
        if let Some(name) = self.names().find(|name| !parameters.iter().any(|known| known.name == *name)) {
            return Err(self.wrong(name, "is no parameter of this kind of network"));
        }
        let mut values = Vec::with_capacity(parameters.iter().map(Parameter::len).sum());
        for Parameter { name, rows, columns } in parameters {
            let view = self.by_name.get(&name).ok_or_else(|| self.wrong(&name, "is missing"))?;
            if view.dtype() != Dtype::F32 || view.shape() != [rows, columns] {
                let what = format!(
                    "is {:?} of shape {:?}, and F32 of shape [{rows}, {columns}] is needed",
                    view.dtype(),
                    view.shape()
                );
                return Err(self.wrong(&name, what));
            }
            let (numbers, _) = view.data().as_chunks::<4>();
            let before = values.len();
            values.extend(numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)));
            // Whatever is this large has nothing to do with training that went well, and sums of it could overflow.
            if values[before..].iter().any(|value| value.is_nan() || value.abs() > 1e6) {
                return Err(self.wrong(&name, "holds a number that no trained network has"));
            }
        }
        Ok(values)
    }

    /// Returns an error about tensor `name`.
    pub fn wrong(&self, name: &str, what: impl Into<String>) -> WeightsError {
        WeightsError::Tensor { name: format!("{}{name}", self.prefix), what: what.into() }
    }
}

/// Returns the file with its checksum replaced by the one that fits its tensors; `None` if it holds no checksum to be
/// replaced.
#[cfg(any(test, feature = "fuzz"))]
pub fn with_right_checksum(bytes: &[u8]) -> Option<Vec<u8>> {
    let file = SafeTensors::deserialize(bytes).ok()?;
    let (_, header) = SafeTensors::read_metadata(bytes).ok()?;
    let entry = header.metadata().as_ref()?.values().next()?;
    let stated = serde_json::from_str::<Header>(entry).ok()?.sha256;
    let by_name: BTreeMap<String, TensorView> = file.tensors().into_iter().collect();
    let right = digest(by_name.iter().map(|(name, view)| (name.as_str(), view.data())));
    let place = bytes.windows(right.len()).position(|part| part == stated.as_bytes())?;
    let mut mended = bytes.to_vec();
    mended[place..place + right.len()].copy_from_slice(right.as_bytes());
    Some(mended)
}

fn digest<'a>(tensors: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut all = Vec::new();
    for (name, bytes) in tensors {
        all.extend((name.len() as u64).to_le_bytes());
        all.extend(name.as_bytes());
        all.extend((bytes.len() as u64).to_le_bytes());
        all.extend(bytes);
    }
    sha256(&all)
}
