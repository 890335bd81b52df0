//! Devices from fitted coefficients.

use std::collections::BTreeMap;

use super::fit::Estimate;
use super::parts::{Key, OWN_LINK, name};
use crate::device::EdgeTpu;

/// The links that published rows are fitted for.
pub const LINKS: [&str; 3] = ["pcie", "usb3", "dev-board"];

/// Returns the links that a fit is for: the one of `base`'s host, or all [`LINKS`].
pub(super) fn links(base: Option<&EdgeTpu>) -> &'static [&'static str] {
    match base {
        Some(_) => &[OWN_LINK],
        None => &LINKS,
    }
}

/// Returns the device of each link with fitted figures, which may be out of range. A figure that no row of the link
/// tells is that of the first that does, and one that no row at all tells that of `sized`.
pub(super) fn devices(
    base: Option<&EdgeTpu>,
    sized: &EdgeTpu,
    coefficients: &BTreeMap<Key, Estimate>,
) -> Vec<EdgeTpu> {
    let told = |key: Key| coefficients.get(&key).map(|estimate| estimate.value);
    let array = |name, before| told(Key::Array(name)).unwrap_or(before);
    let device = |link: &'static str| {
        let first = |of: &dyn Fn(&'static str) -> Option<f64>, before| {
            of(link).or_else(|| links(base).iter().find_map(|other| of(other))).unwrap_or(before)
        };
        let own = |name, before| first(&|link| told(Key::Link(link, name)), before);
        let resend = |link| {
            let (again, once) = (told(Key::Link(link, name::RESEND))?, told(Key::Link(link, name::STREAM))?);
            Some((again / once.max(f64::MIN_POSITIVE)).clamp(1.0, 1e3))
        };
        EdgeTpu {
            name: if base.is_some() { sized.name.clone() } else { link.into() },
            us_per_gmac: array(name::MACS, sized.us_per_gmac),
            us_per_gmac_by_places: array(name::MACS_BY_PLACES, sized.us_per_gmac_by_places),
            us_per_weight_mib: array(name::WEIGHTS, sized.us_per_weight_mib),
            us_per_value_mib: array(name::VALUES, sized.us_per_value_mib),
            us_per_depthwise_mib: array(name::DEPTHWISE, sized.us_per_depthwise_mib),
            us_per_operation: array(name::OPERATION, sized.us_per_operation),
            invoke_us: own(name::INVOKE, sized.invoke_us),
            stream_us_per_mib: own(name::STREAM, sized.stream_us_per_mib),
            resend: first(&resend, sized.resend),
            input_us_per_mib: array(name::INPUT, sized.input_us_per_mib),
            output_us_per_mib: own(name::OUTPUT, sized.output_us_per_mib),
            cpu_us_per_gmac: own(name::CPU_MACS, sized.cpu_us_per_gmac),
            cpu_us_per_value_mib: own(name::CPU_VALUES, sized.cpu_us_per_value_mib),
            ..sized.clone()
        }
    };
    links(base).iter().map(|link| device(link)).collect()
}
