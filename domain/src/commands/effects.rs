//! The result of a command: events with their remarks, and warnings.

use crate::{
    events::EventBody,
    incident::remark::{Audience, Label, Remark},
    text::Text,
    warning::Warning,
};

/// The result of a command: events in order, each with its remarks, and warnings for the caller.
pub(crate) struct Effects {
    pub events: Vec<(EventBody, Vec<Remark>)>,
    pub warnings: Vec<Warning>,
}

impl Effects {
    /// No event.
    pub const fn none() -> Self {
        Self { events: Vec::new(), warnings: Vec::new() }
    }

    /// One event without remarks.
    pub fn of(body: impl Into<EventBody>) -> Self {
        Self { events: vec![(body.into(), Vec::new())], warnings: Vec::new() }
    }

    /// Adds a remark for staff to the latest event.
    pub fn with_internal_note(self, text: &Text) -> Self {
        self.with_remark(Label::Text, Audience::Internal, text)
    }

    /// Adds a remark for the reporter to the latest event.
    pub fn with_reply(self, text: &Text) -> Self {
        self.with_remark(Label::Text, Audience::Reporter, text)
    }

    /// Adds a remark to the latest event.
    pub fn with_remark(mut self, label: Label, audience: Audience, text: &Text) -> Self {
        if let Some((_, remarks)) = self.events.last_mut() {
            remarks.push(Remark { label, audience, text: text.clone() });
        }
        self
    }

    /// Appends the events and warnings of `later`.
    pub fn followed_by(mut self, later: Self) -> Self {
        self.events.extend(later.events);
        self.warnings.extend(later.warnings);
        self
    }

    /// Adds `warning`, if there is one.
    pub fn with_warning(mut self, warning: Option<Warning>) -> Self {
        self.warnings.extend(warning);
        self
    }
}
