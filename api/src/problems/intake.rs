//! Why a report is not taken, and the refusals of the rules.

use grassroots_domain::refusal::Refusal;

use crate::{
    app::intake::IntakeError,
    problem::{Code, Problem, words},
};

impl From<IntakeError> for Problem {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Store(error) => error.into(),
            IntakeError::NotReady => Self::new(
                Code::Unavailable,
                words!(
                    "系统尚未导入类别和日历，暂不能接收上报",
                    "categories and calendar are not imported yet; reports cannot be taken"
                ),
            ),
            IntakeError::Fields(errors) => Self::invalid(errors),
            IntakeError::Refused(refusal) => refusal.into(),
            IntakeError::OtherContent { stored, sent } => Self::new(
                Code::ReportConflict,
                words!(
                    "该编号已登记了内容不同的上报，原上报保持不变。新的情况请用新的编号上报",
                    "a report with other content has this id and stays as it is; use a new id for a new report"
                ),
            )
            .with("stored_sha256", stored.to_string())
            .with("sent_sha256", sent.to_string()),
            IntakeError::IdTaken => Self::new(
                Code::IdTaken,
                words!("该编号不可用，请换一个新的 UUID", "this id cannot be used; make a new UUID"),
            ),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (code, detail) = match refusal {
            Refusal::MayNotReport => (
                Code::Forbidden,
                words!(
                    "您的角色不能上报，网格员和各级受理台可以",
                    "your role does not report; grid workers and desks do"
                ),
            ),
            Refusal::NotYourDesk { command, desk } => (
                Code::NotYours,
                words!(
                    "事件由 {desk} 负责，只有该受理台可以“{zh}”",
                    "{desk} answers for the incident; only that desk may {command} it",
                    zh = command.zh()
                ),
            ),
            Refusal::NotYourWork { command, organisation } => (
                Code::NotYours,
                words!(
                    "事件由 {organisation} 承办，只有该单位可以“{zh}”",
                    "{organisation} works on the incident; only it may {command} it",
                    zh = command.zh()
                ),
            ),
            Refusal::NotYoursToReopen { desk } => (
                Code::NotYours,
                words!(
                    "事件由 {desk} 结案，只有该受理台或其上级可以重新办理",
                    "{desk} closed the incident; only it or a desk above it may reopen it"
                ),
            ),
            Refusal::NeverYours { command } => (
                Code::NotYours,
                words!("您的角色不能“{zh}”", "your role never may {command} an incident", zh = command.zh()),
            ),
            Refusal::NotInFullView => (
                Code::NotYours,
                words!(
                    "只有能看到事件全部内容的人可以备注",
                    "only those who see the incident in full may comment"
                ),
            ),
            Refusal::WrongState { command, state } => (
                Code::WrongState,
                words!(
                    "事件{state_zh}，不能“{zh}”；可用操作见 GET …/actions",
                    "the incident is {state} and cannot be met with {command}; GET …/actions lists what can be done",
                    zh = command.zh(),
                    state_zh = state.zh()
                ),
            ),
            Refusal::ReturnedTooOften { returned } => (
                Code::ReturnedTooOften,
                words!(
                    "事件已退回 {returned} 次，不能再退回，请先办理或由受理台升级裁定",
                    "the incident was returned {returned} times; work on it, or let the desk escalate it"
                ),
            ),
            Refusal::ForeignOrganisation { to, unit } => (
                Code::ForeignOrganisation,
                words!(
                    "{to} 不属于本级（{unit}），只能派遣给本级机构；可选机构见 GET /v1/organisations?unit={unit}",
                    "{to} does not belong to {unit}; GET /v1/organisations?unit={unit} lists who does"
                ),
            ),
            Refusal::OwnWork => (
                Code::OwnWork,
                words!(
                    "办理人不能核查自己的结果，请由本台其他人结案",
                    "who did the work cannot verify it; somebody else of the desk has to"
                ),
            ),
            Refusal::NoSuperior => (
                Code::NoSuperior,
                words!(
                    "县级之上不再升级，市级只统筹协调",
                    "there is no desk above the county; the city coordinates"
                ),
            ),
            Refusal::ReopenTooLate { days } => (
                Code::ReopenTooLate,
                words!(
                    "结案已超过 {days} 天，请重新上报",
                    "it was closed more than {days} days ago; report it anew"
                ),
            ),
            Refusal::NotOnSpot { category } => (
                Code::NotOnSpot,
                words!(
                    "类别 {category} 不能现场办结，请照常上报",
                    "category {category} cannot be settled on the spot; report it without on_spot"
                ),
            ),
            Refusal::TooSevereOnSpot { severity } => (
                Code::NotOnSpot,
                words!(
                    "{zh}事件不能现场办结，请照常上报",
                    "an incident of severity {severity} cannot be settled on the spot",
                    zh = severity.zh()
                ),
            ),
            Refusal::NoVillageOnSpot => (
                Code::NotOnSpot,
                words!(
                    "现场办结的地点须在村（社区）范围内",
                    "what is settled on the spot must lie in a village"
                ),
            ),
            Refusal::OnSpotByGridWorker => (
                Code::NotOnSpot,
                words!("只有网格员可以现场办结", "only grid workers settle matters on the spot"),
            ),
            Refusal::PlaceUnknown => (
                Code::PlaceUnknown,
                words!(
                    "定位不在任何网格内，且您的单位无法替代，请在地图上选点",
                    "the place lies in no grid; pick it on the map"
                ),
            ),
            Refusal::NoDesk => (
                Code::PlaceUnknown,
                words!(
                    "发生地及其上级都没有受理台，请联系系统管理员",
                    "no unit of the place has a desk; ask the system administrator"
                ),
            ),
        };
        Self::new(code, detail)
    }
}
