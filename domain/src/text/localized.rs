//! Sentences in both languages.

use serde::{Deserialize, Serialize};

/// The same text in Chinese and English.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Localized {
    pub zh: String,
    pub en: String,
}
