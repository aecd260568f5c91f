//! Random numbers that are the same in every run.

use uuid::Uuid;

/// Random numbers that are calculated from a seed (SplitMix64).
pub struct Rng(Option<u64>);

impl Rng {
    /// The random numbers of `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(Some(seed))
    }

    /// Not random: always the first choice and the more likely case.
    #[must_use]
    pub const fn plain() -> Self {
        Self(None)
    }

    fn next(&mut self) -> u64 {
        let Some(state) = &mut self.0 else { return 0 };
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: u32) -> u32 {
        u32::try_from(self.next() % u64::from(end)).expect("a number below a u32 is a u32")
    }

    /// An index below `end`, which is not 0.
    pub fn index(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).expect("a length fits 64 bits");
        usize::try_from(self.next() % end).expect("a number below a usize is a usize")
    }

    /// True in `often` of a hundred cases.
    pub fn percent(&mut self, often: u32) -> bool {
        match self.0 {
            Some(_) => self.below(100) < often,
            None => often > 50,
        }
    }

    /// True in one of `often` cases.
    pub fn once_in(&mut self, often: u32) -> bool {
        self.below(often) == 0
    }

    /// One of `all`, which is not empty.
    pub fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.index(all.len())].clone()
    }

    /// A UUID made from the next random numbers.
    pub fn uuid(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.next(), self.next())
    }
}
