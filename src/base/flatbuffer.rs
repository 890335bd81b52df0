//! Tables of flatbuffers, declared once: slot, name and type of every field.
//!
//! A declaration gives each table its verifier and typed accessors over the `flatbuffers` crate, the list of what it
//! may hold, and the slots that are refused with a reason.

use flatbuffers::{Follow, ForwardsUOffset, InvalidFlatbuffer, Table, Verifiable, Verifier, VerifierOptions};

/// The slots that a table may hold, for the check that nothing in a file goes unnoticed.
pub(crate) struct Known {
    pub table: &'static str,
    pub slots: &'static [u16],
    pub refused: &'static [(u16, &'static str, &'static str)],
}

/// A table of a schema.
pub(crate) trait TableFormat {
    const KNOWN: Known;
    fn table(&self) -> Table<'_>;
}

/// A table whose fields are declared elsewhere; only the table's frame is verified.
pub(crate) struct Frame<'a>(pub Table<'a>);

impl<'a> Follow<'a> for Frame<'a> {
    type Inner = Frame<'a>;
    unsafe fn follow(buf: &'a [u8], loc: usize) -> Frame<'a> {
        // SAFETY: the caller vouches for a table at `loc`.
        Frame(unsafe { Table::new(buf, loc) })
    }
}

impl Verifiable for Frame<'_> {
    fn run_verifier(v: &mut Verifier, pos: usize) -> Result<(), InvalidFlatbuffer> {
        v.visit_table(pos)?.finish();
        Ok(())
    }
}

/// Returns the allowance for a flatbuffer of `length` bytes.
///
/// Hostile offsets may make many tables share bytes; the verifier visits at most a small multiple of the length.
pub(crate) fn allowance(length: usize) -> VerifierOptions {
    VerifierOptions { max_apparent_size: length.saturating_mul(8).max(1 << 20), ..VerifierOptions::default() }
}

/// The verified tables of one flatbuffer, whose parts share one allowance: tables that share their bytes a million times
/// use it up.
pub(crate) struct Verified<'a, 'o> {
    bytes: &'a [u8],
    verifier: Verifier<'o, 'a>,
}

impl<'a, 'o> Verified<'a, 'o> {
    /// Returns the flatbuffer in `bytes`, of which nothing is verified yet.
    pub fn new(options: &'o VerifierOptions, bytes: &'a [u8]) -> Verified<'a, 'o> {
        Verified { bytes, verifier: Verifier::new(options, bytes) }
    }

    /// Verifies the flatbuffer as one whose root is a `T`, and returns the root.
    ///
    /// # Errors
    /// Returns the first fault, or an error if the allowance is used up.
    pub fn root<T: Verifiable + Follow<'a> + 'a>(&mut self) -> Result<T::Inner, InvalidFlatbuffer> {
        <ForwardsUOffset<T>>::run_verifier(&mut self.verifier, 0)?;
        // SAFETY: the verifier has seen an offset to a `T` at the start of these bytes.
        Ok(unsafe { flatbuffers::root_unchecked::<T>(self.bytes) })
    }

    /// Returns the verifier, which has counted what was verified so far.
    pub fn verifier(&mut self) -> &mut Verifier<'o, 'a> {
        &mut self.verifier
    }

    /// Verifies a table of this flatbuffer as a `T`, and returns it.
    ///
    /// # Errors
    /// Returns the first fault, or an error if the allowance is used up.
    ///
    /// # Panics
    /// Panics if the table is of another flatbuffer.
    pub fn table<T: Verifiable + Follow<'a>>(
        &mut self,
        frame: &Frame<'a>,
    ) -> Result<T::Inner, InvalidFlatbuffer> {
        assert!(std::ptr::eq(frame.0.buf(), self.bytes), "the table is of another flatbuffer");
        T::run_verifier(&mut self.verifier, frame.0.loc())?;
        // SAFETY: the verifier has seen a `T` at this place of these bytes.
        Ok(unsafe { T::follow(self.bytes, frame.0.loc()) })
    }
}

