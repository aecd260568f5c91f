//! An installation of one test, and its server as a separate process.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use diesel::{Connection, PgConnection, connection::SimpleConnection};
use tempfile::TempDir;

pub const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/sanmenxia");

/// The environment variable with the URL of a PostgreSQL server, set by `./test` and `scripts/with-postgres`.
const POSTGRES: &str = "GRASSROOTS_TEST_POSTGRES";

/// The data folder of one test, and its database. Both are deleted on drop.
pub struct Installation {
    folder: TempDir,
    /// Name and URL of the database, if it is on PostgreSQL.
    database: Option<(String, String)>,
}

impl Drop for Installation {
    fn drop(&mut self) {
        if let Some((name, _)) = &self.database {
            on_postgres(&format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)"));
        }
    }
}

fn postgres() -> String {
    std::env::var(POSTGRES)
        .unwrap_or_else(|_| panic!("{POSTGRES} is not set: use ./test, or scripts/with-postgres"))
}

fn on_postgres(sql: &str) {
    PgConnection::establish(&postgres()).unwrap().batch_execute(sql).unwrap();
}

impl Installation {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database: None }
    }

    /// An installation with a new database on PostgreSQL.
    pub fn on_postgres() -> Self {
        let name = format!("process_{}", uuid::Uuid::new_v4().simple());
        on_postgres(&format!("CREATE DATABASE \"{name}\""));
        let url = postgres().replacen("/postgres?", &format!("/{name}?"), 1);
        Self { folder: tempfile::tempdir().unwrap(), database: Some((name, url)) }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_grassroots"));
        command
            .args(arguments)
            .env("GRASSROOTS_DATA_DIR", self.path().join("data"))
            .env_remove("GRASSROOTS_DATABASE_URL")
            .stdin(Stdio::null());
        if let Some((_, url)) = &self.database {
            command.env("GRASSROOTS_DATABASE_URL", url);
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed. Returns its standard output and error.
    pub fn succeeds(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let text = text_of(&output);
        assert!(output.status.success(), "{arguments:?}: {text}");
        text
    }

    /// Runs a command that must fail. Returns its standard output and error.
    pub fn fails(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let text = text_of(&output);
        assert!(!output.status.success(), "{arguments:?}: {text}");
        text
    }

    pub fn file(&self, name: &str, content: &str) -> String {
        let path = self.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    pub fn import_all(&self) {
        for (what, file) in [
            ("divisions", "divisions.csv"),
            ("grids", "village_cells.geojson"),
            ("categories", "categories.csv"),
            ("calendar", "calendar_cn.csv"),
        ] {
            self.succeeds(&["import", what, &format!("{DATA}/{file}")]);
        }
    }
}

fn text_of(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A server in a separate process. It is killed on drop.
pub struct Server(Child, String);

impl Server {
    pub fn start(installation: &Installation, more: &[&str]) -> Self {
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0"];
        arguments.extend(more);
        let mut command = installation.command(&arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // The server prints its address on one of its streams. Both are read to the end, so that it never blocks.
        let streams: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        let (sender, receiver) = std::sync::mpsc::channel();
        for stream in streams {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    if let Some(port) = line.split("127.0.0.1:").nth(1) {
                        let digits: String = port.chars().take_while(char::is_ascii_digit).collect();
                        sender.send(format!("127.0.0.1:{digits}")).unwrap_or_default();
                    }
                }
            });
        }
        drop(sender);
        let address = receiver.recv().expect("the server prints its address");
        Self(child, address)
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.1)
    }

    /// Kills the server with a signal that it cannot catch.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Sends a GET request and reads the whole answer.
    pub fn get(&self, path: &str) -> String {
        self.get_with(path, "")
    }

    /// Sends a GET request with more headers. Each header ends with a line break.
    pub fn get_with(&self, path: &str, headers: &str) -> String {
        use std::{io::Write, net::TcpStream};
        let mut stream = TcpStream::connect(&self.1).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Connection: close\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Errors are ignored, because some tests killed the process before.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}
