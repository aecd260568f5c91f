//! The command line, as an administrator types it: install, import, make accounts, serve, back up.

use crate::installation::{DATA, Installation, Server};

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
