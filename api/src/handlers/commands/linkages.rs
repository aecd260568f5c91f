//! Commands on what is attached to an incident: mediation, courts, hearings, leaders, police, hotline, help.

use chrono::{DateTime, FixedOffset, NaiveDate};
use grassroots_domain::{
    commands::{conclude::Conclude, involve::Involve, link::Link, record::Record},
    incident::{
        linkage::{
            Capacity, Direction, ExternalNo, Help, LinkageDetails, LinkageOutcome, LinkageStep,
            MediationKind, Officer,
        },
        remark::Label,
    },
    text::{PLACE, REMARK, TITLE, Text, TextLimits},
    time::{Instant, is_storable_date},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    handlers::commands::{command, optional_text},
    json::schema::{codes, level},
    localization::localized,
    problem_code::ProblemCode,
    validation::fields::Fields,
};

/// What is attached, with its facts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum LinkBody {
    /// Mediators bring the parties together (调解). Thirty days; as long again if both parties agree.
    Mediation {
        /// In which form.
        #[schema(schema_with = codes::<MediationKind>)]
        form: String,
        /// The body that mediates, and its mediators.
        #[schema(example = "东明镇人民调解委员会")]
        mediators: String,
        /// In words; for the mediators and the desk only.
        note: Option<String>,
    },
    /// The parties ask a court to confirm their agreement (司法确认), within thirty days of it.
    JudicialConfirmation {
        /// Number of the mediation that led to the agreement.
        mediation: u32,
        /// When they applied.
        applied_on: NaiveDate,
        /// The court.
        #[schema(example = "卢氏县人民法院")]
        court: String,
    },
    /// A court and the centre share a matter (诉调对接), because both parties agreed to mediation.
    CourtLinkage {
        /// `in`: the court sent it; `out`: it was sent to the court.
        #[schema(schema_with = codes::<Direction>)]
        direction: String,
        /// The court's number.
        #[schema(example = "（2026）豫1224民初58号")]
        external_no: Option<String>,
        /// The court.
        court: String,
        /// Both parties agreed to mediation; nothing goes on without.
        both_agreed: bool,
        /// In words; for those whose linkage it is and the desk only.
        note: Option<String>,
    },
    /// An open hearing (阳光听证): an odd number of officers, three at least; the last party told five working days before.
    Hearing {
        /// When it is held.
        held_at: DateTime<FixedOffset>,
        /// What it is about.
        subject: String,
        /// Where.
        venue: String,
        /// Who chairs it.
        chair: String,
        /// Who sits.
        #[schema(example = json!(["lawyer", "judge", "resident_representative"]))]
        officers: Vec<String>,
        /// Whether residents may attend.
        public: bool,
        /// When the last party was told.
        notified_on: NaiveDate,
    },
    /// A leader is responsible for solving it (领导包案).
    CaseLeadership {
        /// The post, and nothing about the person.
        #[schema(example = "副县长（分管自然资源）")]
        leader: String,
        /// Of which level.
        #[schema(schema_with = level)]
        level: String,
        /// Until when it should be solved.
        due_on: NaiveDate,
        /// How.
        plan: String,
    },
    /// A call to, or from, the police (110). Place and facts; nothing of who called.
    PoliceLinkage {
        /// `in`: the police passed it on; `out`: it was passed to them.
        #[schema(schema_with = codes::<Direction>)]
        direction: String,
        /// The police's number.
        external_no: Option<String>,
        /// When it came, or went.
        received_at: DateTime<FixedOffset>,
        /// What happened.
        facts: String,
    },
    /// A work order of the citizens' hotline (12345).
    HotlineOrder {
        /// The hotline's number.
        external_no: String,
        /// When it came.
        received_at: DateTime<FixedOffset>,
        /// What it says.
        facts: String,
    },
    /// Somebody was referred to those who help (转介). To whom and when; nothing of why.
    Referral {
        /// To what help.
        #[schema(schema_with = codes::<Help>)]
        help: String,
        /// To whom.
        #[schema(example = "卢氏县法律援助中心")]
        recipient: String,
    },
}

