//! The errors of the use cases. Their texts for users are in `http/problems`.

use std::{fmt, sync::Arc};

use grassroots_domain::{
    account::Role,
    command_kind::CommandKind,
    geography::unit::{GridCode, UnitCode},
    hash::Hash,
    ids::{AccountId, IncidentId},
    incident::{State, photo::NoPreview},
    organisation::OrganisationCode,
    refusal::Refusal,
    rules::category::CategoryCode,
    text::invalid_value::InvalidValue,
};
use grassroots_persistence::{
    database::error::{StoreError, WriteError},
    photo::objects::ObjectError,
};

use crate::{
    app::snapshot::Snapshot,
    auth::{CryptoError, attempts::TooManyAttempts, policy::WeakPassword},
    examiner::ExaminerError,
    validation::{FieldError, shape_error::ShapeError},
};

/// The error of every use case. Errors of one topic are in an enum of their own.
#[derive(Debug)]
pub enum AppError {
    /// The database failed.
    Store(StoreError),
    /// The bytes of a photo cannot be written or read.
    Objects(ObjectError),
    /// Too many passwords wait to be hashed.
    Busy,
    /// An internal error. The reason is for the log only.
    Internal(String),
    /// No categories or no calendar are imported yet.
    NotReady,
    /// The object does not exist, or the caller must not know that it exists.
    NotFound,
    /// Fields of the request are wrong.
    Invalid(Vec<FieldError>),
    /// The domain rules refuse the request.
    Refused {
        refusal: Refusal,
        /// If a command was refused: the commands that the caller may give now.
        allowed: Option<Vec<CommandKind>>,
        /// The names for the answer.
        snapshot: Arc<Snapshot>,
    },
    /// The password was wrong too often.
    TooManyAttempts(TooManyAttempts),
    /// An error of a report or an incident.
    Incident(IncidentError),
    /// An error of a photo or its upload.
    Photo(PhotoError),
    /// An error of a session.
    Session(SessionError),
    /// An error of an account.
    Account(AccountError),
    /// An error of the rules.
    Rules(RulesError),
}

/// Why a report is refused, an incident is not shown, or a command is not carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum IncidentError {
    /// The server accepts no reports before categories and calendar are imported.
    CannotReport,
    /// The same account has sent a report with this id and other content.
    ReportConflict {
        /// Hash of the stored content.
        stored: Hash,
        /// Hash of the content sent now.
        sent: Hash,
    },
    /// The id belongs to a report of another account, or to an erased report. The caller does not learn which.
    IdTaken,
    /// The source numbered the matter, and an incident with this number exists.
    ExternalNoTaken {
        /// The incident, if the caller may see it.
        incident: Option<IncidentId>,
    },
    /// The caller may see the summary only.
    SummaryOnly,
    /// The figures of this unit are not for the caller.
    FiguresOfOthers,
    /// The `Idempotency-Key` is missing.
    KeyMissing,
    /// The `Idempotency-Key` has been used for another request.
    KeyReused,
    /// The request does not name the version of the incident that the caller saw.
    VersionMissing {
        /// The current version.
        current: u32,
    },
    /// The incident has changed since the caller saw it.
    Stale {
        /// The version the caller saw.
        given: u32,
        /// The current version.
        current: u32,
        /// The current state.
        state: State,
    },
}

/// Why a photo cannot be read, or an upload is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PhotoError {
    /// The caller may see the previews only.
    PreviewsOnly,
    /// The bytes of the photo have not arrived.
    Coming,
    /// The photo has arrived, but its previews are not ready.
    PreviewComing,
    /// The photo has no preview and will not get one.
    NoPreview(NoPreview),
    /// The caller has not named this photo in a report or command.
    NotNamed { incident: IncidentId, sha256: Hash },
    /// The size of the upload differs from the size of the named photo.
    OtherSize {
        /// The size of the upload, in bytes.
        given: u64,
        /// The size of the named photo, in bytes.
        named: u32,
    },
    /// The account has too many open uploads.
    TooMany {
        /// The limit.
        most: i64,
    },
    /// The upload has expired, or its bytes were refused.
    Gone,
    /// The offset of the request is not the number of bytes received.
    WrongOffset {
        /// The offset of the request.
        given: u64,
        /// The number of bytes received.
        received: u32,
    },
    /// The client sent more bytes than the photo has.
    TooLong {
        /// The size of the photo, in bytes.
        named: u32,
    },
    /// A newer request has taken over the upload.
    Superseded,
    /// The bytes of the request do not match its checksum.
    WrongChecksum,
    /// The hash of the upload differs from the hash of the named photo.
    WrongHash {
        /// The hash of the named photo.
        named: Hash,
        /// The hash of the received bytes.
        found: Hash,
    },
    /// The received bytes are not a picture.
    NoPicture,
}

