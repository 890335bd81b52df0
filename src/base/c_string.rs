//! Text as others read it.

/// The part of a name that C programs see.
pub(crate) fn c_string(name: &str) -> &str {
    name.split('\0').next().unwrap_or_default()
}
