//! The languages the product speaks.

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
