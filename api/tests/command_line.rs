//! The command line, as an administrator types it: install, import, make accounts, serve, back up.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use tempfile::TempDir;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/sanmenxia");

/// An installation of its own.
struct Installation(TempDir);

impl Installation {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_grassroots"));
        command
            .args(arguments)
            .env("GRASSROOTS_DATA_DIR", self.path().join("data"))
            .env_remove("GRASSROOTS_DATABASE_URL")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs what must succeed; its standard output and error.
    fn must(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = said(&output);
        assert!(output.status.success(), "{arguments:?}: {said}");
        said
    }

    /// Runs what must be refused; its standard output and error.
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = said(&output);
        assert!(!output.status.success(), "{arguments:?}: {said}");
        said
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    fn import_all(&self) {
        for (what, file) in [
            ("divisions", "divisions.csv"),
            ("grids", "village_cells.geojson"),
            ("categories", "categories.csv"),
            ("calendar", "calendar_cn.csv"),
        ] {
            self.must(&["import", what, &format!("{DATA}/{file}")]);
        }
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A server in a process of its own; killed when dropped.
struct Server(Child, String);

impl Server {
    fn start(installation: &Installation, more: &[&str]) -> Self {
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0"];
        arguments.extend(more);
        let mut command = installation.command(&arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // It says where it listens on one of its streams; the other is read so that it never blocks.
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
        let address = receiver.recv().expect("the server says where it listens");
        Self(child, address)
    }

    /// Sends a bare request and reads the whole answer.
    fn get(&self, path: &str) -> String {
        use std::{io::Write, net::TcpStream};
        let mut stream = TcpStream::connect(&self.1).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn serve_without_any_setting_makes_what_it_needs() {
    let installation = Installation::new();
    let server = Server::start(&installation, &[]);
    assert!(server.get("/healthz/ready").starts_with("HTTP/1.1 200"));
    assert!(installation.path().join("data/grassroots.db").exists());
    assert_eq!(
        std::fs::read_dir(installation.path().join("data/keys"))
            .unwrap()
            .filter(|entry| {
                entry.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "pem")
            })
            .count(),
        1
    );
}

#[test]
fn imports_are_repeatable() {
    let installation = Installation::new();
    installation.must(&["migrate"]);
    installation.import_all();
    let again = installation.must(&["import", "divisions", &format!("{DATA}/divisions.csv")]);
    assert!(again.contains("units: 0 added, 0 updated, 1470 unchanged"), "{again}");
    let again = installation.must(&["import", "grids", &format!("{DATA}/village_cells.geojson")]);
    assert!(again.contains("grids: 0 added, 0 updated, 1381 unchanged"), "{again}");
    let again = installation.must(&["import", "categories", &format!("{DATA}/categories.csv")]);
    assert!(again.contains("rules in force: version 2"), "{again}");
}

#[test]
fn a_bad_import_names_every_bad_line_and_changes_nothing() {
    let installation = Installation::new();
    installation.must(&["migrate"]);
    installation.import_all();
    let heading = "code,zh,en,first_level,severity,limit,unit,lead,assist,flags,ref,src";
    let lines = [
        "1001,邻里纠纷,neighbour_dispute,village,general,56,wh,justice_office,,self,,",
        "1002,重点人员,key_person,village,general,8,wh,justice_office,,,,",
        "12,坏代码,bad_code,village,general,8,wh,justice_office,,,,",
        "1003,坏层级,bad_level,hamlet,general,8,wh,justice_office,,,,",
    ];
    let file = installation.file("categories.csv", &format!("{heading}\r\n{}\r\n", lines.join("\r\n")));
    let said = installation.refused(&["import", "categories", &file]);
    for expected in [
        "line 3:",
        "describes people",
        "line 4:",
        "\"12\"",
        "line 5:",
        "hamlet",
        "3 wrong; nothing was imported",
    ] {
        assert!(said.contains(expected), "{expected} in {said}");
    }
    let unchanged = installation.must(&["import", "categories", &format!("{DATA}/categories.csv")]);
    assert!(unchanged.contains("categories: 0 added, 0 updated, 65 unchanged"), "{unchanged}");
}

#[test]
fn a_bad_grid_names_every_bad_feature() {
    let installation = Installation::new();
    installation.must(&["migrate"]);
    let said = installation.refused(&["import", "grids", &format!("{DATA}/village_cells.geojson")]);
    assert!(said.contains("feature 1 (411202001001)"), "{said}");
    assert!(said.contains("feature 1381 "), "every bad feature is named");
    assert!(said.contains("1381 wrong; nothing was imported"));
}

#[test]
fn three_administrators_are_made_before_the_first_start() {
    let installation = Installation::new();
    installation.must(&["migrate"]);
    installation.import_all();
    for (name, role) in [("sys", "system_admin"), ("sec", "security_admin"), ("aud", "audit_admin")] {
        let said = installation.must(&[
            "admin",
            "create-account",
            name,
            "--display-name",
            "管理员",
            "--role",
            role,
            "--organisation",
            "4112-desk",
        ]);
        assert!(said.contains(name), "{said}");
    }
    let listed = installation.must(&["admin", "list-accounts"]);
    assert!(listed.contains("sec,管理员,security_admin,4112-desk"), "{listed}");
    let said = installation.refused(&["admin", "disable", "sec"]);
    assert!(said.contains("security_admin"), "{said}");
    installation.refused(&[
        "admin",
        "create-account",
        "boss",
        "--display-name",
        "x",
        "--role",
        "township_dispatcher",
        "--organisation",
        "411224-desk",
    ]);
}

#[test]
fn locate_tells_datums_apart() {
    let installation = Installation::new();
    let village = |datum: &str| {
        installation.must(&[
            "locate",
            "--demo",
            "--lon",
            "111.206294",
            "--lat",
            "34.771612",
            "--datum",
            datum,
        ])
    };
    assert!(village("gcj02").contains("411202003013"));
    assert!(village("wgs84").contains("411202003010"));
}

#[test]
fn a_backup_of_a_running_server_is_whole() {
    let installation = Installation::new();
    let server = Server::start(&installation, &["--demo"]);
    let copy = installation.path().join("copy.db").display().to_string();
    installation.must(&["backup", &copy]);
    installation.refused(&["backup", &copy]);
    assert!(server.get("/healthz/ready").starts_with("HTTP/1.1 200"));
    let url = format!("sqlite://{copy}");
    let listed = installation.must(&["admin", "list-accounts", "--database-url", &url]);
    assert!(listed.contains("dispatcher"), "{listed}");
}

#[test]
fn the_demo_serves_this_machine_only() {
    let installation = Installation::new();
    let said = installation.refused(&["serve", "--demo", "--listen", "0.0.0.0:0"]);
    assert!(said.contains("127.0.0.1"), "{said}");
}
