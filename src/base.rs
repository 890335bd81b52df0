//! The foundation that every part of the library may use: units, limits on input, hashes, statistics, cancellation,
//! folders that appear whole.

pub(crate) mod c_string;
pub mod cancel;
pub(crate) mod flatbuffer;
pub mod hash;
pub mod hint;
pub mod in_order;
pub mod limits;
pub mod listed;
pub mod new_folder;
pub mod statistics;
pub mod units;
