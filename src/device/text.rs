//! A device as the text of a device file.

use super::EdgeTpu;

impl EdgeTpu {
    /// The device file that holds every figure, each with a comment from `comment` if it has one for the field.
    pub fn to_toml(&self, comment: impl Fn(&str) -> Option<String>) -> String {
        // Tenths of a microsecond are far below what can be measured.
        let fields = [
            ("clock_mhz", format!("{:?}", self.clock_mhz)),
            ("invoke_us", format!("{:.1}", self.invoke_us)),
            ("us_per_gmac", format!("{:.1}", self.us_per_gmac)),
            ("us_per_weight_mib", format!("{:.2}", self.us_per_weight_mib)),
            ("us_per_value_mib", format!("{:.1}", self.us_per_value_mib)),
            ("cache_bytes", self.cache_bytes.to_string()),
            ("stream_us_per_mib", format!("{:.1}", self.stream_us_per_mib)),
            ("resend", format!("{:.3}", self.resend)),
            ("tile_places", self.tile_places.to_string()),
            ("input_us_per_mib", format!("{:.1}", self.input_us_per_mib)),
            ("output_us_per_mib", format!("{:.1}", self.output_us_per_mib)),
        ];
        let line = |(field, value): (&str, String)| match comment(field) {
            Some(comment) => format!("{:<28}# {comment}\n", format!("{field} = {value}")),
            None => format!("{field} = {value}\n"),
        };
        fields.into_iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_reads_back() {
        let device = EdgeTpu { invoke_us: 12.5, clock_mhz: 250.0, ..EdgeTpu::usb3() };
        let text = device.to_toml(|field| (field == "invoke_us").then(|| "± 1".to_string()));
        assert!(text.contains("invoke_us = 12.5            # ± 1\n"), "{text}");
        let again = EdgeTpu::from_toml(&text, &device.name).unwrap();
        assert_eq!(again.to_toml(|_| None), device.to_toml(|_| None));
    }
}
