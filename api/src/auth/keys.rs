//! Signing keys: Ed25519 private keys, one PKCS#8 PEM file each, in a folder that all nodes share.
//!
//! The file name without `.pem` is the id of the key (`kid`). Generated ids sort by time. The key with the last id signs
//! tokens; all keys verify them. A node reads the folder when it starts. To rotate keys, add a key, restart the nodes one
//! by one, and remove the old key when its tokens have expired.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use grassroots_domain::time::Instant;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::json;
use zeroize::Zeroizing;

use super::new_id;

/// Most keys in a folder.
const MAX_KEYS: usize = 32;
/// Largest key file, in bytes.
const MAX_FILE_BYTES: u64 = 4_096;
/// Longest key id, in characters.
const MAX_ID_CHARS: usize = 64;
/// A node locks this file while it makes the first key. The lock is released when the process ends.
const LOCK_FILE: &str = ".lock";
/// The lines before and after a PKCS#8 key in a PEM file.
const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// Why the signing keys could not be read or made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A file operation failed.
    #[error("{path}: {error}")]
    Io { path: PathBuf, error: io::Error },
    /// A `.pem` file does not hold an Ed25519 private key.
    #[error(
        "{path}: {reason}; an Ed25519 private key in PKCS#8 PEM is needed (openssl genpkey -algorithm ed25519)"
    )]
    NotAKey {
        path: PathBuf,
        /// What is wrong with the file.
        reason: &'static str,
    },
    /// The file name is not a valid key id.
    #[error(
        "{0}: the name of a key has at most {MAX_ID_CHARS} letters, digits, hyphens, underscores and dots"
    )]
    BadName(PathBuf),
    /// The folder holds too many keys.
    #[error("{0} holds more than {MAX_KEYS} keys; remove those whose tokens have expired")]
    TooMany(PathBuf),
    /// Key generation failed.
    #[error("a signing key could not be made")]
    Generate,
}

/// The keys of a folder. There is at least one.
pub struct SigningKeys {
    keys: BTreeMap<String, SigningKey>,
    newest: (String, EncodingKey),
}

struct SigningKey {
    private: EncodingKey,
    public: DecodingKey,
    /// The public key, base64url.
    x: String,
}

impl SigningKeys {
    /// Reads the keys in `folder`. Makes the folder and the first key if they do not exist. Nodes that start at the same
    /// time use the same first key.
    pub fn open(folder: &Path, now: Instant) -> Result<Self, KeyError> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(at(folder))?;
        if let Some(keys) = Self::read(folder)? {
            return Ok(keys);
        }
        let path = folder.join(LOCK_FILE);
        let lock = options().create(true).truncate(false).open(&path).map_err(at(&path))?;
        lock.lock().map_err(at(&path))?;
        // Another node may have made the key while this one waited for the lock.
        match Self::read(folder)? {
            Some(keys) => Ok(keys),
            None => {
                create(folder, now)?;
                Self::read(folder)?.ok_or(KeyError::Generate)
            }
        }
    }

    fn read(folder: &Path) -> Result<Option<Self>, KeyError> {
        let mut keys = BTreeMap::new();
        for entry in fs::read_dir(folder).map_err(at(folder))? {
            let path = entry.map_err(at(folder))?.path();
            if path.extension().is_some_and(|extension| extension == "pem") {
                let (id, key) = read_key(&path)?;
                keys.insert(id, key);
            }
            if keys.len() > MAX_KEYS {
                return Err(KeyError::TooMany(folder.to_owned()));
            }
        }
        let newest =
            keys.last_key_value().map(|(id, key): (&String, &SigningKey)| (id.clone(), key.private.clone()));
        Ok(newest.map(|newest| Self { keys, newest }))
    }

    /// Returns the signing key and its id.
    pub(crate) fn signing(&self) -> (&str, &EncodingKey) {
        (&self.newest.0, &self.newest.1)
    }

    /// Returns the public key with this id.
    pub(crate) fn verifying(&self, id: &str) -> Option<&DecodingKey> {
        self.keys.get(id).map(|key| &key.public)
    }

    /// Returns the public keys as a JSON Web Key Set (RFC 7517, RFC 8037).
    #[must_use]
    pub fn jwks(&self) -> serde_json::Value {
        let keys = self.keys.iter().map(|(id, key)| {
            json!({ "kty": "OKP", "crv": "Ed25519", "x": key.x, "kid": id, "use": "sig", "alg": "EdDSA" })
        });
        json!({ "keys": keys.collect::<Vec<_>>() })
    }
}

