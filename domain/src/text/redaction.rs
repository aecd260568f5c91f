//! Masks numbers of people in free text: write about the matter, not the person (写事不写人).
//!
//! Numbers are found as people write them: in one piece or in groups, with spaces or dashes, in half or full width. A
//! number is never cut out of a longer one, and incident numbers, unit and grid codes, coordinates, dates and sums of
//! money stay as they are. Only digits are replaced, each by one star; every other byte is kept.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// What was found in a text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SensitiveKind {
    /// Resident identity number, of 18 digits or the old 15. The first 3 and last 2 characters are left.
    IdentityNumber,
    /// Bank card, of 16 to 19 digits. The first and last 4 are left.
    BankCard,
    /// Mobile number, of which the first 3 and last 4 digits are left (138****5678), or landline, of which the area code
    /// and the last 2 are.
    PhoneNumber,
}

/// A text that may be stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scanned {
    /// The text with its sensitive numbers masked.
    pub text: String,
    /// What was masked, each kind once, in the order of the kinds.
    pub found: Vec<SensitiveKind>,
}

/// Masks the numbers of people in `text`.
#[must_use]
pub fn scan(text: &str) -> Scanned {
    let line = Line { chars: text.chars().collect() };
    let runs = line.runs();
    let mut found = BTreeSet::new();
    let mut hidden = BTreeSet::new();
    let mut rest = runs.as_slice();
    while let [_, after_first @ ..] = rest {
        rest = match line.sensitive_at_start(rest) {
            Some(hit) => {
                found.insert(hit.kind);
                hidden.extend(hit.hidden);
                rest.get(hit.runs..).unwrap_or_default()
            }
            None => after_first,
        };
    }
    let mask = |(place, letter)| if hidden.contains(&place) { '*' } else { letter };
    Scanned { text: text.chars().enumerate().map(mask).collect(), found: found.into_iter().collect() }
}

/// More separators than this between two groups end a number.
const MAX_SEPARATORS: usize = 3;

/// No number that is looked for has more digits: a card of 19.
const MAX_DIGITS: usize = 19;

/// Identity numbers have dates of birth from this year on.
const FIRST_BIRTH_YEAR: i32 = 1900;

/// Old identity numbers were given until 1999. Those of people born before this look like grid codes, whose township and
/// village digits stand where the date does; townships have numbers below 600 (GB/T 10114), so later years do not.
const FIRST_OLD_BIRTH_YEAR: i32 = 1960;

struct Line {
    chars: Vec<char>,
}

/// Digits without anything between them: their values, and where the first of them stands.
struct Run {
    start: usize,
    digits: Vec<u32>,
}

impl Run {
    fn end(&self) -> usize {
        self.start + self.digits.len()
    }
}

/// One run or several that may be one number.
#[derive(Clone, Default)]
struct Number {
    /// Values, 0–9.
    digits: Vec<u32>,
    /// Where each digit stands.
    places: Vec<usize>,
    /// How many digits each run has.
    groups: Vec<usize>,
}

struct Hit {
    kind: SensitiveKind,
    /// How many runs it takes up.
    runs: usize,
    /// The places of the digits to mask.
    hidden: Vec<usize>,
}

impl Line {
    fn get(&self, place: usize) -> Option<char> {
        self.chars.get(place).copied()
    }

    fn before(&self, place: usize) -> Option<char> {
        self.get(place.checked_sub(1)?)
    }

    fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for (place, letter) in self.chars.iter().enumerate() {
            let Some(digit) = digit(*letter) else { continue };
            match runs.last_mut().filter(|run| run.end() == place) {
                Some(run) => run.digits.push(digit),
                None => runs.push(Run { start: place, digits: vec![digit] }),
            }
        }
        runs
    }

    /// The sensitive number that begins with the first of `runs`.
    fn sensitive_at_start(&self, runs: &[Run]) -> Option<Hit> {
        if self.is_fraction(runs.first()?.start) {
            return None;
        }
        let numbers = self.numbers(runs);
        // The more certain first: an identity number has a date and a check digit, a card a check digit.
        let kinds: [fn(&Self, &Number) -> Option<Hit>; 4] =
            [Self::identity_number, Self::bank_card, Self::mobile, Self::landline];
        kinds.into_iter().find_map(|kind| numbers.iter().find_map(|number| kind(self, number)))
    }

    /// The first run, the first two, and so on, as far as they may be one number.
    fn numbers(&self, runs: &[Run]) -> Vec<Number> {
        let mut numbers = Vec::new();
        let mut number = Number::default();
        let mut end = None;
        for run in runs {
            let joined = end.is_none_or(|end| self.is_separated(end, run.start));
            if !joined || number.digits.len() + run.digits.len() > MAX_DIGITS {
                break;
            }
            number.digits.extend(&run.digits);
            number.places.extend(run.start..run.end());
            number.groups.push(run.digits.len());
            numbers.push(number.clone());
            end = Some(run.end());
        }
        numbers
    }

    /// Whether nothing but a few separators stands from `end` to `start`.
    fn is_separated(&self, end: usize, start: usize) -> bool {
        start - end <= MAX_SEPARATORS
            && self
                .chars
                .get(end..start)
                .is_some_and(|between| between.iter().all(|letter| is_separator(*letter)))
    }

    /// Whether the digits at `start` are decimals, as in 111.200300. `1.` in front is the number of a line in a list.
    fn is_fraction(&self, start: usize) -> bool {
        let whole = self.chars.get(..start).unwrap_or_default();
        let Some((&'.', whole)) = whole.split_last() else { return false };
        let mut whole = whole.iter().rev().map_while(|letter| digit(*letter));
        match (whole.next(), whole.next()) {
            (None, _) => false,
            (Some(single), None) => single == 0,
            (Some(_), Some(_)) => true,
        }
    }

    fn identity_number(&self, number: &Number) -> Option<Hit> {
        let mut number = number.clone();
        let runs = number.groups.len();
        if let Some(place) = self.check_letter(&number) {
            number.digits.push(10);
            number.places.push(place);
        }
        let valid = match number.digits.len() {
            18 => is_identity_number(&number.digits) && !number.holds_code(),
            15 => is_old_identity_number(&number.digits) && matches!(number.groups[..], [15] | [6, 6, 3]),
            _ => false,
        };
        valid.then(|| Hit { kind: SensitiveKind::IdentityNumber, runs, hidden: number.hide(3, 2) })
    }

    /// Where the X stands that follows 17 digits and counts as 10.
    fn check_letter(&self, number: &Number) -> Option<usize> {
        let end = number.places.last()? + 1;
        let place = (end..=end + MAX_SEPARATORS).find(|place| !self.get(*place).is_some_and(is_separator))?;
        let found = matches!(self.get(place), Some('X' | 'x' | 'Ｘ' | 'ｘ'))
            && !self.get(place + 1).is_some_and(|letter| letter.is_ascii_alphanumeric());
        (number.digits.len() == 17 && found).then_some(place)
    }

    fn bank_card(&self, number: &Number) -> Option<Hit> {
        let grouped = match number.groups[..] {
            [_] => true,
            [6, rest] => rest >= 10,
            [4, 4, 4, 4] | [4, 4, 4, 4, 1..=3] | [4, 4, 4, 6..=7] => !self.is_in_identifier(number),
            _ => false,
        };
        // 3, 4, 5, 6: the international numbers and UnionPay; 9: old cards such as 9558.
        let valid = (16..=19).contains(&number.digits.len())
            && matches!(number.digits.first(), Some(3..=6 | 9))
            && is_luhn(&number.digits);
        (grouped && valid).then(|| Hit {
            kind: SensitiveKind::BankCard,
            runs: number.groups.len(),
            hidden: number.hide(4, 4),
        })
    }

    fn mobile(&self, number: &Number) -> Option<Hit> {
        let prefix = number.digits.len().checked_sub(11)?;
        let (dialled, own) = number.digits.split_at_checked(prefix)?;
        let prefixed = matches!(dialled, [] | [0] | [8, 6] | [0, 0, 8, 6]);
        let grouped = match number.groups_after(prefix)?[..] {
            [11] => true,
            [3, 4, 4]
            | [3, 8]
            | [7, 4]
            | [4, 3, 4]
            | [4, 4, 3]
            | [3, 3, 5]
            | [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] => !self.is_in_identifier(number),
            _ => false,
        };
        let valid = prefixed && grouped && matches!(own, [1, 3..=9, ..]) && !self.is_money(number);
        valid.then(|| Hit {
            kind: SensitiveKind::PhoneNumber,
            runs: number.groups.len(),
            hidden: number.hide(prefix + 3, 4),
        })
    }

    fn landline(&self, number: &Number) -> Option<Hit> {
        let area = match number.digits[..] {
            [0, 1, 0, 2..=8, ..] | [0, 2, _, 2..=8, ..] => 3,
            [0, 3..=9, _, _, 2..=8, ..] => 4,
            _ => return None,
        };
        let grouped = match number.groups[..] {
            [code, 7 | 8] | [code, 3 | 4, 4] => code == area && !self.is_in_identifier(number),
            _ => false,
        };
        grouped.then(|| Hit {
            kind: SensitiveKind::PhoneNumber,
            runs: number.groups.len(),
            hidden: number.hide(area, 2),
        })
    }

    /// Whether letters touch the number, as in a UUID, whose groups of digits are no number of their own.
    fn is_in_identifier(&self, number: &Number) -> bool {
        let letter = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphabetic());
        let first = number.places.first().and_then(|place| self.before(*place));
        let last = number.places.last().and_then(|place| self.get(place + 1));
        letter(first) || letter(last)
    }

    /// Whether a currency stands before or after: ¥13800000000, 13800000000.00元.
    fn is_money(&self, number: &Number) -> bool {
        let first = number.places.first().and_then(|place| self.before(*place));
        let rest = number.places.last().and_then(|place| self.chars.get(place + 1..)).unwrap_or_default();
        let mut unit = rest.iter().skip_while(|letter| **letter == '.' || digit(**letter).is_some());
        matches!(first, Some('¥' | '￥' | '$'))
            || matches!((unit.next(), unit.next()), (Some('元'), _) | (Some('万' | '亿'), Some('元')))
    }
}