/// Returns what is wrong with a flatbuffer, in one line.
pub(crate) fn fault(error: &InvalidFlatbuffer) -> String {
    error.to_string().lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

/// Expands to the type that the `flatbuffers` crate follows for a kind of field.
macro_rules! stored {
    (scalar $type:ty) => { $type };
    (string) => { ::flatbuffers::ForwardsUOffset<&str> };
    (blobs) => { ::flatbuffers::ForwardsUOffset<::flatbuffers::Vector<'_, ::flatbuffers::ForwardsUOffset<::flatbuffers::Vector<'_, u8>>>> };
    (vector $type:ty) => { ::flatbuffers::ForwardsUOffset<::flatbuffers::Vector<'_, $type>> };
    (table $type:ident) => { ::flatbuffers::ForwardsUOffset<$type<'_>> };
    (tables $type:ident) => { ::flatbuffers::ForwardsUOffset<::flatbuffers::Vector<'_, ::flatbuffers::ForwardsUOffset<$type<'_>>>> };
}

macro_rules! accessor {
    ($name:ident, $slot:literal, scalar $type:ident = $default:expr) => {
        pub fn $name(&self) -> $type {
            // SAFETY: the verifier has seen a field of this type, or none, in this slot.
            unsafe { self.0.get::<$type>(4 + 2 * $slot, Some($default)) }.unwrap_or($default)
        }
    };
    ($name:ident, $slot:literal, string) => {
        pub fn $name(&self) -> Option<&'a str> {
            // SAFETY: as above.
            unsafe { self.0.get::<::flatbuffers::ForwardsUOffset<&'a str>>(4 + 2 * $slot, None) }
        }
    };
    ($name:ident, $slot:literal, blobs) => {
        pub fn $name(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
            // SAFETY: as above.
            let blobs = unsafe {
                self.0.get::<::flatbuffers::ForwardsUOffset<
                    ::flatbuffers::Vector<'a, ::flatbuffers::ForwardsUOffset<::flatbuffers::Vector<'a, u8>>>,
                >>(4 + 2 * $slot, None)
            };
            blobs.into_iter().flatten().map(|blob| blob.bytes())
        }
    };
    ($name:ident, $slot:literal, vector $type:ident) => {
        pub fn $name(&self) -> Option<::flatbuffers::Vector<'a, $type>> {
            // SAFETY: as above.
            unsafe {
                self.0.get::<::flatbuffers::ForwardsUOffset<::flatbuffers::Vector<'a, $type>>>(
                    4 + 2 * $slot,
                    None,
                )
            }
        }
    };
    ($name:ident, $slot:literal, table $type:ident) => {
        pub fn $name(&self) -> Option<$type<'a>> {
            // SAFETY: as above.
            unsafe { self.0.get::<::flatbuffers::ForwardsUOffset<$type<'a>>>(4 + 2 * $slot, None) }
        }
    };
    ($name:ident, $slot:literal, tables $type:ident) => {
        pub fn $name(&self) -> impl Iterator<Item = $type<'a>> + use<'a> {
            // SAFETY: as above.
            let tables = unsafe {
                self.0.get::<::flatbuffers::ForwardsUOffset<
                    ::flatbuffers::Vector<'a, ::flatbuffers::ForwardsUOffset<$type<'a>>>,
                >>(4 + 2 * $slot, None)
            };
            tables.into_iter().flatten()
        }
    };
}

macro_rules! tables {
    ($($table:ident {
        $($slot:literal $name:ident: $kind:ident $($type:ident)? $(= $default:literal)?;)*
        $(refused $bad:literal $bad_name:ident: $why:literal;)*
    })*) => {$(
        pub(super) struct $table<'a>(::flatbuffers::Table<'a>);

        impl<'a> ::flatbuffers::Follow<'a> for $table<'a> {
            type Inner = $table<'a>;
            unsafe fn follow(buf: &'a [u8], loc: usize) -> $table<'a> {
                // SAFETY: the caller vouches for a table at `loc`.
                $table(unsafe { ::flatbuffers::Table::new(buf, loc) })
            }
        }

        impl ::flatbuffers::Verifiable for $table<'_> {
            fn run_verifier(v: &mut ::flatbuffers::Verifier, pos: usize) -> Result<(), ::flatbuffers::InvalidFlatbuffer> {
                let table = v.visit_table(pos)?;
                $(let table = table.visit_field::<$crate::base::flatbuffer::stored!($kind $($type)?)>(stringify!($name), 4 + 2 * $slot, false)?;)*
                table.finish();
                Ok(())
            }
        }

        impl $crate::base::flatbuffer::TableFormat for $table<'_> {
            const KNOWN: $crate::base::flatbuffer::Known = $crate::base::flatbuffer::Known {
                table: stringify!($table),
                slots: &[$($slot),*],
                refused: &[$(($bad, stringify!($bad_name), $why)),*],
            };
            fn table(&self) -> ::flatbuffers::Table<'_> {
                self.0
            }
        }

        #[allow(dead_code, reason = "the declarations are complete; some fields are read through `Frame`")]
        impl<'a> $table<'a> {
            $($crate::base::flatbuffer::accessor!($name, $slot, $kind $($type)? $(= $default)?);)*
        }
    )*};
}

pub(crate) use {accessor, stored, tables};
