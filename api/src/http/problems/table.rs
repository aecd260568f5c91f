//! Tables of problems: one row an error, with its code and both texts.

/// Declares how the values of an error are answered. A row gives the code of the problem and its text in Chinese and
/// English; `at` names the wrong field as a JSON pointer, and values that the pattern does not name follow the texts.
/// Members of the JSON object and waiting times are added behind the row: `.with("rule", rule)`. A row that is a problem
/// already begins with `=`.
///
/// `function(Error, names)` instead of the error makes a function that looks up names, instead of a conversion.
macro_rules! problem_table {
    ($function:ident($error:ty, $names:ident);
        $($pattern:pat => ($($row:tt)+) $(.$add:ident($($value:expr),+))*,)+) => {
        pub(super) fn $function(
            error: $error,
            $names: &crate::http::problems::names::SentenceNames<'_>,
        ) -> crate::http::problem::Problem {
            match error {
                $($pattern => problem_table!(@row $($row)+) $(.$add($($value),+))*,)+
            }
        }
    };
    ($error:ty; $($pattern:pat => ($($row:tt)+) $(.$add:ident($($value:expr),+))*,)+) => {
        impl From<$error> for crate::http::problem::Problem {
            fn from(error: $error) -> Self {
                match error {
                    $($pattern => problem_table!(@row $($row)+) $(.$add($($value),+))*,)+
                }
            }
        }
    };
    (@row = $problem:expr) => { $problem };
    (@row $code:ident at $pointer:literal, $($text:tt)+) => {
        crate::http::problem::Problem::field(
            crate::problem_code::ProblemCode::$code,
            $pointer,
            grassroots_domain::text::localized::localized!($($text)+),
        )
    };
    (@row $code:ident, $($text:tt)+) => {
        crate::http::problem::Problem::new(
            crate::problem_code::ProblemCode::$code,
            grassroots_domain::text::localized::localized!($($text)+),
        )
    };
}
pub(super) use problem_table;
