//! Sentences in both languages.

use serde::{Deserialize, Serialize};

/// The same text in Chinese and English.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Localized {
    pub zh: String,
    pub en: String,
}

#[doc(hidden)]
#[macro_export]
macro_rules! __localized {
    ($zh:literal, $en:literal $(, $name:ident = $value:expr)* $(,)?) => {{
        $(let $name = $value;)*
        $crate::text::localized::Localized { zh: format!($zh), en: format!($en) }
    }};
}
/// The same sentence in both languages: `localized!("类别 {code} 不存在", "category {code} does not exist")`. Values
/// that only one of them needs follow: `localized!("{zh}", "{state}", zh = state.zh())`.
#[doc(inline)]
pub use __localized as localized;
