//! Text as programs in other languages read it.

/// Returns the part of a name that C programs see: all before the first NUL.
pub(crate) fn c_string(name: &str) -> &str {
    name.split('\0').next().unwrap_or_default()
}
