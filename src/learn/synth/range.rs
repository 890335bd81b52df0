//! Ranges as a user writes them: `30`, or `20..80` with both ends; and the check of the ranges of a recipe.

use std::ops::RangeInclusive;
use std::str::FromStr;

use super::recipe::Recipe;

/// The error of a text that is no range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RangeError {
    /// The text is neither a number nor two with '..' between them.
    #[error("not a whole number, nor a range of two such as 20..80")]
    Syntax,
    /// The range ends before it starts.
    #[error("the range is empty: write the smaller number first")]
    Empty,
}

/// Reads a range: a number, or two with `..` between them.
///
/// # Errors
/// Returns an error if the text is no range, or an empty one.
pub fn parse_range<T: FromStr + PartialOrd + Copy>(text: &str) -> Result<RangeInclusive<T>, RangeError> {
    let number = |text: &str| text.trim().parse::<T>().map_err(|_| RangeError::Syntax);
    let (low, high) = match text.split_once("..") {
        Some((low, high)) => (number(low)?, number(high)?),
        None => (number(text)?, number(text)?),
    };
    if low > high { Err(RangeError::Empty) } else { Ok(low..=high) }
}

/// The reason why a recipe makes no graphs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecipeError {
    /// A range has numbers outside its limits.
    #[error("{what} from {low} to {high}: give numbers from {} to {}", .limits.0, .limits.1)]
    Outside {
        /// The name of the figure whose range it is.
        what: &'static str,
        /// The start of the range.
        low: u64,
        /// The end of the range.
        high: u64,
        /// The smallest and the largest number that the range may have.
        limits: (u64, u64),
    },
    /// The sum over a graph could exceed what a graph may hold.
    #[error("{nodes} operations with as many {what} can exceed {limit} in all: make the upper ends smaller")]
    TooHeavy {
        /// The most operations of a graph.
        nodes: u32,
        /// The name of the figure that is summed.
        what: &'static str,
        /// The largest sum that a graph may have.
        limit: u64,
    },
}

impl Recipe {
    /// Checks that the recipe makes graphs.
    ///
    /// # Errors
    /// Returns an error for the first range that is empty or has numbers outside its limits, or for a sum that no
    /// graph may have.
    pub fn check(&self) -> Result<(), RecipeError> {
        let within = |what, range: (u64, u64), limits: (u64, u64)| {
            let (low, high) = range;
            if low <= high && limits.0 <= low && high <= limits.1 {
                return Ok(());
            }
            Err(RecipeError::Outside { what, low, high, limits })
        };
        let ends = |range: &RangeInclusive<u64>| (*range.start(), *range.end());
        let few_ends = |range: &RangeInclusive<u32>| (u64::from(*range.start()), u64::from(*range.end()));
        // A graph of one operation cannot be cut, and a very large one takes gigabytes. Below the first level every
        // node has a parent.
        within("operations", few_ends(&self.nodes), (2, 10_000_000))?;
        within("parents", few_ends(&self.in_degree), (1, 1000))?;
        // The limits are those of `OpGraph::new`.
        let (bytes, macs) = (1 << 44, 1 << 50);
        within("parameter bytes", ends(&self.parameter_bytes), (0, bytes))?;
        within("activation bytes", ends(&self.activation_bytes), (0, bytes))?;
        within("MACs", ends(&self.macs), (0, macs))?;
        let nodes = *self.nodes.end();
        let light = |what, each: u64, limit: u64| {
            // One activation is the model's input.
            if (u128::from(nodes) + 1) * u128::from(each) <= u128::from(limit) {
                return Ok(());
            }
            Err(RecipeError::TooHeavy { nodes, what, limit })
        };
        light("bytes", self.parameter_bytes.end() + self.activation_bytes.end(), bytes)?;
        light("MACs", *self.macs.end(), macs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::synth::Family;

    #[test]
    fn a_range_is_one_number_or_two_in_order() {
        assert_eq!(parse_range("30"), Ok(30..=30));
        assert_eq!(parse_range("2..100"), Ok(2..=100));
        assert_eq!(parse_range::<u32>("80..20"), Err(RangeError::Empty));
        for text in ["", "..", "20..", "..30", "20...30", "-1", "a..b", "99999999999", "2..=4"] {
            assert_eq!(parse_range::<u32>(text), Err(RangeError::Syntax), "{text}");
        }
    }

    #[test]
    fn a_recipe_that_passes_the_check_makes_graphs_up_to_the_limits() {
        let plain = |nodes| Recipe::new(Family::Layered, nodes, 0);
        for family in [Family::Layered, Family::Network] {
            let each = (1u64 << 44) / 22;
            let recipe = Recipe {
                parameter_bytes: each..=each,
                activation_bytes: each..=each,
                macs: 0..=(1 << 50) / 11,
                ..Recipe::new(family, 10..=10, 0)
            };
            assert_eq!(recipe.check(), Ok(()));
            (0..20).for_each(|number| assert_eq!(recipe.graph(number).ops().len(), 10));
            let zero = Recipe { parameter_bytes: 0..=0, activation_bytes: 0..=0, macs: 0..=0, ..recipe };
            assert_eq!(zero.check(), Ok(()));
            assert_eq!(zero.graph(0).parameter_bytes().0, 0);
        }
        let wrong = [
            plain(1..=5),
            plain(RangeInclusive::new(9, 8)),
            plain(2..=u32::MAX),
            Recipe { in_degree: 0..=3, ..plain(9..=9) },
            Recipe { in_degree: 3..=u32::MAX, ..plain(9..=9) },
            Recipe { macs: 0..=u64::MAX, ..plain(9..=9) },
            Recipe { activation_bytes: 1 << 44..=1 << 44, ..plain(9..=9) },
            Recipe { parameter_bytes: RangeInclusive::new(9, 8), ..plain(9..=9) },
        ];
        wrong.iter().for_each(|recipe| assert!(recipe.check().is_err(), "{recipe:?}"));
    }
}
