//! Enums whose values have a code name (used in JSON and in the database) and a Chinese name.

use crate::text::invalid_value::{InvalidValue, invalid};

/// An enum with code names.
pub trait Codes: Copy + 'static {
    /// The name of the list, such as `severity`.
    const WHAT: &'static str;
    /// The code names, in the order of the enum.
    const NAMES: &'static [&'static str];
}

/// The error for a text that is not one of the code names.
pub(crate) fn unknown<T: Codes>(text: &str) -> InvalidValue {
    invalid!(
        "“{text}”不是已知的取值；可用：{zh}",
        "{text:?} is no {what}; one of {en} is",
        what = T::WHAT,
        zh = T::NAMES.join("、"),
        en = T::NAMES.join(", ")
    )
}

/// Declares an enum with code names, one value a line: `Variant "code_name" "中文名"`. Adds `Display`, `FromStr` and serde.
macro_rules! codes {
    ($(#[$meta:meta])* $name:ident $what:literal { $($(#[$doc:meta])* $variant:ident $code:literal $zh:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name {
            $($(#[$doc])* #[doc = $zh] $variant,)+
        }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code name, as in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The Chinese name.
            #[must_use]
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh,)+ }
            }
        }

        impl $crate::code::Codes for $name {
            const WHAT: &'static str = $what;
            const NAMES: &'static [&'static str] = &[$($code,)+];
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::text::invalid_value::InvalidValue;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let found = Self::ALL.iter().copied().find(|value| value.as_str() == text);
                found.ok_or_else(|| $crate::code::unknown::<Self>(text))
            }
        }

        $crate::code::serde_as_text!($name);
    };
}

/// Implements serde for a type: it is written with `Display` and read with `FromStr`.
macro_rules! serde_as_text {
    ($type:ty) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use codes;
pub(crate) use serde_as_text;
