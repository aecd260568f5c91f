//! Random commands of random people, sent to the server as clients send them. After every step the answer, the stored
//! data and the views must equal those of a model that uses only the rules of the domain.
//!
//! The random numbers are the same in every run. A failure names the seed of its script and the step, and can be
//! repeated.

mod checks;
mod people;
mod reckoning;
mod run;
mod weights;
mod world;

use run::ModelRun;

use crate::both;

/// The number of scripts that always run, one after the other on the same server. A script prefers the commands that
/// were rarely carried out before.
const SCRIPTS: u64 = 8;
/// The largest number of scripts. Scripts run until every command was carried out and every problem was answered.
const MOST_SCRIPTS: u64 = 24;
/// The number of steps in each script.
const STEPS: u32 = 120;

/// The problems that must be answered at least once.
const EXPECTED_PROBLEMS: [&str; 22] = [
    "cannot_assist",
    "cannot_merge",
    "decided_already",
    "idempotency_key_missing",
    "idempotency_key_reused",
    "no_superior",
    "not_found",
    "not_yours",
    "nothing_asked",
    "nothing_corrected",
    "nothing_disputed",
    "out_of_range",
    "outside_duty",
    "own_work",
    "precondition_required",
    "request_open",
    "second_person",
    "stale_version",
    "supervised",
    "too_often",
    "wrong_desk",
    "wrong_state",
];

both! {
    async fn the_server_answers_random_commands_as_the_rules_say(app: TestApp) {
        let mut run = ModelRun::new(&app).await;
        for seed in 1..=MOST_SCRIPTS {
            if seed <= SCRIPTS || !run.never_carried_out().is_empty() || !never_answered(&run).is_empty() {
                run.script(seed, STEPS).await;
            }
        }
        run.assert_all_stored().await;
        run.assert_figures().await;
        assert_not_trivial(&run);
    }
}

/// The problems that have not been answered yet.
fn never_answered(run: &ModelRun) -> Vec<&'static str> {
    EXPECTED_PROBLEMS.into_iter().filter(|code| !run.problems.contains_key(code)).collect()
}

/// Asserts that the scripts reached every command and every expected problem.
fn assert_not_trivial(run: &ModelRun) {
    let (carried_out, refused) = (run.carried_out.values().sum::<u32>(), run.problems.values().sum::<u32>());
    println!("{carried_out} carried out: {:?}", run.carried_out);
    println!("{refused} refused: {:?}", run.problems);
    assert_eq!(run.never_carried_out(), [], "every command is carried out at least once");
    assert_eq!(never_answered(run), [""; 0], "these are answered at least once");
    assert!(run.read > 3 * run.unread, "{} read in full, {} by nobody", run.read, run.unread);
    assert!(carried_out >= 300 && refused >= 300, "{carried_out} carried out, {refused} refused");
}
