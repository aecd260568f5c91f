//! The Chinese sentences and names that people at a desk read: no codes, no names of fields, no URLs.

use chrono::{NaiveDate, TimeDelta};
use grassroots::{app::error::AppError, http::problem::Problem};
use grassroots_domain::{
    account::Role,
    command_kind::CommandKind,
    events::{
        EventType,
        closing::Channel,
        custody::Authority,
        work::{Assistance, Method},
    },
    geography::{
        place::{Located, Place},
        unit::{Level, UnitCode},
    },
    hash::Hash,
    ids::IncidentId,
    incident::{
        State,
        leg::{CustodyOutcome, HandlingOutcome, HandlingRole, Outcome},
        linkage::{
            Capacity, Direction, Help, LinkageError, LinkageKind, LinkageOutcome, LinkageStep, MediationKind,
            Officer,
        },
        oversight::SupervisionLevel,
        requests::RequestKind,
        source::Source,
    },
    organisation::OrganisationKind,
    reading::{share::Metric, worklist::Worklist},
    refusal::Refusal,
    rules::{
        category::{CategoryCode, Severity},
        duty_list::DutyRole,
        routing::{Fallback, Routing, RoutingReader, RoutingRule, route},
    },
    time::{
        Instant,
        auto_escalation::AutoEscalation,
        clock::{ClockState, LimitRule},
        deadline::{Limit, LimitUnit},
    },
    warning::Warning,
};

use crate::support::TestApp;

/// Digits in a row that no number of days, times or copies has. 12345 is the name of the hotline.
const LONG_NUMBER: usize = 5;

/// Asserts that `text` is a Chinese sentence or name without codes.
#[track_caller]
fn assert_plain(text: &str) {
    assert!(!text.trim().is_empty());
    let letters = text.chars().any(|letter| letter.is_ascii_alphabetic() || "_/{}".contains(letter));
    assert!(!letters, "{text}");
    let without_hotline = text.replace("12345", "");
    let longest = without_hotline.split(|one: char| !one.is_ascii_digit()).map(str::len).max();
    assert!(longest.is_none_or(|digits| digits < LONG_NUMBER), "{text}");
    assert!(!text.contains("1001"), "the code of a category: {text}");
}

fn now() -> Instant {
    "2026-11-28T02:00:00Z".parse().expect("a time")
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 28).expect("a day")
}

fn category() -> CategoryCode {
    "1001".parse().expect("a category")
}

