//! Explanations of values that the rules refuse, in both languages. The error messages of the domain are only in
//! English.

use grassroots_domain::{
    code::UnknownCode,
    geography::{grid::GridError, unit::CodeError},
    hash::HashError,
    incident::linkage::NoExternalNo,
    organisation::OrganisationError,
    rules::{category::CategoryError, reason::NoReasonCode, validation::RuleError},
    text::{localized::Localized, name::NameError},
    time::{
        calendar::{CalendarError, YEARS},
        deadline::{LimitError, MAX_YEARS},
    },
};

/// Errors that have an explanation in both languages.
pub trait Explain {
    /// Explains what is wrong and what would be right.
    fn explain(&self) -> Localized;
}

/// [`Explain::explain`] as a function for `map_err`.
pub(crate) fn explained(error: impl Explain) -> Localized {
    error.explain()
}

/// Combines the English message of an error with its Chinese translation.
fn with(zh: String, error: &impl ToString) -> Localized {
    Localized { zh, en: error.to_string() }
}

impl Explain for HashError {
    fn explain(&self) -> Localized {
        with(format!("“{}” 不是 SHA-256 摘要；应为 64 位十六进制数字", self.0), self)
    }
}

impl Explain for CodeError {
    fn explain(&self) -> Localized {
        let zh = match self {
            CodeError::Level(given) => {
                format!("“{given}” 不是层级；应为 village、township、county 或 city")
            }
            CodeError::Unit(given) => {
                format!(
                    "“{given}” 不是单位代码；市 4 位、县 6 位、乡镇 9 位、村 12 位数字，例如 411224107201"
                )
            }
            CodeError::Padded { code, level } => {
                format!("“{code}” 以零结尾，不是{}单位的代码；请写该单位本身的代码，不要补零", level.zh())
            }
            CodeError::Statistical { code, level, digits } => {
                format!(
                    "“{code}” 不是{}的统计用区划代码；应为 12 位数字，前 {digits} 位之后均为 0",
                    level.zh()
                )
            }
            CodeError::Grid(given) => {
                format!("“{given}” 不是网格代码；应为 12 位村级代码加 3 位网格号，例如 411224107201001")
            }
            CodeError::GridNumber(given) => {
                format!("“{given}” 的网格号无效；基础网格 001–899，专属网格 901–999")
            }
        };
        with(zh, self)
    }
}

impl Explain for UnknownCode {
    fn explain(&self) -> Localized {
        with(format!("“{}” 不是已知的取值；可用：{}", self.given, self.known.join("、")), self)
    }
}

impl Explain for NoReasonCode {
    fn explain(&self) -> Localized {
        with(format!("“{}” 不是理由代码；由小写字母、数字和下划线组成，例如 beyond_authority", self.0), self)
    }
}

impl Explain for NoExternalNo {
    fn explain(&self) -> Localized {
        let zh = format!("“{}” 不是案号或工单号；1 至 40 个字，可用字母、数字、汉字、括号和连字符", self.0);
        with(zh, self)
    }
}

impl Explain for OrganisationError {
    fn explain(&self) -> Localized {
        match self {
            OrganisationError::UnknownKind(inner) => inner.explain(),
            OrganisationError::Unit(inner) => inner.explain(),
            OrganisationError::Malformed(given) => {
                with(format!("“{given}” 不是机构代码；例如 411224107-desk"), self)
            }
        }
    }
}

impl Explain for NameError {
    /// The explanation follows the name of a field.
    fn explain(&self) -> Localized {
        let zh = match self {
            NameError::Empty => "为空，请填写名称".to_owned(),
            NameError::Unfit(given) => format!("“{given}” 过长或含控制字符；最多 100 个字符，写在一行内"),
            NameError::NoCode(given) => {
                format!("“{given}” 不是代码名；请用小写字母、数字和下划线，例如 town")
            }
        };
        with(zh, self)
    }
}

impl Explain for LimitError {
    fn explain(&self) -> Localized {
        let zh = match self {
            LimitError::Zero => "时限为零；请写大于零的整数".to_owned(),
            LimitError::TooLong { given, most } => {
                format!("时限 {} 超过 {MAX_YEARS} 年；最多 {}", given.zh(), most.zh())
            }
        };
        with(zh, self)
    }
}

impl Explain for CalendarError {
    fn explain(&self) -> Localized {
        let zh = match self {
            CalendarError::NoHours => "没有工作时段；请至少写一个，例如 08:00–12:00".to_owned(),
            CalendarError::EmptyPeriod { from, to } => {
                format!("工作时段 {from}–{to} 为空；结束须晚于开始，且在同一天")
            }
            CalendarError::Overlap { from, previous } => {
                format!("从 {from} 开始的工作时段早于上一时段的结束 {previous}；请按顺序填写")
            }
            CalendarError::Seconds(time) => format!("工作时间 {time} 不是整分钟；请写小时和分钟"),
            CalendarError::Year(date) => format!("{date} 不在 {}–{} 年之间", YEARS.start(), YEARS.end()),
            CalendarError::Gap { missing } => {
                format!(
                    "日历中有 {} 年及以后年份的日期，却没有 {missing} 年的；请一并给出 {missing} 年的日期",
                    missing - 1
                )
            }
        };
        with(zh, self)
    }
}