/// Why somebody cannot sign in or stay signed in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SessionError {
    /// The user does not exist, the password is wrong, or the account is disabled. The caller does not learn which.
    InvalidCredentials,
    /// The device id is empty, too long or unprintable.
    InvalidDevice,
    /// The refresh token is unknown, or too old to be remembered.
    RefreshTokenInvalid,
    /// The refresh token was used again too late, or from another device. This has ended its session.
    RefreshTokenReused,
    /// The session has ended, or its account is disabled.
    Ended,
}

/// Why an account cannot be made or changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AccountError {
    /// Only a security administrator of the unit may do this.
    Forbidden,
    /// Administrators cannot disable, move or reset their own account.
    OwnAccount,
    /// Afterwards no account with this role could sign in.
    LastAdministrator(Role),
    /// This account cannot take over the work.
    NoSuccessor(AccountId),
    /// The user name is invalid.
    InvalidUsername(String),
    /// Another account has the user name.
    UsernameTaken(String),
    /// The display name is invalid.
    InvalidDisplayName(String),
    /// The caller does not administer the unit of the organisation.
    ForeignOrganisation(OrganisationCode),
    /// There is no such organisation.
    UnknownOrganisation(OrganisationCode),
    /// The role does not exist in an organisation of this kind.
    RoleDoesNotFit { role: Role, organisation: OrganisationCode },
    /// Only grid workers have grids.
    NoGrids(Role),
    /// This number of grids is too large.
    TooManyGrids(usize),
    /// There is no such grid.
    UnknownGrid(GridCode),
    /// The grid lies outside the unit of the organisation.
    GridOutside { grid: GridCode, unit: UnitCode },
    /// The grid is listed twice.
    DoubleGrid(GridCode),
    /// The new password breaks a rule.
    WeakPassword(WeakPassword),
    /// The new password equals the current password.
    SamePassword,
    /// The current password is wrong.
    WrongPassword,
    /// Several fields are wrong.
    Several(Vec<Self>),
}

/// Why the rules cannot be changed or recomputed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RulesError {
    /// Only system administrators change rules.
    Forbidden,
    /// The request does not name the version that it changes.
    VersionMissing {
        /// The current version.
        current: i64,
    },
    /// Somebody else has changed the rules.
    Stale {
        /// The version the caller saw.
        given: i64,
        /// The current version.
        current: i64,
    },
    /// The changed document is not a valid rule book.
    Malformed(ShapeError),
    /// The changed rules contradict themselves.
    Wrong(InvalidValue),
    /// The change would drop categories of open incidents. Each comes with the number of incidents.
    InUse(Vec<(CategoryCode, u64)>),
    /// The rules have changed since the recomputation began.
    Overtaken {
        /// The version at the beginning.
        began: i64,
        /// The current version.
        current: i64,
    },
}

impl std::error::Error for AppError {}

impl AccountError {
    /// Returns the only error, or wraps several errors in [`Self::Several`].
    pub(super) fn several(mut errors: Vec<Self>) -> Self {
        match (errors.len(), errors.pop()) {
            (1, Some(only)) => only,
            (_, last) => Self::Several(errors.into_iter().chain(last).collect()),
        }
    }
}

impl AppError {
    /// Whether the upload must be refused because its bytes are not the photo.
    pub(super) const fn refuses_upload(&self) -> bool {
        matches!(self, Self::Photo(PhotoError::WrongHash { .. } | PhotoError::NoPicture))
    }
}

impl WriteError for AppError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

/// The text for log lines.
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

/// Implements `From`, so that `?` converts these errors.
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

impl AppError {
    /// A report that the rules refuse.
    pub(super) fn refused(refusal: Refusal, snapshot: &Arc<Snapshot>) -> Self {
        Self::Refused { refusal, allowed: None, snapshot: Arc::clone(snapshot) }
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
