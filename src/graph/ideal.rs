//! Order ideals (downsets) of a precedence relation: sets of units that hold everything on which their members depend.
//!
//! A cut of a pipeline is an ideal, and a schedule is a chain of ideals. Ideals are numbered by size, from the empty
//! ideal (0) to the full one. The successors of an ideal are those that cover it: the ideals with one unit more.

use hashbrown::HashTable;

use crate::base::limits;

/// A set of ideals with its covering relation; each implementor says which ideals it holds.
pub(crate) trait Ideals {
    /// Returns the number of ideals, of which the last is the full one.
    fn len(&self) -> usize;
    /// Returns the ideals with one unit more than `ideal`, as pairs of that unit and the larger ideal.
    fn successors(&self, ideal: u32) -> &[(u32, u32)];
    /// Returns whether `unit` is in `ideal`.
    fn contains(&self, ideal: u32, unit: u32) -> bool;
}

/// The ideals of a precedence relation within a set of units, and the full ideal.
pub(crate) struct Lattice {
    words: usize,
    sets: Vec<u64>,
    first: Vec<usize>,
    successors: Vec<(u32, u32)>,
}

impl Lattice {
    /// Enumerates, breadth first, the ideals that hold only units for which `may_hold` is true, and then the full
    /// ideal, which has no predecessor in the lattice if it holds other units.
    ///
    /// Returns `None` if there are more than `most` ideals or more than eight times as many covering pairs, if they
    /// would take more memory than [`limits::WORDS`] allows, or if `stop`, which is asked now and then, returns true.
    ///
    /// Complexity: the number of covering pairs, times the number of words of a set.
    pub fn new(
        preds: &[Vec<u32>],
        succs: &[Vec<u32>],
        may_hold: impl Fn(u32) -> bool,
        most: usize,
        stop: impl Fn() -> bool,
    ) -> Option<Lattice> {
        let units = preds.len();
        let words = units.div_ceil(64).max(1);
        let most = most.min(limits::WORDS / words);
        let keys: Vec<u64> = (0..units as u64).map(|unit| mix(unit + 1)).collect();
        let mut lattice = Lattice { words, sets: vec![0; words], first: vec![0], successors: Vec::new() };
        let mut hashes = vec![0u64];
        let mut table: HashTable<u32> = HashTable::new();
        // For each ideal whose successors are not known yet, the units that may be added: a queue beside `sets`.
        let mut frontiers = std::collections::VecDeque::new();
        frontiers.push_back(
            (0..units as u32)
                .filter(|&unit| preds[unit as usize].is_empty() && may_hold(unit))
                .collect::<Vec<u32>>(),
        );
        let (mut ideal, mut waiting) = (0usize, units);
        while let Some(frontier) = frontiers.pop_front() {
            waiting = waiting.saturating_sub(frontier.len());
            if ideal.is_multiple_of(4096) && stop() {
                return None;
            }
            for (place, &unit) in frontier.iter().enumerate() {
                let hash = hashes[ideal] ^ keys[unit as usize];
                let known = table.find(hash, |&other| {
                    hashes[other as usize] == hash && lattice.is_cover(ideal as u32, unit, other)
                });
                let next = match known {
                    Some(&next) => next,
                    None => {
                        let next = hashes.len() as u32;
                        if hashes.len() >= most {
                            return None;
                        }
                        lattice.sets.extend_from_within(ideal * words..(ideal + 1) * words);
                        lattice.sets[next as usize * words + unit as usize / 64] |= 1 << (unit % 64);
                        hashes.push(hash);
                        table.insert_unique(hash, next, |&id| hashes[id as usize]);
                        let mut grown = Vec::with_capacity(frontier.len() + 1);
                        grown.extend_from_slice(&frontier[..place]);
                        grown.extend_from_slice(&frontier[place + 1..]);
                        let is_ready = |&&succ: &&u32| {
                            may_hold(succ)
                                && preds[succ as usize].iter().all(|&pred| lattice.contains(next, pred))
                        };
                        grown.extend(succs[unit as usize].iter().filter(is_ready));
                        waiting += grown.len();
                        frontiers.push_back(grown);
                        next
                    }
                };
                lattice.successors.push((unit, next));
            }
            if lattice.successors.len() > most.saturating_mul(8) || waiting > limits::WORDS {
                return None;
            }
            lattice.first.push(lattice.successors.len());
            ideal += 1;
        }
        if !(0..units as u32).all(may_hold) {
            lattice.sets.extend(std::iter::repeat_n(u64::MAX, words));
            lattice.first.push(lattice.successors.len());
        }
        Some(lattice)
    }

