//! The languages of the product.

use grassroots_domain::text::localized::Localized;

/// A language of the product.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    Zh,
    En,
}

impl Language {
    /// The language tag for `Content-Language`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The name of a code in this language. In English it is derived from the code name.
    #[must_use]
    pub fn name(self, names: (&str, &str)) -> String {
        self.choose(names).replace('_', " ")
    }

    /// The text of `words` in this language.
    #[must_use]
    pub fn of_words(self, words: &Localized) -> &str {
        match self {
            Self::Zh => &words.zh,
            Self::En => &words.en,
        }
    }

    /// Chooses the Chinese or the English text.
    #[must_use]
    pub const fn choose<'a>(self, (zh, en): (&'a str, &'a str)) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}
