//! Published models that others have measured, by name; their graphs come with the program.
//!
//! `test-data/make_measured.py` makes the graphs.

use super::fault::Fault;
use crate::graph::OpGraph;

macro_rules! graph {
    ($file:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/test-data/measured/", $file, ".json"))
    };
}

const MODELS: [(&str, &str); 8] = [
    ("Inception v1", graph!("inception_v1")),
    ("EfficientNet-EdgeTpu-S", graph!("efficientnet_edgetpu_s")),
    ("EfficientNet-EdgeTpu-M", graph!("efficientnet_edgetpu_m")),
    ("efficientdet_lite1_dense_0", graph!("efficientdet_lite1")),
    ("MobileNet v2", graph!("mobilenet_v2")),
    ("ResNet-50 V1", graph!("resnet_50_v1")),
    ("ResNet-50 V2", graph!("resnet_50_v2")),
    ("VGG16", graph!("vgg16")),
];

/// Returns the graph of the published model `name`.
///
/// # Errors
/// Returns an error if the graph that comes with the program is damaged.
pub fn published(name: &str) -> Result<Option<OpGraph>, Fault> {
    let Some((_, text)) = MODELS.iter().find(|(known, _)| *known == name) else { return Ok(None) };
    OpGraph::from_json(text.as_bytes()).map(Some).map_err(|error| Fault::new(None, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_graph_can_be_read() {
        for (name, _) in MODELS {
            let graph = published(name).unwrap().unwrap();
            assert!(graph.ops().iter().any(|op| op.channels.is_some()), "{name}");
        }
        assert!(published("mobilenet v2").unwrap().is_none());
    }
}
