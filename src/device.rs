//! What one Edge TPU and its link to the host cost: presets, and TOML files that override them.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::limits;

/// The cost figures of one Edge TPU. A device file in TOML sets any of them; those it leaves out are `usb3`'s, or those of
/// the preset that its `base` names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EdgeTpu {
    /// The preset's name, or the device file's.
    pub name: String,
    /// Fixed time of one invocation, microseconds.
    pub invoke_us: f64,
    /// Compute time, microseconds per 10^9 multiply-accumulates.
    pub us_per_gmac: f64,
    /// On-chip memory that caches parameters, bytes. What a stage holds beyond it is streamed on every inference.
    pub cache_bytes: u64,
    /// Streaming of uncached parameters, microseconds per MiB.
    pub stream_us_per_mib: f64,
    /// Activations from the host to the device, microseconds per MiB.
    pub input_us_per_mib: f64,
    /// Activations from the device back to the host, microseconds per MiB.
    pub output_us_per_mib: f64,
}

/// The names that [`EdgeTpu::preset`] knows.
pub const PRESETS: [&str; 2] = ["usb3", "pcie"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeviceFile {
    base: Option<String>,
    name: Option<String>,
    invoke_us: Option<f64>,
    us_per_gmac: Option<f64>,
    cache_bytes: Option<u64>,
    stream_us_per_mib: Option<f64>,
    input_us_per_mib: Option<f64>,
    output_us_per_mib: Option<f64>,
}

/// Why a device can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// Neither a preset nor a file.
    #[error("device '{0}' is neither a preset ({list}) nor a file: name a preset or give a TOML file's path", list = PRESETS.join(", "))]
    Unknown(String),
    /// The file can't be read.
    #[error("{0}: {1}", .path.display(), .cause)]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        cause: std::io::Error,
    },
    /// The file is not a device file.
    #[error("{}: {message}", .path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its line.
        message: String,
    },
}

impl EdgeTpu {
    /// The Coral USB Accelerator on USB 3, `max` clock: least-squares fits to published measurements (the on-chip
    /// convolution and the dense rows), in which the cost of a cut is 2.73 + 9.44 ms per MiB of activations.
    pub fn usb3() -> EdgeTpu {
        EdgeTpu {
            name: "usb3".into(),
            invoke_us: 190.0,
            us_per_gmac: 859.0,
            cache_bytes: 7 << 20,
            stream_us_per_mib: 2740.0,
            input_us_per_mib: 2730.0,
            output_us_per_mib: 9440.0,
        }
    }

    /// The M.2 and PCIe modules. The array is the USB device's; no published fit separates the link, so both
    /// directions are **assumed** to run at the rate that parameters are measured to stream at.
    pub fn pcie() -> EdgeTpu {
        EdgeTpu {
            name: "pcie".into(),
            input_us_per_mib: 2740.0,
            output_us_per_mib: 2740.0,
            ..EdgeTpu::usb3()
        }
    }

    /// A preset by name.
    pub fn preset(name: &str) -> Option<EdgeTpu> {
        match name {
            "usb3" => Some(EdgeTpu::usb3()),
            "pcie" => Some(EdgeTpu::pcie()),
            _ => None,
        }
    }

    /// A preset's name, or the path of a device file.
    ///
    /// # Errors
    /// Neither of them, an unreadable file, a field that does not exist, or a figure out of range.
    pub fn load(device: &str) -> Result<EdgeTpu, DeviceError> {
        if let Some(preset) = EdgeTpu::preset(device) {
            return Ok(preset);
        }
        let path = Path::new(device);
        if !path.exists() && path.extension().is_none() {
            return Err(DeviceError::Unknown(device.into()));
        }
        let unreadable = |cause| DeviceError::Unreadable { path: path.into(), cause };
        let file = File::open(path).map_err(unreadable)?;
        let bytes = limits::read(file, limits::DEVICE_BYTES).map_err(unreadable)?;
        let text = String::from_utf8(bytes)
            .map_err(|error| unreadable(io::Error::new(io::ErrorKind::InvalidData, error.utf8_error())))?;
        let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        EdgeTpu::from_toml(&text, &stem)
            .map_err(|message| DeviceError::Invalid { path: path.into(), message })
    }

    /// Reads a device file's text; `name` is used if it has none.
    fn from_toml(text: &str, name: &str) -> Result<EdgeTpu, String> {
        let file: DeviceFile = toml::from_str(text).map_err(|e| e.to_string())?;
        let base_name = file.base.unwrap_or_else(|| "usb3".into());
        let base = EdgeTpu::preset(&base_name)
            .ok_or_else(|| format!("base '{base_name}' is no preset: use one of {}", PRESETS.join(", ")))?;
        let device = EdgeTpu {
            name: file.name.unwrap_or_else(|| name.into()),
            invoke_us: file.invoke_us.unwrap_or(base.invoke_us),
            us_per_gmac: file.us_per_gmac.unwrap_or(base.us_per_gmac),
            cache_bytes: file.cache_bytes.unwrap_or(base.cache_bytes),
            stream_us_per_mib: file.stream_us_per_mib.unwrap_or(base.stream_us_per_mib),
            input_us_per_mib: file.input_us_per_mib.unwrap_or(base.input_us_per_mib),
            output_us_per_mib: file.output_us_per_mib.unwrap_or(base.output_us_per_mib),
        };
        // Within these every stage's time stays far below what a u64 of picoseconds holds.
        let bounds = [
            ("invoke_us", device.invoke_us, 1e9),
            ("us_per_gmac", device.us_per_gmac, 1e6),
            ("stream_us_per_mib", device.stream_us_per_mib, 1e5),
            ("input_us_per_mib", device.input_us_per_mib, 1e5),
            ("output_us_per_mib", device.output_us_per_mib, 1e5),
        ];
        match bounds.iter().find(|(_, value, most)| !(0.0..=*most).contains(value)) {
            Some((field, value, most)) => Err(format!("{field} = {value}: give a number from 0 to {most:e}")),
            None => Ok(device),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_file_overrides_its_base() {
        let device = EdgeTpu::from_toml("base = 'pcie'\ncache_bytes = 8000000\n", "mine").unwrap();
        assert_eq!(device, EdgeTpu { name: "mine".into(), cache_bytes: 8_000_000, ..EdgeTpu::pcie() });
    }

    #[test]
    fn a_device_file_is_checked() {
        for (text, part) in [
            ("invoke_us = -1", "invoke_us"),
            ("us_per_gmac = nan", "us_per_gmac"),
            ("base = 'usb9'", "no preset"),
            ("cashe_bytes = 1", "cashe_bytes"),
            ("invoke_us = 'x'", "line 1"),
        ] {
            let message = EdgeTpu::from_toml(text, "x").unwrap_err();
            assert!(message.contains(part), "{text}: {message}");
        }
        assert!(EdgeTpu::load("usb4").unwrap_err().to_string().contains("usb3, pcie"));
        assert!(EdgeTpu::load("no/such.toml").unwrap_err().to_string().contains("no/such.toml"));
    }
}
