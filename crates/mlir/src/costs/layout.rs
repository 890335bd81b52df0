//! The dimensions that attributes of StableHLO name, from their text: a host may not have registered the dialect.

/// The places of the features of a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Features {
    /// The dimension of the input's features.
    pub input: usize,
    /// The dimension of the filter's input features.
    pub filter_input: usize,
    /// The dimension of the filter's output features.
    pub filter_output: usize,
    /// The dimension of the result's features.
    pub output: usize,
}

/// Returns the features of a convolution from the text of its dimension numbers, such as
/// `#stablehlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]>`.
pub(super) fn features(text: &str) -> Option<Features> {
    let named = |key: &str| numbers(text, key)?.first().copied();
    if let Some(input) = named("input_feature_dimension =") {
        return Some(Features {
            input,
            filter_input: named("kernel_input_feature_dimension =")?,
            filter_output: named("kernel_output_feature_dimension =")?,
            output: named("output_feature_dimension =")?,
        });
    }
    let mut lists = text.split('[').skip(1).map(|rest| rest.split(']').next().unwrap_or_default());
    let mut list = || lists.next().map(|list| list.split(',').map(str::trim).collect::<Vec<_>>());
    let (input, filter, output) = (list()?, list()?, list()?);
    let place = |list: &[&str], letter: &str| list.iter().position(|entry| *entry == letter);
    Some(Features {
        input: place(&input, "f")?,
        filter_input: place(&filter, "i")?,
        filter_output: place(&filter, "o")?,
        output: place(&output, "f")?,
    })
}

/// Returns the dimensions over which a product of tensors sums, from the text of its dimension numbers, such as
/// `#stablehlo.dot<lhs_contracting_dimensions = [1], rhs_contracting_dimensions = [0]>`: those of the first operand.
pub(super) fn contracted(text: &str) -> Option<Vec<usize>> {
    if !text.contains("dimensions") {
        return None;
    }
    Some(numbers(text, "lhs_contracting_dimensions =").unwrap_or_default())
}

/// Returns the numbers, one or a list in brackets, that follow a word in a text.
fn numbers(text: &str, word: &str) -> Option<Vec<usize>> {
    let at = text.match_indices(word).map(|(at, _)| at);
    // A longer word may end like this one.
    let mut at =
        at.filter(|&at| !text[..at].ends_with(|before: char| before == '_' || before.is_alphanumeric()));
    let rest = text[at.next()? + word.len()..].trim_start();
    let list = match rest.strip_prefix('[') {
        Some(inside) => inside.split(']').next()?,
        None => rest.split(|letter: char| !letter.is_ascii_digit()).next()?,
    };
    let entries = list.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    entries.map(|entry| entry.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_convolution_say_the_same() {
        let expected = Features { input: 3, filter_input: 2, filter_output: 3, output: 1 };
        let pretty = "#stablehlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, f, 0, 1]>";
        let raw = "#stablehlo.conv<raw input_batch_dimension = 0, input_feature_dimension = 3, input_spatial_dimensions = \
                   [1, 2], kernel_input_feature_dimension = 2, kernel_output_feature_dimension = 3, \
                   kernel_spatial_dimensions = [0, 1], output_batch_dimension = 0, output_feature_dimension = 1, \
                   output_spatial_dimensions = [2, 3]>";
        assert_eq!(features(pretty), Some(expected));
        assert_eq!(features(raw), Some(expected));
        assert_eq!(features("#stablehlo.conv<[b, 0, 1, f]>"), None);
    }

    #[test]
    fn a_product_sums_over_the_dimensions_that_it_names() {
        let text = "#stablehlo.dot<lhs_batching_dimensions = [0], lhs_contracting_dimensions = [2, 3]>";
        assert_eq!(contracted(text), Some(vec![2, 3]));
        assert_eq!(contracted("#stablehlo.dot<lhs_batching_dimensions = [0]>"), Some(vec![]));
        assert_eq!(contracted("unit"), None);
    }
}
