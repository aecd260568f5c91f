//! Use cases: one function and one transaction each. HTTP stays outside.

pub mod account_changes;
pub mod accounts;
pub mod actors;
pub mod assignments;
pub mod commands;
pub mod error;
pub mod evidence;
pub mod examinations;
pub mod hand_over;
pub mod health;
pub mod incidents;
pub mod intake;
pub mod open_work;
pub mod own_password;
pub mod photos;
pub mod receipt;
pub mod reconciler;
pub mod refresh;
pub mod registration;
pub mod rules;
pub mod sessions;
pub mod sign_in;
pub mod similar;
pub mod snapshot;
pub mod statistics;
pub mod sweep;
mod unused_objects;
pub mod upload_locks;
pub mod upload_reception;
mod upload_verification;
pub mod uploads;
pub mod worklists;

use grassroots_persistence::{database::store::Store, incident::intake::Intake, photo::objects::Objects};
use tokio::sync::Notify;

use crate::{
    app::{actors::Actors, snapshot::Snapshots, upload_locks::UploadLocks},
    auth::{attempts::Attempts, passwords::Passwords, tokens::AccessTokens},
    clock::TimeSource,
    examiner::Examiner,
};

/// Everything a use case may need.
pub struct App {
    /// The database.
    pub store: Store,
    /// Where reports are written, together with others of the same moment.
    pub intake: Intake,
    /// The bytes of photos.
    pub objects: Objects,
    /// Uploads in progress.
    pub upload_locks: UploadLocks,
    /// Told when a photo arrived.
    pub arrivals: Notify,
    /// Looks at photos.
    pub examiner: Examiner,
    /// The time.
    pub clock: TimeSource,
    /// Ground and rules in memory.
    pub snapshots: Snapshots,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Issues and checks access tokens.
    pub tokens: AccessTokens,
    /// Who is signed in, remembered for a moment.
    pub actors: Actors,
    /// Failed sign-ins.
    pub attempts: Attempts,
    /// Whether this is the demo.
    pub demo: bool,
}
