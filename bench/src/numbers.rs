//! Random numbers, rates, medians and percentiles.

use std::time::Duration;

/// Random numbers that are the same in every run (splitmix64).
pub struct Random(u64);

impl Random {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` up to `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        let fraction = f64::from(u32::try_from(self.next() >> 32).unwrap_or(0)) / (f64::from(u32::MAX) + 1.0);
        low + fraction * (high - low)
    }

    /// One of `choices`, or `None` if there are none.
    pub fn one_of<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        let count = u64::try_from(choices.len()).ok()?;
        choices.get(usize::try_from(self.next().checked_rem(count)?).ok()?)
    }
}

pub fn count(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The number of operations a second.
pub fn rate(done: usize, time: Duration) -> f64 {
    count(done) / time.as_secs_f64()
}

/// The middle value, or the mean of the two middle values. `None` if there are no values.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get((sorted.len() - 1) / 2)?;
    Some(f64::midpoint(lower, upper))
}

/// The smallest value that `percent` of `sorted` do not exceed. `None` if there are no values.
pub fn percentile(sorted: &[Duration], percent: usize) -> Option<Duration> {
    sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_percentiles_are_computed() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        let sorted: Vec<_> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile(&sorted, 50), Some(Duration::from_millis(100)));
        assert_eq!(percentile(&sorted, 99), Some(Duration::from_millis(198)));
        assert_eq!(percentile(&[Duration::ZERO], 99), Some(Duration::ZERO));
        assert_eq!(percentile(&[], 50), None);
    }

    #[test]
    fn random_numbers_are_in_their_range_and_evenly_spread() {
        // The first number that the published algorithm gives for this seed.
        assert_eq!(Random::new(1).next(), 0x910a_2dec_8902_5cc1);
        let mut random = Random::new(1);
        let numbers: Vec<f64> = (0..100_000).map(|_| random.between(2.0, 4.0)).collect();
        assert!(numbers.iter().all(|number| (2.0..4.0).contains(number)));
        // The tolerance is five times the standard error of the mean.
        assert!((numbers.iter().sum::<f64>() / 100_000.0 - 3.0).abs() < 0.01);
        assert!([1, 2, 3].iter().all(|number| (0..100).any(|_| random.one_of(&[1, 2, 3]) == Some(number))));
        assert_eq!(random.one_of::<u8>(&[]), None);
    }
}
