//! Query strings and paths, read into types. An error names the wrong parameter.

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use grassroots_domain::text::{
    invalid_value::InvalidValue,
    localized::{Localized, localized},
};
use serde::de::DeserializeOwned;

use crate::{
    http::{problem::Problem, problems::shape},
    problem_code::ProblemCode,
    validation::{
        FieldError,
        fields::quoted,
        shape_error::{Fault, Segment},
        spelled::read_query,
    },
};

/// A query string.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Params<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(parse(request.query_string()).map(Self))
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    read_query(query).map_err(|error| {
        let Localized { zh, en } = shape::text(&error.fault);
        let name = match (&error.fault, error.path.first()) {
            (_, Some(Segment::Key(name)))
            | (Fault::MissingField(name) | Fault::DuplicateField(name), None | Some(Segment::Index(_))) => {
                name
            }
            (_, None | Some(Segment::Index(_))) => "",
        };
        let detail = match form_urlencoded::parse(query.as_bytes()).find(|(given, _)| given == name) {
            Some((_, value)) => {
                let value = quoted(&value);
                localized!("参数 {name} 的值“{value}”有误：{zh}", "{name}={value:?} is wrong: {en}")
            }
            None => localized!("查询参数有误：{zh}", "a query parameter is wrong: {en}"),
        };
        in_query(name, detail)
    })
}

/// One part of the path. A part that cannot be parsed is refused with `invalid_path`.
#[derive(Debug)]
pub struct PathPart<T>(pub T);

impl<T: std::str::FromStr<Err: Into<InvalidValue>> + 'static> FromRequest for PathPart<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let given = request.match_info().iter().next().map_or("", |(_, value)| value);
        let given = quoted(given);
        std::future::ready(given.parse().map(Self).map_err(|error: T::Err| {
            let place = localized!("路径中的“{given}”有误：", "{given:?} in the path is wrong: ");
            Problem::new(ProblemCode::InvalidPath, error.into().within(place).into())
        }))
    }
}

/// Reads an optional parameter into its own type.
///
/// # Errors
/// The value is wrong. The problem names the parameter and says what would be right.
pub fn optional<T: std::str::FromStr<Err: Into<InvalidValue>>>(
    name: &str,
    value: Option<&str>,
) -> Result<Option<T>, Problem> {
    value.map(|value| required(name, value)).transpose()
}

/// Reads a required parameter into its own type.
///
/// # Errors
/// The value is wrong. The problem names the parameter and says what would be right.
pub fn required<T: std::str::FromStr<Err: Into<InvalidValue>>>(
    name: &str,
    value: &str,
) -> Result<T, Problem> {
    quoted(value).parse().map_err(|error: T::Err| {
        let place = localized!("参数 {name} 有误：", "{name} is wrong: ");
        in_query(name, error.into().within(place).into())
    })
}

/// The problem for a wrong parameter. `right` describes a correct value.
#[must_use]
pub fn wrong(name: &str, value: &str, right: &dyn std::fmt::Display) -> Problem {
    in_query(
        name,
        localized!(
            "参数 {name} 的值“{value}”有误；应为：{right}",
            "{name}={value:?} is wrong; right would be: {right}",
            value = quoted(value)
        ),
    )
}

fn in_query(name: &str, detail: Localized) -> Problem {
    Problem::invalid(vec![FieldError { pointer: name.to_owned(), code: ProblemCode::InvalidQuery, detail }])
}
