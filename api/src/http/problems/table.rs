//! Tables of problems: one row an error, with its code and both texts.

/// Declares how the values of an error are answered. A row gives the code of the problem and its text in Chinese and
/// English; `at` names the wrong field as a JSON pointer, and values that the pattern does not name follow the texts.
macro_rules! problem_table {
    ($error:ty; $($pattern:pat => ($($row:tt)+),)+) => {
        impl From<$error> for crate::http::problem::Problem {
            fn from(error: $error) -> Self {
                match error {
                    $($pattern => problem_table!(@row $($row)+),)+
                }
            }
        }
    };
    (@row = $problem:expr) => { $problem };
    (@row $code:ident at $pointer:literal, $($text:tt)+) => {
        Self::field(
            crate::problem_code::ProblemCode::$code,
            $pointer,
            crate::localization::localized!($($text)+),
        )
    };
    (@row $code:ident, $($text:tt)+) => {
        Self::new(crate::problem_code::ProblemCode::$code, crate::localization::localized!($($text)+))
    };
}
pub(super) use problem_table;