/// One refusal of each kind, and some kinds several times. The test compares them with the source of the enum.
fn refusals() -> Vec<Refusal> {
    let command = CommandKind::Accept;
    let organisation = "411224107-police_station".parse().expect("an organisation");
    let desk = "411224107-desk".parse().expect("an organisation");
    let (id, category, severity) = (IncidentId(uuid::Uuid::from_u128(7)), category(), Severity::Major);
    let unit: UnitCode = "411224107".parse().expect("a unit");
    let limit = Limit { amount: 4, unit: LimitUnit::WorkingHours };
    let mut all = vec![
        Refusal::MayNotReport,
        Refusal::NotYourWork { command, organisation },
        Refusal::OnlyDesk { command, desk },
        Refusal::OnlyDeskOrAbove { command, desk },
        Refusal::OnlyCounty { command },
        Refusal::OnlyReporter { command },
        Refusal::AcceptedAlready,
        Refusal::CommentOfReporter,
        Refusal::ObjectTooLate { days: 7 },
        Refusal::ObjectedAlready,
        Refusal::ReplyMissing,
        Refusal::SettledByVillage,
        Refusal::NothingSent,
        Refusal::NotAssisting,
        Refusal::NotInvolved { command },
        Refusal::NothingLinked,
        Refusal::NotSentToCheck,
        Refusal::NotForThisRole { command },
        Refusal::NotInFullView,
        Refusal::SuperiorAssigns,
        Refusal::LeadsAlready { organisation },
        Refusal::ReturnedTooOften { returned: 2 },
        Refusal::ForeignOrganisation { to: organisation, unit },
        Refusal::OwnWork,
        Refusal::ResultToVerify,
        Refusal::NoSuperior,
        Refusal::ReopenTooLate { days: 30 },
        Refusal::NotOnSpot { category },
        Refusal::TooSevereOnSpot { severity },
        Refusal::NoVillageOnSpot,
        Refusal::OnSpotByGridWorker,
        Refusal::SourceOfDesks { source: Source::Police },
        Refusal::SourceWithoutNumbers { source: Source::GridPatrol },
        Refusal::KeptByDesk,
        Refusal::CannotKeep { least: Level::Township },
        Refusal::PlaceUnknown,
        Refusal::NoDesk,
        Refusal::TooOften { command, most: 2 },
        Refusal::TooLong { given: 99, most: 56, unit: LimitUnit::WorkingHours },
        Refusal::ReturnTooLate { limit },
        Refusal::ReturnFirst,
        Refusal::DecidedAlready,
        Refusal::NothingDisputed,
        Refusal::TooManyAssists { most: 10 },
        Refusal::CannotAssist { organisation },
        Refusal::NobodyCalled,
        Refusal::ArrivedAlready { at: now() },
        Refusal::NotBelow { to: desk },
        Refusal::NothingBelow,
        Refusal::TooSevereBelow { severity, least: Level::Township },
        Refusal::NotBeside { to: desk },
        Refusal::TooEarly { after: now() },
        Refusal::NothingAsked,
        Refusal::SecondPerson,
        Refusal::OverdueAlready { since: now() },
        Refusal::YoursAlready,
        Refusal::NotInTheFuture { given: now() - TimeDelta::days(1) },
        Refusal::WatchedFromAbove { by: desk },
        Refusal::NotSupervised,
        Refusal::EndsByItself,
        Refusal::RestrictedCheck,
        Refusal::CheckOpen,
        Refusal::NoWorkerOfTheGrid,
        Refusal::NoGrade { given: 9 },
        Refusal::UnknownCategory { category },
        Refusal::NothingCorrected,
        Refusal::NoSuchIncident { id },
        Refusal::CannotStandFor { id, state: State::Closed },
        Refusal::StandsForOthers { others: 2 },
        Refusal::AnotherMatter { id },
        Refusal::LaterReport { id },
        Refusal::PhotosOff { category },
        Refusal::TooManyPhotos { most: 45 },
        Refusal::PhotoNamedTwice { sha256: Hash::of(&[b"photo"]) },
        Refusal::NoPhotos,
        Refusal::AfterPhotoMissing { category },
        Refusal::UnmergeTooLate { hours: 24 },
    ];
    for &command in CommandKind::ALL {
        let known = vec!["other".parse().expect("a reason")];
        all.push(Refusal::NotYourDesk { command, desk });
        all.extend(State::ALL.iter().map(|&state| Refusal::WrongState { command, state }));
        if command.gives_reason() {
            let given = "no".parse().expect("a reason");
            all.push(Refusal::UnknownReason { command, given, known });
        }
    }
    all.extend(DutyRole::ALL.iter().map(|&duty| Refusal::OutsideDuty { to: organisation, duty }));
    all.extend(RequestKind::ALL.iter().map(|&kind| Refusal::RequestOpen { kind }));
    all.extend(linkage_errors().into_iter().map(Refusal::Linkage));
    all
}

