//! Languages: Chinese by default, English for those who ask.

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};
use grassroots_domain::rules::routing::Localized;

/// A language the product speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl Language {
    /// The language `Accept-Language` asks for. The one with the higher weight wins, Chinese where nothing is said.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
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
            (zh, Some(en)) if en > zh.unwrap_or(0.0) => Self::En,
            _ => Self::Zh,
        }
    }

    /// The tag for `Content-Language`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The name of a code: Chinese, or the code name in words.
    #[must_use]
    pub fn name(self, names: (&str, &str)) -> String {
        self.choose(names).replace('_', " ")
    }

    /// `words` in this language.
    #[must_use]
    pub fn of_words(self, words: &Localized) -> &str {
        match self {
            Self::Zh => &words.zh,
            Self::En => &words.en,
        }
    }

    /// One of two texts.
    #[must_use]
    pub const fn choose<'a>(self, (zh, en): (&'a str, &'a str)) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
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
            Language::of(&headers)
        };
        assert_eq!(Language::of(&HeaderMap::new()), Language::Zh);
        assert_eq!(asked("en"), Language::En);
        assert_eq!(asked("en-GB,en;q=0.9,zh;q=0.5"), Language::En);
        assert_eq!(asked("zh-CN,zh;q=0.9,en;q=0.8"), Language::Zh);
        assert_eq!(asked("fr, *"), Language::Zh);
    }
}
