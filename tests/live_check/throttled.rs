//! Over a quota: one user is not asked about for a while, and everybody only when it is everybody's.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cognito_auth::revocation::LiveCheck;
use cognito_auth::testing::{Fault, LocalUserPool};
use cognito_auth::unverified::UnverifiedJwt;
use cognito_auth::{
    AccessToken, AuthCode, AuthError, IdentityProvider, RefreshToken, SignIn, SignInRequest,
    Tokens, UserInfo,
};

use super::unavailable::{NOT_YET, OVER_QUOTA, start};
use super::{SECOND, cannot_tell, setup};

/// Each wait is between half and all of 1, 2, 4, 8, 16, 30, 30 seconds.
#[tokio::test(start_paused = true)]
async fn three_users_over_the_quota_are_everybody_for_longer_and_longer() {
    let s = setup(|live| live);
    let tokens = ["alice", "bob", "carol", "mallory"].map(|user| s.token(user));
    s.pool.fail_next(7 * 3, Fault::Throttle);
    let moment = Duration::from_millis(1);
    for (round, seconds) in [1, 2, 4, 8, 16, 30, 30].into_iter().enumerate() {
        let wait = seconds * SECOND;
        for (users, token) in tokens[..3].iter().enumerate() {
            assert_eq!(s.live.health().backing_off, None, "{users} in round {round}");
            assert_eq!(s.verdict(token).await, cannot_tell(OVER_QUOTA));
        }
        let left = s.live.health().backing_off.unwrap();
        assert!((wait / 2..=wait).contains(&left), "{left:?} in round {round}");
        s.advance(wait / 2 - moment).await;
        for token in &tokens {
            assert_eq!(s.verdict(token).await, cannot_tell(NOT_YET));
        }
        assert_eq!(s.asked(), 3 * (round + 1));
        s.advance(wait / 2 + moment).await;
    }
    // An answer ends it, and the next wait is a short one again, of one user.
    assert_eq!(s.verdict(&tokens[0]).await, Ok(()));
    assert_eq!(s.live.health().last_error, None);
    s.pool.fail_next(1, Fault::Throttle);
    assert_eq!(s.verdict(&tokens[1]).await, cannot_tell(OVER_QUOTA));
    assert_eq!(s.verdict(&tokens[1]).await, cannot_tell(NOT_YET));
    let health = s.live.health();
    assert_eq!((health.backing_off, health.users_backing_off), (None, 1));
    // A verdict that is kept still holds meanwhile, and others are asked about.
    assert_eq!(s.verdict(&tokens[0]).await, Ok(()));
    assert_eq!(s.verdict(&tokens[3]).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn many_that_fail_together_are_one_wait() {
    let s = setup(|live| live);
    s.pool.fail_next(20, Fault::Throttle);
    let tasks: Vec<_> = (0..40).map(|_| start(&s.verifier, s.token("alice"))).collect();
    for task in tasks {
        let verdict = task.await.unwrap();
        assert!([cannot_tell(OVER_QUOTA), cannot_tell(NOT_YET)].contains(&verdict), "{verdict:?}");
    }
    let health = s.live.health();
    assert_eq!((health.backing_off, health.users_backing_off), (None, 1));
    assert!(s.asked() <= 20, "{}", s.asked());
    s.advance(SECOND).await;
    assert_eq!(s.live.health().users_backing_off, 0, "one wait, and a short one");
}

/// Cognito, with mallory over the quota of 10 questions a second that a user has.
#[derive(Debug)]
struct MalloryThrottled {
    pool: LocalUserPool,
    mallory: String,
}

#[async_trait]
impl IdentityProvider for MalloryThrottled {
    fn sign_in(&self, request: SignInRequest) -> Result<SignIn, AuthError> {
        IdentityProvider::sign_in(&self.pool, request)
    }

    async fn auth_with_code(&self, code: AuthCode) -> Result<Tokens, AuthError> {
        self.pool.auth_with_code(code).await
    }

    async fn user_info_with_token(&self, token: &AccessToken) -> Result<UserInfo, AuthError> {
        #[derive(serde::Deserialize)]
        struct Claims {
            sub: String,
        }

        let jwt = UnverifiedJwt::parse(token.expose()).unwrap();
        if jwt.unverified_claims::<Claims>().unwrap().sub == self.mallory {
            return Err(AuthError::RateLimited { retry_after: None });
        }
        self.pool.user_info_with_token(token).await
    }

    async fn logout_with_token(&self, token: &AccessToken) -> Result<(), AuthError> {
        self.pool.logout_with_token(token).await
    }

    async fn refresh(&self, token: &RefreshToken) -> Result<Tokens, AuthError> {
        self.pool.refresh(token).await
    }

    async fn revoke(&self, token: &RefreshToken) -> Result<(), AuthError> {
        self.pool.revoke(token).await
    }

    async fn client_credentials(&self, scopes: &[&str]) -> Result<Tokens, AuthError> {
        self.pool.client_credentials(scopes).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_user_who_asks_too_often_keeps_nobody_else_from_being_asked_about() {
    let s = setup(|live| live);
    let mallory = s.pool.sub("mallory").unwrap();
    let provider = MalloryThrottled { pool: s.pool.clone(), mallory };
    let live = LiveCheck::new(Arc::new(provider));
    let verifier = super::verifier(&s.pool).revocations(Arc::new(live)).build().unwrap();
    let (bob, hers): (_, Vec<_>) = (s.token("bob"), (0..50).map(|_| s.token("mallory")).collect());
    // A minute, a hundred requests of hers a second and ten of his.
    for moment in 0..6000 {
        tokio::time::advance(Duration::from_millis(10)).await;
        let verdict = verifier.verify_access(&hers[moment % 50]).await.unwrap_err();
        assert!(verdict.is_unavailable());
        if moment % 10 == 0 {
            assert_eq!(verifier.verify_access(&bob).await.map(|_| ()), Ok(()), "at {moment}");
        }
    }
}
