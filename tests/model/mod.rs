//! Random commands of random people, sent as clients send them, against the rules alone: what is answered, what is stored
//! and what everybody sees is what the model says, after every step.
//!
//! The random numbers are the same in every run: a failure names the seed of its script and the step, and the next run
//! fails there again.

mod checks;
mod people;
mod run;
mod weights;
mod world;

use run::ModelRun;

use crate::both;

/// Scripts that always run, one after the other on the same server. What was seldom done in one is tried more in
/// the next.
const SCRIPTS: u64 = 8;
/// Scripts that run until every command was carried out and every refusal was answered, at most.
const MOST_SCRIPTS: u64 = 24;
/// What is tried in each.
const STEPS: u32 = 120;

/// The problems that are answered at least once, or the scripts test little.
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
    async fn random_commands_of_random_people_never_diverge_from_the_rules(app: TestApp) {
        let mut run = ModelRun::new(&app).await;
        for seed in 1..=MOST_SCRIPTS {
            if seed <= SCRIPTS || !run.never_carried_out().is_empty() || !never_answered(&run).is_empty() {
                run.script(seed, STEPS).await;
            }
        }
        run.all_is_stored().await;
        was_not_trivial(&run);
    }
}

/// The problems that were not answered yet.
fn never_answered(run: &ModelRun) -> Vec<&'static str> {
    EXPECTED_PROBLEMS.into_iter().filter(|code| !run.problems.contains_key(code)).collect()
}

fn was_not_trivial(run: &ModelRun) {
    let (carried_out, refused) = (run.carried_out.values().sum::<u32>(), run.problems.values().sum::<u32>());
    println!("{carried_out} carried out: {:?}", run.carried_out);
    println!("{refused} refused: {:?}", run.problems);
    assert_eq!(run.never_carried_out(), [], "every command is carried out at least once");
    assert_eq!(never_answered(run), [""; 0], "these are answered at least once");
    assert!(carried_out >= 300 && refused >= 300, "{carried_out} carried out, {refused} refused");
}
