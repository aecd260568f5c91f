//! Commands for linkages: mediation, courts, hearings, leaders, police, hotline and help.

use chrono::{DateTime, FixedOffset, NaiveDate};
use grassroots_domain::{
    commands::{conclude::Conclude, involve::Involve, link::Link, record::Record},
    incident::{
        linkage::{
            Capacity, Direction, Help, LinkageDetails, LinkageOutcome, LinkageStep, MediationKind, Officer,
        },
        remark::Label,
        source::ExternalNo,
    },
    text::{PLACE, REMARK, TITLE, Text, TextLimits, localized::localized},
    time::{Instant, is_storable_date},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    handlers::commands::{command, optional_text},
    json::{
        schema::{codes, level},
        time::moment,
    },
    problem_code::ProblemCode,
    validation::fields::Fields,
};

/// A new linkage with its facts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum LinkBody {
    /// Mediators help the parties to agree (调解). The limit is 30 days. It can be prolonged once by the same time if
    /// both parties agree.
    Mediation {
        /// The kind of mediation.
        #[schema(schema_with = codes::<MediationKind>)]
        form: String,
        /// The body that mediates, and its mediators.
        #[schema(example = "东明镇人民调解委员会")]
        mediators: String,
        /// A note. Only the mediators and the holding desk may read it. May be left out.
        note: Option<String>,
    },
    /// The parties ask a court to confirm their mediation agreement (司法确认). They must apply within 30 days of the
    /// agreement.
    JudicialConfirmation {
        /// The number of the mediation that led to the agreement.
        mediation: u32,
        /// The day of the application.
        applied_on: NaiveDate,
        /// The name of the court.
        #[schema(example = "卢氏县人民法院")]
        court: String,
    },
    /// A court passes a matter to the centre for mediation, or the other way round (诉调对接). Both parties must agree to
    /// mediation.
    CourtLinkage {
        /// The direction. `in`: from the court to the centre. `out`: from the centre to the court.
        #[schema(schema_with = codes::<Direction>)]
        direction: String,
        /// The case number of the court. May be left out.
        #[schema(example = "（2026）豫1224民初58号")]
        external_no: Option<String>,
        /// The name of the court.
        court: String,
        /// Whether both parties agreed to mediation. The linkage is refused if they did not.
        both_agreed: bool,
        /// A note. Only the organisation that opens the linkage and the holding desk may read it. May be left out.
        note: Option<String>,
    },
    /// An open hearing (阳光听证). It needs an odd number of officers, at least three. The last party must be notified at
    /// least five working days before.
    Hearing {
        /// When the hearing is held.
        held_at: DateTime<FixedOffset>,
        /// The subject of the hearing.
        subject: String,
        /// The place of the hearing.
        venue: String,
        /// The person who chairs the hearing.
        chair: String,
        /// The professions of the hearing officers.
        #[schema(example = json!(["lawyer", "judge", "resident_representative"]))]
        officers: Vec<String>,
        /// Whether residents may attend.
        public: bool,
        /// The day on which the last party was notified.
        notified_on: NaiveDate,
    },
    /// A leader is responsible for solving the matter (领导包案).
    CaseLeadership {
        /// The post of the leader. Do not state the name or other facts about the person.
        #[schema(example = "副县长（分管自然资源）")]
        leader: String,
        /// The level of the leader.
        #[schema(schema_with = level)]
        level: String,
        /// The day by which the matter should be solved.
        due_on: NaiveDate,
        /// The plan for solving the matter.
        plan: String,
    },
    /// A matter passed by the police (110) to the centre, or the other way round. State the place and the facts, but
    /// nothing about the caller.
    PoliceLinkage {
        /// The direction. `in`: from the police to the centre. `out`: from the centre to the police.
        #[schema(schema_with = codes::<Direction>)]
        direction: String,
        /// The number that the police gave the matter. May be left out.
        external_no: Option<String>,
        /// When the matter was passed on.
        received_at: DateTime<FixedOffset>,
        /// What happened.
        facts: String,
    },
    /// A work order of the citizens' hotline (12345).
    HotlineOrder {
        /// The number of the work order.
        external_no: String,
        /// When the work order was received.
        received_at: DateTime<FixedOffset>,
        /// The content of the work order.
        facts: String,
    },
    /// A person is referred to an organisation that helps (转介). State the recipient, but not the reason.
    Referral {
        /// The kind of help.
        #[schema(schema_with = codes::<Help>)]
        help: String,
        /// The organisation that helps.
        #[schema(example = "卢氏县法律援助中心")]
        recipient: String,
    },
}

