//! Commands for scenarios.

use chrono::TimeDelta;
use grassroots_domain::{
    account::Actor,
    commands::{
        Command, accept::Accept, accept_and_dispatch::AcceptAndDispatch, acknowledge::Acknowledge,
        add_photos::AddPhotos, answer::Answer, approve::Approve, arbitrate::Arbitrate, call_in::CallIn,
        close::Close, comment::Comment, conclude::Conclude, correct::Correct, decline::Decline,
        dispatch::Dispatch, dispute::Dispute, escalate::Escalate, extend::Extend, follow_up::FollowUp,
        force_close::ForceClose, hand_down::HandDown, involve::Involve, lift::Lift, link::Link, merge::Merge,
        object::Object, record::Record, redispatch::Redispatch, refer::Refer, remind::Remind, reopen::Reopen,
        reply::Reply, report_check::ReportCheck, request_check::RequestCheck, request_info::RequestInfo,
        return_work::Return, rework::Rework, settle::Settle, submit_result::SubmitResult,
        supervise::Supervise, supplement::Supplement, suspend::Suspend, take_over::TakeOver,
        transfer::Transfer, void::Void, withdraw::Withdraw, withdraw_report::WithdrawReport,
    },
    events::{
        closing::Channel,
        custody::Authority,
        work::{Assistance, Method},
    },
    hash::Hash,
    incident::{
        case::Case,
        leg::Outcome,
        linkage::{Capacity, LinkageDetails, LinkageOutcome, LinkageStep, MediationKind, Officer},
        oversight::SupervisionLevel,
        photo::{MediaType, Phase, Photo},
        remark::{Audience, Label},
    },
    rules::reason::ReasonCode,
    text::{REMARK, Text, parse},
    time::{Instant, china_date},
};

use super::city::organisation;

pub fn text(words: &str) -> Text {
    parse(words, REMARK).unwrap().0
}

pub fn reason(code: &str) -> ReasonCode {
    code.parse().unwrap()
}

pub fn accept() -> Command {
    Accept {}.into()
}

pub fn acknowledge() -> Command {
    Acknowledge {}.into()
}

pub fn accept_and_dispatch(to: &str) -> Command {
    let dispatch = Dispatch { to: organisation(to), assist: Vec::new(), outside_duty: true, note: None };
    AcceptAndDispatch { dispatch }.into()
}

pub fn settle_with(photos: &[Photo]) -> Command {
    let (photos, reply) = (photos.to_vec(), Some(text("两家已说和")));
    Settle { method: Method::Settlement, result: text("当面说和"), photos, reply, outside_duty: false }.into()
}

pub fn withdraw_report() -> Command {
    WithdrawReport { reason: text("已自行解决") }.into()
}

pub fn object() -> Command {
    Object { text: text("仍在漏水") }.into()
}

pub fn dispatch(to: &str) -> Command {
    dispatch_with(to, &[])
}

/// Dispatches with assisting organisations, also to organisations outside the duty lists.
pub fn dispatch_with(to: &str, assist: &[&str]) -> Command {
    let assist = assist.iter().map(|code| organisation(code)).collect();
    Dispatch { to: organisation(to), assist, outside_duty: true, note: None }.into()
}

/// Also to organisations outside the duty lists.
pub fn redispatch(to: &str) -> Command {
    Redispatch { to: organisation(to), outside_duty: true, reason: text("应由该单位办理") }.into()
}

pub fn redispatch_within_duty(to: &str) -> Command {
    Redispatch { to: organisation(to), outside_duty: false, reason: text("应由该单位办理") }.into()
}

pub fn close_without_reply() -> Command {
    Close { reply: None }.into()
}

pub fn close() -> Command {
    Close { reply: Some(text("已办结")) }.into()
}

pub fn escalate() -> Command {
    Escalate { reason: reason("beyond_authority"), tried: text("已调解两次") }.into()
}

pub fn submit(outcome: Outcome) -> Command {
    submit_with(outcome, &[])
}

pub fn submit_with(outcome: Outcome, photos: &[Photo]) -> Command {
    let photos = photos.to_vec();
    SubmitResult { outcome, method: Method::PeoplesMediation, result: text("双方和解"), photos }.into()
}

pub fn decline() -> Command {
    Decline { reason: reason("not_in_scope"), reply: text("请向法院起诉") }.into()
}

pub fn return_work() -> Command {
    Return { reason: reason("wrong_place"), explanation: text("不在辖区") }.into()
}

pub fn dispute() -> Command {
    Dispute { reason: reason("unclear_duty"), explanation: text("应由村里办") }.into()
}

pub fn arbitrate(to: &str) -> Command {
    Arbitrate { to: organisation(to), decision: text("由该单位主办") }.into()
}

pub fn rework() -> Command {
    Rework { reason: text("没有照片") }.into()
}

pub fn reopen() -> Command {
    Reopen { reason: text("又漏水了") }.into()
}

