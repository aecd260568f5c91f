//! Why a use case was not carried out. The texts that users read stand in `http/problems`.

use std::fmt;

use grassroots_domain::{
    account::Role,
    command_kind::CommandKind,
    geography::unit::{GridCode, UnitCode},
    hash::Hash,
    ids::{AccountId, IncidentId},
    incident::{State, photo::NoPreview},
    organisation::OrganisationCode,
    refusal::Refusal,
    rules::{category::CategoryCode, validation::RuleError},
};
use grassroots_persistence::{
    database::error::{StoreError, WriteError},
    photo::objects::ObjectError,
};

use crate::{
    auth::{CryptoError, attempts::TooManyAttempts, policy::WeakPassword},
    examiner::ExaminerError,
    validation::{FieldError, shape_error::ShapeError},
};

/// The error of every use case. What only one theme knows stands in an enum of that theme.
#[derive(Debug)]
pub enum AppError {
    /// The database failed.
    Store(StoreError),
    /// The bytes of a photo cannot be kept or read.
    Objects(ObjectError),
    /// Too many passwords wait to be hashed.
    Busy,
    /// Something failed that should not. The reason is for the log only.
    Internal(String),
    /// No categories or no calendar are imported yet.
    NotReady,
    /// It does not exist, or the caller must not know of it.
    NotFound,
    /// Fields are wrong.
    Invalid(Vec<FieldError>),
    /// The rules of the domain say no.
    Refused {
        /// Why.
        refusal: Refusal,
        /// The commands that the caller may give instead, if a command was refused.
        allowed: Option<Vec<CommandKind>>,
    },
    /// Too many passwords were wrong.
    TooManyAttempts(TooManyAttempts),
    /// About a report or an incident.
    Incident(IncidentError),
    /// About a photo or its upload.
    Photo(PhotoError),
    /// About a session.
    Session(SessionError),
    /// About an account.
    Account(AccountError),
    /// About the rules.
    Rules(RulesError),
}

/// Why a report is not taken, an incident is not shown, or a command is not carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum IncidentError {
    /// Reports cannot be taken before categories and calendar are imported.
    CannotReport,
    /// The same account sent a report with other content under this id before.
    ReportConflict {
        /// Hash of the stored content.
        stored: Hash,
        /// Hash of the content sent now.
        sent: Hash,
    },
    /// The id belongs to a report of somebody else, or to one that was erased. The caller is not told which.
    IdTaken,
    /// The caller sees a summary only.
    SummaryOnly,
    /// The `Idempotency-Key` is missing.
    KeyMissing,
    /// The `Idempotency-Key` was used for another request.
    KeyReused,
    /// The caller did not say which version of the incident it saw.
    VersionMissing {
        /// The version now.
        current: u32,
    },
    /// The incident has changed since.
    Stale {
        /// The version the caller saw.
        given: u32,
        /// The version now.
        current: u32,
        /// The state now.
        state: State,
    },
}

/// Why a photo cannot be read, or an upload does not go on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PhotoError {
    /// The caller may see the previews only.
    PreviewsOnly,
    /// The bytes of the photo have not arrived.
    Coming,
    /// The photo has arrived and its previews are not made yet.
    PreviewComing,
    /// There is no preview, and will be none.
    NoPreview(NoPreview),
    /// The caller named no such photo.
    NotNamed {
        /// The incident.
        incident: IncidentId,
        /// The hash of the photo.
        sha256: Hash,
    },
    /// The photo was named with another size, in bytes.
    OtherSize {
        /// As announced for the upload.
        given: u64,
        /// As named.
        named: u32,
    },
    /// The account has too many open uploads.
    TooMany {
        /// So many are allowed.
        most: i64,
    },
    /// The upload expired, or its bytes were refused.
    Gone,
    /// The bytes sent do not follow those received.
    WrongOffset {
        /// As sent.
        given: u64,
        /// The right offset.
        received: u32,
    },
    /// More bytes came than the photo has.
    TooLong {
        /// The size of the photo, in bytes.
        named: u32,
    },
    /// A newer request continues the upload.
    Superseded,
    /// The bytes of the request do not match its checksum.
    WrongChecksum,
    /// The bytes of the whole upload are not the photo.
    WrongHash {
        /// As named.
        named: Hash,
        /// Of the bytes that arrived.
        found: Hash,
    },
    /// The bytes are no picture.
    NoPicture,
}

/// Why somebody cannot sign in or stay signed in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SessionError {
    /// There is no such user, the password is wrong, or the account is disabled. The caller is not told which.
    InvalidCredentials,
    /// The device id is empty, too long or unprintable.
    InvalidDevice,
    /// The refresh token is none of ours, or is forgotten.
    RefreshTokenInvalid,
    /// The refresh token came back too late, or from another device. Its session has ended.
    RefreshTokenReused,
    /// The session has ended, or its account is disabled.
    Ended,
}

