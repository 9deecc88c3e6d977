//! Tests of `logout::unrecorded`.

use super::*;

fn token(number: usize) -> AccessToken {
    AccessToken::new(number.to_string())
}

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn there_is_an_end_to_how_many_there_are_and_to_each() {
    let mut unrecorded = UnrecordedSignOuts::default();
    for number in 0..=MOST_TOKENS {
        unrecorded.insert(&token(number), MINUTE, SignOutOutcome::Lost);
    }
    assert_eq!(unrecorded.0.len(), MOST_TOKENS);
    assert_eq!(unrecorded.outcome_of(&token(0)), Some(SignOutOutcome::Lost));
    assert_eq!(unrecorded.outcome_of(&token(MOST_TOKENS)), None);
    unrecorded.remove(&token(0));
    assert_eq!(unrecorded.outcome_of(&token(0)), None);
    unrecorded.insert(&token(0), 2 * MINUTE, SignOutOutcome::Lost);
    tokio::time::advance(MINUTE).await;
    assert_eq!(unrecorded.outcome_of(&token(0)), Some(SignOutOutcome::Lost));
    assert_eq!(unrecorded.outcome_of(&token(1)), None);
    unrecorded.insert(&token(MOST_TOKENS), MINUTE, SignOutOutcome::Lost);
    assert_eq!(unrecorded.outcome_of(&token(MOST_TOKENS)), Some(SignOutOutcome::Lost));
    assert_eq!(unrecorded.0.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_success_that_is_known_stays_known() {
    let mut unrecorded = UnrecordedSignOuts::default();
    for outcome in [SignOutOutcome::Lost, SignOutOutcome::Succeeded] {
        unrecorded.insert(&token(0), MINUTE, outcome);
        assert_eq!(unrecorded.outcome_of(&token(0)), Some(outcome));
    }
    unrecorded.insert(&token(0), MINUTE, SignOutOutcome::Lost);
    assert_eq!(unrecorded.outcome_of(&token(0)), Some(SignOutOutcome::Succeeded));
}
