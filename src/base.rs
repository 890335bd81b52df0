//! The foundation that every part of the library may use: units, limits on input, hashes, statistics, cancellation.

pub(crate) mod c_string;
pub mod cancel;
pub(crate) mod flatbuffer;
pub mod hash;
pub mod hint;
pub mod in_order;
pub mod limits;
pub mod listed;
pub mod statistics;
pub mod units;
