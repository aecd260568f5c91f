//! Dice that fall alike in every run.

use uuid::Uuid;

/// Numbers that look random and follow from a seed (SplitMix64).
pub struct Rng(u64);

impl Rng {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u32) -> u32 {
        u32::try_from(self.roll() % u64::from(end)).expect("it is below a u32")
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, often: u32) -> bool {
        self.below(100) < often
    }

    /// One of `all`.
    pub fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.index(all.len())].clone()
    }

    /// An index below `end`.
    pub fn index(&mut self, end: usize) -> usize {
        usize::try_from(self.below(u32::try_from(end).expect("not that many"))).expect("an index")
    }

    /// At most `most` of `all`; some perhaps twice.
    pub fn some<T: Clone>(&mut self, all: &[T], most: u32) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| self.pick(all)).collect()
    }

    pub fn uuid(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.roll(), self.roll())
    }
}
