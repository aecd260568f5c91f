//! The command line as an administrator uses it: migrate, import, create accounts, serve, back up.

use crate::installation::{DATA, Installation, Server};

#[test]
fn serve_without_settings_creates_database_and_signing_key() {
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
fn a_second_import_of_the_same_file_changes_nothing() {
    let installation = Installation::new();
    installation.succeeds(&["migrate"]);
    installation.import_all();
    let again = installation.succeeds(&["import", "divisions", &format!("{DATA}/divisions.csv")]);
    assert!(again.contains("units: 0 added, 0 updated, 1470 unchanged"), "{again}");
    let again = installation.succeeds(&["import", "grids", &format!("{DATA}/village_cells.geojson")]);
    assert!(again.contains("grids: 0 added, 0 updated, 1381 unchanged"), "{again}");
    let again = installation.succeeds(&["import", "categories", &format!("{DATA}/categories.csv")]);
    assert!(again.contains("rules in force: version 2"), "{again}");
}

#[test]
fn an_import_with_errors_lists_every_wrong_line_and_changes_nothing() {
    let installation = Installation::new();
    installation.succeeds(&["migrate"]);
    installation.import_all();
    let heading = "code,zh,en,first_level,severity,limit,unit,lead,assist,flags,ref,src";
    let lines = [
        "1001,邻里纠纷,neighbour_dispute,village,general,56,wh,justice_office,,self,,",
        "1002,重点人员,key_person,village,general,8,wh,justice_office,,,,",
        "12,坏代码,bad_code,village,general,8,wh,justice_office,,,,",
        "1003,坏层级,bad_level,hamlet,general,8,wh,justice_office,,,,",
    ];
    let file = installation.file("categories.csv", &format!("{heading}\r\n{}\r\n", lines.join("\r\n")));
    let output = installation.fails(&["import", "categories", &file]);
    for expected in [
        "line 3:",
        "describes people",
        "line 4:",
        "\"12\"",
        "line 5:",
        "hamlet",
        "3 errors; nothing was imported",
    ] {
        assert!(output.contains(expected), "{expected} in {output}");
    }
    let unchanged = installation.succeeds(&["import", "categories", &format!("{DATA}/categories.csv")]);
    assert!(unchanged.contains("categories: 0 added, 0 updated, 65 unchanged"), "{unchanged}");
}

#[test]
fn an_import_of_grids_with_errors_lists_every_wrong_feature() {
    let installation = Installation::new();
    installation.succeeds(&["migrate"]);
    let output = installation.fails(&["import", "grids", &format!("{DATA}/village_cells.geojson")]);
    assert!(output.contains("feature 1 (411202001001)"), "{output}");
    assert!(output.contains("feature 1381 "), "every wrong feature is listed");
    assert!(output.contains("1381 errors; nothing was imported"));
}

#[test]
fn three_administrators_can_be_created_before_the_first_start() {
    let installation = Installation::new();
    installation.succeeds(&["migrate"]);
    installation.import_all();
    for (name, role) in [("sys", "system_admin"), ("sec", "security_admin"), ("aud", "audit_admin")] {
        let output = installation.succeeds(&[
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
        assert!(output.contains(name), "{output}");
    }
    let listed = installation.succeeds(&["admin", "list-accounts"]);
    assert!(listed.contains("sec,管理员,security_admin,4112-desk"), "{listed}");
    let output = installation.fails(&["admin", "disable", "sec"]);
    assert!(output.contains("security_admin"), "{output}");
    installation.fails(&[
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
fn locate_converts_the_datum() {
    let installation = Installation::new();
    let village = |datum: &str| {
        installation.succeeds(&[
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
fn a_backup_of_a_running_server_is_complete() {
    let installation = Installation::new();
    let server = Server::start(&installation, &["--demo"]);
    let copy = installation.path().join("copy.db").display().to_string();
    installation.succeeds(&["backup", &copy]);
    installation.fails(&["backup", &copy]);
    assert!(server.get("/healthz/ready").starts_with("HTTP/1.1 200"));
    let url = format!("sqlite://{copy}");
    let listed = installation.succeeds(&["admin", "list-accounts", "--database-url", &url]);
    assert!(listed.contains("dispatcher"), "{listed}");
}

#[test]
fn the_demo_answers_this_machine_only() {
    let installation = Installation::new();
    let output = installation.fails(&["serve", "--demo", "--listen", "0.0.0.0:0"]);
    assert!(output.contains("127.0.0.1"), "{output}");
    let server = Server::start(&installation, &["--demo"]);
    assert!(server.get("/healthz/live").starts_with("HTTP/1.1 200"));
    for header in ["X-Forwarded-For: 10.0.0.1", "Forwarded: for=10.0.0.1", "X-Real-IP: 10.0.0.1"] {
        let refused = server.get_with("/healthz/live", &format!("{header}\r\n"));
        assert!(
            refused.starts_with("HTTP/1.1 403") && refused.contains("demo_is_local"),
            "{header}: {refused}"
        );
    }
}