pub fn void() -> Command {
    Void { reason: text("重复录入") }.into()
}

/// A photo of the finished work, different for each `number`.
pub fn photo(number: usize) -> Photo {
    Photo {
        sha256: Hash::of(&[&number.to_be_bytes()]),
        size_bytes: 300_000,
        media_type: MediaType::Jpeg,
        phase: Phase::After,
    }
}

pub fn add_photos(number: usize) -> Command {
    AddPhotos { photos: vec![photo(number)] }.into()
}

pub fn comment() -> Command {
    Comment { audience: Audience::Internal, text: text("已电话联系") }.into()
}

pub fn request_info() -> Command {
    RequestInfo { question: text("是哪一户？") }.into()
}

pub fn supplement() -> Command {
    Supplement { text: text("东头第二户") }.into()
}

pub fn withdraw() -> Command {
    Withdraw { reason: text("发错了") }.into()
}

pub fn hand_down(to: &str) -> Command {
    HandDown { to: organisation(to), advice: text("请调委会再调解一次") }.into()
}

pub fn transfer(to: &str) -> Command {
    Transfer { to: organisation(to), reason: reason("wrong_place"), explanation: text("在邻村") }.into()
}

pub fn take_over() -> Command {
    TakeOver {}.into()
}

pub fn refer() -> Command {
    Refer { to: Authority::Court, reply: text("已进入诉讼，请联系法院") }.into()
}

pub fn correct_to(code: &str) -> Command {
    Correct {
        category: Some(code.parse().unwrap()), severity: None, place: None, reason: text("分类有误")
    }
    .into()
}

pub fn merge(primary: &Case) -> Command {
    Merge { into: primary.incident().id, primary: Some(Box::new(primary.clone())), reason: text("同一处") }
        .into()
}

pub fn call_in(organisations: &[&str]) -> Command {
    let organisations = organisations.iter().map(|code| organisation(code)).collect();
    CallIn { organisations, urgent: false, purpose: text("联合处置") }.into()
}

pub fn answer(assistance: Assistance) -> Command {
    Answer { assistance, text: text("明早到场") }.into()
}

pub fn extend(units: u32) -> Command {
    Extend { units, explanation: text("等配件") }.into()
}

pub fn suspend(days: u32) -> Command {
    Suspend { reason: reason("seasonal_works"), days, explanation: text("冬季不能施工") }.into()
}

pub fn approve() -> Command {
    Approve { note: None }.into()
}

pub fn remind() -> Command {
    Remind { text: text("请抓紧办理") }.into()
}

/// A supervision whose reply is due one day after `now`.
pub fn supervise(level: SupervisionLevel, now: Instant) -> Command {
    Supervise { level, reply_due: now + TimeDelta::days(1), reason: text("群众多次反映") }.into()
}

pub fn reply() -> Command {
    Reply { text: text("本周办结") }.into()
}

pub fn lift() -> Command {
    Lift { reason: text("已有进展") }.into()
}

pub fn force_close() -> Command {
    ForceClose { reason: text("当事人已迁走") }.into()
}

pub fn request_check(worker: &Actor) -> Command {
    RequestCheck { worker: worker.account, is_of_the_grid: true, note: None }.into()
}

pub fn report_check(settled: bool) -> Command {
    ReportCheck { settled, found: text("现场已恢复") }.into()
}

pub fn follow_up(settled: bool) -> Command {
    let remarks = text("邻居说已经好了");
    let reply = Some(text("经回访，问题已解决"));
    FollowUp { channel: Channel::Phone, settled, satisfaction: Some(4), remarks, reply }.into()
}

pub fn follow_up_without_reply() -> Command {
    let remarks = text("邻居说已经好了");
    FollowUp { channel: Channel::Phone, settled: true, satisfaction: None, remarks, reply: None }.into()
}

pub fn link(opening: LinkageDetails) -> Command {
    Link { opening, words: vec![(Label::Text, text("双方自愿"))] }.into()
}

pub fn mediation() -> LinkageDetails {
    LinkageDetails::Mediation { form: MediationKind::Peoples }
}

/// A hearing at `held_at`. The parties are notified on the day of `notified`.
pub fn hearing(held_at: Instant, notified: Instant) -> LinkageDetails {
    LinkageDetails::Hearing {
        held_at,
        public: true,
        officers: vec![Officer::Lawyer, Officer::Judge, Officer::ResidentRepresentative],
        notified_on: china_date(notified),
    }
}

pub fn record(number: u32, step: LinkageStep) -> Command {
    Record { number, step, at: None, external_no: None, text: Some(text("双方到场")) }.into()
}

pub fn conclude(number: u32, conclusion: LinkageOutcome) -> Command {
    Conclude { number, conclusion, at: None, until: None, words: vec![(Label::Text, text("各退一步"))] }
        .into()
}

pub fn involve() -> Command {
    Involve { capacity: Capacity::LegalAdviser, name: Some(text("李律师")) }.into()
}