/// A step of a linkage.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordBody {
    /// The number of the linkage within the incident.
    pub linkage: u32,
    /// The code of the step.
    #[schema(schema_with = codes::<LinkageStep>)]
    pub step: String,
    /// When the step happened; now if left out.
    pub at: Option<DateTime<FixedOffset>>,
    /// The case or order number that the other authority gave. Required for the step `numbered`; ignored for others.
    pub external_no: Option<String>,
    /// A description of the step. May be left out.
    pub text: Option<String>,
}

/// The end of a linkage.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConcludeBody {
    /// The number of the linkage within the incident.
    pub linkage: u32,
    /// The code of the outcome.
    #[schema(schema_with = codes::<LinkageOutcome>)]
    pub outcome: String,
    /// When the linkage ended; now if left out.
    pub at: Option<DateTime<FixedOffset>>,
    /// The last day to perform the agreement, or the day of the next follow-up (China time). May be left out.
    pub until: Option<NaiveDate>,
    /// The agreement, the opinion or the result.
    pub text: String,
    /// For a hearing: the minutes. May be left out.
    pub minutes: Option<String>,
}

/// A participant of an incident.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvolveBody {
    /// The capacity of the participant (五大员).
    #[schema(schema_with = codes::<Capacity>)]
    pub capacity: String,
    /// The name of the participant. Only those who handle the incident see it. May be left out.
    pub name: Option<String>,
}

command! {
    /// Open a linkage of an incident: a mediation, a court linkage, a hearing, a responsible leader, a police linkage,
    /// a hotline work order or a referral to help.
    ///
    /// The legs and clocks of the incident do not change. The holding desk, any desk above it, and organisations that
    /// work on the incident may open linkages.
    link INCIDENT_LINK LinkBody |body, fields, _| link_of(body, fields).map(Into::into)
}
command! {
    /// Record a step of a linkage, such as a session, a visit, a number or the performance of an agreement.
    record INCIDENT_RECORD RecordBody |body, fields, _| {
        let step = fields.parse("/step", &body.step);
        let external_no = external_no(fields, body.external_no.as_deref());
        let text = optional_text(fields, "/text", body.text.as_deref());
        let at = body.at.map(moment);
        fields.moment("/at", at);
        Some(Record { number: body.linkage, step: step?, at, external_no: external_no?, text }.into())
    }
}
command! {
    /// End a linkage. The state of the incident does not change.
    conclude INCIDENT_CONCLUDE ConcludeBody |body, fields, _| {
        let conclusion = fields.parse("/outcome", &body.outcome);
        let text = fields.text("/text", &body.text, REMARK);
        let minutes = optional_text(fields, "/minutes", body.minutes.as_deref());
        let until = body.until.map(|day| date(fields, "/until", day));
        let at = body.at.map(moment);
        fields.moment("/at", at);
        let mut words = vec![(Label::Text, text?)];
        words.extend(minutes.map(|minutes| (Label::Minutes, minutes)));
        Some(Conclude { number: body.linkage, conclusion: conclusion?, at, until, words }.into())
    }
}
command! {
    /// Record a participant of an incident with the capacity. Statistics count participation by incident, not by
    /// person.
    involve INCIDENT_INVOLVE InvolveBody |body, fields, _| {
        let capacity = fields.parse("/capacity", &body.capacity);
        let name = body.name.map(|name| fields.text("/name", &name, TITLE));
        Some(Involve { capacity: capacity?, name: name.flatten() }.into())
    }
}

/// The texts of a linkage. Everything that is wrong with them is recorded in the fields.
struct Said<'a> {
    fields: &'a mut Fields,
    words: Vec<(Label, Text)>,
}

impl Said<'_> {
    fn says(&mut self, label: Label, pointer: &str, given: &str, limits: TextLimits) {
        let text = self.fields.text(pointer, given, limits);
        self.words.extend(text.map(|text| (label, text)));
    }

    fn moment(&mut self, pointer: &str, at: DateTime<FixedOffset>) -> Instant {
        let at = moment(at);
        self.fields.moment(pointer, Some(at));
        at
    }

    fn officers(&mut self, pointer: &str, codes: &[String]) -> Option<Vec<Officer>> {
        let parse =
            |(position, code): (usize, &String)| self.fields.parse(&format!("{pointer}/{position}"), code);
        // Reads all codes, so that every wrong code is reported.
        let officers: Vec<Option<Officer>> = codes.iter().enumerate().map(parse).collect();
        officers.into_iter().collect()
    }

    fn agreed(&mut self, pointer: &str, both_agreed: bool) {
        if !both_agreed {
            let detail = localized!(
                "调解须双方自愿；双方同意后再登记",
                "mediation is of the parties' own will; attach it once both have agreed"
            );
            self.fields.wrong(pointer, ProblemCode::OutOfRange, detail);
        }
    }
}

