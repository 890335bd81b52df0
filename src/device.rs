//! The cost figures of one Edge TPU and its link to the host: presets, and TOML files that override them.

pub mod prices;
pub mod uncertainty;

use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use self::uncertainty::{Draws, Uncertainty};
use crate::base::limits;

/// The number of bytes in a MiB.
pub(crate) const MIB: f64 = (1 << 20) as f64;

/// The clock in MHz for which compute times are given: the runtime `max` sets it, `std` sets half of it.
pub const FULL_CLOCK_MHZ: f64 = 500.0;

/// Declares the figures of a device in one place: the fields of [`EdgeTpu`] and of device files, the range of each, and
/// the format in which device files write it. Attributes are passed on to the field of `EdgeTpu`.
macro_rules! figures {
    ($($(#[$meta:meta])* $field:ident: $type:ty, $range:expr, $text:literal;)+) => {
        /// The cost figures of one Edge TPU; `docs/cost.md` says what each was fitted to.
        ///
        /// A device file in TOML sets any of them; those that it leaves out are taken from the preset that its `base`
        /// names, or from `usb3`. Manifests of earlier versions hold fewer fields: the missing ones get the values by
        /// which those versions priced.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub struct EdgeTpu {
            /// The name of the preset or of the device file.
            pub name: String,
            $($(#[$meta])* pub $field: $type,)+
            /// How sure the figures are; none if that is not known.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub uncertainty: Option<Uncertainty>,
        }

        /// The contents of a device file: any of the fields of [`EdgeTpu`].
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct DeviceFile {
            base: Option<String>,
            name: Option<String>,
            $($field: Option<$type>,)+
            uncertainty: Option<Uncertainty>,
        }

        impl DeviceFile {
            /// Returns `base` with the file's figures in place of its own. How sure those of `base` are says nothing of
            /// the file's.
            fn over(self, base: EdgeTpu) -> EdgeTpu {
                EdgeTpu {
                    name: self.name.unwrap_or(base.name),
                    $($field: self.$field.unwrap_or(base.$field),)+
                    uncertainty: self.uncertainty,
                }
            }

            /// Returns the device of a file that sets every figure.
            fn complete(self, name: &str) -> Option<EdgeTpu> {
                Some(EdgeTpu { name: name.into(), $($field: self.$field?,)+ uncertainty: self.uncertainty })
            }
        }

        impl EdgeTpu {
            /// Returns every figure, in the order of device files.
            fn figures(&self) -> Vec<Figure> {
                vec![$(Figure {
                    field: stringify!($field),
                    value: self.$field as f64,
                    range: $range(self),
                    text: format!($text, self.$field),
                },)+]
            }

            /// Sets the figure `field`, if there is one of that name, as near to `value` as its range allows.
            fn set(&mut self, field: &str, value: f64) {
                let within = |range: RangeInclusive<f64>| value.clamp(*range.start(), *range.end());
                match field {
                    $(stringify!($field) => self.$field = within($range(&*self)) as $type,)+
                    _ => {}
                }
            }
        }
    };
}

/// The name, value and range of one figure of a device.
struct Figure {
    field: &'static str,
    value: f64,
    /// The values that the figure may have.
    range: RangeInclusive<f64>,
    /// The value as device files write it, with as many digits as can be measured.
    text: String,
}

// Within these ranges every stage's time stays far below what a u64 of picoseconds holds.
figures! {
    /// The clock of the array of multipliers, in MHz.
    #[serde(default = "full_clock")]
    clock_mhz: f64, |_| 1.0..=1e5, "{:?}";
    /// The fixed time of one invocation, in microseconds.
    invoke_us: f64, |_| 0.0..=1e9, "{:.1}";
    /// The compute time at 500 MHz, in microseconds per 10^9 multiply-accumulates of the array, idle lanes included.
    us_per_gmac: f64, |device: &EdgeTpu| 0.0..=1e6 / device.slowdown(), "{:.1}";
    /// The compute time at 500 MHz in networks whose layers are spread over the tiles by places, as those with depthwise
    /// convolutions are, in microseconds per 10^9 multiply-accumulates of the array.
    #[serde(default = "spread_before")]
    us_per_gmac_by_places: f64, |device: &EdgeTpu| 0.0..=1e6 / device.slowdown(), "{:.1}";
    /// The time at 500 MHz to bring weights from on-chip memory into the array, in microseconds per MiB: the main cost
    /// of small layers.
    #[serde(default)]
    us_per_weight_mib: f64, |device: &EdgeTpu| 0.0..=1e5 / device.slowdown(), "{:.2}";
    /// The compute time at 500 MHz of operations that multiply nothing, in microseconds per MiB that they make.
    #[serde(default)]
    us_per_value_mib: f64, |device: &EdgeTpu| 0.0..=1e5 / device.slowdown(), "{:.1}";
    /// The compute time at 500 MHz of operations in which each channel has inputs of its own, such as depthwise
    /// convolutions, in microseconds per MiB that they make.
    #[serde(default = "depthwise_before")]
    us_per_depthwise_mib: f64, |device: &EdgeTpu| 0.0..=1e5 / device.slowdown(), "{:.1}";
    /// The fixed compute time at 500 MHz of each operation that multiplies nothing and does not change the shape alone,
    /// in microseconds.
    #[serde(default)]
    us_per_operation: f64, |device: &EdgeTpu| 0.0..=1e5 / device.slowdown(), "{:.2}";
    /// The on-chip memory that caches parameters, in bytes; parameters of a stage beyond it are streamed on every
    /// inference.
    cache_bytes: u64, |_| 0.0..=f64::INFINITY, "{}";
    /// The time to stream uncached parameters that are sent once, in microseconds per MiB.
    stream_us_per_mib: f64, |_| 0.0..=1e5, "{:.1}";
    /// The factor on the time of streaming for layers whose parameters are sent again for each tile of their output.
    #[serde(default = "once")]
    resend: f64, |_| 1.0..=1e3, "{:.3}";
    /// The most places (height times width) of an output that is computed as one tile.
    #[serde(default)]
    tile_places: u64, |_| 0.0..=f64::INFINITY, "{}";
    /// The time to send activations from the host to the device, in microseconds per MiB.
    input_us_per_mib: f64, |_| 0.0..=1e5, "{:.1}";
    /// The time to send activations from the device back to the host, in microseconds per MiB.
    output_us_per_mib: f64, |_| 0.0..=1e5, "{:.1}";
    /// The time of operations that stay on the host's CPU, in microseconds per 10^9 multiply-accumulates.
    #[serde(default)]
    cpu_us_per_gmac: f64, |_| 0.0..=1e8, "{:.0}";
    /// The time of operations that stay on the host's CPU, in microseconds per MiB that they read and make.
    #[serde(default)]
    cpu_us_per_value_mib: f64, |_| 0.0..=1e6, "{:.1}";
}

fn full_clock() -> f64 {
    FULL_CLOCK_MHZ
}

/// The price of multiplication before it depended on the network, as the presets then had it.
fn spread_before() -> f64 {
    745.3
}

/// The price of depthwise convolutions before they had one of their own: one lane in 64 of the array, for nine places of
/// a window, at the 745.3 microseconds per 10^9 multiply-accumulates that the presets then had.
fn depthwise_before() -> f64 {
    745.3 * 64.0 * 9.0 * MIB / 1e9
}

fn once() -> f64 {
    1.0
}

/// The name, device file and clock in MHz of each preset, for both of Coral's runtimes: `max`, and `std` at half the
/// clock.
const PRESET_FILES: [(&str, &str, f64); 5] = [
    ("usb3", include_str!("device/usb3.toml"), FULL_CLOCK_MHZ),
    ("pcie", include_str!("device/pcie.toml"), FULL_CLOCK_MHZ),
    ("dev-board", include_str!("device/dev-board.toml"), FULL_CLOCK_MHZ),
    ("usb3-std", include_str!("device/usb3.toml"), FULL_CLOCK_MHZ / 2.0),
    ("pcie-std", include_str!("device/pcie.toml"), FULL_CLOCK_MHZ / 2.0),
];

/// The names that [`EdgeTpu::preset`] knows.
pub const PRESETS: [&str; 5] = ["usb3", "pcie", "dev-board", "usb3-std", "pcie-std"];

/// The reason why a device can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// The name is neither that of a preset nor that of a file.
    #[error("device '{0}' is neither a preset ({list}) nor a file: name a preset or give a TOML file's path", list = PRESETS.join(", "))]
    Unknown(String),
    /// The device file can't be read.
    #[error("{0}: {1}", .path.display(), .cause)]
    Unreadable {
        /// The path of the device file.
        path: PathBuf,
        /// The error that the system gave.
        cause: std::io::Error,
    },
    /// The file is not a device file.
    #[error("{}: {message}", .path.display())]
    Invalid {
        /// The path of the device file.
        path: PathBuf,
        /// The message that says what is wrong, and in which line.
        message: String,
    },
}

impl EdgeTpu {
    /// Returns the preset of the Coral USB Accelerator on USB 3, at the `max` clock.
    pub fn usb3() -> EdgeTpu {
        EdgeTpu::shipped("usb3")
    }

    /// Returns the preset of the M.2 and PCIe modules in a desktop, at the `max` clock.
    pub fn pcie() -> EdgeTpu {
        EdgeTpu::shipped("pcie")
    }

    fn shipped(name: &str) -> EdgeTpu {
        EdgeTpu::preset(name).expect("a preset's file is complete, which a test holds")
    }

    /// Returns the preset that is called `name`; none if there is no such preset.
    pub fn preset(name: &str) -> Option<EdgeTpu> {
        let (name, text, clock_mhz) = PRESET_FILES.iter().find(|(preset, ..)| *preset == name)?;
        let device = toml::from_str::<DeviceFile>(text).ok()?.complete(name)?;
        EdgeTpu { clock_mhz: *clock_mhz, ..device }.checked().ok()
    }

    /// Returns the factor by which compute takes longer than at the full clock.
    pub fn slowdown(&self) -> f64 {
        FULL_CLOCK_MHZ / self.clock_mhz
    }

    /// Returns the preset that is called `device`, or reads the device file at that path.
    ///
    /// ```
    /// use respect::Device;
    ///
    /// assert_eq!(Device::load("usb3")?, Device::usb3());
    /// assert!(Device::load("usb9").unwrap_err().to_string().contains("usb3, pcie"));
    /// # Ok::<(), respect::device::DeviceError>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if `device` is neither, or if the file can't be read, has a field that does not exist, or gives
    /// a figure out of range.
    pub fn load(device: &str) -> Result<EdgeTpu, DeviceError> {
        if let Some(preset) = EdgeTpu::preset(device) {
            return Ok(preset);
        }
        let path = Path::new(device);
        if !path.exists() && path.extension().is_none() {
            return Err(DeviceError::Unknown(device.into()));
        }
        let unreadable = |cause| DeviceError::Unreadable { path: path.into(), cause };
        let bytes = limits::read_file(path, limits::DEVICE_BYTES).map_err(unreadable)?;
        let text = String::from_utf8(bytes)
            .map_err(|error| unreadable(io::Error::new(io::ErrorKind::InvalidData, error.utf8_error())))?;
        let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        EdgeTpu::from_toml(&text, &stem)
            .map_err(|message| DeviceError::Invalid { path: path.into(), message })
    }

    /// Reads the text of a device file; the device is called `name` unless the file gives a name.
    fn from_toml(text: &str, name: &str) -> Result<EdgeTpu, String> {
        let file: DeviceFile = toml::from_str(text).map_err(|e| e.to_string())?;
        let base = file.base.as_deref().unwrap_or("usb3");
        let base = EdgeTpu::preset(base)
            .ok_or_else(|| format!("base '{base}' is not a preset: use one of {}", PRESETS.join(", ")))?;
        file.over(EdgeTpu { name: name.into(), ..base }).checked()
    }

    /// Returns the names of all figures, in the order of device files.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.figures().into_iter().map(|figure| figure.field).collect()
    }

    /// Returns the values of all figures, in the order of device files.
    pub(crate) fn values(&self) -> Vec<f64> {
        self.figures().into_iter().map(|figure| figure.value).collect()
    }

    /// Returns the draws of this device; `None` if it states no uncertainty.
    pub fn draws(&self) -> Option<Draws> {
        self.uncertainty.as_ref().and_then(Draws::of)
    }

    /// Returns a device that this one may be in truth, as `normal`, independent standard normal numbers of
    /// [`Draws::numbers`], have it.
    pub fn drawn(&self, draws: &Draws, normal: &[f64]) -> EdgeTpu {
        let mut device = EdgeTpu { uncertainty: None, ..self.clone() };
        let figures = self.figures();
        for (field, factor) in draws.factors(normal) {
            if let Some(figure) = figures.iter().find(|figure| figure.field == field) {
                device.set(field, figure.value * factor);
            }
        }
        device
    }

    /// Returns the device with every figure as near to its own as the range of the figure allows.
    pub(crate) fn in_range(mut self) -> EdgeTpu {
        self.figures().into_iter().for_each(|figure| self.set(figure.field, figure.value));
        self
    }

    /// Returns the device if all its figures and its uncertainty are in range, and otherwise a message about the first
    /// that is not.
    pub(crate) fn checked(self) -> Result<EdgeTpu, String> {
        if let Some(uncertainty) = &self.uncertainty {
            uncertainty.check(&self.names())?;
        }
        match self.figures().into_iter().find(|figure| !figure.range.contains(&figure.value)) {
            Some(Figure { field, value, range, .. }) => {
                Err(format!("{field} = {value}: give a number from {} to {:e}", range.start(), range.end()))
            }
            None => Ok(self),
        }
    }

    /// Returns the device file that holds every figure, each with a comment from `comment` if it has one for the field.
    pub fn to_toml(&self, comment: impl Fn(&str) -> Option<String>) -> String {
        let line = |Figure { field, text, .. }: Figure| match comment(field) {
            Some(comment) => format!("{:<32}# {comment}\n", format!("{field} = {text}")),
            None => format!("{field} = {text}\n"),
        };
        let figures: String = self.figures().into_iter().map(line).collect();
        figures + &self.uncertainty.as_ref().map(Uncertainty::to_toml).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_complete() {
        for name in PRESETS {
            assert_eq!(EdgeTpu::preset(name).map(|preset| preset.name), Some(name.to_string()));
        }
        let std = EdgeTpu::preset("usb3-std").unwrap();
        assert_eq!(std, EdgeTpu { name: "usb3-std".into(), clock_mhz: 250.0, ..EdgeTpu::usb3() });
    }

    #[test]
    fn a_device_of_an_earlier_version_is_read() {
        let text = r#"{"name": "usb3", "invoke_us": 190.0, "us_per_gmac": 859.0, "cache_bytes": 7340032,
            "stream_us_per_mib": 2740.0, "input_us_per_mib": 2730.0, "output_us_per_mib": 9440.0}"#;
        let device: EdgeTpu = serde_json::from_str(text).unwrap();
        assert_eq!((device.clock_mhz, device.resend, device.us_per_weight_mib), (500.0, 1.0, 0.0));
        assert_eq!(device.clone().checked(), Ok(device));
    }

    #[test]
    fn a_device_file_overrides_its_base() {
        let device = EdgeTpu::from_toml("base = 'pcie'\ncache_bytes = 8000000\n", "mine").unwrap();
        let own = EdgeTpu { name: "mine".into(), cache_bytes: 8_000_000, ..EdgeTpu::pcie() };
        assert_eq!(device, EdgeTpu { uncertainty: None, ..own });
    }

    #[test]
    fn a_device_file_is_checked() {
        for (text, part) in [
            ("invoke_us = -1", "invoke_us"),
            ("us_per_gmac = nan", "us_per_gmac"),
            ("clock_mhz = 0", "clock_mhz"),
            ("resend = 0.5", "from 1"),
            ("base = 'usb9'", "not a preset"),
            ("cashe_bytes = 1", "cashe_bytes"),
            ("invoke_us = 'x'", "line 1"),
        ] {
            let message = EdgeTpu::from_toml(text, "x").unwrap_err();
            assert!(message.contains(part), "{text}: {message}");
        }
        assert!(EdgeTpu::load("usb4").unwrap_err().to_string().contains("usb3, pcie"));
        assert!(EdgeTpu::load("no/such.toml").unwrap_err().to_string().contains("no/such.toml"));
    }

    #[test]
    fn the_text_reads_back() {
        let device = EdgeTpu { invoke_us: 12.5, clock_mhz: 250.0, ..EdgeTpu::usb3() };
        let text = device.to_toml(|field| (field == "invoke_us").then(|| "± 1".to_string()));
        assert!(text.contains("invoke_us = 12.5                # ± 1\n"), "{text}");
        let again = EdgeTpu::from_toml(&text, &device.name).unwrap();
        assert_eq!(again.to_toml(|_| None), device.to_toml(|_| None));
    }
}
