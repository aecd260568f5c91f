//! The error of a command, in Chinese and English.

use std::{fmt, io, process::ExitCode};

use grassroots_domain::text::localized::{Localized, localized};
use grassroots_persistence::database::{backup::BackupError, error::StoreError};

use crate::{
    app::error::{AccountError, AppError},
    auth::{CryptoError, keys::KeyError},
    demo::DemoError,
    http::problem::Problem,
    import::{ErrorLocation, LineError},
    logging::LogError,
};

/// The error of a command. It prints in Chinese, then in English.
#[derive(Debug)]
pub struct CliFailure {
    text: String,
    exit_code: u8,
}

impl CliFailure {
    /// A failure with exit status 1.
    #[must_use]
    pub fn new(Localized { zh, en }: Localized) -> Self {
        Self { text: format!("{zh}\n{en}"), exit_code: 1 }
    }

    #[must_use]
    pub fn with_exit_code(self, exit_code: u8) -> Self {
        Self { exit_code, ..self }
    }

    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        self.exit_code.into()
    }
}

impl fmt::Display for CliFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for CliFailure {}

impl From<Vec<LineError>> for CliFailure {
    fn from(errors: Vec<LineError>) -> Self {
        let count = errors.len();
        let mut text: String = errors.iter().map(|error| format!("{error}\n")).collect();
        text += &format!("共 {count} 处错误，未导入任何内容\n{count} errors; nothing was imported");
        Self { text, exit_code: 1 }
    }
}

impl From<AppError> for CliFailure {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Store(error) => error.into(),
            AppError::Internal(reason) => {
                Self::new(localized!("密码处理失败：{reason}", "hashing a password failed: {reason}"))
            }
            AppError::Rules(error) => {
                vec![LineError { at: ErrorLocation::File, problem: Problem::from(error).detail }].into()
            }
            AppError::Objects(_)
            | AppError::Busy
            | AppError::NotReady
            | AppError::NotFound
            | AppError::Invalid(_)
            | AppError::Refused { .. }
            | AppError::TooManyAttempts(_)
            | AppError::Incident(_)
            | AppError::Photo(_)
            | AppError::Session(_)
            | AppError::Account(_) => Self::new(Problem::from(error).detail),
        }
    }
}

impl From<StoreError> for CliFailure {
    fn from(error: StoreError) -> Self {
        Self::new(localized!("数据库出错：{error}", "the database failed: {error}"))
    }
}

impl From<AccountError> for CliFailure {
    fn from(error: AccountError) -> Self {
        AppError::from(error).into()
    }
}

impl From<CryptoError> for CliFailure {
    fn from(error: CryptoError) -> Self {
        AppError::from(error).into()
    }
}

impl From<KeyError> for CliFailure {
    fn from(error: KeyError) -> Self {
        Self::new(localized!("签名密钥出错：{error}", "the signing keys cannot be used: {error}"))
    }
}

impl From<LogError> for CliFailure {
    fn from(error: LogError) -> Self {
        Self::new(localized!("日志设置有误：{error}", "logging cannot start: {error}"))
    }
}

impl From<io::Error> for CliFailure {
    fn from(error: io::Error) -> Self {
        Self::new(localized!("无法输出：{error}", "cannot write: {error}"))
    }
}

impl From<csv::Error> for CliFailure {
    fn from(error: csv::Error) -> Self {
        Self::new(localized!("无法输出：{error}", "cannot write: {error}"))
    }
}

impl From<DemoError> for CliFailure {
    fn from(error: DemoError) -> Self {
        match error {
            DemoError::OtherData => Self::new(localized!(
                "数据库中已有其他数据；演示需要自己的数据库，请用 --data-dir 指定空文件夹",
                "the database contains other data; the demo needs its own database: choose an empty folder with \
                 --data-dir"
            )),
            DemoError::Broken(reason) => {
                Self::new(localized!("演示数据损坏：{reason}", "the files of the demo are broken: {reason}"))
            }
            DemoError::App(error) => error.into(),
        }
    }
}

impl From<BackupError> for CliFailure {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Store(error) => error.into(),
            BackupError::Exists(path) => {
                let path = path.display();
                Self::new(localized!(
                    "{path} 已存在；请换一个文件名",
                    "{path} already exists; choose another name"
                ))
            }
            BackupError::NoDatabase(path) => {
                let path = path.display();
                Self::new(localized!("没有数据库 {path}", "there is no database {path}"))
            }
            BackupError::Damaged(reason) => Self::new(localized!(
                "副本未通过完整性检查：{reason}；请检查原数据库和磁盘",
                "the copy failed the integrity check: {reason}; check the original database and the disk"
            )),
            BackupError::Io { path, error } => {
                let path = path.display();
                Self::new(localized!("{path}：{error}", "{path}: {error}"))
            }
            BackupError::Postgres => Self::new(localized!(
                "PostgreSQL 请用 pg_dump 备份：\n  pg_dump --format=custom --file=grassroots.dump \
                 \"$GRASSROOTS_DATABASE_URL\"",
                "back up PostgreSQL with pg_dump, as above; the server may run meanwhile"
            ))
            .with_exit_code(2),
        }
    }
}