impl Explain for CategoryError {
    fn explain(&self) -> Localized {
        let zh = match self {
            CategoryError::Code(given) => format!("“{given}” 不是类别代码；应为四位数字，例如 5002"),
            CategoryError::Flag(given) => {
                format!("“{given}” 不是类别标志；例如 self、photo1、priv、skipv、call119、control4ch")
            }
            CategoryError::DescribesPeople { name, word } => {
                format!("类别“{name}”描述的是人（“{word}”）；请改为记录诉求或行为（写事不写人）")
            }
            CategoryError::Name { code, field, error } => {
                format!("类别 {code} 的 {field} {}", error.explain().zh)
            }
            CategoryError::NoLimit(code) => format!("类别 {code} 的时限为零；请写大于零的整数"),
            CategoryError::Limit { code, error } => format!("类别 {code}：{}", error.explain().zh),
            CategoryError::DeskWorks(code) => {
                format!("类别 {code} 写了受理台（desk）；受理台不能作为主办或协办部门，请写部门")
            }
            CategoryError::CityFirst(code) => {
                format!("类别 {code} 不能由市级首办；应为 village、township 或 county")
            }
            CategoryError::OnSpotSkipped(code) => {
                format!("类别 {code} 不能既可现场办结（self）又回避村级（skipv、skipt）")
            }
            CategoryError::Photos(code) => {
                format!("类别 {code} 有互相矛盾的照片标志；photo1、photo0、photo- 只能选一个")
            }
            CategoryError::RestrictedStays(code) => {
                format!(
                    "类别 {code} 限制查看（priv），无人受理时不能一直停留；on_lapse 应为 at_limit 或 at_double"
                )
            }
        };
        with(zh, self)
    }
}

impl Explain for RuleError {
    fn explain(&self) -> Localized {
        let zh = match self {
            RuleError::Calendar(error) => format!("日历：{}", error.explain().zh),
            RuleError::Category(error) => return error.explain(),
            RuleError::Misfiled { key, category } => {
                format!("类别 {category} 列在 {key} 之下；键应与代码一致")
            }
            RuleError::Limit { field, error } => format!("{field} 中的时限有误：{}", error.explain().zh),
            RuleError::CityHolds => "市级不持有事件；最高可写 county".to_owned(),
            RuleError::UnknownCategory { field, category } => {
                format!("{field} 引用的类别 {category} 不存在；请去掉该行，或保留该类别")
            }
            RuleError::UnknownUnit(unit) => {
                format!("first_levels 引用的单位 {unit} 不存在；可用单位见 GET /v1/units")
            }
            RuleError::UnknownOrganisation(organisation) => {
                format!("duties 引用的机构 {organisation} 不存在；可用机构见 GET /v1/organisations")
            }
            RuleError::Twice { field, what } => format!("{field} 中 {what} 有两行；请只保留一行"),
            RuleError::NoReasons(command) => format!("“{}”需要理由，请至少保留一个", command.zh()),
            RuleError::ReasonsUnused(command) => format!("“{}”不使用理由，请删去", command.zh()),
            RuleError::ReasonName { code, field, error } => {
                format!("理由 {code} 的 {field} {}", error.explain().zh)
            }
        };
        with(zh, self)
    }
}

impl Explain for GridError {
    fn explain(&self) -> Localized {
        let zh = match self {
            GridError::Duplicate(code) => {
                format!("网格 {code} 出现两次；一个代码对应一个网格，多块区域请用 MultiPolygon")
            }
            GridError::Empty(code) => format!("网格 {code} 的形状为空；至少需要一个环"),
            GridError::Invalid { grid, reason } => {
                format!("网格 {grid} 的形状不是有效的面（{reason}）；请重新绘制，边线不得交叉或重复")
            }
        };
        with(zh, self)
    }
}

impl Explain for std::num::ParseIntError {
    fn explain(&self) -> Localized {
        Localized { zh: "应为整数".to_owned(), en: "a whole number is needed".to_owned() }
    }
}

impl Explain for uuid::Error {
    fn explain(&self) -> Localized {
        let en = "a UUID is needed, such as 0f8fad5b-d9cb-469f-a165-70867728950e";
        Localized {
            zh: "应为 UUID，例如 0f8fad5b-d9cb-469f-a165-70867728950e".to_owned(), en: en.to_owned()
        }
    }
}
