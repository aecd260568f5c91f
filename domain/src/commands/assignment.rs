//! The assignment of work to a lead organisation, under the duty lists (履职清单).

use crate::{
    commands::context::CommandContext, geography::unit::Level, incident::case::Work,
    organisation::OrganisationCode, refusal::Refusal, rules::duty_list::DutyRole,
};

impl CommandContext<'_> {
    /// The work that `to`, an organisation of the unit of the actor's desk, leads from now on. Also returns its duty role if the
    /// duty list does not allow the assignment.
    ///
    /// # Errors
    /// `to` belongs to another unit, or the duty list does not allow the assignment and it is not confirmed.
    pub(crate) fn assignment(
        &self,
        to: OrganisationCode,
        confirms_outside_duty: bool,
    ) -> Result<(Work, Option<DutyRole>), Refusal> {
        let to = self.organisation_of_own_unit(to)?;
        let outside = self.duty_outside_list(to);
        if let Some(duty) = outside.filter(|_| !confirms_outside_duty) {
            return Err(Refusal::OutsideDuty { to, duty });
        }
        let is_own_work = to == self.actor.organisation;
        Ok((if is_own_work { self.acknowledged_work_for(to) } else { self.work_for(to) }, outside))
    }

    /// Whether the desk may give the work to another organisation: the desk above has not decided, and the desk has not
    /// redispatched as often as it may.
    pub(crate) fn may_redispatch(&self) -> bool {
        !self.case.is_arbitrated() && self.case.redispatched() < self.rules.book().maxima.redispatches
    }

    /// Whether the desk above gives the work to another organisation: it did so before, or the desk has redispatched as often as it
    /// may.
    pub(crate) fn superior_assigns(&self) -> bool {
        let is_assigned = self.case.is_arbitrated() || self.case.redispatched() > 0;
        is_assigned && !self.may_redispatch()
    }

    /// The duty role of the organisation for the category, if the duty list does not allow the assignment. `None` if it
    /// does.
    ///
    /// A category that departments above took back (上级收回) must not be assigned to a township or village again. At higher
    /// levels it may be assigned.
    fn duty_outside_list(&self, to: OrganisationCode) -> Option<DutyRole> {
        let duty = self.rules.duty(to, self.case.incident.category);
        match duty {
            DutyRole::Basic | DutyRole::Assist => None,
            DutyRole::Reclaimed if to.unit.level() > Level::Township => None,
            DutyRole::Reclaimed | DutyRole::Unlisted => Some(duty),
        }
    }
}