impl Number {
    /// The places of all digits but the first `shown_first` and the last `shown_last`.
    fn hide(&self, shown_first: usize, shown_last: usize) -> Vec<usize> {
        let hidden = self.places.len().saturating_sub(shown_first + shown_last);
        self.places.iter().skip(shown_first).take(hidden).copied().collect()
    }

    /// The sizes of the groups without the first `prefix` digits; none if there are not so many in the first group.
    fn groups_after(&self, prefix: usize) -> Option<Vec<usize>> {
        let (first, rest) = self.groups.split_first()?;
        let left = first.checked_sub(prefix)?;
        Some(std::iter::once(left).filter(|left| *left > 0).chain(rest.iter().copied()).collect())
    }

    /// Whether one of several groups is as long as a village or grid code.
    fn holds_code(&self) -> bool {
        self.groups.len() > 1 && self.groups.iter().any(|group| matches!(group, 12 | 15))
    }
}

fn digit(letter: char) -> Option<u32> {
    letter.to_digit(10).or_else(|| u32::from(letter).checked_sub(u32::from('０')).filter(|digit| *digit < 10))
}

/// What people put between groups of digits, in one line. Invisible characters come with text copied from a chat.
fn is_separator(letter: char) -> bool {
    matches!(letter, ' ' | '-' | '\u{a0}' | '\u{2009}' | '\u{3000}' | '\u{200b}'..='\u{200d}' | '\u{feff}')
        || matches!(letter, '\u{2010}'..='\u{2014}' | '\u{2212}' | '－')
}

