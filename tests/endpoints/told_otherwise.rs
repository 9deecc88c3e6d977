//! A sign-out that waits to be told, and another token of its user.

use std::time::Duration;

use cognito_auth::{AuthError, RefusalCode, Unreachable};

use super::logout::{DONE, UNTOLD};
use super::support::{Answer, ask, with_token};
use super::told_again::{Scripted, Stage, no_answer, refused, stage};

const SECOND: Duration = Duration::from_secs(1);

async fn log_out(stage: &Stage, token: &str) -> Answer {
    ask(&stage.endpoints(), with_token("POST", "/auth/logout", token)).await
}

/// The session of the second token had ended by itself: Cognito has still to be told of the others.
#[tokio::test(start_paused = true)]
async fn a_token_that_was_revoked_by_itself_cancels_nothing_that_waits_with_another() {
    for later in [Duration::ZERO, SECOND] {
        let revoked = || refused(RefusalCode::TokenRevoked);
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

/// With the same token nothing else can come of it.
#[tokio::test(start_paused = true)]
async fn a_second_try_with_the_same_token_is_the_end_of_it() {
    let stage = stage(Scripted::new([no_answer(), refused(RefusalCode::TokenRevoked)]));
    let token = stage.pool.access_token("alice");
    assert_eq!(log_out(&stage, token.expose()).await.status, 503);
    assert_eq!(log_out(&stage, token.expose()).await, Answer::new(200, DONE));
    tokio::time::sleep(60 * SECOND).await;
    assert_eq!((stage.provider.calls(), stage.logout.pending()), (2, 0));
}
