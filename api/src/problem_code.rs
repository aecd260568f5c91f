//! The table of all problem codes: the HTTP status, advice for the client, and the title in both languages.

/// What a client should do about a problem.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RetryAdvice {
    /// Send the same request again, after the time in `Retry-After` if there is one.
    Retry,
    /// Correct the request first.
    Fix,
    /// Do not send the request again.
    Never,
}

impl RetryAdvice {
    /// The name of the advice in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Fix => "fix",
            Self::Never => "never",
        }
    }
}

/// Declares the table of codes: variant, code name, status, advice, and titles in Chinese and English.
macro_rules! problem_codes {
    ($($variant:ident $name:literal $status:literal $retry:ident $zh:literal $en:literal;)+) => {
        /// The code of a problem. Its name does not change between versions.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum ProblemCode {
            $(#[doc = $en] $variant,)+
        }

        impl ProblemCode {
            /// All codes.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name of the code in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The HTTP status.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ }
            }

            /// The advice for the client.
            #[must_use]
            pub const fn retry(self) -> RetryAdvice {
                match self { $(Self::$variant => RetryAdvice::$retry,)+ }
            }

            /// The title: the same for every problem with this code.
            #[must_use]
            pub const fn title(self) -> (&'static str, &'static str) {
                match self { $(Self::$variant => ($zh, $en),)+ }
            }
        }
    };
}

