//! The documents tell the truth: the story of README runs in every shell and prints what README shows, both languages
//! name the same commands, links lead somewhere, and the glossary has every code.

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
const STORY: &str = "examples/first-report.sh";

fn read(name: &str) -> String {
    let path = format!("{ROOT}/{name}");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Shells that run the story: two that must be there, and zsh where it is.
fn shells() -> Vec<&'static str> {
    let has_zsh = Command::new("zsh").args(["-c", "true"]).status().is_ok_and(|status| status.success());
    ["sh", "bash"].into_iter().chain(has_zsh.then_some("zsh")).collect()
}

/// Runs the story against the server of the test.
async fn story(app: &TestApp, shell: &'static str, language: &'static str) -> Output {
    let url = app.url().to_owned();
    let run = move || {
        let mut command = Command::new(shell);
        command.arg(format!("{ROOT}/{STORY}")).arg(language).env("GRASSROOTS_URL", url);
        command.output().expect("the shell runs")
    };
    tokio::task::spawn_blocking(run).await.expect("the story ends")
}

/// A text with one mark for each number: times, serial numbers and counts differ from run to run.
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
    async fn the_story_runs_in_every_shell_and_prints_what_readme_shows(app: TestApp) {
        let mut closed = 0;
        for shell in shells() {
            for (language, readme) in [("en", "README.md"), ("zh", "README.zh-CN.md")] {
                let output = story(&app, shell, language).await;
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
                    "{readme} shows something else than {shell}: {printed}"
                );
            }
        }
        let county = app.user("county").await;
        let share = county.get("/v1/statistics/grassroots?unit=411224&from=2026-11-01&to=2026-12-01").await;
        assert_eq!(share.expect(200).number("/figures/grassroots/count"), closed);
    }

    async fn the_story_stops_with_the_text_of_the_problem(app: TestApp) {
        let handler = app.user("handler").await.get("/v1/me").await.expect(200).text("/id");
        let secadmin = app.user("secadmin").await;
        secadmin.post(&format!("/v1/accounts/{handler}/disable"), &json!({})).await.expect(200);
        for shell in shells() {
            for (language, text) in
                [("en", "was refused (401): the user name"), ("zh", "被拒绝（401）：用户名或密码不正确")]
            {
                let output = story(&app, shell, language).await;
                let error = String::from_utf8_lossy(&output.stderr);
                assert_eq!(output.status.code(), Some(1), "{shell} {language}: {error}");
                assert!(error.contains(text), "{shell} {language}: {error}");
                assert!(output.stdout.is_empty(), "{shell} {language}: {output:?}");
                // Another few failures would lock the account.
                app.pass(TimeDelta::hours(1));
            }
        }
    }
}

#[test]
fn numbers_are_told_apart_from_words() {
    assert_eq!(without_numbers("of 20261128-000001, 5 of 12 (100.0 %)"), "of #-#, # of # (#.# %)");
}

#[test]
fn readme_shows_what_the_demo_prints() {
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

/// What is typed in the `console` blocks of a text: without comments, and without the language of the story.
fn typed(name: &str) -> Vec<String> {
    let text = read(name);
    let blocks =
        text.split("```console\n").skip(1).map(|rest| rest.split("```").next().expect("a closed block"));
    let lines =
        blocks.flat_map(str::lines).map(|line| line.split("  #").next().unwrap_or_default().trim_end());
    let commands = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    commands.map(|line| line.trim_end_matches(" zh").to_owned()).collect()
}

#[test]
fn both_languages_name_the_same_commands() {
    for (english, chinese) in [("README.md", "README.zh-CN.md"), ("docs/import.md", "docs/import.zh-CN.md")] {
        assert!(!typed(english).is_empty(), "{english}");
        assert_eq!(typed(english), typed(chinese), "{english}");
    }
}

/// Every document in a folder, as a path from the root.
fn documents(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(Path::new(ROOT).join(folder)).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"));
    let names = names.filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "md"));
    names.map(|name| Path::new(folder).join(name).to_str().expect("UTF-8").to_owned()).collect()
}

#[test]
fn links_between_documents_lead_somewhere() {
    let all: Vec<String> = ["", "docs", ".github"].into_iter().flat_map(documents).collect();
    assert!(all.len() > 10, "{all:?}");
    for document in all {
        let text = read(&document);
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://")) {
            let file = target.split('#').next().unwrap_or_default();
            let folder = Path::new(ROOT).join(&document);
            let found = folder.parent().expect("a folder").join(file);
            assert!(found.exists(), "{document} leads to {target}");
        }
    }
}

/// Every code that the API document lists, such as a state or a command.
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
    let mut wanted = BTreeSet::new();
    codes(&document, &mut wanted);
    assert!(wanted.contains("pending_acceptance") && wanted.contains("submit_result"), "{wanted:?}");
    let glossary = read("docs/glossary.md");
    wanted.retain(|code| !glossary.contains(&format!("`{code}`")));
    assert!(wanted.is_empty(), "not in docs/glossary.md: {wanted:?}");
}
