//! The commands that the caller may give for an incident.

use grassroots_domain::{
    command_kind::CommandKind,
    incident::{Incident, State},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{json::schema::codes, language::Language, urls};

/// The commands that the caller may give for an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionsView {
    /// The version of the incident. Send it as `If-Match`.
    pub version: u32,
    /// The state of the incident.
    #[schema(schema_with = codes::<State>)]
    pub state: &'static str,
    /// The commands that the caller may give now.
    pub actions: Vec<ActionView>,
}

/// A command that the caller may give.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionView {
    /// The code of the command.
    #[schema(schema_with = codes::<CommandKind>)]
    pub command: &'static str,
    /// The name of the command.
    pub title: String,
    /// The URL to which the command is posted.
    pub href: String,
}

impl ActionsView {
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
