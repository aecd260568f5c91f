//! Warnings: the input was accepted, but somebody should check it.

use crate::code::codes;

codes! {
    /// A note of the system about input that it accepted.
    Warning "warning" {
        /// The category requires a photo, and the report has none.
        PhotoMissing "photo_missing" "该类别需要照片",
        /// The position lies in no grid. The reporter's own grid or unit is used instead.
        LocationOutsideGrid "location_outside_grid" "定位不在任何网格内，已按上报人所在网格或单位登记",
        /// There is no position. The reporter's own grid or unit is used instead.
        LocationMissing "location_missing" "没有定位，已按上报人所在网格或单位登记",
        /// The distance to a grid border is smaller than the accuracy radius of the position.
        NearBorder "near_border" "定位靠近网格边界，请核对所属网格",
        /// The accuracy radius of the position is larger than 2,000 m.
        LocationInaccurate "location_inaccurate" "定位误差超过2000米",
        /// Identity, card or phone numbers were masked (写事不写人).
        TextMasked "text_masked" "文字中的证件号、银行卡号或电话号码已遮盖（写事不写人）",
        /// The category is not on the duty list of the organisation it was sent to.
        OutsideDuty "outside_duty" "该类别不在承办单位的履职清单内",
        /// The matter is not settled, but the time to reopen the incident has passed.
        TooLateToReopen "too_late_to_reopen" "未化解，但已超过重新办理期限",
        /// The correction would make a deadline later. A second person has to approve it.
        NeedsSecondPerson "needs_second_person" "需由第二人批准后生效",
        /// A linkage of the incident, such as mediation, has not ended.
        LinkageOpen "linkage_open" "尚有未办结的联动事项",
        /// The given severity is lower than that of the category. The severity of the category is used.
        SeverityKept "severity_kept" "所选等级低于该类别的等级，按类别等级办理",
        /// The phone's clock is ahead of the server's clock. The server's time is used.
        DeviceClockAhead "device_clock_ahead" "手机时间快于服务器时间，以服务器时间为准",
    }
}
