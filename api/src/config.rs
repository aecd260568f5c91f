//! Settings: every one is a flag and an environment variable, and has a default.

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

/// Which database, and where this installation keeps its files.
#[derive(Args, Clone, Debug)]
pub struct DataConfig {
    /// Folder for the SQLite file and the signing keys; made when missing.
    #[arg(long, env = "GRASSROOTS_DATA_DIR", default_value = "grassroots-data", value_name = "DIR")]
    pub data_dir: PathBuf,

    /// Database: sqlite://PATH or a PostgreSQL URL. Default: grassroots.db in the data folder.
    #[arg(long, env = "GRASSROOTS_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// Where photos are kept: a folder, s3://BUCKET or s3://BUCKET/FOLDER. Default: photos in the data folder.
    #[arg(long, env = "GRASSROOTS_PHOTOS", value_name = "FOLDER|URL")]
    pub photos: Option<String>,

    /// How the bucket is reached.
    #[command(flatten)]
    pub s3: S3Config,

    /// Database connections: for reading on SQLite, for everything on PostgreSQL.
    #[arg(long, env = "GRASSROOTS_DATABASE_CONNECTIONS", default_value_t = 16, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..))]
    pub database_connections: u32,
}

/// How an S3-compatible store is reached. The variables are Amazon's; roles and other settings of theirs are understood too.
#[derive(Args, Clone, Default, Debug)]
pub struct S3Config {
    /// Address of the S3-compatible store, such as http://minio:9000. Default: Amazon's.
    #[arg(long, env = "AWS_ENDPOINT_URL", value_name = "URL")]
    pub s3_endpoint: Option<String>,

    /// Its region.
    #[arg(long, env = "AWS_REGION", value_name = "NAME")]
    pub s3_region: Option<String>,

    /// Its access key.
    #[arg(long, env = "AWS_ACCESS_KEY_ID", value_name = "KEY", hide_env_values = true)]
    pub s3_access_key_id: Option<String>,

    /// Its secret key; better in the environment than on a command line that everybody on the machine can read.
    #[arg(long, env = "AWS_SECRET_ACCESS_KEY", value_name = "SECRET", hide_env_values = true)]
    pub s3_secret_access_key: Option<Secret>,
}

/// How long a request waits for a free database connection before it is told to come back.
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
    /// The database in use.
    #[must_use]
    pub fn url(&self) -> String {
        self.database_url
            .clone()
            .unwrap_or_else(|| format!("sqlite://{}", self.data_dir.join("grassroots.db").display()))
    }

    /// Where photos are kept.
    ///
    /// # Errors
    /// When the folder cannot be made, or the settings of the bucket do not fit together.
    pub fn objects(&self) -> Result<Objects, ObjectError> {
        match self.photos.as_deref() {
            Some(url) if url.starts_with("s3://") => Objects::in_bucket(url, &self.s3.settings()),
            Some(folder) => Objects::in_folder(folder.as_ref()),
            None => Objects::in_folder(&self.data_dir.join("photos")),
        }
    }

    /// How the store is opened.
    #[must_use]
    pub fn store(&self) -> StoreConfig {
        StoreConfig { url: self.url(), connections: self.database_connections, patience: CONNECTION_PATIENCE }
    }
}

/// How logs are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For collectors: one JSON object a line.
    Json,
}

/// Settings of `serve`.
#[derive(Args, Clone, Debug)]
pub struct ServeConfig {
    /// Database and files.
    #[command(flatten)]
    pub data: DataConfig,

    /// Address to listen on. Port 0 picks a free one.
    #[arg(long, env = "GRASSROOTS_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: SocketAddr,

    /// Port to listen on, in place of the one in --listen.
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,

    /// Folder with the signing keys of access tokens; all nodes share it. Default: keys in the data folder.
    #[arg(long, env = "GRASSROOTS_KEYS_DIR", value_name = "DIR")]
    pub keys_dir: Option<PathBuf>,

    /// Threads that answer requests. Default: one a core.
    #[arg(long, env = "GRASSROOTS_WORKERS", value_name = "N")]
    pub workers: Option<std::num::NonZeroUsize>,

    /// Reverse proxies whose X-Forwarded-For is believed: addresses or networks, such as 10.0.0.0/8.
    #[arg(
        long,
        env = "GRASSROOTS_TRUSTED_PROXIES",
        value_delimiter = ',',
        value_parser = network,
        value_name = "NETWORK"
    )]
    pub trusted_proxies: Vec<IpNet>,

    /// Seconds between two looks for what has to happen by itself: escalations, resumed work, supervision. 0 leaves it to
    /// other nodes.
    #[arg(long, env = "GRASSROOTS_RECONCILE_EVERY_S", default_value_t = 5, value_name = "SECONDS")]
    pub reconcile_every_s: u32,

    /// Photos that are looked at at once, each in a process of its own. 0 leaves it to other nodes.
    #[arg(long, env = "GRASSROOTS_EXAMINERS", default_value_t = 1, value_name = "N")]
    pub examiners: u32,

    /// The program that looks at photos, where it is not this one.
    #[arg(skip)]
    pub program: Option<PathBuf>,

    /// Start with the demo city and its accounts. Serves this machine only.
    #[arg(long)]
    pub demo: bool,
}

/// A network, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let wrong = |_| format!("{text:?} is no network; 10.0.0.0/8 and 10.0.0.7 are");
    text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(wrong)
}

impl ServeConfig {
    /// The address to listen on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.port.map_or(self.listen, |port| SocketAddr::new(self.listen.ip(), port))
    }

    /// What looks at photos.
    ///
    /// # Errors
    /// When nobody knows where this program is.
    pub fn examiner(&self) -> std::io::Result<Examiner> {
        self.program.clone().map_or_else(Examiner::of_this_program, |program| Ok(Examiner::new(program)))
    }

    /// The folder with the signing keys.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.keys_dir.clone().unwrap_or_else(|| self.data.data_dir.join("keys"))
    }
}
