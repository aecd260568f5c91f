//! Categories of incidents, with the settings of each category.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    code::{codes, serde_as_text},
    geography::unit::Level,
    organisation::OrganisationKind,
    text::{
        invalid_value::{InvalidValue, invalid},
        localized::localized,
        name,
    },
    time::{auto_escalation::AutoEscalation, deadline::Limit},
};

codes! {
    /// The severity of an incident (GB/T 31000 级别). It is never shown as a colour, because colours already have other
    /// meanings in practice.
    Severity "severity" {
        /// GB/T 31000 级别 04.
        General "general" "一般",
        /// GB/T 31000 级别 03.
        Significant "significant" "较大",
        /// GB/T 31000 级别 02.
        Major "major" "重大",
        /// GB/T 31000 级别 01.
        Critical "critical" "特别重大",
    }
}

/// The code of a category: two digits for the domain (大类) and two for the category in it (小类).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CategoryCode(u16);

impl CategoryCode {
    /// The domain of the category: the first two digits.
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
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || {
            invalid!(
                "“{text}”不是类别代码；应为四位数字，例如 5002",
                "{text:?} is no category code: four digits are, such as 5002"
            )
        };
        if text.len() != 4 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(malformed());
        }
        text.parse().map(Self).map_err(|_| malformed())
    }
}

serde_as_text!(CategoryCode);

/// A setting of a category.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Flag {
    /// `self`: the reporter may settle it on the spot.
    OnSpot,
    /// `photo1`: photos before and after the work are required.
    PhotoRequired,
    /// `photo0`: photos are optional.
    PhotoOptional,
    /// `photo-`: no photos by default, to protect privacy.
    PhotoOff,
    /// `priv`: only organisations that hold or held the incident see it.
    Restricted,
    /// `minor`: minors may be involved.
    Minors,
    /// `med`: the matter can be mediated.
    Mediation,
    /// `hear`: an open hearing is suggested.
    Hearing,
    /// `lead`: a responsible leader is suggested.
    Leader,
    /// `anon`: the reporter may stay anonymous.
    Anonymous,
    /// `skipv`: the village never receives or sees it.
    SkipVillage,
    /// `skipt`: the village and the township never receive or see it.
    SkipTownship,
    /// `now`: the desks of all levels are notified at once.
    NotifyAll,
    /// `call119`: the emergency number to call before reporting.
    Call(u32),
    /// `control4ch`: the site must be made safe within this number of continuous hours.
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
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || {
            invalid!(
                "“{text}”不是类别标志；例如 self、photo1、priv、skipv、call119、control4ch",
                "{text:?} is no category flag: self, photo1, priv, skipv, call119, control4ch … are"
            )
        };
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

/// A category (小类).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Category {
    pub code: CategoryCode,
    /// The Chinese name.
    pub zh: String,
    /// The English code name.
    pub en: String,
    /// The level that receives a report first, unless the severity or a skipped level raises it.
    pub first_level: Level,
    /// The default severity. A reporter can only raise it.
    pub severity: Severity,
    /// The time limit of the work.
    pub limit: Limit,
    /// The type of department that usually leads the work.
    pub lead: OrganisationKind,
    /// The types of department that usually assist.
    pub assist: Vec<OrganisationKind>,
    pub flags: Vec<Flag>,
    /// When incidents escalate because a desk does not accept them. `None`: the severity decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_lapse: Option<AutoEscalation>,
}

impl Category {
    #[must_use]
    pub fn has(&self, flag: Flag) -> bool {
        self.flags.contains(&flag)
    }

    /// The highest level that is skipped (回避), if any. Lower levels are skipped too.
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

    /// The emergency number to call before reporting, if any.
    #[must_use]
    pub fn emergency_number(&self) -> Option<u32> {
        self.flags.iter().find_map(|flag| if let Flag::Call(number) = flag { Some(*number) } else { None })
    }

    /// Checks the category on its own.
    ///
    /// # Errors
    /// [`InvalidValue`] if the category describes a group of people, has an invalid name or limit, or has settings that
    /// contradict each other.
    pub fn check(&self) -> Result<(), InvalidValue> {
        let describes = |word: &&&str| self.zh.contains(**word) || self.en.contains(**word);
        if let Some(word) = WORDS_FOR_PEOPLE.iter().find(describes) {
            return Err(invalid!(
                "类别“{name}”描述的是人（“{word}”）；请改为记录诉求或行为（写事不写人）",
                "category {name:?} describes people (“{word}”); record the need or the act instead",
                name = &self.zh
            ));
        }
        let code = self.code;
        name::check(&self.zh)
            .map_err(|error| error.within(localized!("类别 {code} 的 zh ", "category {code}: zh ")))?;
        name::check_code(&self.en)
            .map_err(|error| error.within(localized!("类别 {code} 的 en ", "category {code}: en ")))?;
        self.limit.check().map_err(|error| error.within(localized!("类别 {code}：", "category {code}: ")))?;
        if self.lead == OrganisationKind::Desk || self.assist.contains(&OrganisationKind::Desk) {
            return Err(invalid!(
                "类别 {code} 写了受理台（desk）；受理台不能作为主办或协办部门，请写部门",
                "category {code} names a desk; a desk neither leads nor assists: name a department"
            ));
        }
        if self.first_level == Level::City {
            return Err(invalid!(
                "类别 {code} 不能由市级首办；应为 village、township 或 county",
                "category {code} cannot start at the city: village, township and county can be first"
            ));
        }
        if self.has(Flag::OnSpot) && self.skips().is_some() {
            return Err(invalid!(
                "类别 {code} 不能既可现场自办（self）又回避村级（skipv、skipt）",
                "category {code} cannot be both closed on the spot and kept from the village"
            ));
        }
        if PHOTO_FLAGS.into_iter().filter(|flag| self.has(*flag)).count() > 1 {
            return Err(invalid!(
                "类别 {code} 有互相矛盾的照片标志；photo1、photo0、photo- 只能选一个",
                "category {code} contradicts itself about photos; choose one of photo1, photo0 and photo-"
            ));
        }
        if self.has(Flag::Restricted) && self.on_lapse == Some(AutoEscalation::Never) {
            return Err(invalid!(
                "类别 {code} 限制查看（priv），无人受理时不能一直停留；on_lapse 应为 at_limit 或 at_double",
                "category {code} is restricted (priv) and cannot stay where nobody accepts it; on_lapse is at_limit or \
                 at_double"
            ));
        }
        Ok(())
    }
}

/// The flags about photos. A category may have one of them.
const PHOTO_FLAGS: [Flag; 3] = [Flag::PhotoRequired, Flag::PhotoOptional, Flag::PhotoOff];

/// Words that describe people instead of matters. A category must name the need or the act.
const WORDS_FOR_PEOPLE: [&str; 22] = [
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
