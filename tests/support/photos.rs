//! Photos to send, and the objects that the server stores.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use aws_lc_rs::digest::{SHA256, digest as digest_of};
use grassroots_domain::incident::photo::MediaType;
use serde_json::{Value, json};

use super::TestApp;

/// `size` bytes that begin like a JPEG. They differ for each `seed`.
pub fn jpeg(seed: u64, size: usize) -> Vec<u8> {
    let mut state = seed;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    });
    [0xff, 0xd8, 0xff, 0xe0].into_iter().chain(noise).take(size).collect()
}

/// A photo from the tests of the crate `pictures`: `derived/…`, `mit/…`.
pub fn photo(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pictures/tests/photos");
    fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The names of all photos from the tests of the crate `pictures`.
pub fn names() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pictures/tests/photos");
    let names_in = |part: &str| {
        let files = fs::read_dir(folder.join(part)).expect("photos");
        let name =
            |file: io::Result<fs::DirEntry>| file.expect("a file").file_name().into_string().expect("a name");
        files.map(|file| format!("{part}/{}", name(file))).collect::<Vec<_>>()
    };
    let mut names = [names_in("derived"), names_in("mit")].concat();
    names.sort();
    names
}

/// SHA-256 in hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    digest_of(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The announcement of a photo in a report.
pub fn named(photo: &[u8]) -> Value {
    let media_type = MediaType::of_bytes(photo).unwrap_or(MediaType::Jpeg);
    json!({ "sha256": digest(photo), "size_bytes": photo.len(), "media_type": media_type.as_str() })
}

/// The announcement of a photo that shows a phase of the work.
pub fn of(photo: &[u8], phase: &str) -> Value {
    let mut named = named(photo);
    named["phase"] = json!(phase);
    named
}

impl TestApp {
    /// The number of stored objects of a kind: `uploads`, `photos`, `previews`.
    pub fn count_objects(&self, kind: &str) -> usize {
        count(&self.installation().join(kind))
    }

    /// Stores an object, modified now, that no row of the database refers to.
    pub fn add_orphan_object(&self, kind: &str, name: &str) {
        let folder = self.installation().join(kind).join(&name[34..36]);
        fs::create_dir_all(&folder).expect("a folder");
        let file = fs::File::create(folder.join(name)).expect("a file");
        file.set_modified(self.now().into()).expect("the time is set");
    }
}

/// Photos whose bytes are moved away.
pub struct HiddenPhotos {
    from: PathBuf,
    to: PathBuf,
}

impl HiddenPhotos {
    pub fn restore(self) {
        for folder in fs::read_dir(&self.to).expect("the hidden photos") {
            let folder = folder.expect("a folder");
            let home = self.from.join(folder.file_name());
            fs::create_dir_all(&home).expect("a folder");
            for file in fs::read_dir(folder.path()).expect("files") {
                let file = file.expect("a file");
                fs::rename(file.path(), home.join(file.file_name())).expect("the file is moved back");
            }
        }
    }
}

impl TestApp {
    /// Moves the bytes of all stored photos away.
    pub fn hide_photos(&self) -> HiddenPhotos {
        let from = self.installation().join("photos");
        let to = self.installation().join("hidden");
        fs::rename(&from, &to).expect("the photos are moved away");
        HiddenPhotos { from, to }
    }

    /// The folder of the only installation.
    fn installation(&self) -> PathBuf {
        let mut installations = fs::read_dir(self.photos()).expect("there are photos");
        installations.next().expect("an installation").expect("an entry").path()
    }
}

fn count(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
}
