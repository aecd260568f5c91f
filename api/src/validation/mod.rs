//! Checks of what clients send. Everything that is wrong is named at once.

pub mod fields;
pub mod shape_error;
pub mod shape_reader;
pub mod spelled;

use grassroots_domain::rules::routing::Localized;

use crate::problem_code::ProblemCode;

/// What is wrong with one field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldError {
    /// JSON pointer to the field, such as `/location/datum`; the parameter's name in a query.
    pub pointer: String,
    /// A stable code for what is wrong.
    pub code: ProblemCode,
    /// What is wrong and what would be right.
    pub detail: Localized,
}
