//! Checks of identity numbers and bank card numbers, given as digits.

use chrono::{Datelike, NaiveDate};

/// The earliest year of birth in an identity number.
const FIRST_BIRTH_YEAR: i32 = 1900;

/// The earliest year of birth in a 15-digit identity number that is masked. Earlier ones cannot be told from grid codes:
/// a grid code has its township number at the place of the year of birth, and township numbers are below 600 (GB/T 10114).
const FIRST_OLD_BIRTH_YEAR: i32 = 1960;

/// Whether two digits are the code of a province (GB/T 2260), or begin a residence permit for people from Hong Kong, Macao
/// or Taiwan (81–83).
fn is_province([tens, units]: [u32; 2]) -> bool {
    matches!(tens * 10 + units, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83)
}

fn value(digits: &[u32]) -> u32 {
    digits.iter().fold(0, |value, digit| value * 10 + digit)
}

fn birthday(year: u32, month: &[u32], day: &[u32]) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, value(month), value(day))
}

/// Checks an 18-digit identity number (GB 11643-1999): 6 digits of division, 8 of the date of birth, 3 of sequence, and a
/// check digit (ISO 7064 MOD 11-2) with a value of 0 to 10.
pub(super) fn is_identity_number(digits: &[u32]) -> bool {
    let [p, q, _, _, _, _, y1, y2, y3, y4, m1, m2, d1, d2, ..] = *digits else { return false };
    let born = birthday(value(&[y1, y2, y3, y4]), &[m1, m2], &[d1, d2]);
    let weighted = digits.iter().fold(0, |sum, digit| (sum * 2 + digit) % 11);
    is_province([p, q])
        && born.is_some_and(|born| (FIRST_BIRTH_YEAR..2100).contains(&born.year()))
        && weighted == 1
}

/// Checks a 15-digit identity number: 6 digits of division, 6 of the date of birth without the century, 3 of sequence.
pub(super) fn is_old_identity_number(digits: &[u32]) -> bool {
    let [p, q, _, _, _, _, y1, y2, m1, m2, d1, d2, ..] = *digits else { return false };
    let born = birthday(1900 + value(&[y1, y2]), &[m1, m2], &[d1, d2]);
    is_province([p, q]) && born.is_some_and(|born| born.year() >= FIRST_OLD_BIRTH_YEAR)
}

/// Checks the check digit of a bank card (Luhn formula, ISO/IEC 7812-1).
pub(super) fn is_luhn(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit < 5 { digit * 2 } else { digit * 2 - 9 };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| if place % 2 == 1 { doubled(*digit) } else { *digit })
        .sum();
    sum.is_multiple_of(10)
}
