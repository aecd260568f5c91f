//! Why a report is not taken.

use crate::{
    app::intake::IntakeError, http::problem::Problem, localization::localized, problem_code::ProblemCode,
};

impl From<IntakeError> for Problem {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Store(error) => error.into(),
            IntakeError::NotReady => Self::new(
                ProblemCode::Unavailable,
                localized!(
                    "系统尚未导入类别和日历，暂不能接收上报",
                    "categories and calendar are not imported yet; reports cannot be taken"
                ),
            ),
            IntakeError::Fields(errors) => Self::invalid(errors),
            IntakeError::Refused(refusal) => refusal.into(),
            IntakeError::OtherContent { stored, sent } => Self::new(
                ProblemCode::ReportConflict,
                localized!(
                    "该编号已登记了内容不同的上报，原上报保持不变。新的情况请用新的编号上报",
                    "a report with other content has this id and stays as it is; use a new id for a new report"
                ),
            )
            .with("stored_sha256", stored.to_string())
            .with("sent_sha256", sent.to_string()),
            IntakeError::IdTaken => Self::new(
                ProblemCode::IdTaken,
                localized!("该编号不可用，请换一个新的 UUID", "this id cannot be used; make a new UUID"),
            ),
        }
    }
}
