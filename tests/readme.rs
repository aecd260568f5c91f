//! README tells the truth: its story runs as printed, and both languages print the same commands.

use std::process::Command;

use crate::both;

/// The blocks of shell commands in a text.
fn shell(markdown: &str) -> String {
    markdown.split("```sh\n").skip(1).map(|rest| rest.split("```").next().expect("a closed block")).collect()
}

fn read(name: &str) -> String {
    let path = format!("{}/../{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

both! {
    async fn the_story_runs_as_printed(app: TestApp) {
        let story = shell(&read("README.md"));
        // The server of the test stands where README's would.
        let script = story.replace("http://127.0.0.1:8080", app.url());
        assert_ne!(story, script);
        let output = tokio::task::spawn_blocking(move || {
            Command::new("bash").args(["-euo", "pipefail", "-c", &script]).output().expect("bash runs")
        })
        .await
        .expect("the story ends");
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{printed}\n{}", String::from_utf8_lossy(&output.stderr));
        assert!(!printed.contains("request_id"), "a problem: {printed}");
        assert!(printed.contains("\"state\":\"closed\""), "{printed}");
        assert!(printed.contains("井盖已换好，感谢上报"), "{printed}");
        let county = app.user("county").await;
        let share = county
            .get("/v1/statistics/grassroots?unit=411224&from=2026-11-01&to=2026-12-01")
            .await
            .expect(200);
        assert_eq!(share.number("/figures/grassroots/count"), 1);
    }
}

#[test]
fn both_languages_print_the_same_commands() {
    // Comments differ in language; what is typed does not.
    let typed = |name: &str| -> Vec<String> {
        let commands = shell(&read(name));
        commands.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    };
    assert_eq!(typed("README.md"), typed("README.zh-CN.md"));
}
