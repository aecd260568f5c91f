//! The language of a request: Chinese by default, English on request.

use std::{
    convert::Infallible,
    future::{Ready, ready},
};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{ACCEPT_LANGUAGE, HeaderMap},
};

use crate::language::Language;

impl FromRequest for Language {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(accepted_language(request.headers())))
    }
}

/// The language that `Accept-Language` asks for. The language with the higher weight is used; Chinese if none is
/// stated.
#[must_use]
pub fn accepted_language(headers: &HeaderMap) -> Language {
    let asked = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (mut zh, mut en) = (None, None);
    for entry in asked.split(',') {
        let (tag, weight) = entry.split_once(';').unwrap_or((entry, "q=1"));
        let weight: f32 =
            weight.trim().strip_prefix("q=").and_then(|weight| weight.parse().ok()).unwrap_or(1.0);
        let primary = tag.trim().split('-').next().unwrap_or_default();
        let slot = match primary {
            tag if tag.eq_ignore_ascii_case("zh") => &mut zh,
            tag if tag.eq_ignore_ascii_case("en") => &mut en,
            _ => continue,
        };
        *slot = Some(slot.map_or(weight, |known: f32| known.max(weight)));
    }
    match (zh, en) {
        (zh, Some(en)) if en > zh.unwrap_or(0.0) => Language::En,
        _ => Language::Zh,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn the_heavier_language_wins_and_chinese_is_the_default() {
        let asked = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_str(value).unwrap());
            accepted_language(&headers)
        };
        assert_eq!(accepted_language(&HeaderMap::new()), Language::Zh);
        assert_eq!(asked("en"), Language::En);
        assert_eq!(asked("en-GB,en;q=0.9,zh;q=0.5"), Language::En);
        assert_eq!(asked("zh-CN,zh;q=0.9,en;q=0.8"), Language::Zh);
        assert_eq!(asked("fr, *"), Language::Zh);
    }
}
