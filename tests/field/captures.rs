//! What USB captures of single inferences say of an invocation, of instructions and of outputs.

use respect::device::EdgeTpu;

use super::shared;

/// The bytes that each packet of a capture has beside its payload.
const HEADER: u64 = 64;

/// One packet with a payload.
struct Packet {
    /// The time in microseconds.
    at: f64,
    to_device: bool,
    bytes: u64,
}

fn packets(text: &str) -> Vec<Packet> {
    let packet = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().filter(|word| !matches!(*word, "->" | "→")).collect();
        let usb = words.iter().position(|word| *word == "USB")?;
        let is_bulk = words.get(usb + 2) == Some(&"URB_BULK");
        let bytes =
            words.get(usb + 1)?.parse::<u64>().ok()?.checked_sub(HEADER).filter(|bytes| *bytes > 0)?;
        let at = words.get(1)?.parse::<f64>().ok()? * 1e6;
        is_bulk.then(|| Packet { at, to_device: words.get(2) == Some(&"host"), bytes })
    };
    text.lines().filter_map(packet).collect()
}

#[test]
fn an_inference_sends_its_instructions_and_returns_slowly_over_an_old_runtime() {
    for size in ["128x256", "256x128", "256x512", "512x256"] {
        let text =
            std::fs::read_to_string(shared(&format!("data/edgetpu/usb/padding_{size}x3.txt"))).unwrap();
        let packets = packets(&text);
        let sent: Vec<&Packet> = packets.iter().filter(|packet| packet.to_device).collect();
        let back: Vec<&Packet> = packets.iter().filter(|packet| !packet.to_device).collect();
        let start = sent[0].at;
        let instructions = sent.iter().map(|packet| packet.bytes).max().unwrap();
        let bytes: u64 = back.iter().map(|packet| packet.bytes).sum();
        let (first, last) = (back[0].at - start, back[back.len() - 1].at - start);
        let ms_per_mib = (last - first) / 1e3 / (bytes as f64 / (1 << 20) as f64);
        println!(
            "padding {size}: {instructions} bytes of instructions, first result after {:.2} ms, {bytes} bytes back in \
             {:.2} ms, {ms_per_mib:.1} ms per MiB",
            first / 1e3,
            (last - first) / 1e3
        );
        assert_eq!(instructions, 5024, "the same instructions for each size");
        // The device is not the whole of an invocation: the runtime has its part before and after.
        assert!((100.0..EdgeTpu::usb3().invoke_us).contains(&first), "{first}");
        // That runtime read outputs in pieces of 1,024 bytes; the fitted price is of a newer one.
        assert!(ms_per_mib > EdgeTpu::usb3().output_us_per_mib / 1e3 && ms_per_mib < 45.0, "{ms_per_mib}");
    }
}
