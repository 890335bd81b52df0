//! The network that a measured model belongs to: the unit in which rows are left out of a fit.

use super::models::published_family;

/// The beginning of the names of models that were made to tell one price of a device each.
pub const PROBE: &str = "probe_";

/// Returns whether a model was made to tell one price of a device.
pub(super) fn is_probe(model: &str) -> bool {
    file(model).starts_with(PROBE)
}

fn file(model: &str) -> &str {
    model.rsplit('/').next().unwrap_or(model)
}

/// Returns the network of a model: chains of one kind of layer, models pruned from one, the stages of one model, and
/// published networks of one family are each one network, whose rows are fitted to, or left out, together.
pub(super) fn network(model: &str) -> String {
    let rules: [fn(&str) -> Option<&str>; 4] = [
        // model_segment_0_of_4.tflite
        |name| Some(name.split_once("_segment_")?.0),
        // probe_dense_1x1x64_n4.tflite
        |name| {
            let family = file(name).strip_prefix(PROBE)?.split('_').next()?;
            name.get(..name.len() - file(name).len() + PROBE.len() + family.len())
        },
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
    let by_rule = rules.iter().find_map(|rule| rule(model)).map(str::to_string);
    by_rule.or_else(|| published_family(model)).unwrap_or_else(|| model.into())
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
            ("host/probe_dense_1x1x64_n4.tflite", "host/probe_dense"),
            ("DenseNet-121", "densenet"),
            ("ResNet-50 V1", "resnet"),
        ] {
            assert_eq!(network(model), expected);
        }
    }
}
