//! What a command leads to: events with their words, and warnings.

use crate::{
    events::EventBody,
    incident::remark::{Audience, Label, Remark},
    text::Text,
    warning::Warning,
};

/// What a decision makes happen: events in order with their words, and what is remarkable.
pub(crate) struct Effects {
    pub events: Vec<(EventBody, Vec<Remark>)>,
    pub warnings: Vec<Warning>,
}

impl Effects {
    /// One event without words.
    pub fn of(body: impl Into<EventBody>) -> Self {
        Self { events: vec![(body.into(), Vec::new())], warnings: Vec::new() }
    }

    /// Words for colleagues go with the latest event.
    pub fn noting(self, text: &Text) -> Self {
        self.saying(Label::Text, Audience::Internal, text)
    }

    /// Words for the reporter go with the latest event.
    pub fn telling(self, text: &Text) -> Self {
        self.saying(Label::Text, Audience::Reporter, text)
    }

    /// Words go with the latest event.
    pub fn saying(mut self, label: Label, audience: Audience, text: &Text) -> Self {
        if let Some((_, remarks)) = self.events.last_mut() {
            remarks.push(Remark { label, audience, text: text.clone() });
        }
        self
    }

    /// And then this.
    pub fn then(mut self, more: Self) -> Self {
        self.events.extend(more.events);
        self.warnings.extend(more.warnings);
        self
    }

    /// Something deserves a second look.
    pub fn warning(mut self, warning: Option<Warning>) -> Self {
        self.warnings.extend(warning);
        self
    }
}