fn linkage_errors() -> Vec<LinkageError> {
    let by = "411224107-justice_office".parse().expect("an organisation");
    let mut all = vec![
        LinkageError::NotMediable { category: category() },
        LinkageError::NoAgreement { number: 2 },
        LinkageError::ConfirmationLate { from: day(), last: day() },
        LinkageError::Officers { given: 2 },
        LinkageError::NoticeShort { given: 2, least: 5 },
        LinkageError::RestrictedHearing,
        LinkageError::DatePassed { given: day() },
        LinkageError::StillToCome { given: now() },
        LinkageError::Unknown { number: 3 },
        LinkageError::NotYours { number: 1, by },
        LinkageError::NumberMissing,
        LinkageError::TooMany { most: 50 },
    ];
    for &kind in LinkageKind::ALL {
        all.push(LinkageError::ClosedAlready { kind });
        for &step in LinkageStep::ALL {
            all.push(LinkageError::NoSuchStep { kind, step, known: vec![LinkageStep::Session] });
            all.push(LinkageError::NoSuchStep { kind, step, known: Vec::new() });
            all.push(LinkageError::TooOften { step, most: 3 });
        }
        for &conclusion in LinkageOutcome::ALL {
            all.push(LinkageError::NoSuchEnd { kind, conclusion });
            all.push(LinkageError::Ended { number: 1, conclusion });
        }
    }
    all
}

/// The name of the variant, from its debug text.
fn variant(value: &impl std::fmt::Debug) -> String {
    let text = format!("{value:?}");
    text.chars().take_while(|letter| letter.is_ascii_alphanumeric()).collect()
}

