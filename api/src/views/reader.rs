//! The reader of a view: who looks, in which language, and when.

use std::sync::Arc;

use grassroots_domain::{account::Actor, geography::datum::Datum, time::Instant};

use crate::{
    app::{App, snapshot::Snapshot},
    localization::language::Language,
};

/// Who looks, and what the view is made with.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Who looks.
    pub actor: Arc<Actor>,
    /// The language of names and sentences.
    pub language: Language,
    /// The datum in which positions are shown.
    pub datum: Datum,
    /// When.
    pub now: Instant,
    /// Names of units, organisations, categories.
    pub snapshot: Arc<Snapshot>,
}

impl Reader {
    /// `actor` looks now; positions are shown in WGS-84.
    #[must_use]
    pub fn new(actor: Arc<Actor>, language: Language, app: &App) -> Self {
        let (now, snapshot) = (app.clock.now(), app.snapshots.current());
        Self { actor, language, datum: Datum::Wgs84, now, snapshot }
    }

    /// The same, with positions in another datum.
    #[must_use]
    pub fn with_datum(self, datum: Option<Datum>) -> Self {
        Self { datum: datum.unwrap_or(self.datum), ..self }
    }
}
