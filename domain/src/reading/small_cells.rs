//! Small numbers of restricted incidents. A number of one to four could tell a neighbour whom a matter is about.

/// The smallest number that is shown.
const SHOWN_FROM: u64 = 5;

/// The numbers that may be shown beside their sum, in the same order; `None` hides a number. Hides those from one to four, and with
/// them the next smallest, so that nobody can subtract. Returns `None` if even then the hidden numbers follow from the sum.
#[must_use]
pub fn hide_small(numbers: &[u64]) -> Option<Vec<Option<u64>>> {
    let small = |number: u64| (1..SHOWN_FROM).contains(&number);
    if !numbers.iter().any(|number| small(*number)) {
        return Some(numbers.iter().copied().map(Some).collect());
    }
    let large = numbers.iter().enumerate().filter(|(_, number)| **number >= SHOWN_FROM);
    let next = large.min_by_key(|(_, number)| **number).map(|(index, _)| index);
    let shown: Vec<Option<u64>> = numbers
        .iter()
        .enumerate()
        .map(|(index, number)| (!small(*number) && next != Some(index)).then_some(*number))
        .collect();
    let hidden =
        || numbers.iter().zip(&shown).filter(|(_, shown)| shown.is_none()).map(|(number, _)| *number);
    // A single number is the sum, and if all are one, so is their sum.
    let follows = hidden().count() < 2 || hidden().all(|number| number == 1);
    (!follows).then_some(shown)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn small_numbers_are_hidden_together_with_the_next_smallest() {
        assert_eq!(hide_small(&[]), Some(vec![]));
        assert_eq!(hide_small(&[7, 0, 12]), Some(vec![Some(7), Some(0), Some(12)]));
        assert_eq!(hide_small(&[7, 2, 12, 0]), Some(vec![None, None, Some(12), Some(0)]));
        assert_eq!(hide_small(&[3, 2, 12, 7, 7]), Some(vec![None, None, Some(12), None, Some(7)]));
        assert_eq!(hide_small(&[3]), None, "it is the sum");
        assert_eq!(hide_small(&[3, 0]), None, "zero is shown");
        assert_eq!(hide_small(&[1, 1]), None, "it follows from the sum");
        assert_eq!(hide_small(&[1, 1, 5]), Some(vec![None, None, None]));
        assert_eq!(hide_small(&[1, 2]), Some(vec![None, None]));
    }

    proptest! {
        /// Somebody who knows the sum, and that hidden numbers are at least one, finds two values for each hidden number.
        #[test]
        fn no_hidden_number_follows_from_the_sum(numbers in prop::collection::vec(0..12_u64, 0..6)) {
            let Some(shown) = hide_small(&numbers) else { return Ok(()) };
            let hidden: Vec<u64> = numbers.iter().zip(&shown).filter(|(_, shown)| shown.is_none()).map(|(number, _)| *number).collect();
            let sum: u64 = hidden.iter().sum();
            let others = u64::try_from(hidden.len()).unwrap().saturating_sub(1);
            for number in &hidden {
                let possible = (1..=sum).filter(|value| hidden.len() > 1 && sum - value >= others);
                prop_assert!(possible.count() > 1, "{number} follows: {numbers:?}");
            }
            for (number, shown) in numbers.iter().zip(&shown) {
                prop_assert!(shown.is_none_or(|shown| shown == *number && (shown == 0 || shown >= SHOWN_FROM)));
            }
        }
    }
}