/// The variants that the source of an enum declares.
fn declared(source: &str, name: &str) -> Vec<String> {
    let start = source.find(&format!("pub enum {name} {{")).expect("the enum");
    let body = &source[start..];
    let body = &body[..body.find("\n}").expect("its end")];
    let variants =
        body.lines().skip(1).map(str::trim).filter(|line| line.starts_with(|c: char| c.is_uppercase()));
    variants.map(|line| line.chars().take_while(|letter| letter.is_ascii_alphanumeric()).collect()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_name_people_and_matters_not_codes() {
    let app = TestApp::sqlite().await;
    let snapshot = app.inside().await.snapshots.current();
    let refusals = refusals();
    let refusal_source = include_str!("../domain/src/refusal.rs");
    let linkage_source = include_str!("../domain/src/incident/linkage.rs");
    for name in declared(refusal_source, "Refusal") {
        assert!(refusals.iter().any(|refusal| variant(refusal) == name), "no example of {name}");
    }
    for name in declared(linkage_source, "LinkageError") {
        assert!(linkage_errors().iter().any(|error| variant(error) == name), "no example of {name}");
    }
    for refusal in refusals {
        let error = AppError::Refused { refusal: refusal.clone(), allowed: None, snapshot: snapshot.clone() };
        let problem = Problem::from(error);
        assert_plain(&problem.detail.zh);
        assert_plain(problem.code.title().0);
        assert!(!problem.detail.en.is_empty(), "{refusal:?}");
    }
    app.running().stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sentences_of_an_office_are_these() {
    let app = TestApp::sqlite().await;
    let snapshot = app.inside().await.snapshots.current();
    let said = |refusal: Refusal| {
        Problem::from(AppError::Refused { refusal, allowed: None, snapshot: snapshot.clone() }).detail.zh
    };
    let (desk, police) = ("411224107-desk".parse().unwrap(), "411224107-police_station".parse().unwrap());
    let reasons = || vec!["beyond_authority".parse().unwrap()];
    for (refusal, sentence) in [
        (
            Refusal::NotYourDesk { command: CommandKind::Accept, desk },
            "该事件现由东明镇综治中心办理，您不能受理",
        ),
        (
            Refusal::NotYourDesk { command: CommandKind::Decline, desk },
            "该事件现由东明镇综治中心办理，您不能作出不予受理决定",
        ),
        (
            Refusal::OutsideDuty { to: police, duty: DutyRole::Unlisted },
            "该事项不在东明镇派出所履职清单内，确需派遣请确认",
        ),
        (
            Refusal::OutsideDuty { to: police, duty: DutyRole::Reclaimed },
            "该事项已由上级收回，不再由东明镇派出所办理，确需派遣请确认",
        ),
        (
            Refusal::UnknownReason {
                command: CommandKind::Escalate,
                given: "no".parse().unwrap(),
                known: reasons(),
            },
            "请选择提级理由：超出权限、需要联合处置、跨区域、调解不成、等级上升",
        ),
        (
            Refusal::WrongState { command: CommandKind::Dispatch, state: State::PendingAcceptance },
            "事件尚未受理，请先受理再派遣",
        ),
        (
            Refusal::WrongState { command: CommandKind::Close, state: State::InProgress },
            "事件正在办理，请先提交结果再结案",
        ),
        (Refusal::WrongState { command: CommandKind::Accept, state: State::Closed }, "事件已结案，不能受理"),
        (
            Refusal::WrongState { command: CommandKind::WithdrawReport, state: State::InProgress },
            "该上报已受理，不能撤回；情况有变化的，请添加备注",
        ),
        (Refusal::NotInFullView, "您无权查看该事件全部内容，不能进行此操作"),
        (Refusal::NotOnSpot { category: category() }, "“邻里纠纷”不能现场自办，请照常上报"),
    ] {
        assert_eq!(said(refusal), sentence);
    }
    app.running().stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reason_of_every_routing_is_a_sentence_without_codes() {
    let app = TestApp::sqlite().await;
    let snapshot = app.inside().await.snapshots.current();
    let (rules, reference_data) = (snapshot.rules.as_ref().expect("rules"), &snapshot.reference_data);
    let places =
        ["411224107200001", "411224107", "411224"].map(|code| code.parse::<Place>().expect("a place"));
    let mut said = 0;
    for category in rules.book().categories.values() {
        for (place, severity) in
            places.iter().flat_map(|place| Severity::ALL.iter().map(move |severity| (place, *severity)))
        {
            let severity = severity.max(category.severity);
            let (units, organisations) = (&reference_data.units, &reference_data.organisations);
            let (_, routing) = route(category, severity, place, rules, units, organisations).expect("a desk");
            for located in Located::ALL {
                let far_from = Some("卢氏县官道口镇".to_owned());
                let routing = Routing { located: *located, far_from, ..routing.clone() };
                for reader in [RoutingReader::KnowsReporter, RoutingReader::Other] {
                    assert_plain(&routing.reason(Some(category), reader).zh);
                    assert_plain(&routing.reason(None, reader).zh);
                    said += 1;
                }
            }
        }
    }
    assert!(said > 1_000, "{said}");
    app.running().stop().await;
}

macro_rules! names_of {
    ($($list:ty),+ $(,)?) => {
        [$(<$list>::ALL.iter().map(|one| one.zh()).collect::<Vec<_>>()),+].concat()
    };
}

#[test]
fn the_names_of_all_terms_are_chinese() {
    let names = names_of!(
        CommandKind,
        EventType,
        State,
        Outcome,
        CustodyOutcome,
        HandlingOutcome,
        HandlingRole,
        Severity,
        Warning,
        Source,
        RoutingRule,
        Fallback,
        Located,
        LimitRule,
        ClockState,
        SupervisionLevel,
        RequestKind,
        LinkageKind,
        LinkageStep,
        LinkageOutcome,
        Capacity,
        Direction,
        Help,
        Officer,
        MediationKind,
        Authority,
        Channel,
        Method,
        Assistance,
        DutyRole,
        AutoEscalation,
        Role,
        Worklist,
        Metric,
        OrganisationKind,
    );
    assert!(names.len() > 250, "{}", names.len());
    for name in names {
        assert_plain(name);
    }
    let words = [
        (CommandKind::Transfer.zh(), "转办"),
        (CommandKind::Escalate.zh(), "提级办理"),
        (CommandKind::Refer.zh(), "移送"),
        (EventType::Absorbed.zh(), "他案并入"),
        (Role::EscalationReviewer.zh(), "提级审核员"),
    ];
    for (name, term) in words {
        assert_eq!(name, term);
    }
}
