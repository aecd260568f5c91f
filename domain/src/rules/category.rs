//! Categories: what an incident is about, and what follows from that.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    code::{codes, serde_as_text},
    geography::unit::Level,
    organisation::OrganisationKind,
    text::name::{self, NameError},
    time::{
        auto_escalation::AutoEscalation,
        deadline::{Limit, LimitError},
    },
};

codes! {
    /// How bad it is (GB/T 31000 级别 04, 03, 02, 01). Never a colour: colours mean three things in practice.
    Severity "severity" {
        /// GB 04.
        General "general" "一般",
        /// GB 03.
        Significant "significant" "较大",
        /// GB 02.
        Major "major" "重大",
        /// GB 01.
        Critical "critical" "特别重大",
    }
}

/// Four digits: two for the domain, two for the leaf.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CategoryCode(u16);

impl CategoryCode {
    /// The code of the domain the category belongs to: its first two digits.
    #[must_use]
    pub const fn domain(self) -> u16 {
        self.0 / 100
    }
}

impl fmt::Display for CategoryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

impl FromStr for CategoryCode {
    type Err = CategoryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || CategoryError::Code(text.to_owned());
        if text.len() != 4 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(malformed());
        }
        text.parse().map(Self).map_err(|_| malformed())
    }
}

serde_as_text!(CategoryCode);

/// What is special about a category.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Flag {
    /// `self`: may be closed on the spot.
    OnSpot,
    /// `photo1`: photos before and after are asked for.
    PhotoRequired,
    /// `photo0`: photos are welcome.
    PhotoOptional,
    /// `photo-`: no photos by default, for privacy.
    PhotoOff,
    /// `priv`: visible to the holder chain only.
    Restricted,
    /// `minor`: minors may be concerned.
    Minors,
    /// `med`: mediation is a way to solve it.
    Mediation,
    /// `hear`: an open hearing is suggested.
    Hearing,
    /// `lead`: a responsible leader is suggested.
    Leader,
    /// `anon`: the reporter may stay unnamed.
    Anonymous,
    /// `skipv`: never routed to, nor shown to, the village.
    SkipVillage,
    /// `skipt`: never routed to, nor shown to, the township.
    SkipTownship,
    /// `now`: every level is told at once.
    NotifyAll,
    /// `call119`: the number to call before anything is typed.
    Call(u32),
    /// `control4ch`: must be made safe within so many continuous hours.
    Control(u32),
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnSpot => f.write_str("self"),
            Self::PhotoRequired => f.write_str("photo1"),
            Self::PhotoOptional => f.write_str("photo0"),
            Self::PhotoOff => f.write_str("photo-"),
            Self::Restricted => f.write_str("priv"),
            Self::Minors => f.write_str("minor"),
            Self::Mediation => f.write_str("med"),
            Self::Hearing => f.write_str("hear"),
            Self::Leader => f.write_str("lead"),
            Self::Anonymous => f.write_str("anon"),
            Self::SkipVillage => f.write_str("skipv"),
            Self::SkipTownship => f.write_str("skipt"),
            Self::NotifyAll => f.write_str("now"),
            Self::Call(number) => write!(f, "call{number}"),
            Self::Control(hours) => write!(f, "control{hours}ch"),
        }
    }
}

impl FromStr for Flag {
    type Err = CategoryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || CategoryError::Flag(text.to_owned());
        Ok(match text {
            "self" => Self::OnSpot,
            "photo1" => Self::PhotoRequired,
            "photo0" => Self::PhotoOptional,
            "photo-" => Self::PhotoOff,
            "priv" => Self::Restricted,
            "minor" => Self::Minors,
            "med" => Self::Mediation,
            "hear" => Self::Hearing,
            "lead" => Self::Leader,
            "anon" => Self::Anonymous,
            "skipv" => Self::SkipVillage,
            "skipt" => Self::SkipTownship,
            "now" => Self::NotifyAll,
            other => {
                if let Some(number) = other.strip_prefix("call") {
                    Self::Call(number.parse().map_err(|_| unknown())?)
                } else if let Some(hours) =
                    other.strip_prefix("control").and_then(|rest| rest.strip_suffix("ch"))
                {
                    Self::Control(hours.parse().map_err(|_| unknown())?)
                } else {
                    return Err(unknown());
                }
            }
        })
    }
}

serde_as_text!(Flag);

/// One leaf of the category tree.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Category {
    /// Its code.
    pub code: CategoryCode,
    /// Its Chinese name.
    pub zh: String,
    /// Its code name in English.
    pub en: String,
    /// The level that gets it first, unless severity or a skip rule raises it.
    pub first_level: Level,
    /// How bad it is unless the reporter says it is worse.
    pub severity: Severity,
    /// How long the first handling leg may take.
    pub limit: Limit,
    /// The type of department that usually leads.
    pub lead: OrganisationKind,
    /// The types of department that usually assist.
    pub assist: Vec<OrganisationKind>,
    /// What is special about it.
    pub flags: Vec<Flag>,
    /// What happens when a desk does not accept; by severity unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_lapse: Option<AutoEscalation>,
}

