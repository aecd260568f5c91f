//! Problems with sessions and access tokens.

use crate::{
    app::{error::SessionError, sessions::MAX_DEVICE_CHARS},
    auth::tokens::TokenError,
    http::problems::table::problem_table,
};

problem_table! { SessionError;
    SessionError::InvalidCredentials => (InvalidCredentials,
        "用户名或密码不正确，或账号已停用",
        "the user name or the password is wrong, or the account is disabled"),
    SessionError::InvalidDevice => (InvalidDevice at "/device",
        "设备编号须为 1–{MAX_DEVICE_CHARS} 个可见字符",
        "a device id has 1 to {MAX_DEVICE_CHARS} printable characters"),
    SessionError::RefreshTokenInvalid => (RefreshTokenInvalid,
        "刷新令牌无效，请重新登录",
        "the refresh token is not valid; sign in again"),
    SessionError::RefreshTokenReused => (RefreshTokenReused,
        "刷新令牌被重复使用或来自其他设备，为安全起见已结束本次登录，请重新登录",
        "the refresh token was used twice or came from another device, so the session was ended; sign in again"),
    SessionError::Ended => (SessionEnded, "登录已失效，请重新登录", "the session has ended; sign in again"),
}

problem_table! { TokenError;
    TokenError::Expired => (TokenExpired,
        "登录令牌已过期，请用 POST /v1/sessions/refresh 换取新的",
        "the access token has expired; exchange the refresh token at POST /v1/sessions/refresh"),
    TokenError::Invalid => (TokenInvalid,
        "登录令牌无效，请重新登录",
        "the access token is not ours; sign in again"),
}
