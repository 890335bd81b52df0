//! What compilers are predicted to keep on chip against what Google's compiler kept of published models.

use respect::Device;
use respect::base::units::Bytes;
use respect::tflite::kept::{Generation, Kept, kept, layers};

/// The bytes that the prediction of what is streamed may be off by, by the beginning of a model's name; none for others.
/// It is not known why a recurrent network streams 576 bytes, nor why one of three scalars at the input of MoveNet, of
/// which each tile has a copy, is not streamed.
const UNEXPLAINED: [(&str, u64); 2] = [("keras_lstm", 576), ("movenet", 16)];

/// A compiled model whose source is at hand.
struct Pair {
    name: String,
    /// The bytes that the compiler cached and streamed.
    cached: u64,
    streamed: u64,
    /// The prediction for the compiler's generation.
    ours: Kept,
    /// The bytes that the device model keeps, which counts bytes and not layers.
    by_bytes: u64,
}

fn pairs() -> Vec<Pair> {
    super::pairs::pairs(|source| {
        let layers = layers(source.model, source.on_device);
        let all: Bytes = layers.iter().map(|layer| layer.bytes).sum();
        Pair {
            name: source.name.into(),
            cached: source.figure("cached_bytes"),
            streamed: source.figure("streamed_bytes"),
            ours: kept(&layers, &Generation::of_runtime(source.figure("min_runtime") as i32)),
            by_bytes: all.0.min(Device::usb3().cache_bytes),
        }
    })
}

#[test]
fn what_stays_on_chip_is_what_the_compiled_files_keep() {
    let pairs = pairs();
    assert!(pairs.len() >= 69, "only {} pairs are at hand", pairs.len());
    println!("parameters on chip: predicted by whole layers, by bytes alone, and in the compiled file");
    for pair in pairs.iter().filter(|pair| pair.streamed > 0 || !pair.ours.streamed.is_empty()) {
        println!(
            "  {}: {}, {}, {}; streamed {}, {}",
            pair.name,
            pair.ours.bytes.0,
            pair.by_bytes,
            pair.cached,
            pair.ours.streamed_bytes().0,
            pair.streamed
        );
    }
    let (whole, partly): (Vec<&Pair>, Vec<&Pair>) = pairs.iter().partition(|pair| pair.streamed == 0);
    let wrong: Vec<&str> =
        whole.iter().filter(|pair| !pair.ours.streamed.is_empty()).map(|pair| &pair.name[..]).collect();
    println!(
        "kept whole: {} models, of which {} are predicted to stream: {wrong:?}",
        whole.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{wrong:?}");
    let exact = partly.iter().filter(|pair| pair.ours.streamed_bytes().0 == pair.streamed).count();
    println!("streamed in part: {} models, {exact} to the byte", partly.len());
    for pair in &partly {
        let known = UNEXPLAINED.iter().find(|(name, _)| pair.name.starts_with(name));
        let off = pair.ours.streamed_bytes().0.abs_diff(pair.streamed);
        assert!(off <= known.map_or(0, |(_, most)| *most), "{}: off by {off} bytes", pair.name);
    }
    let chain =
        partly.iter().find(|pair| pair.name.ends_with("32x7x75.tflite")).expect("the chain is at hand");
    let error = chain.ours.bytes.0 as f64 / chain.cached as f64 - 1.0;
    let by_bytes = chain.by_bytes as f64 / chain.cached as f64 - 1.0;
    println!(
        "the model that streams a third: {:+.2} %; by bytes alone {:+.0} %",
        error * 100.0,
        by_bytes * 100.0
    );
    assert!(error.abs() <= 0.05, "{error}");
}