impl Category {
    /// Whether the flag is set.
    #[must_use]
    pub fn has(&self, flag: Flag) -> bool {
        self.flags.contains(&flag)
    }

    /// The highest level that is passed over, if any.
    #[must_use]
    pub fn skips(&self) -> Option<Level> {
        if self.has(Flag::SkipTownship) {
            Some(Level::Township)
        } else if self.has(Flag::SkipVillage) {
            Some(Level::Village)
        } else {
            None
        }
    }

    /// The number to call before anything is typed.
    #[must_use]
    pub fn emergency_number(&self) -> Option<u32> {
        self.flags.iter().find_map(|flag| if let Flag::Call(number) = flag { Some(*number) } else { None })
    }

    /// Checks what a single row must satisfy.
    ///
    /// # Errors
    /// When the category describes a group of people, or contradicts itself.
    pub fn check(&self) -> Result<(), CategoryError> {
        if let Some(word) = PEOPLE.iter().find(|word| self.zh.contains(**word) || self.en.contains(**word)) {
            return Err(CategoryError::DescribesPeople { name: self.zh.clone(), word });
        }
        let code = self.code;
        name::check(&self.zh).map_err(|error| CategoryError::Name { code, field: "zh", error })?;
        name::check_code(&self.en).map_err(|error| CategoryError::Name { code, field: "en", error })?;
        match self.limit.check() {
            Err(LimitError::Zero) => return Err(CategoryError::NoLimit(code)),
            Err(error @ LimitError::TooLong { .. }) => return Err(CategoryError::Limit { code, error }),
            Ok(()) => {}
        }
        if self.lead == OrganisationKind::Desk || self.assist.contains(&OrganisationKind::Desk) {
            return Err(CategoryError::DeskWorks(code));
        }
        if self.first_level == Level::City {
            return Err(CategoryError::CityFirst(code));
        }
        if self.has(Flag::OnSpot) && self.skips().is_some() {
            return Err(CategoryError::OnSpotSkipped(code));
        }
        if PHOTO_FLAGS.into_iter().filter(|flag| self.has(*flag)).count() > 1 {
            return Err(CategoryError::Photos(code));
        }
        if self.has(Flag::Restricted) && self.on_lapse == Some(AutoEscalation::Never) {
            return Err(CategoryError::RestrictedStays(code));
        }
        Ok(())
    }
}

/// What a category can say about photos; one of them.
const PHOTO_FLAGS: [Flag; 3] = [Flag::PhotoRequired, Flag::PhotoOptional, Flag::PhotoOff];

/// Words that name people instead of matters. A need is recorded as a need, an act as an act.
const PEOPLE: [&str; 22] = [
    "重点人",
    "特殊人群",
    "特殊群体",
    "刑满释放",
    "社区矫正",
    "精神障碍患者",
    "吸毒人员",
    "上访人",
    "信访重点",
    "缠访",
    "邪教",
    "宗教",
    "民族",
    "少数民族",
    "外来人口",
    "流动人口",
    "不稳定因素",
    "可疑人员",
    "key_person",
    "special_group",
    "religio",
    "ethnic",
];

/// Why a category is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CategoryError {
    /// Not four digits.
    #[error("{0:?} is no category code: four digits are, such as 5002")]
    Code(String),
    /// Unknown flag.
    #[error("{0:?} is no category flag: self, photo1, priv, skipv, call119, control4ch … are")]
    Flag(String),
    /// Categories are of matters, not of people.
    #[error("category {name:?} describes people (“{word}”); record the need or the act instead")]
    DescribesPeople {
        /// Its name.
        name: String,
        /// The word that gives it away.
        word: &'static str,
    },
    /// A name that is none.
    #[error("category {code}: {field} {error}")]
    Name {
        /// The category.
        code: CategoryCode,
        /// Which of its names.
        field: &'static str,
        /// What is wrong.
        error: NameError,
    },
    /// A limit of zero.
    #[error("category {0} has no time limit")]
    NoLimit(CategoryCode),
    /// A limit that is absurd.
    #[error("category {code}: {error}")]
    Limit {
        /// The category.
        code: CategoryCode,
        /// What is wrong.
        error: LimitError,
    },
    /// Desks lead nothing, they are who asks.
    #[error("category {0} names a desk; a desk neither leads nor assists: name a department")]
    DeskWorks(CategoryCode),
    /// The city coordinates, it does not receive.
    #[error("category {0} cannot start at the city: village, township and county can be first")]
    CityFirst(CategoryCode),
    /// Closed by the village desk, which must not see it.
    #[error("category {0} cannot be both closed on the spot and kept from the village")]
    OnSpotSkipped(CategoryCode),
    /// Several words about photos.
    #[error("category {0} contradicts itself about photos; choose one of photo1, photo0 and photo-")]
    Photos(CategoryCode),
    /// Nobody above could see it, let alone take it over.
    #[error(
        "category {0} is restricted (priv) and cannot stay where nobody accepts it; on_lapse is at_limit or at_double"
    )]
    RestrictedStays(CategoryCode),
}