fn link_of(body: LinkBody, fields: &mut Fields) -> Option<Link> {
    let mut said = Said { fields, words: Vec::new() };
    let opening = match body {
        LinkBody::Mediation { form, mediators, note } => {
            said.says(Label::Mediators, "/mediators", &mediators, PLACE);
            note.iter().for_each(|note| said.says(Label::Text, "/note", note, REMARK));
            LinkageDetails::Mediation { form: said.fields.parse("/form", &form)? }
        }
        LinkBody::JudicialConfirmation { mediation, applied_on, court } => {
            said.says(Label::Court, "/court", &court, PLACE);
            let applied_on = date(said.fields, "/applied_on", applied_on);
            LinkageDetails::JudicialConfirmation { mediation, applied_on }
        }
        LinkBody::CourtLinkage { direction, external_no: number, court, both_agreed, note } => {
            said.says(Label::Court, "/court", &court, PLACE);
            note.iter().for_each(|note| said.says(Label::Text, "/note", note, REMARK));
            said.agreed("/both_agreed", both_agreed);
            let external_no = external_no(said.fields, number.as_deref());
            LinkageDetails::CourtLinkage {
                direction: said.fields.parse("/direction", &direction)?,
                external_no: external_no?,
            }
        }
        LinkBody::Hearing { held_at, subject, venue, chair, officers, public, notified_on } => {
            said.says(Label::Subject, "/subject", &subject, REMARK);
            said.says(Label::Venue, "/venue", &venue, PLACE);
            said.says(Label::Chair, "/chair", &chair, TITLE);
            let held_at = said.moment("/held_at", held_at);
            let officers = said.officers("/officers", &officers);
            let notified_on = date(said.fields, "/notified_on", notified_on);
            LinkageDetails::Hearing { held_at, public, officers: officers?, notified_on }
        }
        LinkBody::CaseLeadership { leader, level, due_on, plan } => {
            said.says(Label::Leader, "/leader", &leader, PLACE);
            said.says(Label::Plan, "/plan", &plan, REMARK);
            let due_on = date(said.fields, "/due_on", due_on);
            LinkageDetails::CaseLeadership { level: said.fields.parse("/level", &level)?, due_on }
        }
        LinkBody::PoliceLinkage { direction, external_no: number, received_at, facts } => {
            said.says(Label::Text, "/facts", &facts, REMARK);
            let received_at = said.moment("/received_at", received_at);
            let external_no = external_no(said.fields, number.as_deref());
            LinkageDetails::PoliceLinkage {
                direction: said.fields.parse("/direction", &direction)?,
                external_no: external_no?,
                received_at,
            }
        }
        LinkBody::HotlineOrder { external_no, received_at, facts } => {
            said.says(Label::Text, "/facts", &facts, REMARK);
            let received_at = said.moment("/received_at", received_at);
            LinkageDetails::HotlineOrder {
                external_no: said.fields.parse("/external_no", &external_no)?,
                received_at,
            }
        }
        LinkBody::Referral { help, recipient } => {
            said.says(Label::Recipient, "/recipient", &recipient, PLACE);
            LinkageDetails::Referral { to: said.fields.parse("/help", &help)? }
        }
    };
    Some(Link { opening, words: said.words })
}

/// Reads an optional number. `None` means that a number was given but is wrong.
#[expect(clippy::option_option, reason = "given or not, right or not")]
fn external_no(fields: &mut Fields, given: Option<&str>) -> Option<Option<ExternalNo>> {
    given.map_or(Some(None), |given| fields.parse("/external_no", given).map(Some))
}

/// Checks that the day can be stored and that deadlines can be counted from it.
fn date(fields: &mut Fields, pointer: &str, day: NaiveDate) -> NaiveDate {
    if !is_storable_date(day) {
        let detail = localized!("“{day}”不在公元 1 至 9999 年之间", "{day} is not in the years 1 to 9999");
        fields.wrong(pointer, ProblemCode::WrongType, detail);
    }
    day
}
