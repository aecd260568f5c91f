//! The incident number, for staff, and the query code (一案一码), for residents.

use chrono::{Datelike, NaiveDate};
use grassroots_domain::{incident::Incident, time::china_date};

use crate::random::random_bytes;

/// Letters and digits that do not look alike (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Random characters in a query code: 60 bits.
const SECRET_LENGTH: usize = 12;

/// The number of an incident: the day on which it was received, and a serial number. Serial numbers grow, and may have
/// gaps.
#[must_use]
pub fn incident_no(key: i64, incident: &Incident) -> String {
    let day = china_date(incident.received_at);
    format!("{:04}{:02}{:02}-{key:06}", day.year(), day.month(), day.day())
}

/// Parses an incident number into its day and its serial number.
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

/// The query code of an incident. The serial number in it finds the incident by its key; the random part prevents
/// guessing.
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
    fn a_query_code_has_the_serial_number_and_a_random_part() {
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
