//! How a matter came to the notice of grid governance (来源), and the number that others gave it.

use std::{fmt, str::FromStr};

use crate::{
    code::{codes, serde_as_text},
    text::invalid_value::{InvalidValue, invalid},
};

codes! {
    /// How a matter came to the notice of who reports it.
    #[derive(Default)]
    Source "source" {
        #[default]
        /// A grid worker saw it.
        GridPatrol "grid_patrol" "网格巡查",
        /// A resident told it, at the window or during a visit.
        ResidentReport "resident_report" "群众反映",
        /// It was collected at a meeting of the village.
        VillageMeeting "village_meeting" "村级收集",
        /// A work order of the citizens' hotline.
        Hotline "hotline_12345" "12345热线",
        /// A call that the police passed on.
        Police "police_110" "110警情",
        /// A letter or visit to a petition office.
        Petition "petition" "信访",
        Court "court" "法院",
        /// A higher level ordered it.
        SuperiorAssigned "superior_assigned" "上级交办",
        /// A department passed it on.
        Department "department" "部门移交",
        Media "media" "媒体反映",
        /// A device reported a fact and a place.
        Sensor "sensor" "感知设备",
    }
}

impl Source {
    /// Whether grid workers may name it. Desks enter what comes from other authorities.
    #[must_use]
    pub const fn is_of_the_field(self) -> bool {
        match self {
            Self::GridPatrol | Self::ResidentReport | Self::VillageMeeting => true,
            Self::Hotline
            | Self::Police
            | Self::Petition
            | Self::Court
            | Self::SuperiorAssigned
            | Self::Department
            | Self::Media
            | Self::Sensor => false,
        }
    }

    /// Whether others number what comes from it. A number is used for one matter of a source only.
    #[must_use]
    pub const fn is_numbered(self) -> bool {
        !self.is_of_the_field()
    }
}

/// The number that another authority uses for a matter.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ExternalNo(String);

/// The maximum length of an [`ExternalNo`], in characters.
pub const MAX_EXTERNAL_NO: usize = 40;

impl ExternalNo {
    /// The number as it is compared: without the difference between half-width and full-width characters, between capitals and small
    /// letters, and between kinds of brackets.
    #[must_use]
    pub fn key(&self) -> String {
        let half_width = |character: char| match character {
            '〔' | '[' | '（' => '(',
            '〕' | ']' | '）' => ')',
            // The full-width forms of ASCII stand in its order from U+FF01 on.
            '！'..='～' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
            other => other,
        };
        self.0.chars().map(half_width).flat_map(char::to_uppercase).collect()
    }
}

impl fmt::Display for ExternalNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ExternalNo {
    type Err = InvalidValue;

    /// Reads a number such as `（2026）豫1224民初58号`, a case number of a court.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_allowed =
            |character: char| character.is_alphanumeric() || "-_/()（）〔〕[]".contains(character);
        if text.is_empty() || text.chars().count() > MAX_EXTERNAL_NO || !text.chars().all(is_allowed) {
            return Err(invalid!(
                "“{text}”不是案号或工单号；1 至 {MAX_EXTERNAL_NO} 个字，可用字母、数字、汉字、括号和连字符",
                "{text:?} is no number of a case or order: 1 to {MAX_EXTERNAL_NO} letters, digits, brackets and hyphens are"
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

serde_as_text!(ExternalNo);
