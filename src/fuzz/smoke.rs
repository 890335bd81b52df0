//! A short fuzzing run on spoiled copies of good files, which are the same every time.

use std::path::Path;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The number of spoiled copies for each target: about a second's worth.
const COPIES: usize = 2000;

/// Runs `target` on every seed, and then on spoiled copies of the seeds; or, where `RESPECT_SEEDS` names a folder,
/// puts the seeds there for longer runs.
pub fn smoke(name: &str, target: impl Fn(&[u8]), seeds: &[Vec<u8>]) {
    if let Some(folder) = std::env::var_os("RESPECT_SEEDS") {
        let folder = Path::new(&folder).join(name);
        std::fs::create_dir_all(&folder).expect("a folder for seeds");
        for (number, seed) in seeds.iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{number}")), seed).expect("a file for a seed");
        }
        return;
    }
    seeds.iter().for_each(|seed| target(seed));
    let mut random = ChaCha8Rng::seed_from_u64(1);
    for _ in 0..COPIES {
        let mut bytes = seeds[random.random_range(0..seeds.len())].clone();
        for _ in 0..random.random_range(1..6) {
            spoil(&mut bytes, &mut random, seeds);
        }
        target(&bytes);
    }
}

/// Changes, removes or repeats a few bytes, or takes some over from another seed.
fn spoil(bytes: &mut Vec<u8>, random: &mut ChaCha8Rng, seeds: &[Vec<u8>]) {
    let at = random.random_range(0..=bytes.len());
    let end = (at + random.random_range(0..16)).min(bytes.len());
    match random.random_range(0..5) {
        0 if at < bytes.len() => bytes[at] ^= 1 << random.random_range(0..8),
        1 => bytes[at..end].fill([0, 1, 0x7F, 0x80, 0xFF][random.random_range(0..5)]),
        2 => drop(bytes.drain(at..end)),
        3 => {
            let again = bytes[at..end].to_vec();
            bytes.splice(at..at, again);
        }
        _ => {
            let other = &seeds[random.random_range(0..seeds.len())];
            let from = random.random_range(0..=other.len());
            let part = &other[from..(from + random.random_range(0..64)).min(other.len())];
            bytes.splice(at..end, part.iter().copied());
        }
    }
}
