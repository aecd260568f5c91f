//! Photos to be sent, and what the server keeps of them.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use aws_lc_rs::digest::{SHA256, digest as digest_of};
use grassroots_domain::incident::photo::MediaType;
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

/// A photo of the tests of `pictures`: `derived/…`, `mit/…`.
pub fn photo(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pictures/tests/photos");
    fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The names of all of them.
pub fn names() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pictures/tests/photos");
    let of = |part: &str| {
        let files = fs::read_dir(folder.join(part)).expect("photos");
        let name =
            |file: io::Result<fs::DirEntry>| file.expect("a file").file_name().into_string().expect("a name");
        files.map(|file| format!("{part}/{}", name(file))).collect::<Vec<_>>()
    };
    let mut names = [of("derived"), of("mit")].concat();
    names.sort();
    names
}

/// SHA-256 in hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    digest_of(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A photo as a report names it.
pub fn named(photo: &[u8]) -> Value {
    let media_type = MediaType::of_bytes(photo).unwrap_or(MediaType::Jpeg);
    json!({ "sha256": digest(photo), "size_bytes": photo.len(), "media_type": media_type.as_str() })
}

/// A photo as it is named for a phase of the work.
pub fn of(photo: &[u8], phase: &str) -> Value {
    let mut named = named(photo);
    named["phase"] = json!(phase);
    named
}

impl TestApp {
    /// How many objects of a kind are kept: `uploads`, `photos`, `previews`.
    pub fn objects(&self, kind: &str) -> usize {
        count(&self.installation().join(kind))
    }

    /// Leaves an object that no row names, as of now.
    pub fn leave_object(&self, kind: &str, name: &str) {
        let folder = self.installation().join(kind).join(&name[34..36]);
        fs::create_dir_all(&folder).expect("a folder");
        let file = fs::File::create(folder.join(name)).expect("a file");
        file.set_modified(self.now().into()).expect("it was left just now");
    }
}

/// Photos whose bytes are lost for now.
pub struct Lost {
    from: PathBuf,
    to: PathBuf,
}

impl Lost {
    pub fn bring_back(self) {
        for folder in fs::read_dir(&self.to).expect("they are somewhere") {
            let folder = folder.expect("a folder");
            let home = self.from.join(folder.file_name());
            fs::create_dir_all(&home).expect("a folder");
            for file in fs::read_dir(folder.path()).expect("files") {
                let file = file.expect("a file");
                fs::rename(file.path(), home.join(file.file_name())).expect("it is back");
            }
        }
    }
}

impl TestApp {
    /// Loses the bytes of all photos that are kept.
    pub fn lose_photos(&self) -> Lost {
        let from = self.installation().join("photos");
        let to = self.installation().join("lost");
        fs::rename(&from, &to).expect("they are gone");
        Lost { from, to }
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
