//! The sets of segments in a folder, told by the names that Coral's tools give them: `NAME_segment_I_of_N.tflite` and,
//! compiled, `NAME_segment_I_of_N_edgetpu.tflite`.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use super::names::{compiled_name, stage_name};
use crate::base::limits;

/// A set of segments, some of which may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentSet {
    /// The name of the model, as the files' names give it.
    pub model: String,
    /// The number of segments that a whole set has.
    pub count: u32,
    /// True if the compiler made the files.
    pub is_compiled: bool,
    /// The numbers of the segments that are there.
    present: BTreeSet<u32>,
}

impl SegmentSet {
    /// Returns the file name of each segment, in order, whether it is there or not.
    pub fn files(&self) -> impl Iterator<Item = String> + '_ {
        (0..self.count).map(|segment| self.file(segment))
    }

    /// Returns the file names of the segments that are not there.
    pub fn missing(&self) -> impl Iterator<Item = String> + '_ {
        (0..self.count).filter(|segment| !self.present.contains(segment)).map(|segment| self.file(segment))
    }

    /// Returns whether `file`, of this set, is among the names in the folder.
    pub fn is_listed(&self, file: &str) -> bool {
        !self.missing().any(|missing| missing == file)
    }

    fn file(&self, segment: u32) -> String {
        let file = stage_name(&self.model, segment as usize, self.count as usize);
        if self.is_compiled { compiled_name(&file) } else { file }
    }
}

/// Returns the sets of which `folder` has a segment, by model and number of segments, those to be compiled first. Files of
/// other names are not looked at, nor are sets of more segments than any pipeline has.
///
/// # Errors
/// Returns the system's error if the folder can't be read.
pub fn sets(folder: &Path) -> io::Result<Vec<SegmentSet>> {
    let mut sets: BTreeMap<(String, u32, bool), BTreeSet<u32>> = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        if let Some((model, segment, count, is_compiled)) = name.to_str().and_then(parse) {
            sets.entry((model.into(), count, is_compiled)).or_default().insert(segment);
        }
    }
    let set = |((model, count, is_compiled), present)| SegmentSet { model, count, is_compiled, present };
    Ok(sets.into_iter().map(set).collect())
}

/// Returns the model, the number of the segment, their count, and whether the segment is compiled; `None` if the name is not
/// that of a segment.
fn parse(file: &str) -> Option<(&str, u32, u32, bool)> {
    let stem = file.strip_suffix(".tflite")?;
    let (stem, is_compiled) = stem.strip_suffix("_edgetpu").map_or((stem, false), |stem| (stem, true));
    let (stem, count) = stem.rsplit_once("_of_")?;
    let (model, segment) = stem.rsplit_once("_segment_")?;
    let (segment, count) = (number(segment)?, number(count)?);
    (segment < count && count <= limits::STAGES).then_some((model, segment, count, is_compiled))
}

/// Returns a number as the names have it: in decimal, without a sign or leading zeros.
fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number: &u32| number.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        assert_eq!(parse("a_segment_0_of_2.tflite"), Some(("a", 0, 2, false)));
        assert_eq!(parse("a_segment_1_of_2_edgetpu.tflite"), Some(("a", 1, 2, true)));
        assert_eq!(
            parse("a_segment_0_of_1_segment_3_of_12.tflite"),
            Some(("a_segment_0_of_1", 3, 12, false))
        );
        for other in [
            "a.tflite",
            "a_edgetpu.tflite",
            "a_segment_2_of_2.tflite",
            "a_segment_00_of_2.tflite",
            "a_segment_+1_of_2.tflite",
            "a_segment_0_of_4000000000.tflite",
            "a_segment_0_of_2.log",
        ] {
            assert_eq!(parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_set_knows_what_it_lacks() {
        let folder = tempfile::tempdir().unwrap();
        for file in [
            "m_segment_0_of_3_edgetpu.tflite",
            "m_segment_2_of_3_edgetpu.tflite",
            "m_segment_0_of_1.tflite",
            "x",
        ] {
            std::fs::write(folder.path().join(file), "").unwrap();
        }
        let found = sets(folder.path()).unwrap();
        let missing: Vec<Vec<String>> = found.iter().map(|set| set.missing().collect()).collect();
        assert_eq!(missing, [vec![], vec!["m_segment_1_of_3_edgetpu.tflite".to_string()]]);
        assert_eq!(found[1].files().count(), 3);
    }
}
