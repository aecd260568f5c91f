//! Query strings and paths: typed, and refused with the parameter's name.

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use grassroots_domain::routing::Words;
use serde::de::DeserializeOwned;

use crate::{
    explain::Explain,
    problem::{Code, FieldError, Problem, words},
};

/// A query string.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Params<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parsed = web::Query::<T>::from_query(request.query_string()).map_err(|error| {
            Problem::new(
                Code::InvalidQuery,
                words!("查询参数有误：{error}", "a query parameter is wrong: {error}"),
            )
        });
        std::future::ready(parsed.map(|query| Self(query.into_inner())))
    }
}

/// One part of the path, parsed; what does not parse is not there.
#[derive(Debug)]
pub struct Part<T>(pub T);

impl<T: std::str::FromStr<Err: Explain> + 'static> FromRequest for Part<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let given = request.match_info().iter().next().map_or("", |(_, value)| value);
        std::future::ready(given.parse().map(Self).map_err(|error: T::Err| {
            Problem::new(Code::InvalidPath, both("路径有误：", "the path is wrong: ", &error.explain()))
        }))
    }
}

/// Reads an optional parameter that has a type of its own.
///
/// # Errors
/// With the name of the parameter and what would be right.
pub fn optional<T: std::str::FromStr<Err: Explain>>(
    name: &str,
    value: Option<&str>,
) -> Result<Option<T>, Problem> {
    value.map(|value| required(name, value)).transpose()
}

/// Reads a parameter that has a type of its own.
///
/// # Errors
/// With the name of the parameter and what would be right.
pub fn required<T: std::str::FromStr<Err: Explain>>(name: &str, value: &str) -> Result<T, Problem> {
    value.parse().map_err(|error: T::Err| {
        let detail = both(&format!("参数 {name} 有误："), &format!("{name} is wrong: "), &error.explain());
        in_query(name, detail)
    })
}

/// A parameter with a value that does not do; `right` shows what would.
#[must_use]
pub fn wrong(name: &str, value: &str, right: &dyn std::fmt::Display) -> Problem {
    in_query(
        name,
        words!(
            "参数 {name} 的值“{value}”有误；应为：{right}",
            "{name}={value:?} is wrong; right would be: {right}"
        ),
    )
}

fn in_query(name: &str, detail: Words) -> Problem {
    Problem::invalid(vec![FieldError { pointer: name.to_owned(), code: Code::InvalidQuery, detail }])
}

/// An explanation behind an introduction.
fn both(zh: &str, en: &str, explanation: &Words) -> Words {
    Words { zh: format!("{zh}{}", explanation.zh), en: format!("{en}{}", explanation.en) }
}
