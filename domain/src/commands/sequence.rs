//! Commands that follow each other in one step.

use crate::{
    commands::{context::CommandContext, effects::Effects, rule::Rule},
    decision::decision,
    refusal::Refusal,
};

impl CommandContext<'_> {
    /// Appends to `effects` what `next` causes after them. It must be allowed then.
    ///
    /// # Errors
    /// Why `next` is refused.
    pub(crate) fn then<C: Rule>(&self, effects: Effects, next: &C) -> Result<Effects, Refusal> {
        let after = decision(self.case, effects.events.clone(), Vec::new(), self.actor.account, self.at);
        let context = CommandContext { case: &after.case, ..*self };
        C::guard(&context)?;
        Ok(effects.followed_by(next.decide(&context)?))
    }
}
