//! Problems that every use case may have. Other files hold the problems of single topics.

use grassroots_domain::{command_kind::CommandKind, text::localized::localized};

use crate::{
    app::error::AppError,
    auth::attempts::TooManyAttempts,
    http::{
        problem::Problem,
        problems::{names::SentenceNames, refusals},
        render,
    },
    problem_code::ProblemCode,
};

/// The number of seconds to wait when too many clients sign in at the same time.
const BUSY_RETRY_S: u32 = 2;

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Store(error) => error.into(),
            AppError::Objects(error) => error.into(),
            AppError::Busy => Self::new(
                ProblemCode::Busy,
                localized!("登录人数过多，请稍后重试", "too many people are signing in; try again shortly"),
            )
            .after(BUSY_RETRY_S),
            AppError::Internal(reason) => {
                tracing::error!(reason, "a use case failed");
                render::internal()
            }
            AppError::NotReady => Self::new(
                ProblemCode::Unavailable,
                localized!("系统尚未导入类别和日历", "categories and calendar are not imported yet"),
            ),
            AppError::NotFound => Self::not_found(),
            AppError::Invalid(errors) => errors.into(),
            AppError::Refused { refusal, allowed, snapshot } => {
                let problem = refusals::refused(refusal, &SentenceNames(&snapshot));
                match allowed {
                    Some(allowed) => problem
                        .with("allowed", allowed.into_iter().map(CommandKind::as_str).collect::<Vec<_>>()),
                    None => problem,
                }
            }
            AppError::TooManyAttempts(error) => error.into(),
            AppError::Incident(error) => error.into(),
            AppError::Photo(error) => error.into(),
            AppError::Session(error) => error.into(),
            AppError::Account(error) => error.into(),
            AppError::Rules(error) => error.into(),
        }
    }
}

impl From<TooManyAttempts> for Problem {
    fn from(TooManyAttempts { retry_after_s }: TooManyAttempts) -> Self {
        let minutes = retry_after_s.div_ceil(60);
        Self::new(
            ProblemCode::TooManyAttempts,
            localized!(
                "失败次数过多，请在 {minutes} 分钟后重试",
                "there were too many failed attempts; try again in {minutes} min"
            ),
        )
        .after(retry_after_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_times_are_told_and_internal_reasons_are_not() {
        let locked = TooManyAttempts { retry_after_s: 61 };
        for (error, code, retry_after_s) in [
            (AppError::TooManyAttempts(locked), ProblemCode::TooManyAttempts, Some(61)),
            (AppError::Busy, ProblemCode::Busy, Some(BUSY_RETRY_S)),
            (AppError::Internal("secret".to_owned()), ProblemCode::Internal, None),
            (AppError::NotFound, ProblemCode::NotFound, None),
        ] {
            let problem = Problem::from(error);
            assert_eq!((problem.code, problem.retry_after_s), (code, retry_after_s));
            assert!(!problem.to_string().contains("secret"));
        }
        assert!(Problem::from(locked).detail.en.contains("2 min"));
    }
}
