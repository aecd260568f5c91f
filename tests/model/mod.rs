//! Random commands of random people, sent as clients send them, against the rules alone: what is answered, what is stored
//! and what everybody sees is what the model says, after every step.
//!
//! The dice fall alike in every run: a failure names the seed of its script and the step, and the next run fails there
//! again.

mod cast;
mod checks;
mod commands;
mod dice;
mod facts;
mod play;
mod world;

use play::Play;

use crate::both;

/// Scripts that are always played, one after the other on the same server. What was seldom done in one is tried more in
/// the next.
const SCRIPTS: u64 = 8;
/// Scripts that are played until every command was carried out and every refusal told, at most.
const MOST_SCRIPTS: u64 = 24;
/// What is tried in each.
const STEPS: u32 = 120;

/// What clients have to be told at least once, or the scripts say little.
const TOLD: [&str; 22] = [
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
        let mut play = Play::new(&app).await;
        for seed in 1..=MOST_SCRIPTS {
            if seed <= SCRIPTS || !play.never_carried_out().is_empty() || !untold(&play).is_empty() {
                play.script(seed, STEPS).await;
            }
        }
        play.all_is_stored().await;
        was_not_trivial(&play);
    }
}

/// What was told to nobody yet.
fn untold(play: &Play) -> Vec<&'static str> {
    TOLD.into_iter().filter(|code| !play.told.contains_key(code)).collect()
}

fn was_not_trivial(play: &Play) {
    let (carried_out, refused) = (play.carried_out.values().sum::<u32>(), play.told.values().sum::<u32>());
    println!("{carried_out} carried out: {:?}", play.carried_out);
    println!("{refused} refused: {:?}", play.told);
    assert_eq!(play.never_carried_out(), [], "every command is carried out at least once");
    assert_eq!(untold(play), [""; 0], "these are told at least once");
    assert!(carried_out >= 300 && refused >= 300, "{carried_out} carried out, {refused} refused");
}
