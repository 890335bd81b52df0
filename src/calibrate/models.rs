//! Published models that others have measured, by name; their graphs come with the program.
//!
//! `test-data/make_measured.py` makes the graphs. Four models are never fitted to: they tell how well the figures
//! predict models that the fit has not seen.

use super::fault::Fault;
use crate::graph::OpGraph;

/// The use of a published model's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The rows are fitted to.
    Fitted,
    /// The rows are predicted, and compared with the prediction.
    Compared,
}

macro_rules! graph {
    ($file:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/test-data/measured/", $file, ".json"))
    };
}

const MODELS: [(&str, Purpose, &str); 8] = [
    ("Inception v1", Purpose::Fitted, graph!("inception_v1")),
    ("EfficientNet-EdgeTpu-S", Purpose::Fitted, graph!("efficientnet_edgetpu_s")),
    ("EfficientNet-EdgeTpu-M", Purpose::Fitted, graph!("efficientnet_edgetpu_m")),
    ("efficientdet_lite1_dense_0", Purpose::Fitted, graph!("efficientdet_lite1")),
    ("MobileNet v2", Purpose::Compared, graph!("mobilenet_v2")),
    ("ResNet-50 V1", Purpose::Compared, graph!("resnet_50_v1")),
    ("ResNet-50 V2", Purpose::Compared, graph!("resnet_50_v2")),
    ("VGG16", Purpose::Compared, graph!("vgg16")),
];

/// Returns the graph of the published model `name`, and the use of its rows.
///
/// # Errors
/// Returns an error if the graph that comes with the program is damaged.
pub fn published(name: &str) -> Result<Option<(OpGraph, Purpose)>, Fault> {
    let Some((_, role, text)) = MODELS.iter().find(|(known, ..)| *known == name) else { return Ok(None) };
    let graph = OpGraph::from_json(text.as_bytes()).map_err(|error| Fault::new(None, error.to_string()))?;
    Ok(Some((graph, *role)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_graph_can_be_read() {
        for (name, ..) in MODELS {
            let (graph, _) = published(name).unwrap().unwrap();
            assert!(graph.ops().iter().any(|op| op.channels.is_some()), "{name}");
        }
        assert!(published("mobilenet v2").unwrap().is_none());
    }
}