/// Adds a key to `folder` and returns its id. A node uses the key after its next start.
pub fn create(folder: &Path, now: Instant) -> Result<String, KeyError> {
    let pair = Ed25519KeyPair::generate().map_err(|_| KeyError::Generate)?;
    // OpenSSL reads PKCS#8 version 1 only. Its base64 fits in one line of PEM.
    let pkcs8 = pair.to_pkcs8v1().map_err(|_| KeyError::Generate)?;
    let body = Zeroizing::new(STANDARD.encode(pkcs8.as_ref()));
    let pem = Zeroizing::new(format!("{BEGIN}\n{}\n{END}\n", *body));

    let id = new_id(now).to_string();
    let path = folder.join(format!("{id}.pem"));
    let draft = folder.join(format!(".{id}.tmp"));
    write_synced(&draft, pem.as_bytes()).map_err(at(&draft))?;
    // Other nodes see the complete file or none, and a link never replaces an existing file.
    let linked = fs::hard_link(&draft, &path).map_err(at(&path));
    fs::remove_file(&draft).map_err(at(&draft))?;
    linked?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))?;
    Ok(id)
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = options().create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Options for new files that only their owner can read.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

fn read_key(path: &Path) -> Result<(String, SigningKey), KeyError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let id = path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .filter(|id| id.len() <= MAX_ID_CHARS && id.bytes().all(allowed))
        .ok_or_else(|| KeyError::BadName(path.to_owned()))?;
    let not_a_key = |reason| KeyError::NotAKey { path: path.to_owned(), reason };
    if fs::metadata(path).map_err(at(path))?.len() > MAX_FILE_BYTES {
        return Err(not_a_key("the file is too large"));
    }
    let pem = Zeroizing::new(fs::read(path).map_err(at(path))?);
    let pkcs8 = pkcs8(&pem).ok_or_else(|| not_a_key("this is not one"))?;
    let pair = Ed25519KeyPair::from_pkcs8(&pkcs8).map_err(|_| not_a_key("the key is damaged"))?;
    let private = EncodingKey::from_ed_der(&pkcs8);
    let public = pair.public_key().as_ref();
    Ok((
        id.to_owned(),
        SigningKey { public: DecodingKey::from_ed_der(public), x: URL_SAFE_NO_PAD.encode(public), private },
    ))
}

