//! The names that sentences of problems need, instead of codes.

use grassroots_domain::{
    command_kind::CommandKind, geography::unit::UnitCode, organisation::OrganisationCode,
    rules::category::CategoryCode,
};

use crate::app::snapshot::Snapshot;

/// Finds names in the reference data and the rules of one request.
pub(super) struct SentenceNames<'a>(pub(super) &'a Snapshot);

impl SentenceNames<'_> {
    /// The name of an organisation, such as 东明镇综治中心.
    pub(super) fn organisation(&self, code: OrganisationCode) -> String {
        let name = self.0.reference_data.organisations.name(code);
        name.map_or_else(|| self.unit(code.unit) + code.kind.zh(), str::to_owned)
    }

    /// The name of a unit, such as 东明镇.
    pub(super) fn unit(&self, code: UnitCode) -> String {
        self.0.reference_data.units.plain_name(code)
    }

    /// The Chinese name of a category.
    pub(super) fn category(&self, code: CategoryCode) -> String {
        let category = self.0.rules.as_ref().and_then(|rules| rules.category(code));
        category.map_or_else(|| "该类别".to_owned(), |category| category.zh.clone())
    }

    /// The Chinese names of the reasons that a command accepts.
    pub(super) fn reasons(&self, command: CommandKind) -> String {
        let reasons = self.0.rules.as_ref().map_or(&[][..], |rules| rules.reasons(command));
        reasons.iter().map(|reason| reason.zh.as_str()).collect::<Vec<_>>().join("、")
    }
}
