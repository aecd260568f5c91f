//! Problems for reports and commands that the rules of the domain refuse.

use grassroots_domain::refusal::Refusal;

use crate::{http::problem::Problem, localization::localized, problem_code::ProblemCode};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (code, detail) = match refusal {
            Refusal::MayNotReport => (
                ProblemCode::Forbidden,
                localized!(
                    "您的角色不能上报，网格员和各级受理台可以",
                    "your role does not report; grid workers and desks do"
                ),
            ),
            Refusal::NotYourDesk { command, desk } => (
                ProblemCode::NotYours,
                localized!(
                    "事件由 {desk} 负责，只有该受理台可以“{zh}”",
                    "{desk} answers for the incident; only that desk may {command} it",
                    zh = command.zh()
                ),
            ),
            Refusal::NotYourWork { command, organisation } => (
                ProblemCode::NotYours,
                localized!(
                    "事件由 {organisation} 承办，只有该单位可以“{zh}”",
                    "{organisation} works on the incident; only it may {command} it",
                    zh = command.zh()
                ),
            ),
            Refusal::OnlyDesk { command, desk } => (
                ProblemCode::NotYours,
                localized!("只有 {desk} 可以“{zh}”", "only {desk} may {command} it", zh = command.zh()),
            ),
            Refusal::OnlyDeskOrAbove { command, desk } => (
                ProblemCode::NotYours,
                localized!(
                    "事件由 {desk} 负责，只有该受理台或其上级可以“{zh}”",
                    "{desk} answers for the incident; only it or a desk above it may {command} it",
                    zh = command.zh()
                ),
            ),
            Refusal::OnlyCounty { command } => (
                ProblemCode::NotYours,
                localized!("只有县级可以“{zh}”", "only the county may {command} it", zh = command.zh()),
            ),
            Refusal::NothingSent => (
                ProblemCode::WrongState,
                localized!(
                    "事件不是由其他受理台转来的，无可撤回",
                    "no other desk sent the incident; there is nothing to take back"
                ),
            ),
            Refusal::NotAssisting => (
                ProblemCode::NotYours,
                localized!(
                    "贵单位不是该事件的协办单位",
                    "your organisation does not assist with the incident"
                ),
            ),
            Refusal::NotInvolved { command } => (
                ProblemCode::NotYours,
                localized!(
                    "只有负责的受理台、其上级和正在承办的单位可以“{zh}”",
                    "only the desk that answers for it, one above it, or who works on it may {command} it",
                    zh = command.zh()
                ),
            ),
            Refusal::NothingLinked => (
                ProblemCode::NothingLinked,
                localized!(
                    "事件没有进行中的联动事项，见 GET …/linkages",
                    "nothing that goes on is attached to the incident; GET …/linkages lists what is"
                ),
            ),
            Refusal::Linkage(error) => return error.into(),
            Refusal::NotSentToCheck => (
                ProblemCode::NotYours,
                localized!("该事件没有派您核查", "you were not sent to look at the incident"),
            ),
            Refusal::NotForThisRole { command } => (
                ProblemCode::NotYours,
                localized!(
                    "您的角色不能“{zh}”",
                    "your role never may {command} an incident",
                    zh = command.zh()
                ),
            ),
            Refusal::NotInFullView => (
                ProblemCode::NotYours,
                localized!(
                    "只有能看到事件全部内容的人可以这样操作",
                    "only those who see the incident in full may do this"
                ),
            ),
            Refusal::WrongState { command, state } => (
                ProblemCode::WrongState,
                localized!(
                    "事件{state_zh}，不能“{zh}”；可用操作见 GET …/actions",
                    "the incident is {state} and cannot be met with {command}; GET …/actions lists what can be done",
                    zh = command.zh(),
                    state_zh = state.zh()
                ),
            ),
            Refusal::ReturnedTooOften { returned } => (
                ProblemCode::ReturnedTooOften,
                localized!(
                    "事件已退回 {returned} 次或已裁定，不能再退回；可以办理，或申请上级裁定（dispute）",
                    "the incident was returned {returned} times or is decided; work on it, or dispute it"
                ),
            ),
            Refusal::ForeignOrganisation { to, unit } => (
                ProblemCode::ForeignOrganisation,
                localized!(
                    "{to} 不属于本级（{unit}），只能派遣给本级机构；可选机构见 GET /v1/organisations?unit={unit}",
                    "{to} does not belong to {unit}; GET /v1/organisations?unit={unit} lists who does"
                ),
            ),
            Refusal::OwnWork => (
                ProblemCode::OwnWork,
                localized!(
                    "办理人不能核查自己的结果，请由本台其他人结案",
                    "who did the work cannot verify it; somebody else of the desk has to"
                ),
            ),
            Refusal::NoSuperior => (
                ProblemCode::NoSuperior,
                localized!(
                    "县级之上不再升级，市级只统筹协调",
                    "there is no desk above the county; the city coordinates"
                ),
            ),
            Refusal::ReopenTooLate { days } => (
                ProblemCode::ReopenTooLate,
                localized!(
                    "结案已超过 {days} 天，请重新上报",
                    "it was closed more than {days} days ago; report it anew"
                ),
            ),
            Refusal::NotOnSpot { category } => (
                ProblemCode::NotOnSpot,
                localized!(
                    "类别 {category} 不能现场办结，请照常上报",
                    "category {category} cannot be settled on the spot; report it without on_spot"
                ),
            ),
            Refusal::TooSevereOnSpot { severity } => (
                ProblemCode::NotOnSpot,
                localized!(
                    "{zh}事件不能现场办结，请照常上报",
                    "an incident of severity {severity} cannot be settled on the spot",
                    zh = severity.zh()
                ),
            ),
            Refusal::NoVillageOnSpot => (
                ProblemCode::NotOnSpot,
                localized!(
                    "现场办结的地点须在村（社区）范围内",
                    "what is settled on the spot must lie in a village"
                ),
            ),
            Refusal::OnSpotByGridWorker => (
                ProblemCode::NotOnSpot,
                localized!("只有网格员可以现场办结", "only grid workers settle matters on the spot"),
            ),
            Refusal::PlaceUnknown => (
                ProblemCode::PlaceUnknown,
                localized!(
                    "定位不在任何网格内，且您的单位无法替代，请在地图上选点",
                    "the place lies in no grid; pick it on the map"
                ),
            ),
            Refusal::NoDesk => (
                ProblemCode::PlaceUnknown,
                localized!(
                    "发生地及其上级都没有受理台，请联系系统管理员",
                    "no unit of the place has a desk; ask the system administrator"
                ),
            ),
            Refusal::UnknownReason { command, given, known } => {
                let known = known.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                let detail = localized!(
                    "“{zh}”没有理由 {given}；可用：{known}",
                    "{given} is no reason to {command}; one of {known} is",
                    zh = command.zh()
                );
                return Self::field(ProblemCode::UnknownReason, "/reason", detail);
            }
            Refusal::TooOften { command, most } => (
                ProblemCode::TooOften,
                localized!(
                    "一个事件最多可以“{zh}” {most} 次",
                    "an incident can be met with {command} {most} times at most",
                    zh = command.zh()
                ),
            ),
            Refusal::TooLong { given, most, unit } => (
                ProblemCode::OutOfRange,
                localized!(
                    "{given} 超出范围，应为 1 至 {most}（{unit}）",
                    "{given} is out of range; 1 to {most} {unit} is right",
                    unit = unit.short()
                ),
            ),
            Refusal::ReturnTooLate { limit } => (
                ProblemCode::ReturnTooLate,
                localized!(
                    "退回须在 {zh}内提出，现请先办理",
                    "work can be returned within {limit}; work on it now",
                    zh = limit.zh()
                ),
            ),
            Refusal::ReturnFirst => (
                ProblemCode::ReturnFirst,
                localized!(
                    "还可以退回；退回次数用完后方可申请裁定",
                    "it can still be returned; the desk above decides once that is used up"
                ),
            ),
            Refusal::DecidedAlready => (
                ProblemCode::DecidedAlready,
                localized!(
                    "已有决定或答复，请重新读取事件",
                    "it is decided or answered already; read the incident again"
                ),
            ),
            Refusal::NothingDisputed => (
                ProblemCode::NothingDisputed,
                localized!(
                    "退回未达上限，尚无需上级裁定",
                    "it was not returned often enough for the desk above to decide"
                ),
            ),
            Refusal::OutsideDuty { to, duty } => (
                ProblemCode::OutsideDuty,
                localized!(
                    "该类别对 {to} 属于“{zh}”；确需派遣请设 outside_duty 为 true",
                    "this category is {duty} for {to}; set outside_duty to send it there all the same",
                    zh = duty.zh()
                ),
            ),
            Refusal::TooManyAssists { most } => (
                ProblemCode::CannotAssist,
                localized!("协办单位最多 {most} 个", "at most {most} organisations can assist"),
            ),
            Refusal::CannotAssist { organisation } => (
                ProblemCode::CannotAssist,
                localized!(
                    "{organisation} 不能协办：已在办理、重复、是受理台或不在本级及上级范围内",
                    "{organisation} cannot assist: it works on it already, is named twice, is a desk, or belongs elsewhere"
                ),
            ),
            Refusal::NobodyCalled => (
                ProblemCode::CannotAssist,
                localized!("请至少指定一个单位", "name at least one organisation"),
            ),
            Refusal::ArrivedAlready { at } => (
                ProblemCode::DecidedAlready,
                localized!(
                    "已于 {at} 到场",
                    "somebody was on site at {at} already",
                    at = grassroots_domain::time::wall_clock(at).format("%Y-%m-%d %H:%M")
                ),
            ),
            Refusal::NotBelow { to } => (
                ProblemCode::WrongDesk,
                localized!(
                    "{to} 不是发生地所属的直接下级受理台",
                    "{to} is not a desk directly below in which the incident lies"
                ),
            ),
            Refusal::NothingBelow => (
                ProblemCode::WrongDesk,
                localized!("没有可以下派的下级受理台", "there is no desk below that may have it"),
            ),
            Refusal::NotBeside { to } => (
                ProblemCode::WrongDesk,
                localized!("{to} 不是同级的其他受理台", "{to} is not another desk of the same level"),
            ),
            Refusal::TooEarly { after } => (
                ProblemCode::TooEarly,
                localized!(
                    "下级受理台仍可受理，{after} 之后可以接管",
                    "the desk below can still accept it; it can be taken over after {after}",
                    after = grassroots_domain::time::wall_clock(after).format("%Y-%m-%d %H:%M")
                ),
            ),
            Refusal::RequestOpen { kind } => (
                ProblemCode::RequestOpen,
                localized!(
                    "已有“{zh}”申请待批准，请等待决定",
                    "a request to {kind} waits for a decision already",
                    zh = kind.zh()
                ),
            ),
            Refusal::NothingAsked => {
                (ProblemCode::NothingAsked, localized!("没有待批准的申请", "nothing waits for a decision"))
            }
            Refusal::SecondPerson => (
                ProblemCode::SecondPerson,
                localized!(
                    "须由申请人以外、层级不低于申请单位的人决定",
                    "somebody else has to decide, of a desk at least as high as the one that asked"
                ),
            ),
            Refusal::OverdueAlready { since } => (
                ProblemCode::OverdueAlready,
                localized!(
                    "已于 {since} 超期；延期和挂账须在到期前申请",
                    "the limit passed at {since}; ask before it does",
                    since = grassroots_domain::time::wall_clock(since).format("%Y-%m-%d %H:%M")
                ),
            ),
            Refusal::YoursAlready => (
                ProblemCode::WrongState,
                localized!("事件就在本单位，无需催办", "your own organisation has it"),
            ),
            Refusal::NotInTheFuture { given } => (
                ProblemCode::OutOfRange,
                localized!(
                    "{given} 已经过去，请给出将来的时间",
                    "{given} is over already; give a time to come",
                    given = grassroots_domain::time::wall_clock(given).format("%Y-%m-%d %H:%M")
                ),
            ),
            Refusal::WatchedFromAbove { by } => (
                ProblemCode::Supervised,
                localized!("{by} 已在督办", "{by}, a desk above, supervises it already"),
            ),
            Refusal::NotSupervised => {
                (ProblemCode::Supervised, localized!("事件没有被督办", "nobody supervises the incident"))
            }
            Refusal::EndsByItself => (
                ProblemCode::Supervised,
                localized!(
                    "超期督办在该环节完成后自动解除",
                    "it began by itself and ends when the step is done"
                ),
            ),
            Refusal::RestrictedCheck => (
                ProblemCode::RestrictedCheck,
                localized!(
                    "受限事件和越级受理的事件不向网格员公开，不能派员核查",
                    "what is restricted, or passes over the village, is not shown to grid workers; have the desk look itself"
                ),
            ),
            Refusal::CheckOpen => (
                ProblemCode::CheckOpen,
                localized!("已派员核查，请等待反馈", "a grid worker was sent and has not answered yet"),
            ),
            Refusal::NoWorkerOfTheGrid => (
                ProblemCode::WrongWorker,
                localized!(
                    "该账号不是发生地网格的网格员",
                    "that account is no grid worker of the grid it happened in"
                ),
            ),
            Refusal::NoGrade { given } => (
                ProblemCode::OutOfRange,
                localized!("满意度 {given} 无效，应为 1 至 5", "{given} is no grade; 1 to 5 are"),
            ),
            Refusal::UnknownCategory { category } => {
                let detail = localized!(
                    "没有类别 {category}，可用类别见 GET /v1/categories",
                    "there is no category {category}; GET /v1/categories lists them"
                );
                return Self::field(ProblemCode::UnknownCategory, "/category", detail);
            }
            Refusal::NothingCorrected => (
                ProblemCode::NothingCorrected,
                localized!("与现有内容相同", "nothing is different from before"),
            ),
            Refusal::NoSuchIncident { id } => (
                ProblemCode::CannotMerge,
                localized!("没有您可见全部内容的事件 {id}", "there is no incident {id} that you see in full"),
            ),
            Refusal::CannotStandFor { id, state } => (
                ProblemCode::CannotMerge,
                localized!(
                    "事件 {id} {zh}，不能作为主案；请选择另一件未结事件",
                    "{id} is {state} and cannot stand for another; choose another open incident",
                    zh = state.zh()
                ),
            ),
            Refusal::StandsForOthers { others } => (
                ProblemCode::StandsForOthers,
                localized!(
                    "另有 {others} 件上报并入本案，不能作废：24 小时内可撤销并案，否则请办结或按程序答复，各反映人都会得到答复",
                    "{others} other reports wait for this one: unmerge them in time, or bring it to an end that answers all reporters"
                ),
            ),
            Refusal::AnotherMatter { id } => (
                ProblemCode::CannotMerge,
                localized!(
                    "事件 {id} 属于不同领域或受限范围不同",
                    "{id} is of another domain, or restricted otherwise"
                ),
            ),
            Refusal::PhotosOff { category } => (
                ProblemCode::PhotosOff,
                localized!(
                    "类别 {category} 涉及隐私，默认不收照片；请只用文字说明",
                    "category {category} takes no photos, to protect those who could be seen; say it in words"
                ),
            ),
            Refusal::TooManyPhotos { most } => (
                ProblemCode::TooManyPhotos,
                localized!("最多 {most} 张照片", "at most {most} photos are taken"),
            ),
            Refusal::PhotoNamedTwice { sha256 } => (
                ProblemCode::PhotoNamedTwice,
                localized!("照片 {sha256} 已登记过", "the photo {sha256} is named already"),
            ),
            Refusal::AfterPhotoMissing { category } => (
                ProblemCode::AfterPhotoMissing,
                localized!(
                    "类别 {category} 办结需要处置后照片；请在 photos 中登记（phase 为 after），照片可稍后上传",
                    "category {category} asks for a photo of the work: name one in `photos`, its bytes may follow later"
                ),
            ),
            Refusal::NoPhotos => {
                (ProblemCode::MissingField, localized!("至少登记一张照片", "name at least one photo"))
            }
            Refusal::LaterReport { id } => (
                ProblemCode::CannotMerge,
                localized!(
                    "事件 {id} 上报更晚；请将其并入本案",
                    "{id} was reported later; merge that one into this"
                ),
            ),
            Refusal::UnmergeTooLate { hours } => (
                ProblemCode::UnmergeTooLate,
                localized!("并案已超过 {hours} 小时", "it was merged more than {hours} hours ago"),
            ),
        };
        Self::new(code, detail)
    }
}
