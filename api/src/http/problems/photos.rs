//! Problems with photos and uploads.

use crate::{app::error::PhotoError, http::problems::table::problem_table};

problem_table! { PhotoError;
    PhotoError::PreviewsOnly => (PreviewsOnly,
        "原图仅限经手的受理台、承办单位、审计管理员和拍摄人查看，您可以查看预览图",
        "the photo as it was taken is for desks that have or had the incident, who works on it, auditors, and who took it; ask \
         for ?size=thumb or ?size=large"),
    PhotoError::PreviewComing => (PreviewComing,
        "照片已收到，正在生成预览",
        "the photo is here; its previews are being made"),
    PhotoError::NoPreview(why) => (NoPreview,
        "{zh}；原图已保存",
        "there is no preview ({why}); the photo itself is kept",
        zh = why.zh()).with("reason", why.as_str()),
    PhotoError::Coming => (PhotoComing, "照片已登记，尚未传完", "the photo is named, and on its way"),
    PhotoError::Gone => (UploadGone,
        "上传已过期、取消或未通过校验，请重新开始",
        "the upload waited too long or was refused; begin anew"),
    PhotoError::NotNamed { incident, sha256 } => (PhotoNotNamed,
        "该事件没有您登记的这张照片，请先在上报或补充照片时登记",
        "you named no photo {sha256} of incident {incident}; name it first, in the report or by add-photos"),
    PhotoError::OtherSize { given, named } => (PhotoSize,
        "Upload-Length 为 {given}，登记的照片有 {named} 字节",
        "Upload-Length is {given}; the photo was named with {named} bytes"),
    PhotoError::TooMany { most } => (TooManyUploads,
        "最多同时上传 {most} 张，请先传完已开始的",
        "at most {most} are under way at once; finish those that were begun"),
    PhotoError::WrongOffset { given, received } => (WrongOffset,
        "Upload-Offset 为 {given}，已收到 {received} 字节，请从该处续传",
        "Upload-Offset is {given}; {received} bytes were received: go on behind them")
        .with("received", received),
    PhotoError::TooLong { named } => (UploadTooLong,
        "照片只有 {named} 字节",
        "the photo has {named} bytes and no more"),
    PhotoError::Superseded => (Superseded,
        "另一请求正在续传，请用 HEAD 查询位置",
        "another request goes on; ask for the offset by HEAD"),
    PhotoError::WrongChecksum => (WrongChecksum,
        "收到的内容与 Upload-Checksum 不符，请重发这一段",
        "the bytes do not match Upload-Checksum; send them again"),
    PhotoError::WrongHash { named, found } => (WrongHash,
        "登记的 SHA-256 为 {named}，收到的为 {found}；请重新上传原照片",
        "SHA-256 {named} was named, {found} came in; send the photo that was named")
        .with("named_sha256", named.to_string())
        .with("found_sha256", found.to_string()),
    PhotoError::NoPicture => (NoPicture,
        "不是 JPEG、PNG、WebP、HEIC 或 AVIF 照片",
        "it is no JPEG, PNG, WebP, HEIC or AVIF"),
}
