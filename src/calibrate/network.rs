//! The network that a measured model belongs to: the unit in which rows are left out of a fit.

/// Returns the network of a model: chains of one kind of layer, models pruned from one, and the stages of one model are
/// each one network, whose rows are fitted to, or left out, together.
pub(super) fn network(model: &str) -> &str {
    let rules: [fn(&str) -> Option<&str>; 3] = [
        // model_segment_0_of_4.tflite
        |name| Some(name.split_once("_segment_")?.0),
        // conv5x3x3_F32
        |name| {
            name.strip_prefix("conv")?
                .split_once("_F")?
                .1
                .parse::<u64>()
                .ok()
                .and(Some(name.rsplit_once("_F")?.0))
        },
        // dense4x100+10_tanh
        |name| {
            name.strip_prefix("dense")?
                .split_once('x')?
                .0
                .parse::<u64>()
                .ok()
                .and(Some(name.split_once('x')?.0))
        },
    ];
    rules.iter().find_map(|rule| rule(model)).unwrap_or(model)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relatives_are_one_network() {
        for (model, expected) in [
            ("conv5x3x3_F32", "conv5x3x3"),
            ("dense4x100+10_tanh", "dense4"),
            ("net/a_segment_0_of_4.tflite", "net/a"),
            ("DenseNet-121", "DenseNet-121"),
            ("ResNet-50 V1", "ResNet-50 V1"),
        ] {
            assert_eq!(network(model), expected);
        }
    }
}
