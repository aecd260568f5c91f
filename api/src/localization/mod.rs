//! Texts for users, in Chinese and English.

pub mod explain;
pub mod language;

/// The same sentence in both languages: `localized!("类别 {code} 不存在", "category {code} does not exist")`.
macro_rules! localized {
    ($zh:literal, $en:literal $(, $name:ident = $value:expr)* $(,)?) => {{
        $(let $name = $value;)*
        grassroots_domain::text::localized::Localized { zh: format!($zh), en: format!($en) }
    }};
}
pub(crate) use localized;
