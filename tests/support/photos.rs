//! Photos to be sent, and what the server keeps of them.

use std::{fs, path::Path};

use aws_lc_rs::digest::{SHA256, digest as digest_of};
use serde_json::{Value, json};

use super::TestApp;

/// `size` bytes that begin like a JPEG, others for each `seed`.
pub fn jpeg(seed: u64, size: usize) -> Vec<u8> {
    let mut state = seed;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    });
    [0xff, 0xd8, 0xff, 0xe0].into_iter().chain(noise).take(size).collect()
}

/// SHA-256 in hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    digest_of(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A photo as a report names it.
pub fn named(photo: &[u8]) -> Value {
    json!({ "sha256": digest(photo), "size_bytes": photo.len(), "media_type": "image/jpeg" })
}

impl TestApp {
    /// How many objects are kept in a folder and below it.
    pub fn objects(&self, folder: &str) -> usize {
        count(&self.photos().join(folder))
    }

    /// Leaves an object that no row names, as of now.
    pub fn leave_object(&self, folder: &str, name: &str) {
        let folder = self.photos().join(folder);
        fs::create_dir_all(&folder).expect("a folder");
        let file = fs::File::create(folder.join(name)).expect("a file");
        file.set_modified(self.now().into()).expect("it was left just now");
    }
}

fn count(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
}