problem_codes! {
    // The request itself
    MalformedJson "malformed_json" 400 Fix "请求体不是有效的 JSON" "The body is not valid JSON";
    InvalidBody "invalid_body" 422 Fix "请求体内容有误" "The body has wrong fields";
    InvalidQuery "invalid_query" 400 Fix "查询参数有误" "A query parameter is wrong";
    InvalidPath "invalid_path" 400 Fix "路径参数有误" "A part of the path is wrong";
    UnsupportedMediaType "unsupported_media_type" 415 Fix "请求体须为 JSON" "The body must be JSON";
    BodyTooLarge "body_too_large" 413 Fix "请求体过大" "The body is too large";
    NotFound "not_found" 404 Never "没有这个资源" "There is no such thing";
    MethodNotAllowed "method_not_allowed" 405 Fix "不支持该方法" "The method is not allowed here";
    MissingField "missing_field" 422 Fix "缺少字段" "A field is missing";
    UnknownField "unknown_field" 422 Fix "有未知字段" "A field is unknown";
    WrongType "wrong_type" 422 Fix "字段类型或取值有误" "A field has the wrong type or value";
    TextEmpty "text_empty" 422 Fix "文字为空" "The text is empty";
    TextTooShort "text_too_short" 422 Fix "文字过短" "The text is too short";
    TextTooLong "text_too_long" 422 Fix "文字过长" "The text is too long";
    ControlCharacter "control_character" 422 Fix "文字含控制字符" "The text holds a control character";
    DatumMissing "datum_missing" 422 Fix "缺少坐标系" "The datum is missing";
    PositionNotFinite "position_not_finite" 422 Fix "坐标不是数字" "The position is not a number";
    PositionZero "position_zero" 422 Fix "坐标为 (0, 0)" "The position is (0, 0)";
    PositionSwapped "position_swapped" 422 Fix "经纬度颠倒" "Longitude and latitude are swapped";
    PositionOutsideChina "position_outside_china" 422 Fix "坐标不在中国境内" "The position is not in China";
    AccuracyNegative "accuracy_negative" 422 Fix "定位误差为负" "The accuracy is negative";
    AccuracyAbsurd "accuracy_absurd" 422 Fix "定位误差不合理" "The accuracy is absurd";
    InvalidCursor "invalid_cursor" 400 Fix "翻页游标无效" "The cursor is not valid";
    // The caller
    Unauthenticated "unauthenticated" 401 Fix "请先登录" "Sign in first";
    TokenExpired "token_expired" 401 Fix "登录令牌已过期" "The access token has expired";
    TokenInvalid "token_invalid" 401 Fix "登录令牌无效" "The access token is not valid";
    SessionEnded "session_ended" 401 Fix "登录已失效" "The session has ended";
    InvalidCredentials "invalid_credentials" 401 Fix "用户名或密码不正确" "User name or password is wrong";
    TooManyAttempts "too_many_attempts" 429 Retry "失败次数过多" "There were too many failed attempts";
    InvalidDevice "invalid_device" 422 Fix "设备编号无效" "The device id is not valid";
    RefreshTokenInvalid "refresh_token_invalid" 401 Fix "刷新令牌无效" "The refresh token is not valid";
    RefreshTokenReused "refresh_token_reused" 401 Fix "刷新令牌被重复使用" "The refresh token was used twice";
    PasswordChangeRequired "password_change_required" 403 Fix "请先修改密码" "Change your password first";
    Forbidden "forbidden" 403 Never "无权进行此操作" "You may not do this";
    // Accounts
    WeakPassword "weak_password" 422 Fix "密码不符合要求" "The password is too weak";
    WrongPassword "wrong_password" 403 Fix "原密码不正确" "The current password is wrong";
    UsernameTaken "username_taken" 409 Fix "用户名已被使用" "The user name is taken";
    LastAdministrator "last_administrator" 409 Never "不能停用最后一名同类管理员" "The last administrator of a kind cannot go";
    InvalidUsername "invalid_username" 422 Fix "用户名无效" "The user name is not valid";
    InvalidDisplayName "invalid_display_name" 422 Fix "姓名无效" "The display name is not valid";
    RoleDoesNotFit "role_does_not_fit" 422 Fix "角色与机构不符" "The role does not fit the organisation";
    InvalidGrids "invalid_grids" 422 Fix "网格有误" "The grids do not fit";
    OutsideYourUnit "outside_your_unit" 403 Never "不在您的辖区内" "It is outside your unit";
    NoSuccessor "no_successor" 422 Fix "不能接手" "Nobody who can take it";
    UnknownOrganisation "unknown_organisation" 422 Fix "没有这个机构" "There is no such organisation";
    // Reports
    UnknownCategory "unknown_category" 422 Fix "没有这个类别" "There is no such category";
    PlaceUnknown "place_unknown" 422 Fix "无法确定事发地" "The place cannot be told";
    NotOnSpot "not_on_spot" 422 Fix "不能现场自办" "It cannot be settled on the spot";
    ReportConflict "report_conflict" 409 Never "该编号已用于另一份上报" "The id was used for another report";
    IdTaken "id_taken" 409 Fix "该编号不可用" "The id cannot be used";
    ExternalNoTaken "external_no_taken" 409 Never "该外部编号已登记" "The order was entered before";
    CannotKeep "cannot_keep" 422 Fix "本台不能直接受理" "Your desk cannot keep it";
    WrongSource "wrong_source" 422 Fix "来源有误" "The source does not fit";
    // Commands
    IdempotencyKeyMissing "idempotency_key_missing" 400 Fix "缺少 Idempotency-Key" "The Idempotency-Key is missing";
    IdempotencyKeyInvalid "idempotency_key_invalid" 400 Fix "Idempotency-Key 须为 UUID" "The Idempotency-Key must be a UUID";
    IdempotencyKeyReused "idempotency_key_reused" 409 Fix "Idempotency-Key 已用于另一请求" "The Idempotency-Key was used for another request";
    PreconditionRequired "precondition_required" 428 Fix "缺少 If-Match" "If-Match is missing";
    InvalidIfMatch "invalid_if_match" 400 Fix "If-Match 格式有误" "If-Match is malformed";
    StaleVersion "stale_version" 412 Fix "事件已被他人更新" "The incident has changed";
    NotYours "not_yours" 403 Never "不由您办理" "It is not yours to do";
    WrongState "wrong_state" 409 Never "当前状态不能这样操作" "The state does not allow this";
    TooSevere "too_severe" 409 Never "该等级的事件不能由更低层级办理" "Too severe for a lower level";
    ReturnedTooOften "returned_too_often" 409 Never "退回次数已达上限" "It was returned too often";
    ReturnTooLate "return_too_late" 409 Never "已超过退回期限" "It is too late to return it";
    ReturnFirst "return_first" 409 Fix "请先退回" "Return it first";
    NothingDisputed "nothing_disputed" 409 Never "没有待裁定的争议" "Nothing is disputed";
    UnknownReason "unknown_reason" 422 Fix "没有这个理由" "There is no such reason";
    TooOften "too_often" 409 Never "次数已达上限" "It was done too often";
    TooEarly "too_early" 409 Retry "尚未到时间" "It is too early";
    DecidedAlready "decided_already" 409 Never "已有决定或答复" "It is decided or answered already";
    OutOfRange "out_of_range" 422 Fix "数值超出范围" "The number is out of range";
    OutsideDuty "outside_duty" 409 Fix "不在履职清单内" "It is not on the duty list";
    CannotAssist "cannot_assist" 422 Fix "不能协办" "It cannot assist";
    WrongDesk "wrong_desk" 422 Fix "受理台不符" "It is not the right desk";
    SameOrganisation "same_organisation" 422 Fix "主办单位没有变化" "It leads the work already";
    RequestOpen "request_open" 409 Never "有待批准的申请" "A request waits for a decision";
    NothingAsked "nothing_asked" 409 Never "没有待批准的申请" "Nothing waits for a decision";
    SecondPerson "second_person" 403 Never "须由第二人决定" "A second person has to decide";
    OverdueAlready "overdue_already" 409 Never "已超过时限" "The limit has passed";
    Supervised "supervised" 409 Never "督办状态不符" "The supervision does not allow this";
    CheckOpen "check_open" 409 Never "现场核查未反馈" "A check is not answered yet";
    RestrictedCheck "restricted_check" 409 Never "受限或回避村级的事件不派员核查" "The incident is not shown to grid workers";
    WrongWorker "wrong_worker" 422 Fix "不是该网格的网格员" "It is no grid worker of the grid";
    NothingCorrected "nothing_corrected" 422 Fix "没有更正内容" "Nothing is corrected";
    CannotMerge "cannot_merge" 422 Fix "不能并案" "They cannot be merged";
    StandsForOthers "stands_for_others" 409 Never "另有并入的上报" "Other reports wait for it";
    UnmergeTooLate "unmerge_too_late" 409 Never "已超过撤销并案期限" "It is too late to unmerge";
    OwnWork "own_work" 403 Never "不能核查、回访自己办理的事件" "You cannot verify your own work";
    NoSuperior "no_superior" 409 Never "没有上级受理台" "There is no desk above";
    ReopenTooLate "reopen_too_late" 409 Never "结案已超过规定期限" "It is too late to reopen";
    ForeignOrganisation "foreign_organisation" 422 Fix "承办单位不属于该辖区" "A desk dispatches within its own unit";
    // Linkages
    NotMediable "not_mediable" 409 Never "该类别不适用调解" "Such matters are not mediated";
    NoAgreement "no_agreement" 422 Fix "没有已达成协议的调解" "There is no mediation agreement";
    UnknownLinkage "unknown_linkage" 422 Fix "没有这项联动" "There is no such linkage";
    NothingLinked "nothing_linked" 409 Never "没有进行中的联动" "The incident has no open linkage";
    // Photos
    PhotoSize "photo_size" 422 Fix "照片大小不符合要求" "The photo has no size we take";
    PhotosOff "photos_off" 422 Fix "该类别不收照片" "The category takes no photos";
    TooManyPhotos "too_many_photos" 422 Fix "照片过多" "There are too many photos";
    AfterPhotoMissing "after_photo_missing" 422 Fix "缺少处置后照片" "A photo of the work is missing";
    PhotoNamedTwice "photo_named_twice" 422 Fix "照片已登记" "The photo is named already";
    PreviewsOnly "previews_only" 403 Fix "只能查看预览" "You may see previews only";
    PreviewComing "preview_coming" 404 Retry "预览尚未生成" "The preview is not made yet";
    NoPreview "no_preview" 404 Never "照片没有预览" "The photo has no preview";
    PhotoComing "photo_coming" 404 Retry "照片尚未传完" "The photo has not arrived";
    NoSuchRange "no_such_range" 416 Fix "没有这段内容" "There are no such bytes";
    PhotoNotNamed "photo_not_named" 404 Fix "没有登记这张照片" "No such photo was named";
    TusVersion "tus_version" 412 Fix "tus 版本不符" "The version of tus is not understood";
    UploadHeader "upload_header" 400 Fix "上传请求头有误" "A header of the upload is wrong";
    UploadGone "upload_gone" 410 Never "上传已失效" "The upload is over";
    TooManyUploads "too_many_uploads" 423 Retry "正在上传的照片过多" "Too many uploads are under way";
    WrongOffset "wrong_offset" 409 Fix "上传位置不符" "Other bytes are to follow";
    UploadTooLong "upload_too_long" 413 Never "超出照片大小" "There are more bytes than the photo has";
    Superseded "superseded" 423 Retry "已由新的请求续传" "A newer request goes on";
    // The protocol tus defines the status 460.
    WrongChecksum "wrong_checksum" 460 Retry "校验和不符" "The checksum does not match";
    WrongHash "wrong_hash" 422 Fix "内容与登记的照片不符" "The bytes are not the photo that was named";
    NoPicture "no_picture" 422 Fix "不是照片" "It is no picture";
    // Rules
    InvalidRules "invalid_rules" 422 Fix "规则有误" "The rules are wrong";
    StaleRules "stale_rules" 412 Fix "规则已被他人更新" "The rules have changed";
    RulesChanged "rules_changed" 409 Fix "规则已在中途更改" "The rules changed in between";
    // The server
    Busy "busy" 503 Retry "系统繁忙" "The server is busy";
    Unavailable "unavailable" 503 Retry "暂时无法保存" "It cannot be saved just now";
    Internal "internal" 500 Retry "系统内部错误" "Something went wrong inside";
    DemoIsLocal "demo_is_local" 403 Never "演示仅限本机访问" "The demo serves this machine only";
}
