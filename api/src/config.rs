//! Settings, as flags and environment variables with defaults. The doc comments of fields are the texts of `--help`.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use clap::{Args, ValueEnum};
use grassroots_persistence::{
    database::store::StoreConfig,
    photo::objects::{ObjectError, Objects, S3Settings},
};
use ipnet::IpNet;

use crate::{examiner::Examiner, secret::Secret};

/// The database and the files of an installation.
#[derive(Args, Clone, Debug)]
pub struct DataConfig {
    /// Folder for the SQLite file and the signing keys; created if missing.
    #[arg(long, env = "GRASSROOTS_DATA_DIR", default_value = "grassroots-data", value_name = "DIR")]
    pub data_dir: PathBuf,

    /// Database: sqlite://PATH or a PostgreSQL URL. Default: grassroots.db in the data folder.
    #[arg(long, env = "GRASSROOTS_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// Where photos are kept: a folder, s3://BUCKET or s3://BUCKET/FOLDER. Default: photos in the data folder.
    #[arg(long, env = "GRASSROOTS_PHOTOS", value_name = "FOLDER|URL")]
    pub photos: Option<String>,

    #[command(flatten)]
    pub s3: S3Config,

    /// Number of database connections. On SQLite these only read, and one more writes.
    #[arg(long, env = "GRASSROOTS_DATABASE_CONNECTIONS", default_value_t = 16, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..))]
    pub database_connections: u32,
}

/// Access to an S3-compatible store. The environment variables are those of Amazon's tools; their other variables work
/// too.
#[derive(Args, Clone, Default, Debug)]
pub struct S3Config {
    /// Address of the S3-compatible store, such as http://minio:9000. Default: Amazon S3.
    #[arg(long, env = "AWS_ENDPOINT_URL", value_name = "URL")]
    pub s3_endpoint: Option<String>,

    /// Region of the S3-compatible store.
    #[arg(long, env = "AWS_REGION", value_name = "NAME")]
    pub s3_region: Option<String>,

    /// Access key of the S3-compatible store.
    #[arg(long, env = "AWS_ACCESS_KEY_ID", value_name = "KEY", hide_env_values = true)]
    pub s3_access_key_id: Option<String>,

    /// Secret key of the S3-compatible store. Prefer the environment variable: other users of the machine can read command
    /// lines.
    #[arg(long, env = "AWS_SECRET_ACCESS_KEY", value_name = "SECRET", hide_env_values = true)]
    pub s3_secret_access_key: Option<Secret>,
}

/// How long a request waits for a free database connection before it is refused.
const CONNECTION_PATIENCE: Duration = Duration::from_secs(5);

impl S3Config {
    fn settings(&self) -> S3Settings {
        let Self { s3_endpoint, s3_region, s3_access_key_id, s3_secret_access_key } = self.clone();
        S3Settings {
            endpoint: s3_endpoint,
            region: s3_region,
            access_key_id: s3_access_key_id,
            secret_access_key: s3_secret_access_key.map(|secret| secret.expose().to_owned()),
        }
    }
}

impl DataConfig {
    /// The URL of the database.
    #[must_use]
    pub fn url(&self) -> String {
        self.database_url
            .clone()
            .unwrap_or_else(|| format!("sqlite://{}", self.data_dir.join("grassroots.db").display()))
    }

    /// Opens the store of photos.
    ///
    /// # Errors
    /// The folder cannot be created, or the settings of the bucket are invalid.
    pub fn objects(&self) -> Result<Objects, ObjectError> {
        match self.photos.as_deref() {
            Some(url) if url.starts_with("s3://") => Objects::in_bucket(url, &self.s3.settings()),
            Some(folder) => Objects::in_folder(folder.as_ref()),
            None => Objects::in_folder(&self.data_dir.join("photos")),
        }
    }

    #[must_use]
    pub fn store(&self) -> StoreConfig {
        StoreConfig { url: self.url(), connections: self.database_connections, patience: CONNECTION_PATIENCE }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line, for log collectors.
    Json,
}

#[derive(Args, Clone, Debug)]
pub struct ServeConfig {
    #[command(flatten)]
    pub data: DataConfig,

    /// Address to listen on. Port 0 chooses a free port.
    #[arg(long, env = "GRASSROOTS_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: SocketAddr,

    /// Port to listen on, instead of the port in --listen.
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,

    /// Folder with the signing keys of access tokens; all nodes share it. Default: keys in the data folder.
    #[arg(long, env = "GRASSROOTS_KEYS_DIR", value_name = "DIR")]
    pub keys_dir: Option<PathBuf>,

    /// Number of threads that answer requests. Default: one for each core.
    #[arg(long, env = "GRASSROOTS_WORKERS", value_name = "N")]
    pub workers: Option<std::num::NonZeroUsize>,

    /// Reverse proxies whose X-Forwarded-For header is trusted: addresses or networks, such as 10.0.0.0/8.
    #[arg(
        long,
        env = "GRASSROOTS_TRUSTED_PROXIES",
        value_delimiter = ',',
        value_parser = network,
        value_name = "NETWORK"
    )]
    pub trusted_proxies: Vec<IpNet>,

    /// Seconds between two checks for due automatic actions: escalation, resuming suspended work, supervision. With 0
    /// only other nodes do this.
    #[arg(long, env = "GRASSROOTS_RECONCILE_EVERY_S", default_value_t = 5, value_name = "SECONDS")]
    pub reconcile_every_s: u32,

    /// Number of photos examined at the same time, each in its own process. With 0 only other nodes do this.
    #[arg(long, env = "GRASSROOTS_EXAMINERS", default_value_t = 1, value_name = "N")]
    pub examiners: u32,

    /// The program that examines photos. Default: this program.
    #[arg(skip)]
    pub program: Option<PathBuf>,

    /// Load the demo city and its accounts. The server then answers this machine only.
    #[arg(long)]
    pub demo: bool,
}

/// Parses a network, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let wrong = |_| format!("{text:?} is not a network; write for example 10.0.0.0/8 or 10.0.0.7");
    text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(wrong)
}

impl ServeConfig {
    /// The address to listen on, with the port of `--port` if it is given.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.port.map_or(self.listen, |port| SocketAddr::new(self.listen.ip(), port))
    }

    /// Starts processes that examine photos.
    ///
    /// # Errors
    /// The path of this program is unknown.
    pub fn examiner(&self) -> std::io::Result<Examiner> {
        self.program.clone().map_or_else(Examiner::of_this_program, |program| Ok(Examiner::new(program)))
    }

    /// The folder of the signing keys.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.keys_dir.clone().unwrap_or_else(|| self.data.data_dir.join("keys"))
    }
}
