//! Masks identity, bank card and phone numbers in free text: reports describe the matter, not the person (写事不写人).
//!
//! A number may be written in one piece or in groups, with spaces or dashes, with half-width or full-width digits. A part
//! of a longer number is never masked. Incident numbers, unit and grid codes, coordinates, dates and sums of money are not
//! masked. Each masked digit becomes one star; all other characters stay.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::text::{
    check_digit::{is_identity_number, is_luhn, is_old_identity_number},
    digit_groups::{Line, MAX_SEPARATORS, Number, Run, digit, is_separator},
};

/// A kind of number that is masked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SensitiveKind {
    /// A resident identity number: 18 digits, or 15 in the old form. The first 3 and the last 2 characters stay visible.
    IdentityNumber,
    /// A bank card number: 16 to 19 digits. The first 4 and the last 4 digits stay visible.
    BankCard,
    /// A phone number. Of a mobile number, the first 3 and the last 4 digits stay visible (138****5678). Of a landline
    /// number, the area code and the last 2 digits stay visible.
    PhoneNumber,
}

/// The result of [`scan`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scanned {
    /// The text with its sensitive numbers masked.
    pub text: String,
    /// The kinds of numbers that were masked, each once, in the order of [`SensitiveKind`].
    pub found: Vec<SensitiveKind>,
}

/// Masks identity, bank card and phone numbers in `text`.
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

/// A number that must be masked.
struct Hit {
    kind: SensitiveKind,
    /// The number of runs that form the number.
    runs: usize,
    /// The indices of the digits to mask.
    hidden: Vec<usize>,
}

impl Line {
    /// The sensitive number that begins with the first of `runs`, if there is one.
    fn sensitive_at_start(&self, runs: &[Run]) -> Option<Hit> {
        if self.is_fraction(runs.first()?.start) {
            return None;
        }
        let numbers = self.numbers(runs);
        // The most certain kind comes first: an identity number has a date and a check digit, a bank card has a check digit.
        let kinds: [fn(&Self, &Number) -> Option<Hit>; 4] =
            [Self::identity_number, Self::bank_card, Self::mobile, Self::landline];
        kinds.into_iter().find_map(|kind| numbers.iter().find_map(|number| kind(self, number)))
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

    /// The index of the X after 17 digits. As a check digit, it has the value 10.
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
        // International cards and UnionPay begin with 3 to 6, some old cards with 9 (such as 9558).
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

    /// Whether a letter stands directly before or after the number, as in a UUID.
    fn is_in_identifier(&self, number: &Number) -> bool {
        let is_letter = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphabetic());
        let first = number.places.first().and_then(|place| self.before(*place));
        let last = number.places.last().and_then(|place| self.get(place + 1));
        is_letter(first) || is_letter(last)
    }

    /// Whether a currency stands before or after the number: ¥13800000000, 13800000000.00元.
    fn is_money(&self, number: &Number) -> bool {
        let first = number.places.first().and_then(|place| self.before(*place));
        let rest = number.places.last().and_then(|place| self.chars.get(place + 1..)).unwrap_or_default();
        let mut unit = rest.iter().skip_while(|letter| **letter == '.' || digit(**letter).is_some());
        matches!(first, Some('¥' | '￥' | '$'))
            || matches!((unit.next(), unit.next()), (Some('元'), _) | (Some('万' | '亿'), Some('元')))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::SensitiveKind::{BankCard, IdentityNumber, PhoneNumber};
    use super::*;

    fn assert_masked(text: &str, masked: &str, kinds: &[SensitiveKind]) {
        assert_eq!(scan(text), Scanned { text: masked.to_owned(), found: kinds.to_vec() }, "{text}");
    }

    fn assert_unchanged(text: &str) {
        assert_masked(text, text, &[]);
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
            assert_masked(text, masked, if masked.contains('*') { &[IdentityNumber] } else { &[] });
        }
        assert_unchanged("110105194912310021");
        assert_unchanged("11010519491331002X");
        assert_unchanged("410102671302123");
        assert_unchanged("01010519491231002X");
    }

    #[test]
    fn bank_cards() {
        assert_masked("卡号6222021234567890128", "卡号6222***********0128", &[BankCard]);
        assert_masked("4111 1111 1111 1111", "4111 **** **** 1111", &[BankCard]);
        assert_masked("6222-0212-3456-7890-128", "6222-****-****-***0-128", &[BankCard]);
        assert_unchanged("4111 1111 1111 1112");
        assert_unchanged("1111 1111 1111 1117");
        assert_unchanged("41 11 1111 1111 1111 11");
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
            assert_masked(text, masked, &[PhoneNumber]);
        }
        assert_unchanged("12812345678 138 1234");
        assert_unchanged("381381234567801");
        assert_unchanged("13812\n345678");
        assert_unchanged("138    1234    5678");
    }

    #[test]
    fn other_numbers_are_not_masked() {
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
            assert_unchanged(text);
        }
    }

    #[test]
    fn no_code_of_sanmenxia_is_masked() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../api/data/sanmenxia/divisions.csv");
        let units = std::fs::read_to_string(path).unwrap();
        for code in units.lines().skip(1).map(|line| &line[..12]) {
            for number in (1..1_000).step_by(7) {
                assert_unchanged(&format!("{code}{number:03}"));
            }
            assert_unchanged(code);
        }
    }

    #[test]
    fn each_masked_kind_is_listed_once_and_in_order() {
        assert_masked(
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
        fn a_mobile_number_is_found_anywhere_in_a_text(
            before in "[\u{4e00}-\u{9fff}，。：\n]{0,5}", after in "[\u{4e00}-\u{5142}，。\n]{0,5}", number in "1[3-9][0-9]{9}",
        ) {
            let scanned = scan(&format!("{before}{number}{after}"));
            prop_assert_eq!(scanned.text, format!("{before}{}****{}{after}", &number[..3], &number[7..]));
            prop_assert_eq!(scanned.found, [PhoneNumber]);
        }
    }
}
