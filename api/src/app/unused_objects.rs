//! Deletes objects that are no longer used.

use grassroots_persistence::photo::{
    objects::{ObjectKind, ObjectName, Objects},
    uploads::UploadPart,
};

/// The names of the objects that hold `parts`.
pub(super) fn names(parts: &[UploadPart]) -> Vec<ObjectName> {
    parts.iter().map(|part| ObjectName::of(ObjectKind::UploadPart, part.object)).collect()
}

/// Deletes unused objects. If a deletion fails, the cleanup job repeats it later.
pub(super) async fn delete(objects: &Objects, names: Vec<ObjectName>) {
    for name in names {
        if let Err(error) = objects.delete(&name).await {
            tracing::warn!(error = %error, "unused bytes cannot be deleted now; they are swept later");
        }
    }
}
