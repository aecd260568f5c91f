//! How refused sign-ins and tokens are answered.

use crate::{
    app::sessions::{MAX_DEVICE_CHARS, SessionError},
    auth::{attempts::TooManyAttempts, tokens::TokenError},
    http::{problem::Problem, render},
    localization::localized,
    problem_code::ProblemCode,
};

/// Seconds after which a busy server is worth another try.
const BUSY_RETRY_S: u32 = 2;

impl From<SessionError> for Problem {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::InvalidCredentials => Self::new(
                ProblemCode::InvalidCredentials,
                localized!(
                    "用户名或密码不正确，或账号已停用",
                    "the user name or the password is wrong, or the account is disabled"
                ),
            ),
            SessionError::TooManyAttempts(error) => error.into(),
            SessionError::InvalidDevice => Self::field(
                ProblemCode::InvalidDevice,
                "/device",
                localized!(
                    "设备编号须为 1–{MAX_DEVICE_CHARS} 个可见字符",
                    "a device id has 1 to {MAX_DEVICE_CHARS} printable characters"
                ),
            ),
            SessionError::RefreshTokenInvalid => Self::new(
                ProblemCode::RefreshTokenInvalid,
                localized!("刷新令牌无效，请重新登录", "the refresh token is not valid; sign in again"),
            ),
            SessionError::RefreshTokenReused => Self::new(
                ProblemCode::RefreshTokenReused,
                localized!(
                    "刷新令牌被重复使用或来自其他设备，为安全起见已结束本次登录，请重新登录",
                    "the refresh token was used twice or came from another device, so the session was ended; sign in again"
                ),
            ),
            SessionError::Ended => Self::new(
                ProblemCode::SessionEnded,
                localized!("登录已失效，请重新登录", "the session has ended; sign in again"),
            ),
            SessionError::Busy => busy(),
            SessionError::Internal(reason) => internal(&reason),
            SessionError::Store(error) => error.into(),
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

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Expired => Self::new(
                ProblemCode::TokenExpired,
                localized!(
                    "登录令牌已过期，请用刷新令牌换取新令牌",
                    "the access token has expired; refresh it"
                ),
            ),
            TokenError::Invalid => Self::new(
                ProblemCode::TokenInvalid,
                localized!("登录令牌无效，请重新登录", "the access token is not valid; sign in again"),
            ),
        }
    }
}

pub(super) fn busy() -> Problem {
    Problem::new(
        ProblemCode::Busy,
        localized!("登录人数过多，请稍后重试", "too many people are signing in; try again shortly"),
    )
    .after(BUSY_RETRY_S)
}

/// Says nothing of the reason, which is for the log.
pub(super) fn internal(reason: &str) -> Problem {
    tracing::error!(reason, "passwords or tokens failed");
    render::internal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_code() {
        let locked = TooManyAttempts { retry_after_s: 61 };
        for (error, code) in [
            (SessionError::InvalidCredentials, ProblemCode::InvalidCredentials),
            (SessionError::TooManyAttempts(locked), ProblemCode::TooManyAttempts),
            (SessionError::InvalidDevice, ProblemCode::InvalidDevice),
            (SessionError::RefreshTokenInvalid, ProblemCode::RefreshTokenInvalid),
            (SessionError::RefreshTokenReused, ProblemCode::RefreshTokenReused),
            (SessionError::Ended, ProblemCode::SessionEnded),
            (SessionError::Busy, ProblemCode::Busy),
            (SessionError::Internal("secret".to_owned()), ProblemCode::Internal),
        ] {
            let problem = Problem::from(error);
            assert_eq!(problem.code, code);
            assert!(!problem.to_string().contains("secret"));
        }
        assert_eq!(Problem::from(locked).retry_after_s, Some(61));
        assert!(Problem::from(locked).detail.en.contains("2 min"));
        assert_eq!(Problem::from(TokenError::Expired).code, ProblemCode::TokenExpired);
        assert_eq!(Problem::from(TokenError::Invalid).code, ProblemCode::TokenInvalid);
    }
}
