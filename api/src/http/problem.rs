//! Problems: RFC 9457 `application/problem+json`, in Chinese or English.

use std::fmt;

use grassroots_domain::rules::routing::Localized;

use crate::{localization::localized, problem_code::ProblemCode, validation::FieldError};

/// A problem to be answered.
#[derive(Clone, PartialEq, Debug)]
pub struct Problem {
    /// Which.
    pub code: ProblemCode,
    /// What is wrong here and how to mend it.
    pub detail: Localized,
    /// Fields that are wrong.
    pub errors: Vec<FieldError>,
    /// Further members, such as the current version.
    pub extra: Vec<(&'static str, serde_json::Value)>,
    /// Seconds to wait before sending it again.
    pub retry_after_s: Option<u32>,
}

impl Problem {
    /// A problem with its explanation.
    #[must_use]
    pub const fn new(code: ProblemCode, detail: Localized) -> Self {
        Self { code, detail, errors: Vec::new(), extra: Vec::new(), retry_after_s: None }
    }

    /// A body with wrong fields. One wrong field gives its own code to the whole.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        if let [only] = errors.as_slice() {
            return Self { errors: errors.clone(), ..Self::new(only.code, only.detail.clone()) };
        }
        let fields = errors.iter().map(|error| error.pointer.as_str()).collect::<Vec<_>>().join(", ");
        let detail = localized!("以下字段有误：{fields}", "these fields are wrong: {fields}");
        Self { errors, ..Self::new(ProblemCode::InvalidBody, detail) }
    }

    /// One wrong field.
    #[must_use]
    pub fn field(code: ProblemCode, pointer: &str, detail: Localized) -> Self {
        Self::invalid(vec![FieldError { pointer: pointer.to_owned(), code, detail }])
    }

    /// Adds a member.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<serde_json::Value>) -> Self {
        self.extra.push((name, value.into()));
        self
    }

    /// Says when to try again.
    #[must_use]
    pub const fn after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// There is nothing there, or nothing the caller may know of.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(
            ProblemCode::NotFound,
            localized!("没有这个资源，或您无权查看", "there is no such thing, or it is not yours to see"),
        )
    }
}

impl From<Vec<FieldError>> for Problem {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::invalid(errors)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.detail.en)
    }
}

impl std::error::Error for Problem {}
