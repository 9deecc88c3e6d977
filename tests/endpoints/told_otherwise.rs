//! A sign-out that waits to be told, and another token of its user.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::revocation::{MemoryRevocations, RevocationStatus};
use cognito_auth::{AuthError, Logout, RefusalCode, RevocationError, TokenVerifier, Unreachable};

use super::local_pool::verifier_builder;
use super::logout::{DONE, UNTOLD, refused_there};
use super::scripted::{Scripted, no_answer, refused};
use super::support::{Answer, Down, ask, with_token};
use super::told_again::{Stage, stage};

const SECOND: Duration = Duration::from_secs(1);

async fn log_out(stage: &Stage, token: &str) -> Answer {
    ask(&stage.endpoints(), with_token("POST", "/auth/logout", token)).await
}

/// The session of the second token had ended by itself: Cognito has still to be told of the others.
#[tokio::test(start_paused = true)]
async fn a_token_that_was_revoked_by_itself_cancels_nothing_that_waits_with_another() {
    for later in [Duration::ZERO, SECOND] {
        let stage = stage(Scripted::new([no_answer(), revoked(), revoked()]));
        let (one, two) = (stage.pool.access_token("alice"), stage.pool.access_token("alice"));
        // Of the very second of the sign-out, a new sign-in's is not hit here; of an earlier one it is.
        stage.pool.advance(later);
        let untold = Answer::new(503, UNTOLD).retry_after("5");
        assert_eq!(log_out(&stage, one.expose()).await, untold);
        assert_eq!(log_out(&stage, two.expose()).await, untold);
        let outcome = stage.logout.everywhere(&two).await.unwrap();
        assert_eq!(outcome.cognito, Err(AuthError::Unreachable(Unreachable::Timeout)));
        assert!(outcome.is_retried);
        assert_eq!((stage.provider.calls(), stage.logout.pending()), (3, 1));
        tokio::time::sleep(3 * SECOND).await;
        assert_eq!((stage.provider.calls(), stage.logout.pending()), (4, 0));
    }
}

fn revoked() -> Result<(), AuthError> {
    refused(RefusalCode::TokenRevoked)
}

/// The request whose answer was lost has signed the user out.
#[tokio::test(start_paused = true)]
async fn a_second_try_with_the_same_token_is_the_end_of_it() {
    let stage = stage(Scripted::new([no_answer(), revoked()]));
    let token = stage.pool.access_token("alice");
    assert_eq!(log_out(&stage, token.expose()).await.status, 503);
    assert_eq!(log_out(&stage, token.expose()).await, Answer::new(200, DONE));
    tokio::time::sleep(60 * SECOND).await;
    assert_eq!((stage.provider.calls(), stage.logout.pending()), (2, 0));
}

/// The client comes back when the retry in the background is over, and nothing waits any more.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_remembered_when_nothing_is_queued_any_more() {
    let stage = stage(Scripted::new([no_answer(), revoked(), revoked(), revoked()]));
    let token = stage.pool.access_token("alice");
    assert_eq!(log_out(&stage, token.expose()).await.status, 503);
    tokio::time::sleep(3 * SECOND).await;
    assert_eq!((stage.provider.calls(), stage.logout.pending()), (2, 0));
    assert_eq!(log_out(&stage, token.expose()).await, Answer::new(200, DONE));
    // Of another token it says nothing.
    let other = stage.pool.access_token("alice");
    assert_eq!(log_out(&stage, other.expose()).await, refused_there());
}

/// Cognito refuses both times, and the user's other sessions continue there.
#[tokio::test(start_paused = true)]
async fn a_token_that_was_revoked_by_itself_is_refused_each_time() {
    let stage = stage(Scripted::new([revoked(), revoked(), revoked(), revoked()]));
    let token = stage.pool.access_token("alice");
    for _ in 0..2 {
        assert_eq!(log_out(&stage, token.expose()).await, refused_there());
    }
    for _ in 0..2 {
        let outcome = stage.logout.everywhere(&token).await.unwrap();
        assert_eq!((outcome.local, outcome.cognito), (Ok(()), revoked()));
    }
}