/// Decodes the key in a PEM file. The file may have other text before and after the key.
fn pkcs8(pem: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (_, key) = str::from_utf8(pem).ok()?.split_once(BEGIN)?;
    let (body, _) = key.split_once(END)?;
    // The string has its full size from the start. A string that grows would leave copies of the key in memory.
    let mut base64 = Zeroizing::new(String::with_capacity(body.len()));
    base64.extend(body.split_ascii_whitespace());
    STANDARD.decode(base64.as_str()).ok().map(Zeroizing::new)
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> KeyError + use<'_> {
    move |error| KeyError::Io { path: path.to_owned(), error }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use chrono::TimeDelta;

    use super::*;

    fn now() -> Instant {
        Instant::UNIX_EPOCH + TimeDelta::days(20_000)
    }

    fn pem_files(folder: &Path) -> Vec<PathBuf> {
        let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "pem")).collect()
    }

    #[test]
    fn an_empty_folder_gets_one_key_that_only_its_owner_reads() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("keys");
        let keys = SigningKeys::open(&folder, now()).unwrap();
        let files = pem_files(&folder);
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].file_stem().unwrap().to_str(), Some(keys.signing().0));
        assert_eq!(fs::metadata(&files[0]).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2, "the key and the lock, no drafts");
        let again = SigningKeys::open(&folder, now()).unwrap();
        assert_eq!(again.jwks(), keys.jwks());
    }

    #[test]
    fn nodes_that_start_at_once_agree() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let ids: Vec<String> = std::thread::scope(|scope| {
                let nodes: Vec<_> = (0..8)
                    .map(|_| {
                        scope
                            .spawn(|| SigningKeys::open(folder.path(), now()).unwrap().signing().0.to_owned())
                    })
                    .collect();
                nodes.into_iter().map(|node| node.join().unwrap()).collect()
            });
            assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
            assert_eq!(pem_files(folder.path()).len(), 1);
        }
    }

    #[test]
    fn the_newest_signs_and_all_verify() {
        let folder = tempfile::tempdir().unwrap();
        let first = create(folder.path(), now()).unwrap();
        let second = create(folder.path(), now() + TimeDelta::seconds(1)).unwrap();
        let keys = SigningKeys::open(folder.path(), now()).unwrap();
        assert_eq!(keys.signing().0, second);
        assert!(keys.verifying(&first).is_some() && keys.verifying("other").is_none());
        let jwks = keys.jwks();
        assert_eq!(jwks["keys"].as_array().unwrap().len(), 2);
        let key = &jwks["keys"][0];
        assert_eq!(
            (&key["kty"], &key["crv"], &key["alg"]),
            (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA"))
        );
        assert_eq!((&key["use"], &key["kid"]), (&json!("sig"), &json!(first)));
        assert_eq!(URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap().len(), 32);
        assert!(key.get("d").is_none());
    }

    #[test]
    fn a_key_of_openssl_is_read_however_its_lines_end() {
        // The example key of RFC 8410, in the format of openssl genpkey.
        let pem = "-----BEGIN PRIVATE KEY-----\n\
            MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
        let text = "Bag Attributes\n    friendlyName: grassroots\n";
        let (line, lines) = ("BCIEIN", "BCIE\nIN");
        for pem in
            [pem.to_owned(), pem.replace('\n', "\r\n"), format!("{text}{pem}"), pem.replace(line, lines)]
        {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("a.pem"), &pem).unwrap();
            let keys = SigningKeys::open(folder.path(), now()).unwrap();
            assert_eq!(keys.jwks()["keys"][0]["x"], "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE", "{pem}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused_by_name() {
        let public = "-----BEGIN PUBLIC KEY-----\n\
            MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";
        let long = "x".repeat(5_000);
        let cut = format!("{BEGIN}\nMC4CAQAwBQYDK2VwBCIEIA\n");
        let damaged = format!("{BEGIN}\nMC4CAQAwBQYDK2VwBCIEIA==\n{END}\n");
        for content in ["", "garbage", public, &long, &cut, &damaged] {
            let folder = tempfile::tempdir().unwrap();
            create(folder.path(), now()).unwrap();
            fs::write(folder.path().join("broken.pem"), content).unwrap();
            fs::write(folder.path().join("notes.txt"), content).unwrap();
            let refused = SigningKeys::open(folder.path(), now()).err().unwrap();
            assert!(matches!(refused, KeyError::NotAKey { .. }), "{refused}");
            assert!(refused.to_string().contains("broken.pem"), "{refused}");
        }
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("my key.pem"), "").unwrap();
        assert!(matches!(SigningKeys::open(folder.path(), now()), Err(KeyError::BadName(_))));
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("folder.pem")).unwrap();
        assert!(matches!(SigningKeys::open(folder.path(), now()), Err(KeyError::Io { .. })));
    }
}
