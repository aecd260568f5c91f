//! Explanations: what the rules refuse to read, in both languages. Their own messages are English.

use grassroots_domain::{
    category::CategoryError, code::UnknownCode, grid::GridError, linkage::NoExternalNo,
    organisation::OrganisationError, reason::NoReasonCode, routing::Words, rules::RuleError, unit::CodeError,
};

/// Errors that explain themselves in both languages.
pub trait Explain {
    /// What is wrong and what would be right.
    fn explain(&self) -> Words;
}

/// For `map_err`.
pub(crate) fn explained(error: impl Explain) -> Words {
    error.explain()
}

/// A message of the rules with its translation.
fn with(zh: String, error: &impl ToString) -> Words {
    Words { zh, en: error.to_string() }
}

impl Explain for CodeError {
    fn explain(&self) -> Words {
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
    fn explain(&self) -> Words {
        with(format!("“{}” 不是已知的取值；可用：{}", self.given, self.known.join("、")), self)
    }
}

impl Explain for NoReasonCode {
    fn explain(&self) -> Words {
        with(format!("“{}” 不是理由代码；由小写字母、数字和下划线组成，例如 beyond_authority", self.0), self)
    }
}

impl Explain for NoExternalNo {
    fn explain(&self) -> Words {
        let zh = format!("“{}” 不是案号或工单号；1 至 40 个字，可用字母、数字、汉字、括号和连字符", self.0);
        with(zh, self)
    }
}

impl Explain for OrganisationError {
    fn explain(&self) -> Words {
        match self {
            OrganisationError::UnknownKind(inner) => inner.explain(),
            OrganisationError::Unit(inner) => inner.explain(),
            OrganisationError::Malformed(given) => {
                with(format!("“{given}” 不是机构代码；例如 411224107-desk"), self)
            }
        }
    }
}

impl Explain for CategoryError {
    fn explain(&self) -> Words {
        let zh = match self {
            CategoryError::Code(given) => format!("“{given}” 不是类别代码；应为四位数字，例如 5002"),
            CategoryError::Flag(given) => {
                format!("“{given}” 不是类别标志；例如 self、photo1、priv、skipv、call119、control4ch")
            }
            CategoryError::DescribesPeople { name, word } => {
                format!("类别“{name}”描述的是人（“{word}”）；请改为记录诉求或行为（写事不写人）")
            }
            CategoryError::NoLimit(code) => format!("类别 {code} 的时限为零；请写大于零的整数"),
            CategoryError::CityFirst(code) => {
                format!("类别 {code} 不能由市级首办；应为 village、township 或 county")
            }
            CategoryError::OnSpotSkipped(code) => {
                format!("类别 {code} 不能既可现场办结（self）又回避村级（skipv、skipt）")
            }
        };
        with(zh, self)
    }
}

impl Explain for RuleError {
    fn explain(&self) -> Words {
        let zh = match self {
            RuleError::Category(error) => return error.explain(),
            RuleError::Misfiled { key, category } => {
                format!("类别 {category} 列在 {key} 之下；键应与代码一致")
            }
            RuleError::NoLimit { field } => format!("{field} 中有为零的时限；请写大于零的整数"),
            RuleError::CityHolds => "市级不持有事件；最高可写 county".to_owned(),
            RuleError::UnknownCategory(code) => format!("规则引用的类别 {code} 不存在"),
            RuleError::NoReasons(command) => format!("“{}”需要理由，请至少保留一个", command.zh()),
            RuleError::ReasonsUnused(command) => format!("“{}”不使用理由，请删去", command.zh()),
        };
        with(zh, self)
    }
}

impl Explain for GridError {
    fn explain(&self) -> Words {
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
    fn explain(&self) -> Words {
        Words { zh: "应为整数".to_owned(), en: "a whole number is needed".to_owned() }
    }
}

impl Explain for uuid::Error {
    fn explain(&self) -> Words {
        let en = "a UUID is needed, such as 0f8fad5b-d9cb-469f-a165-70867728950e";
        Words {
            zh: "应为 UUID，例如 0f8fad5b-d9cb-469f-a165-70867728950e".to_owned(), en: en.to_owned()
        }
    }
}