/// The first two digits of the provinces (GB/T 2260) and of residence permits for Hong Kong, Macao and Taiwan.
fn is_province([tens, units]: [u32; 2]) -> bool {
    matches!(tens * 10 + units, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83)
}

fn value(digits: &[u32]) -> u32 {
    digits.iter().fold(0, |value, digit| value * 10 + digit)
}

fn birthday(year: u32, month: &[u32], day: &[u32]) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, value(month), value(day))
}

/// 18 digits: division 6, date of birth 8, sequence 3, check digit by ISO 7064 MOD 11-2, which may be 10 (GB 11643-1999).
fn is_identity_number(digits: &[u32]) -> bool {
    let [p, q, _, _, _, _, y1, y2, y3, y4, m1, m2, d1, d2, ..] = *digits else { return false };
    let born = birthday(value(&[y1, y2, y3, y4]), &[m1, m2], &[d1, d2]);
    let weighted = digits.iter().fold(0, |sum, digit| (sum * 2 + digit) % 11);
    is_province([p, q])
        && born.is_some_and(|born| (FIRST_BIRTH_YEAR..2100).contains(&born.year()))
        && weighted == 1
}

/// 15 digits: division 6, date of birth without the century 6, sequence 3.
fn is_old_identity_number(digits: &[u32]) -> bool {
    let [p, q, _, _, _, _, y1, y2, m1, m2, d1, d2, ..] = *digits else { return false };
    let born = birthday(1900 + value(&[y1, y2]), &[m1, m2], &[d1, d2]);
    is_province([p, q]) && born.is_some_and(|born| born.year() >= FIRST_OLD_BIRTH_YEAR)
}