/// Why an account is not made or changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AccountError {
    /// Only a security administrator of the unit may do this.
    Forbidden,
    /// Administrators do not disable, move or reset themselves.
    OwnAccount,
    /// Nobody with this role could sign in any more.
    LastAdministrator(Role),
    /// This account cannot take over the work of another.
    NoSuccessor(AccountId),
    /// Not a user name.
    InvalidUsername(String),
    /// Another account has the user name.
    UsernameTaken(String),
    /// Not a display name.
    InvalidDisplayName(String),
    /// The caller does not administer the unit of the organisation.
    ForeignOrganisation(OrganisationCode),
    /// There is no such organisation.
    UnknownOrganisation(OrganisationCode),
    /// The role does not exist in an organisation of this kind.
    RoleDoesNotFit {
        /// The role.
        role: Role,
        /// The organisation.
        organisation: OrganisationCode,
    },
    /// Only grid workers have grids.
    NoGrids(Role),
    /// So many grids are too many.
    TooManyGrids(usize),
    /// There is no such grid.
    UnknownGrid(GridCode),
    /// The grid lies outside the unit of the organisation.
    GridOutside {
        /// The grid.
        grid: GridCode,
        /// The unit.
        unit: UnitCode,
    },
    /// The grid is named twice.
    DoubleGrid(GridCode),
    /// The new password breaks a rule.
    WeakPassword(WeakPassword),
    /// The new password is the old one.
    SamePassword,
    /// The current password is wrong.
    WrongPassword,
    /// Several fields are wrong.
    Several(Vec<Self>),
}

/// Why the rules are not changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RulesError {
    /// Only system administrators change rules.
    Forbidden,
    /// The caller did not say which version it changes.
    VersionMissing {
        /// The version now.
        current: i64,
    },
    /// Somebody else changed the rules.
    Stale {
        /// The version the caller saw.
        given: i64,
        /// The version now.
        current: i64,
    },
    /// The changed document is no rule book.
    Malformed(ShapeError),
    /// The changed rules contradict themselves.
    Wrong(RuleError),
    /// Open incidents have categories that would be dropped: each with the number of incidents.
    InUse(Vec<(CategoryCode, u64)>),
    /// The recomputation began with another version of the rules.
    Overtaken {
        /// The version it began with.
        began: i64,
        /// The version now.
        current: i64,
    },
}

impl std::error::Error for AppError {}

impl AccountError {
    /// One error as itself, more as [`Self::Several`].
    pub(super) fn several(mut errors: Vec<Self>) -> Self {
        match (errors.len(), errors.pop()) {
            (1, Some(only)) => only,
            (_, last) => Self::Several(errors.into_iter().chain(last).collect()),
        }
    }
}

impl AppError {
    /// Whether the bytes that arrived are not the photo and never will be.
    pub(super) const fn refuses_upload(&self) -> bool {
        matches!(self, Self::Photo(PhotoError::WrongHash { .. } | PhotoError::NoPicture))
    }
}

impl WriteError for AppError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

/// For log lines.
impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Objects(error) => error.fmt(f),
            Self::Internal(reason) => f.write_str(reason),
            Self::Busy
            | Self::NotReady
            | Self::NotFound
            | Self::Invalid(_)
            | Self::Refused { .. }
            | Self::TooManyAttempts(_)
            | Self::Incident(_)
            | Self::Photo(_)
            | Self::Session(_)
            | Self::Account(_)
            | Self::Rules(_) => write!(f, "{self:?}"),
        }
    }
}

/// Makes `?` wrap these errors.
macro_rules! wrapped {
    ($($error:ty => $whole:ident::$variant:ident;)+) => {
        $(impl From<$error> for $whole {
            fn from(error: $error) -> Self {
                $whole::$variant(error)
            }
        })+
    };
}

wrapped! {
    StoreError => AppError::Store;
    ObjectError => AppError::Objects;
    Vec<FieldError> => AppError::Invalid;
    TooManyAttempts => AppError::TooManyAttempts;
    IncidentError => AppError::Incident;
    PhotoError => AppError::Photo;
    SessionError => AppError::Session;
    AccountError => AppError::Account;
    RulesError => AppError::Rules;
    WeakPassword => AccountError::WeakPassword;
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused { refusal, allowed: None }
    }
}

impl From<CryptoError> for AppError {
    fn from(error: CryptoError) -> Self {
        match error {
            CryptoError::Busy => Self::Busy,
            CryptoError::Failed(reason) => Self::Internal(reason),
        }
    }
}

impl From<ExaminerError<ObjectError>> for AppError {
    fn from(error: ExaminerError<ObjectError>) -> Self {
        match error {
            ExaminerError::Content(error) => Self::Objects(error),
            ExaminerError::Process(_) | ExaminerError::Stopped(_) | ExaminerError::Late => {
                Self::Internal(error.to_string())
            }
        }
    }
}
