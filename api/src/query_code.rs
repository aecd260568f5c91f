//! Numbers people use: the incident number for colleagues, the query code for everybody who was given it.

use chrono::{Datelike, NaiveDate};
use grassroots_domain::{incident::Incident, time::china_date};

use crate::random::random_bytes;

/// Letters and digits that cannot be mistaken for each other (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Random characters in a query code: 60 bits, which nobody guesses.
const SECRET_LENGTH: usize = 12;

/// The number of an incident: the day it was received, and a serial number that grows and may have gaps.
#[must_use]
pub fn incident_no(key: i64, incident: &Incident) -> String {
    let day = china_date(incident.received_at);
    format!("{:04}{:02}{:02}-{key:06}", day.year(), day.month(), day.day())
}

/// The day and the serial number in an incident number.
#[must_use]
pub fn parse_incident_no(text: &str) -> Option<(NaiveDate, i64)> {
    let (day, serial) = text.split_once('-')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let well_formed = day.len() == 8 && digits(day) && serial.len() >= 6 && digits(serial);
    let day = NaiveDate::parse_from_str(day, "%Y%m%d").ok()?;
    if !well_formed || !(1..9_999).contains(&day.year()) {
        return None;
    }
    Some((day, serial.parse().ok()?))
}

/// The code that a resident asks by (一案一码): the serial number, so that it is found without an index, and the
/// random part, so that it cannot be guessed.
#[must_use]
pub fn query_code(key: i64, secret: &str) -> String {
    let mut serial = Vec::new();
    let mut rest = key.unsigned_abs();
    loop {
        serial.push(symbol(rest % 32));
        rest /= 32;
        if rest == 0 {
            break;
        }
    }
    let serial: String = serial.into_iter().rev().collect();
    let groups: Vec<String> =
        secret.chars().collect::<Vec<_>>().chunks(4).map(|group| group.iter().collect()).collect();
    format!("{serial}-{}", groups.join("-"))
}

/// The random part of a new query code.
#[must_use]
pub fn secret() -> String {
    random_bytes::<SECRET_LENGTH>().into_iter().map(|byte| symbol(u64::from(byte % 32))).collect()
}

fn symbol(value: u64) -> char {
    usize::try_from(value).ok().and_then(|index| ALPHABET.get(index)).map_or('0', |byte| char::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_hold_the_serial_and_a_secret() {
        assert_eq!(query_code(33, "ABCD1234WXYZ"), "11-ABCD-1234-WXYZ");
        assert_eq!(secret().len(), SECRET_LENGTH);
        assert_ne!(secret(), secret());
        assert_eq!(
            parse_incident_no("20261123-000017"),
            NaiveDate::from_ymd_opt(2026, 11, 23).map(|day| (day, 17))
        );
        assert_eq!(parse_incident_no("20261323-000017"), None);
        assert_eq!(parse_incident_no("井盖"), None);
        assert_eq!(parse_incident_no("2026-17"), None);
    }
}
