//! Warnings: what was taken all the same, and deserves a second look.

use crate::code::codes;

codes! {
    /// A remark of the system on something it accepted.
    Warning "warning" {
        /// The category asks for a photo and there is none.
        PhotoMissing "photo_missing" "该类别需要照片",
        /// The position lies in no grid; the reporter's ground stands in.
        LocationOutsideGrid "location_outside_grid" "定位不在任何网格内，已按上报人网格登记",
        /// There is no position; the reporter's ground stands in.
        LocationMissing "location_missing" "没有定位，已按上报人网格登记",
        /// The border is nearer than the position is accurate.
        NearBorder "near_border" "定位靠近网格边界，请核对所属网格",
        /// The position is less accurate than 2,000 m.
        LocationInaccurate "location_inaccurate" "定位误差超过2000米",
        /// Identity, card or phone numbers were masked (写事不写人).
        TextMasked "text_masked" "文字中的证件号、银行卡号或电话号码已遮盖（写事不写人）",
        /// The category is not on the duty list of the organisation it was sent to.
        OutsideDuty "outside_duty" "派遣单位的履职清单不含该类别",
        /// It is not settled, and too late to reopen.
        TooLateToReopen "too_late_to_reopen" "未化解，但已超过重新办理期限",
        /// Deadlines get later: a second person has to agree.
        NeedsSecondPerson "needs_second_person" "需由第二人批准后生效",
        /// What is attached to it, such as mediation, has not ended.
        LinkageOpen "linkage_open" "尚有未办结的联动事项",
        /// The severity given is below that of the category, which holds.
        SeverityKept "severity_kept" "所选等级低于该类别的等级，按类别等级办理",
        /// The phone's clock is ahead of the server's; the server's time counts.
        DeviceClockAhead "device_clock_ahead" "手机时间快于服务器时间，以服务器时间为准",
    }
}