/// What happened in a linkage.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordBody {
    /// Its number.
    pub linkage: u32,
    /// What happened.
    #[schema(schema_with = codes::<LinkageStep>)]
    pub step: String,
    /// When; now if left out.
    pub at: Option<DateTime<FixedOffset>>,
    /// With `numbered`: the number the other side gave it.
    pub external_no: Option<String>,
    /// In words.
    pub text: Option<String>,
}

/// How a linkage ended.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConcludeBody {
    /// Its number.
    pub linkage: u32,
    /// What came of it.
    #[schema(schema_with = codes::<LinkageOutcome>)]
    pub outcome: String,
    /// When; now if left out.
    pub at: Option<DateTime<FixedOffset>>,
    /// Until when an agreement has to be performed, or when somebody asks again.
    pub until: Option<NaiveDate>,
    /// The agreement, the opinion, the result.
    pub text: String,
    /// Of a hearing: what was said.
    pub minutes: Option<String>,
}

/// Who takes part.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvolveBody {
    /// In which capacity (五大员).
    #[schema(schema_with = codes::<Capacity>)]
    pub capacity: String,
    /// By which name; for those who handle the incident only.
    pub name: Option<String>,
}

command! {
    /// Attach something to an incident: mediation, a court, a hearing, a leader, the police, the hotline, help.
    ///
    /// It moves no leg and no clock of the incident. Who answers for the incident, stands above, or works on it may.
    link INCIDENT_LINK LinkBody |body, fields, _| link_of(body, fields).map(Into::into)
}
command! {
    /// Record what happened in a linkage: a session, a visit, a number, the performance of an agreement.
    record INCIDENT_RECORD RecordBody |body, fields, _| {
        let step = fields.parse("/step", &body.step);
        let external_no = external_no(fields, body.external_no.as_deref());
        let text = optional_text(fields, "/text", body.text.as_deref());
        let at = body.at.map(|at| at.to_utc());
        fields.moment("/at", at);
        Some(Record { number: body.linkage, step: step?, at, external_no: external_no?, text }.into())
    }
}
command! {
    /// Conclude a linkage. The incident stays where it is.
    conclude INCIDENT_CONCLUDE ConcludeBody |body, fields, _| {
        let conclusion = fields.parse("/outcome", &body.outcome);
        let text = fields.text("/text", &body.text, REMARK);
        let minutes = optional_text(fields, "/minutes", body.minutes.as_deref());
        let until = body.until.map(|day| date(fields, "/until", day));
        let at = body.at.map(|at| at.to_utc());
        fields.moment("/at", at);
        let mut words = vec![(Label::Text, text?)];
        words.extend(minutes.map(|minutes| (Label::Minutes, minutes)));
        Some(Conclude { number: body.linkage, conclusion: conclusion?, at, until, words }.into())
    }
}
command! {
    /// Say who takes part in an incident, by capacity: the help they gave is counted by incident, never by person.
    involve INCIDENT_INVOLVE InvolveBody |body, fields, _| {
        let capacity = fields.parse("/capacity", &body.capacity);
        let name = body.name.map(|name| fields.text("/name", &name, TITLE));
        Some(Involve { capacity: capacity?, name: name.flatten() }.into())
    }
}

/// The words of a linkage, with everything that is wrong noted in the fields.
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
        let at = at.to_utc();
        self.fields.moment(pointer, Some(at));
        at
    }

    fn officers(&mut self, pointer: &str, codes: &[String]) -> Option<Vec<Officer>> {
        let parse =
            |(position, code): (usize, &String)| self.fields.parse(&format!("{pointer}/{position}"), code);
        // Every wrong code is named, not just the first.
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

/// A number that may be left out: `None` when it was wrong.
#[expect(clippy::option_option, reason = "given or not, right or not")]
fn external_no(fields: &mut Fields, given: Option<&str>) -> Option<Option<ExternalNo>> {
    given.map_or(Some(None), |given| fields.parse("/external_no", given).map(Some))
}

/// A day that can be kept and counted from.
fn date(fields: &mut Fields, pointer: &str, day: NaiveDate) -> NaiveDate {
    if !is_storable_date(day) {
        let detail = localized!("“{day}”不在公元 1 至 9999 年之间", "{day} is not in the years 1 to 9999");
        fields.wrong(pointer, ProblemCode::WrongType, detail);
    }
    day
}
