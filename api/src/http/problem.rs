//! Problems: RFC 9457 `application/problem+json`, in Chinese or English.

use std::fmt;

use grassroots_domain::text::localized::{Localized, localized};

use crate::{problem_code::ProblemCode, validation::FieldError};

/// A problem: the answer to a request that cannot be carried out.
#[derive(Clone, PartialEq, Debug)]
pub struct Problem {
    /// The code of the problem.
    pub code: ProblemCode,
    /// What is wrong with this request and how to correct it.
    pub detail: Localized,
    /// The wrong fields.
    pub errors: Vec<FieldError>,
    /// Additional members of the JSON object, such as the current version.
    pub extra: Vec<(&'static str, serde_json::Value)>,
    /// The number of seconds to wait before sending the request again.
    pub retry_after_s: Option<u32>,
}

impl Problem {
    #[must_use]
    pub const fn new(code: ProblemCode, detail: Localized) -> Self {
        Self { code, detail, errors: Vec::new(), extra: Vec::new(), retry_after_s: None }
    }

    /// The problem for a body with wrong fields. If only one field is wrong, the problem has the code of that field.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        if let [only] = errors.as_slice() {
            return Self { errors: errors.clone(), ..Self::new(only.code, only.detail.clone()) };
        }
        let fields = errors.iter().map(|error| error.pointer.as_str()).collect::<Vec<_>>().join(", ");
        let detail = localized!("以下字段有误：{fields}", "these fields are wrong: {fields}");
        Self { errors, ..Self::new(ProblemCode::InvalidBody, detail) }
    }

    /// The problem for one wrong field.
    #[must_use]
    pub fn field(code: ProblemCode, pointer: &str, detail: Localized) -> Self {
        Self::invalid(vec![FieldError { pointer: pointer.to_owned(), code, detail }])
    }

    /// Adds a member to the JSON object.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<serde_json::Value>) -> Self {
        self.extra.push((name, value.into()));
        self
    }

    /// Sets the number of seconds to wait.
    #[must_use]
    pub const fn after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The problem for something that does not exist, or that the caller may not know about.
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
