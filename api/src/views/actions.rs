//! What the caller may do with an incident.

use grassroots_domain::{
    command_kind::CommandKind,
    incident::{Incident, State},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{json::schema::codes, localization::language::Language, urls};

/// What the caller may do with an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionsView {
    /// The version to send as `If-Match`.
    pub version: u32,
    /// Where it stands.
    #[schema(schema_with = codes::<State>)]
    pub state: &'static str,
    /// What may be done now.
    pub actions: Vec<ActionView>,
}

/// Something the caller may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionView {
    /// The command.
    #[schema(schema_with = codes::<CommandKind>)]
    pub command: &'static str,
    /// Its name.
    pub title: String,
    /// Where to post it.
    pub href: String,
}

impl ActionsView {
    /// The `commands` that are open to the caller.
    #[must_use]
    pub fn new(incident: &Incident, commands: &[CommandKind], language: Language) -> Self {
        let actions = commands.iter().map(|kind| ActionView {
            command: kind.as_str(),
            title: language.name((kind.zh(), kind.as_str())),
            href: urls::command(incident.id, *kind),
        });
        Self { version: incident.version, state: incident.state.as_str(), actions: actions.collect() }
    }
}