/// The first call did not arrive: what has revoked the token is something else.
#[tokio::test(start_paused = true)]
async fn a_token_that_was_revoked_after_a_call_was_throttled_is_refused() {
    for error in
        [AuthError::RateLimited { retry_after: None }, AuthError::Unreachable(Unreachable::Connect)]
    {
        let stage = stage(Scripted::new([Err(error), revoked(), revoked(), revoked()]));
        let token = stage.pool.access_token("alice");
        assert_eq!(log_out(&stage, token.expose()).await.status, 503);
        assert_eq!(log_out(&stage, token.expose()).await, refused_there());
        // The retry finds that out as well: it logs and counts that it is given up.
        assert_eq!((stage.provider.calls(), stage.logout.pending()), (2, 1));
        tokio::time::sleep(3 * SECOND).await;
        assert_eq!((stage.provider.calls(), stage.logout.pending()), (3, 0));
        assert_eq!(log_out(&stage, token.expose()).await, refused_there());
    }
}

/// By the record in the store another process knows it.
#[tokio::test(start_paused = true)]
async fn a_sign_out_that_another_process_has_made_is_known_by_its_record() {
    let stage = stage(Scripted::new([Ok(()), revoked(), revoked(), revoked()]));
    let here = Logout::new(stage.provider.clone(), stage.verifier.clone());
    let (one, two) = (stage.pool.access_token("alice"), stage.pool.access_token("alice"));
    stage.pool.advance(SECOND);
    assert!(stage.logout.everywhere(&one).await.unwrap().is_complete());
    for token in [&one, &two] {
        assert!(here.everywhere(token).await.unwrap().is_complete());
    }
    // A session that began later was not ended by it.
    stage.pool.advance(SECOND);
    let later = stage.pool.access_token("alice");
    assert_eq!(here.everywhere(&later).await.unwrap().cognito, revoked());
}

/// A record from before the latest sign-out here does not cover sessions that began in between.
#[tokio::test]
async fn a_record_counts_from_the_token_and_the_latest_sign_out_on() {
    let stage = stage(Scripted::new([]));
    let claims = async || {
        let token = stage.pool.access_token("alice");
        stage.verifier.verify_access(token.expose()).await.unwrap()
    };
    let verifier: &dyn TokenVerifier = &stage.verifier;
    let is_recorded = async |claims| verifier.is_global_sign_out_recorded(claims).await;
    let one = claims().await;
    assert!(!is_recorded(&one).await);
    verifier.sign_out(&one).await.unwrap();
    assert!(!is_recorded(&one).await);
    verifier.record_global_sign_out(&one).await.unwrap();
    assert!(is_recorded(&one).await);
    stage.pool.advance(SECOND);
    let two = claims().await;
    assert!(!is_recorded(&two).await);
    // The session of a sign-in by the login page's cookie, revoked by itself.
    verifier.sign_out_session(&two).await.unwrap();
    assert!(!is_recorded(&two).await && is_recorded(&one).await);
    stage.pool.advance(SECOND);
    stage.verifier.sign_out_user(one.sub()).await.unwrap();
    assert!(!is_recorded(&one).await);
}

/// Nothing can be recorded, but this process knows what Cognito has answered.
#[tokio::test(start_paused = true)]
async fn a_sign_out_that_could_not_be_recorded_is_known_to_the_process() {
    let stage = stage(Scripted::new([Ok(()), revoked(), revoked()]));
    let verifier =
        verifier_builder(&stage.pool).revocations(Arc::new(Down(RevocationStatus::Live)));
    let verifier = verifier.build().unwrap();
    let logout = Logout::new(stage.provider.clone(), verifier.clone());
    let token = stage.pool.access_token("alice");
    for _ in 0..2 {
        let outcome = logout.everywhere(&token).await.unwrap();
        assert_eq!(outcome.local, Err(RevocationError::new("down")));
        assert_eq!(outcome.cognito, Ok(()));
    }
    let another_process = Logout::new(stage.provider.clone(), verifier);
    assert_eq!(another_process.everywhere(&token).await.unwrap().cognito, revoked());
}

/// The token is from after the moment that this machine takes for now.
#[tokio::test(start_paused = true)]
async fn the_record_of_a_machine_whose_clock_is_behind_is_one_for_the_token() {
    let stage = stage(Scripted::new([Ok(()), revoked()]));
    let clock = stage.pool.clock();
    let verifier = verifier_builder(&stage.pool)
        .revocations(Arc::new(MemoryRevocations::new()))
        .leeway(30 * SECOND)
        .clock(move || clock() - 20 * SECOND);
    let verifier = verifier.build().unwrap();
    let logout = Logout::new(stage.provider.clone(), verifier);
    let token = stage.pool.access_token("alice");
    for _ in 0..2 {
        assert!(logout.everywhere(&token).await.unwrap().is_complete());
    }
}
