//! Objects: the bytes of photos, in a folder or in an S3-compatible store. The names are random and never used twice.

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

/// How often and for how long a request to the S3-compatible store is repeated.
const RETRIES: usize = 4;
const RETRY_FOR: std::time::Duration = std::time::Duration::from_secs(20);

/// What an object holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ObjectKind {
    UploadPart,
    /// A photo in its original bytes.
    Photo,
    Preview,
}

impl ObjectKind {
    pub const ALL: [Self; 3] = [Self::UploadPart, Self::Photo, Self::Preview];

    const fn folder(self) -> &'static str {
        match self {
            Self::UploadPart => "uploads",
            Self::Photo => "photos",
            Self::Preview => "previews",
        }
    }
}

/// How to reach an S3-compatible store. `None` means that the environment variable is used, or the default of the library.
#[derive(Clone, Default)]
pub struct S3Settings {
    /// URL of the store. The default is Amazon.
    pub endpoint: Option<String>,
    pub region: Option<String>,
    pub access_key_id: Option<String>,
    pub secret_access_key: Option<String>,
}

/// The place where objects are stored. Cheap to clone.
#[derive(Clone)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    /// `None` for an S3-compatible store.
    folder: Option<PathBuf>,
}

/// An error of the folder or of the S3-compatible store.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct ObjectError(#[from] object_store::Error);

impl ObjectError {
    /// Returns whether the object does not exist.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        matches!(self.0, object_store::Error::NotFound { .. })
    }
}

pub type ObjectResult<T> = Result<T, ObjectError>;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ObjectName(Path);

impl ObjectName {
    /// The objects are spread over 256 folders for each kind.
    #[must_use]
    pub fn of(kind: ObjectKind, object: Uuid) -> Self {
        let name = object.hyphenated().to_string();
        let folder = name.get(name.len() - 2..).unwrap_or_default();
        Self(Path::from_iter([kind.folder(), folder, name.as_str()]))
    }
}

/// An entry of the list of objects.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredObject {
    /// The id of the object, or `None` if the name is not one of this program.
    pub object: Option<Uuid>,
    pub written_at: Instant,
}

impl Objects {
    /// Stores objects in `folder`, which is created if it does not exist. Each write is flushed to disk.
    pub fn in_folder(folder: &FilePath) -> ObjectResult<Self> {
        fs::create_dir_all(folder).map_err(of_folder)?;
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), folder: Some(folder.to_owned()) })
    }

    /// Stores objects in the bucket at `url`, which is `s3://BUCKET` or `s3://BUCKET/FOLDER`. Settings that are `None` are read from
    /// the environment variables `AWS_…`.
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

    /// Adds the id of the installation to the path, so that several installations can share a bucket.
    #[must_use]
    pub fn of_installation(self, id: Uuid) -> Self {
        let name = id.hyphenated().to_string();
        let folder = self.folder.map(|folder| folder.join(&name));
        Self { store: Arc::new(PrefixStore::new(self.store, name)), folder }
    }

    /// Writes an object. After an error it does not exist.
    pub async fn put(&self, name: &ObjectName, bytes: Bytes) -> ObjectResult<()> {
        self.store.put(&name.0, bytes.into()).await?;
        Ok(())
    }

    /// The bytes of an object in the range `from..to`.
    pub async fn read(
        &self,
        name: &ObjectName,
        (from, to): (u64, u64),
    ) -> ObjectResult<impl Stream<Item = ObjectResult<Bytes>> + Unpin + use<>> {
        let options = GetOptions { range: Some(GetRange::Bounded(from..to)), ..GetOptions::default() };
        Ok(self.store.get_opts(&name.0, options).await?.into_stream().map_err(ObjectError::from).boxed())
    }

    /// All bytes of an object.
    pub async fn read_whole(&self, name: &ObjectName) -> ObjectResult<Bytes> {
        Ok(self.store.get(&name.0).await?.bytes().await?)
    }

    /// Returns whether the object exists.
    pub async fn has(&self, name: &ObjectName) -> ObjectResult<bool> {
        match self.store.head(&name.0).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes an object if it exists.
    pub async fn delete(&self, name: &ObjectName) -> ObjectResult<()> {
        match self.store.delete(&name.0).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes temporary files that were last written before `before`. They remain when a server is killed during a write, and the
    /// list of objects does not contain them. Does nothing for an S3-compatible store.
    pub async fn sweep_half_written(&self, before: Instant) -> ObjectResult<()> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        let sweep = move || delete_half_written(&folder, before.into());
        let swept = tokio::task::spawn_blocking(sweep).await;
        Ok(swept.unwrap_or_else(|panicked| Err(io::Error::other(panicked))).map_err(of_folder)?)
    }

    /// All objects of one kind.
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

/// A temporary file has the name of its object, followed by `#` and a number. Other files may disappear meanwhile.
fn delete_half_written(folder: &FilePath, before: SystemTime) -> io::Result<()> {
    let Some(entries) = unless_missing(fs::read_dir(folder))? else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        let Some(metadata) = unless_missing(entry.metadata())? else { continue };
        if metadata.is_dir() {
            delete_half_written(&entry.path(), before)?;
        } else if entry.file_name().to_string_lossy().contains('#') && metadata.modified()? < before {
            unless_missing(fs::remove_file(entry.path()))?;
        }
    }
    Ok(())
}

fn unless_missing<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}
