//! Health: whether this server can take work.

use grassroots_persistence::database::{error::StoreResult, migrations};

use crate::app::App;

/// Whether the database has the structure this program needs.
///
/// # Errors
/// When the database does not answer.
pub async fn is_ready(app: &App) -> StoreResult<bool> {
    app.store.read(migrations::is_up_to_date).await
}
