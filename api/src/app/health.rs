//! Health: whether this server is ready for requests.

use grassroots_persistence::database::{error::StoreResult, migrations};

use crate::app::App;

/// Whether the database has the schema that this program needs.
pub async fn is_ready(app: &App) -> StoreResult<bool> {
    app.store.read(migrations::is_up_to_date).await
}
