//! Objects that nothing refers to any more.

use grassroots_persistence::photo::{
    objects::{ObjectKind, ObjectName, Objects},
    uploads::UploadPart,
};

/// The objects that hold `parts`.
pub(super) fn names(parts: &[UploadPart]) -> Vec<ObjectName> {
    parts.iter().map(|part| ObjectName::of(ObjectKind::UploadPart, part.object)).collect()
}

/// Deletes objects that nothing refers to any more. Those that cannot be deleted now are swept later.
pub(super) async fn delete(objects: &Objects, names: Vec<ObjectName>) {
    for name in names {
        if let Err(error) = objects.delete(&name).await {
            tracing::warn!(error = %error, "unused bytes cannot be deleted now; they are swept later");
        }
    }
}