/// The check digit of bank cards (ISO/IEC 7812-1).
fn is_luhn(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit < 5 { digit * 2 } else { digit * 2 - 9 };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| if place % 2 == 1 { doubled(*digit) } else { *digit })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::SensitiveKind::{BankCard, IdentityNumber, PhoneNumber};
    use super::*;

    fn masks(text: &str, masked: &str, kinds: &[SensitiveKind]) {
        assert_eq!(scan(text), Scanned { text: masked.to_owned(), found: kinds.to_vec() }, "{text}");
    }

    fn leaves(text: &str) {
        masks(text, text, &[]);
    }

    #[test]
    fn identity_numbers() {
        for (text, masked) in [
            ("身份证11010519491231002X。", "身份证110*************2X。"),
            ("11010519491231002x", "110*************2x"),
            ("１１０１０５１９４９１２３１００２Ｘ", "１１０*************２Ｘ"),
            ("110105 19491231 002X", "110*** ******** **2X"),
            ("110105-1949-12-31-002 X", "110***-****-**-**-**2 X"),
            ("301室 440308199901101512", "301室 440*************12"),
            ("旧证410102670102123", "旧证410**********23"),
        ] {
            masks(text, masked, if masked.contains('*') { &[IdentityNumber] } else { &[] });
        }
        leaves("110105194912310021");
        leaves("11010519491331002X");
        leaves("410102671302123");
        leaves("01010519491231002X");
    }

    #[test]
    fn bank_cards() {
        masks("卡号6222021234567890128", "卡号6222***********0128", &[BankCard]);
        masks("4111 1111 1111 1111", "4111 **** **** 1111", &[BankCard]);
        masks("6222-0212-3456-7890-128", "6222-****-****-***0-128", &[BankCard]);
        leaves("4111 1111 1111 1112");
        leaves("1111 1111 1111 1117");
        leaves("41 11 1111 1111 1111 11");
    }

    #[test]
    fn phone_numbers() {
        for (text, masked) in [
            ("电话13812345678，", "电话138****5678，"),
            ("138 1234 5678", "138 **** 5678"),
            ("138-1234-5678", "138-****-5678"),
            ("+86 13812345678", "+86 138****5678"),
            ("8613812345678", "86138****5678"),
            ("+86-138-1234-5678", "+86-138-****-5678"),
            ("0086138 1234 5678", "0086138 **** 5678"),
            ("013812345678", "0138****5678"),
            ("１３８１２３４５６７８", "１３８****５６７８"),
            ("1 3 8 1 2 3 4 5 6 7 8", "1 3 8 * * * * 5 6 7 8"),
            ("13812345678 13912345678", "138****5678 139****5678"),
            ("2026-11-23 13812345678", "2026-11-23 138****5678"),
            ("1.13812345678\n2.13912345678", "1.138****5678\n2.139****5678"),
            ("wx13812345678", "wx138****5678"),
            ("0398-2812345", "0398-*****45"),
            ("010 65123456", "010 ******56"),
            ("021-6512-3456", "021-****-**56"),
        ] {
            masks(text, masked, &[PhoneNumber]);
        }
        leaves("12812345678 138 1234");
        leaves("381381234567801");
        leaves("13812\n345678");
        leaves("138    1234    5678");
    }

    #[test]
    fn other_numbers_stay() {
        for text in [
            "",
            "20261123-000017",
            "网格411224107201001，村411224107201，411224107，411224",
            "411202001001001 411202201201001",
            "111.200300,34.772600 111.20030013812345678 34.13812345678",
            "0.13812345678",
            "2026-11-23 08:00:00, 2026年11月23日, 20261123143000123",
            "13800000000元，13800000000.50元，13800000000万元，¥13800000000",
            "1,234,567.89元 15000",
            "018f3c2a-1381-2345-678a-1b2c3d4e5f60",
            "119、12345、400-123-4567",
            "👨‍👩‍👧 𠮷野家 1️⃣3️⃣8️⃣",
        ] {
            leaves(text);
        }
    }

    #[test]
    fn no_code_of_sanmenxia_is_masked() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../api/data/sanmenxia/divisions.csv");
        let units = std::fs::read_to_string(path).unwrap();
        for code in units.lines().skip(1).map(|line| &line[..12]) {
            for number in (1..1_000).step_by(7) {
                leaves(&format!("{code}{number:03}"));
            }
            leaves(code);
        }
    }

    #[test]
    fn kinds_are_named_once_and_in_order() {
        masks(
            "张三13812345678，李四13912345678，4111111111111111，11010519491231002X",
            "张三138****5678，李四139****5678，4111********1111，110*************2X",
            &[IdentityNumber, BankCard, PhoneNumber],
        );
        assert_eq!(serde_json::to_string(&IdentityNumber).unwrap(), "\"identity_number\"");
    }

    proptest! {
        #[test]
        fn only_digits_change(text in "([0-9]{1,6}|[-. Xx０-９¥元]|\\PC){0,40}") {
            let scanned = scan(&text);
            prop_assert_eq!(scanned.text.chars().count(), text.chars().count());
            let mut masked = 0;
            for (before, after) in text.chars().zip(scanned.text.chars()) {
                if before != after {
                    prop_assert!(after == '*' && digit(before).is_some(), "{before} became {after}");
                    masked += 1;
                }
            }
            prop_assert_eq!(masked > 0, !scanned.found.is_empty());
        }

        #[test]
        fn a_mobile_number_is_found_wherever_it_stands(
            before in "[\u{4e00}-\u{9fff}，。：\n]{0,5}", after in "[\u{4e00}-\u{5142}，。\n]{0,5}", number in "1[3-9][0-9]{9}",
        ) {
            let scanned = scan(&format!("{before}{number}{after}"));
            prop_assert_eq!(scanned.text, format!("{before}{}****{}{after}", &number[..3], &number[7..]));
            prop_assert_eq!(scanned.found, [PhoneNumber]);
        }
    }
}
