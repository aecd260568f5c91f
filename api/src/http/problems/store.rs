//! Problems for failures of the database and of the photo store.

use grassroots_persistence::{database::error::StoreError, photo::objects::ObjectError};

use crate::{
    http::{problem::Problem, render::internal},
    problem_code::ProblemCode,
};
use grassroots_domain::text::localized::localized;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy | StoreError::Conflict | StoreError::Locked(_) => {
                tracing::warn!(error = %error, "turned away");
                Self::new(
                    ProblemCode::Busy,
                    localized!("系统繁忙，请稍后重试", "the server is busy; try again in a moment"),
                )
            }
            StoreError::Unavailable(_) => {
                tracing::error!(error = %error, "not carried out for sure");
                Self::new(
                    ProblemCode::Unavailable,
                    localized!(
                        "暂时无法完成，请稍后用同一编号重试",
                        "it could not be completed; try again in a moment, under the same id"
                    ),
                )
            }
            StoreError::Query(_) | StoreError::Decode { .. } | StoreError::Panicked | StoreError::Open(_) => {
                tracing::error!(error = ?error, "the database failed");
                internal()
            }
        }
    }
}

impl From<ObjectError> for Problem {
    fn from(error: ObjectError) -> Self {
        tracing::error!(error = %error, "the bytes of a photo cannot be kept or read");
        if error.is_missing() {
            return internal();
        }
        Self::new(
            ProblemCode::Unavailable,
            localized!(
                "暂时无法存取照片，请稍后重试",
                "photos cannot be kept or read just now; try again in a moment"
            ),
        )
    }
}
