//! Use cases. Each is one function and one transaction, and knows nothing of HTTP.
//!
//! Every use case can fail because of the database. The `# Errors` sections list only the other errors.

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
pub mod report_fields;
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

/// Everything that use cases need.
pub struct App {
    /// The database.
    pub store: Store,
    /// Writes new reports. Reports that arrive at the same time share a transaction.
    pub intake: Intake,
    /// Stores the bytes of photos.
    pub objects: Objects,
    /// Locks of the uploads in progress.
    pub upload_locks: UploadLocks,
    /// Wakes the examination job when a photo has arrived.
    pub arrivals: Notify,
    /// Examines photos.
    pub examiner: Examiner,
    pub clock: TimeSource,
    /// Reference data and rules in memory.
    pub snapshots: Snapshots,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Issues and checks access tokens.
    pub tokens: AccessTokens,
    /// A short-lived cache of the signed-in accounts.
    pub actors: Actors,
    /// Failed sign-ins.
    pub attempts: Attempts,
    /// Whether the server runs as a demo.
    pub demo: bool,
}
