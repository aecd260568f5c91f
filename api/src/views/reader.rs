//! The reader of a view: the account, its language, and the time.

use std::sync::Arc;

use grassroots_domain::{account::Actor, geography::datum::Datum, time::Instant};

use crate::{
    app::{App, snapshot::Snapshot},
    language::Language,
};

/// The reader of a view, and the data needed to make the view.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The account that reads.
    pub actor: Arc<Actor>,
    /// The language of names and sentences.
    pub language: Language,
    /// The datum of positions in the view.
    pub datum: Datum,
    /// The current time.
    pub now: Instant,
    /// Names of units, organisations and categories.
    pub snapshot: Arc<Snapshot>,
}

impl Reader {
    /// `actor` reads now. Positions are shown in WGS-84.
    #[must_use]
    pub fn new(actor: Arc<Actor>, language: Language, app: &App) -> Self {
        let (now, snapshot) = (app.clock.now(), app.snapshots.current());
        Self { actor, language, datum: Datum::Wgs84, now, snapshot }
    }

    /// The same reader. Positions are shown in `datum`, if one is given.
    #[must_use]
    pub fn with_datum(self, datum: Option<Datum>) -> Self {
        Self { datum: datum.unwrap_or(self.datum), ..self }
    }
}
