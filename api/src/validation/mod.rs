//! Checks of the data that clients send. All errors are reported together.

pub mod fields;
pub mod shape_error;
pub mod shape_reader;
pub mod spelled;

use grassroots_domain::text::localized::Localized;

use crate::problem_code::ProblemCode;

/// An error in one field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldError {
    /// JSON pointer to the field, such as `/location/datum`, or the name of the query parameter.
    pub pointer: String,
    /// The code of the error.
    pub code: ProblemCode,
    /// What is wrong with the field and what would be right.
    pub detail: Localized,
}
