//! Checks the documents: the example script of README prints what README shows, both languages have the same commands,
//! links exist, and the glossary has every code.

use std::{
    collections::BTreeSet,
    path::Path,
    process::{Command, Output},
};

use chrono::TimeDelta;
use grassroots::demo;
use serde_json::{Value, json};

use crate::{both, support::TestApp};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const SCRIPT: &str = "examples/first-report.sh";

fn read(name: &str) -> String {
    let path = format!("{ROOT}/{name}");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The shells in which the script must run: sh, bash, and zsh if it is installed.
fn shells() -> Vec<&'static str> {
    let has_zsh = Command::new("zsh").args(["-c", "true"]).status().is_ok_and(|status| status.success());
    ["sh", "bash"].into_iter().chain(has_zsh.then_some("zsh")).collect()
}

/// Runs the example script with the server of the test.
async fn run_script(app: &TestApp, shell: &'static str, language: &'static str) -> Output {
    let url = app.url().to_owned();
    let run = move || {
        let mut command = Command::new(shell);
        command.arg(format!("{ROOT}/{SCRIPT}")).arg(language).env("GRASSROOTS_URL", url);
        command.output().expect("the shell runs")
    };
    tokio::task::spawn_blocking(run).await.expect("the script ends")
}

/// A text with `#` instead of each number. Times, serial numbers and counts differ from run to run.
fn without_numbers(text: &str) -> String {
    let parts: Vec<&str> = text.split(|letter: char| letter.is_ascii_digit()).collect();
    let mut shape = String::new();
    for part in parts {
        if !part.is_empty() || !shape.ends_with('#') {
            shape.push_str(part);
            shape.push('#');
        }
    }
    shape.trim_end_matches('#').to_owned()
}

both! {
    async fn the_example_script_prints_what_readme_shows(app: TestApp) {
        let mut closed = 0;
        for shell in shells() {
            for (language, readme) in [("en", "README.md"), ("zh", "README.zh-CN.md")] {
                let output = run_script(&app, shell, language).await;
                let printed = String::from_utf8_lossy(&output.stdout);
                let error = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success() && error.is_empty(), "{shell} {language}: {printed}\n{error}");
                closed += 1;
                let share = match language {
                    "en" => format!("{closed} closed, {closed} of them resolved at the grassroots, 100.0 %."),
                    _ => format!("结案 {closed} 件，其中化解在基层 {closed} 件，占 100.0 %。"),
                };
                assert!(printed.contains(&share), "{shell} {language}: {printed}");
                let shown = without_numbers(&read(readme));
                assert!(
                    shown.contains(&without_numbers(printed.trim_end())),
                    "{readme} does not show what {shell} prints: {printed}"
                );
            }
        }
        let county = app.user("county").await;
        let share = county.get("/v1/statistics/grassroots?unit=411224&from=2026-11-01&to=2026-12-01").await;
        assert_eq!(share.expect(200).number("/figures/grassroots/count"), closed);
    }

    async fn the_example_script_stops_with_the_text_of_the_problem(app: TestApp) {
        let handler = app.user("handler").await.get("/v1/me").await.expect(200).text("/id");
        let secadmin = app.user("secadmin").await;
        secadmin.post(&format!("/v1/accounts/{handler}/disable"), &json!({})).await.expect(200);
        for shell in shells() {
            for (language, text) in
                [("en", "was refused (401): the user name"), ("zh", "被拒绝（401）：用户名或密码不正确")]
            {
                let output = run_script(&app, shell, language).await;
                let error = String::from_utf8_lossy(&output.stderr);
                assert_eq!(output.status.code(), Some(1), "{shell} {language}: {error}");
                assert!(error.contains(text), "{shell} {language}: {error}");
                assert!(output.stdout.is_empty(), "{shell} {language}: {output:?}");
                // More failures within this time would lock the account.
                app.pass(TimeDelta::hours(1));
            }
        }
    }
}

#[test]
fn numbers_are_replaced_and_words_are_not() {
    assert_eq!(without_numbers("of 20261128-000001, 5 of 12 (100.0 %)"), "of #-#, # of # (#.# %)");
}

#[test]
fn readme_shows_the_banner_of_the_demo() {
    let banner = demo::banner("http://127.0.0.1:8080");
    for readme in ["README.md", "README.zh-CN.md"] {
        let text = read(readme);
        let shown =
            text.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a block");
        for line in shown.lines().filter(|line| *line != "…") {
            assert!(banner.lines().any(|printed| printed == line), "{readme}: {line:?} is not in {banner}");
        }
    }
}

/// The commands in the `console` blocks of a document, without comments and without the language of the example script.
fn commands_in(name: &str) -> Vec<String> {
    let text = read(name);
    let blocks =
        text.split("```console\n").skip(1).map(|rest| rest.split("```").next().expect("a closed block"));
    let lines =
        blocks.flat_map(str::lines).map(|line| line.split("  #").next().unwrap_or_default().trim_end());
    let commands = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    commands.map(|line| line.trim_end_matches(" zh").to_owned()).collect()
}

#[test]
fn documents_in_both_languages_have_the_same_commands() {
    for (english, chinese) in [("README.md", "README.zh-CN.md"), ("docs/import.md", "docs/import.zh-CN.md")] {
        assert!(!commands_in(english).is_empty(), "{english}");
        assert_eq!(commands_in(english), commands_in(chinese), "{english}");
    }
}

/// The documents in a folder, as paths from the root.
fn documents(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(Path::new(ROOT).join(folder)).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"));
    let names = names.filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "md"));
    names.map(|name| Path::new(folder).join(name).to_str().expect("UTF-8").to_owned()).collect()
}

#[test]
fn links_between_documents_exist() {
    let all: Vec<String> = ["", "docs", ".github"].into_iter().flat_map(documents).collect();
    assert!(all.len() > 10, "{all:?}");
    for document in all {
        let text = read(&document);
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://")) {
            let file = target.split('#').next().unwrap_or_default();
            let folder = Path::new(ROOT).join(&document);
            let found = folder.parent().expect("a folder").join(file);
            assert!(found.exists(), "{document}: there is no {target}");
        }
    }
}

/// Collects all codes in the API document, such as states and commands.
fn codes(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            let listed = fields.get("enum").and_then(Value::as_array).into_iter().flatten();
            found.extend(listed.filter_map(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| codes(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| codes(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_glossary_has_every_code() {
    let document = serde_json::to_value(grassroots::openapi::document()).expect("JSON");
    let mut missing = BTreeSet::new();
    codes(&document, &mut missing);
    assert!(missing.contains("pending_acceptance") && missing.contains("submit_result"), "{missing:?}");
    let glossary = read("docs/glossary.md");
    missing.retain(|code| !glossary.contains(&format!("`{code}`")));
    assert!(missing.is_empty(), "not in docs/glossary.md: {missing:?}");
}