    fn is_cover(&self, ideal: u32, unit: u32, other: u32) -> bool {
        let set = |id: u32| &self.sets[id as usize * self.words..(id as usize + 1) * self.words];
        let bit = |word: usize| if word == unit as usize / 64 { 1u64 << (unit % 64) } else { 0 };
        set(ideal).iter().zip(set(other)).enumerate().all(|(word, (a, b))| a | bit(word) == *b)
    }
}

impl Ideals for Lattice {
    fn len(&self) -> usize {
        self.sets.len() / self.words
    }

    fn successors(&self, ideal: u32) -> &[(u32, u32)] {
        &self.successors[self.first[ideal as usize]..self.first[ideal as usize + 1]]
    }

    fn contains(&self, ideal: u32, unit: u32) -> bool {
        self.sets[ideal as usize * self.words + unit as usize / 64] >> (unit % 64) & 1 == 1
    }
}

/// The prefixes of one linear extension: the only ideals at which that order can be cut.
pub(crate) struct Chain {
    place: Vec<u32>,
    successors: Vec<(u32, u32)>,
}

impl Chain {
    /// Returns the prefixes of `order`, which holds every unit once.
    pub fn new(order: &[u32]) -> Chain {
        let mut place = vec![0; order.len()];
        for (index, &unit) in order.iter().enumerate() {
            place[unit as usize] = index as u32;
        }
        let successors = order.iter().enumerate().map(|(index, &unit)| (unit, index as u32 + 1)).collect();
        Chain { place, successors }
    }
}

impl Ideals for Chain {
    fn len(&self) -> usize {
        self.place.len() + 1
    }

    fn successors(&self, ideal: u32) -> &[(u32, u32)] {
        self.successors.get(ideal as usize..ideal as usize + 1).unwrap_or(&[])
    }

    fn contains(&self, ideal: u32, unit: u32) -> bool {
        self.place[unit as usize] < ideal
    }
}

/// Returns a well-mixed key (a 64-bit finalizer with the constants of SplitMix64), so that the xor of its units' keys
/// hashes a set.
fn mix(mut x: u64) -> u64 {
    x = x.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lattice(units: usize, edges: &[(u32, u32)], most: usize) -> Option<Lattice> {
        let mut preds = vec![Vec::new(); units];
        let mut succs = vec![Vec::new(); units];
        for &(from, to) in edges {
            succs[from as usize].push(to);
            preds[to as usize].push(from);
        }
        Lattice::new(&preds, &succs, |_| true, most, || false)
    }

    #[test]
    fn a_chain_has_one_ideal_more_than_units_and_an_antichain_two_to_their_number() {
        assert_eq!(lattice(5, &[(0, 1), (1, 2), (2, 3), (3, 4)], 100).unwrap().len(), 6);
        let antichain = lattice(10, &[], 2000).unwrap();
        assert_eq!(antichain.len(), 1024);
        assert_eq!((0..1024).map(|ideal| antichain.successors(ideal).len()).sum::<usize>(), 10 * 512);
        assert!((0..10).all(|unit| antichain.contains(1023, unit) && !antichain.contains(0, unit)));
    }

    #[test]
    fn too_many_ideals_are_given_up() {
        assert!(lattice(20, &[], 1000).is_none());
        assert!(lattice(10_000, &[], usize::MAX).is_none(), "memory is limited, too");
        assert_eq!(lattice(0, &[], 10).unwrap().len(), 1);
    }

    #[test]
    fn successors_add_a_ready_unit_and_ids_grow_with_size() {
        let diamond =
            lattice(70, &(0..69).map(|u| (u, u + 1)).chain([(0, 69)]).collect::<Vec<_>>(), 100).unwrap();
        for ideal in 0..diamond.len() as u32 {
            for &(unit, next) in diamond.successors(ideal) {
                assert!(next > ideal && !diamond.contains(ideal, unit) && diamond.contains(next, unit));
            }
        }
    }
}
