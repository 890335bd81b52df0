//! SHA-256 hashes as text in hexadecimal.

use std::io::{self, Write};

use sha2::{Digest, Sha256};

fn hex(digest: impl AsRef<[u8]>) -> String {
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the SHA-256 hash of `bytes`, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes))
}

/// A writer that passes bytes on to a sink, and hashes and counts them on the way.
pub struct Hashing<W> {
    sink: W,
    state: Sha256,
    bytes: u64,
}

impl<W: Write> Hashing<W> {
    /// Returns a writer to `sink` that has written nothing yet.
    pub fn new(sink: W) -> Hashing<W> {
        Hashing { sink, state: Sha256::new(), bytes: 0 }
    }

    /// Returns the sink, the number of bytes written, and their SHA-256 hash in hexadecimal.
    pub fn finish(self) -> (W, u64, String) {
        (self.sink, self.bytes, hex(self.state.finalize()))
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.sink.write(bytes)?;
        self.state.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_streamed_hash_is_that_of_the_whole() {
        let mut hashing = Hashing::new(Vec::new());
        hashing.write_all(b"ab").unwrap();
        hashing.write_all(b"c").unwrap();
        let (sink, bytes, hash) = hashing.finish();
        assert_eq!((&sink[..], bytes), (&b"abc"[..], 3));
        assert_eq!(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(hash, sha256(b"abc"));
    }
}
