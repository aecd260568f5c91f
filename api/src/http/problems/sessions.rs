//! Problems with sessions and access tokens.

use crate::{
    app::{error::SessionError, sessions::MAX_DEVICE_CHARS},
    auth::tokens::TokenError,
    http::problem::Problem,
    localization::localized,
    problem_code::ProblemCode,
};

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
        }
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Expired => Self::new(
                ProblemCode::TokenExpired,
                localized!(
                    "登录令牌已过期，请用 POST /v1/sessions/refresh 换取新的",
                    "the access token has expired; exchange the refresh token at POST /v1/sessions/refresh"
                ),
            ),
            TokenError::Invalid => Self::new(
                ProblemCode::TokenInvalid,
                localized!("登录令牌无效，请重新登录", "the access token is not ours; sign in again"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_code() {
        for (error, code) in [
            (SessionError::InvalidCredentials, ProblemCode::InvalidCredentials),
            (SessionError::InvalidDevice, ProblemCode::InvalidDevice),
            (SessionError::RefreshTokenInvalid, ProblemCode::RefreshTokenInvalid),
            (SessionError::RefreshTokenReused, ProblemCode::RefreshTokenReused),
            (SessionError::Ended, ProblemCode::SessionEnded),
        ] {
            assert_eq!(Problem::from(error).code, code);
        }
        assert_eq!(Problem::from(TokenError::Expired).code, ProblemCode::TokenExpired);
        assert_eq!(Problem::from(TokenError::Invalid).code, ProblemCode::TokenInvalid);
    }
}
