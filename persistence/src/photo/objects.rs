//! Objects: the bytes of photos, in a folder or in an S3-compatible store. Names are random and never used again.

use std::{
    fs, io,
    path::{Path as FilePath, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use grassroots_domain::time::Instant;
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    local::LocalFileSystem,
    path::Path,
    prefix::PrefixStore,
};
use uuid::Uuid;

/// How often, and for how long, a store over the network is tried before the answer is 503.
const RETRIES: usize = 4;
const RETRY_FOR: std::time::Duration = std::time::Duration::from_secs(20);

/// What an object is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ObjectKind {
    /// A part of an upload.
    UploadPart,
    /// A photo, as it was taken.
    Photo,
    /// A preview of one.
    Preview,
}

impl ObjectKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::UploadPart, Self::Photo, Self::Preview];

    const fn folder(self) -> &'static str {
        match self {
            Self::UploadPart => "uploads",
            Self::Photo => "photos",
            Self::Preview => "previews",
        }
    }
}

/// How an S3-compatible store is reached.
#[derive(Clone, Default)]
pub struct S3Settings {
    /// Its address, unless it is Amazon's.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// Who asks.
    pub access_key_id: Option<String>,
    /// And proves it by this.
    pub secret_access_key: Option<String>,
}

/// Where bytes are kept. Cheap to clone.
#[derive(Clone)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    /// The folder they are in, if it is one.
    folder: Option<PathBuf>,
}

/// Why bytes could not be written or read.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct ObjectError(#[from] object_store::Error);

impl ObjectError {
    /// Whether there is no such object.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        matches!(self.0, object_store::Error::NotFound { .. })
    }
}

/// Result of reading or writing bytes.
pub type ObjectResult<T> = Result<T, ObjectError>;

/// The name of an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ObjectName(Path);

impl ObjectName {
    /// An object of that kind. Some 256 folders keep each of them short.
    #[must_use]
    pub fn of(kind: ObjectKind, object: Uuid) -> Self {
        let name = object.hyphenated().to_string();
        let folder = name.get(name.len() - 2..).unwrap_or_default();
        Self(Path::from_iter([kind.folder(), folder, name.as_str()]))
    }
}

/// An object that is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredObject {
    /// What it is called in the database; nothing if nobody here has written it.
    pub object: Option<Uuid>,
    /// When it was written.
    pub written_at: Instant,
}

impl Objects {
    /// Keeps them in `folder`, which is made when missing. What was written is on disk.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn in_folder(folder: &FilePath) -> ObjectResult<Self> {
        fs::create_dir_all(folder).map_err(of_folder)?;
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), folder: Some(folder.to_owned()) })
    }

    /// Keeps them in the bucket at `url`, `s3://BUCKET` or `s3://BUCKET/FOLDER`. What `settings` leave out is read from the
    /// environment (`AWS_…`).
    ///
    /// # Errors
    /// When the settings do not fit together.
    pub fn in_bucket(url: &str, settings: &S3Settings) -> ObjectResult<Self> {
        let retry = RetryConfig { max_retries: RETRIES, retry_timeout: RETRY_FOR, ..RetryConfig::default() };
        let mut store = AmazonS3Builder::from_env().with_url(url).with_retry(retry);
        let S3Settings { endpoint, region, access_key_id, secret_access_key } = settings;
        if let Some(endpoint) = endpoint {
            store = store.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
        }
        let given = [
            (AmazonS3ConfigKey::Region, region),
            (AmazonS3ConfigKey::AccessKeyId, access_key_id),
            (AmazonS3ConfigKey::SecretAccessKey, secret_access_key),
        ];
        for (key, value) in given {
            if let Some(value) = value {
                store = store.with_config(key, value);
            }
        }
        let store = store.build()?;
        let folder = url.trim_start_matches("s3://").split_once('/').map_or("", |(_, folder)| folder);
        Ok(Self { store: Arc::new(PrefixStore::new(store, folder)), folder: None })
    }

    /// Those of one installation among others in the same place.
    #[must_use]
    pub fn of_installation(self, id: Uuid) -> Self {
        let name = id.hyphenated().to_string();
        let folder = self.folder.map(|folder| folder.join(&name));
        Self { store: Arc::new(PrefixStore::new(self.store, name)), folder }
    }

    /// Writes an object.
    ///
    /// # Errors
    /// When the store fails; nothing is there then.
    pub async fn put(&self, name: &ObjectName, bytes: Bytes) -> ObjectResult<()> {
        self.store.put(&name.0, bytes.into()).await?;
        Ok(())
    }

    /// Bytes `from` up to `to` of an object.
    ///
    /// # Errors
    /// When there is no such object, or the store fails.
    pub async fn read(
        &self,
        name: &ObjectName,
        (from, to): (u64, u64),
    ) -> ObjectResult<impl Stream<Item = ObjectResult<Bytes>> + Unpin + use<>> {
        let options = GetOptions { range: Some(GetRange::Bounded(from..to)), ..GetOptions::default() };
        Ok(self.store.get_opts(&name.0, options).await?.into_stream().map_err(ObjectError::from).boxed())
    }

    /// All bytes of an object.
    ///
    /// # Errors
    /// When there is no such object, or the store fails.
    pub async fn read_whole(&self, name: &ObjectName) -> ObjectResult<Bytes> {
        Ok(self.store.get(&name.0).await?.bytes().await?)
    }

    /// Whether there is such an object.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn has(&self, name: &ObjectName) -> ObjectResult<bool> {
        match self.store.head(&name.0).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes an object, if it is there.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delete(&self, name: &ObjectName) -> ObjectResult<()> {
        match self.store.delete(&name.0).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes files that were being written when a server was killed before `before`. The store neither lists nor names them.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn sweep_half_written(&self, before: Instant) -> ObjectResult<()> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        let sweep = move || delete_half_written(&folder, before.into());
        let swept = tokio::task::spawn_blocking(sweep).await;
        Ok(swept.unwrap_or_else(|panicked| Err(io::Error::other(panicked))).map_err(of_folder)?)
    }

    /// Every object of that kind that is there.
    pub fn list(&self, kind: ObjectKind) -> impl Stream<Item = ObjectResult<StoredObject>> + Unpin + use<'_> {
        let all = self.store.list(Some(&Path::from(kind.folder())));
        all.map_err(ObjectError::from).map_ok(|meta| StoredObject {
            object: meta.location.filename().and_then(|name| name.parse().ok()),
            written_at: meta.last_modified,
        })
    }
}

fn of_folder(source: io::Error) -> object_store::Error {
    object_store::Error::Generic { store: "folder", source: Box::new(source) }
}

/// Such a file is called like the object it was to become, with `#` and a number behind it. Others come and go meanwhile.
fn delete_half_written(folder: &FilePath, before: SystemTime) -> io::Result<()> {
    let Some(entries) = if_there(fs::read_dir(folder))? else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        let Some(about) = if_there(entry.metadata())? else { continue };
        if about.is_dir() {
            delete_half_written(&entry.path(), before)?;
        } else if entry.file_name().to_string_lossy().contains('#') && about.modified()? < before {
            if_there(fs::remove_file(entry.path()))?;
        }
    }
    Ok(())
}

fn if_there<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}
