//! Over a quota: one user is not asked about for a while, and all users only when the quota is the account's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use cognito_auth::revocation::LiveCheck;
use cognito_auth::testing::{Fault, LocalUser, LocalUserPool};
use cognito_auth::unverified::UnverifiedJwt;
use cognito_auth::{
    AccessToken, AuthCode, AuthError, IdentityProvider, RefreshToken, SignIn, SignInRequest,
    Tokens, UserInfo,
};
use tokio::time::Instant;

use super::unavailable::{NOT_YET, OVER_QUOTA, start};
use super::{SECOND, cannot_tell, setup};

/// Each wait is between half and all of 1, 2, 4, 8, 16, 30, 30 seconds.
#[tokio::test(start_paused = true)]
async fn sixteen_users_over_the_quota_make_all_users_wait_longer_each_time() {
    let s = setup(|live| live);
    let names = (0..7 * 16).map(|number| format!("user-{number}"));
    let tokens: Vec<_> = names
        .map(|name| {
            s.pool.add_user(LocalUser::new(&name, "Passw0rd!"));
            s.token(&name)
        })
        .collect();
    let alice = s.token("alice");
    s.pool.fail_next(7 * 16, Fault::Throttle);
    let moment = Duration::from_millis(1);
    for (round, seconds) in [1, 2, 4, 8, 16, 30, 30].into_iter().enumerate() {
        let wait = seconds * SECOND;
        for token in &tokens[16 * round..16 * round + 16] {
            assert_eq!(s.live.health().backing_off, None, "in round {round}");
            assert_eq!(s.verdict(token).await, cannot_tell(OVER_QUOTA));
        }
        let left = s.live.health().backing_off.unwrap();
        assert!((wait / 2..=wait).contains(&left), "{left:?} in round {round}");
        s.advance(wait / 2 - moment).await;
        for token in [&alice, &tokens[16 * round]] {
            assert_eq!(s.verdict(token).await, cannot_tell(NOT_YET));
        }
        assert_eq!(s.asked(), 16 * (round + 1));
        s.advance(wait / 2 + moment).await;
    }
    // An answer ends it, and the next wait is a short one again, of one user.
    assert_eq!(s.verdict(&alice).await, Ok(()));
    assert_eq!(s.live.health().last_error, None);
    let bob = s.token("bob");
    s.pool.fail_next(1, Fault::Throttle);
    assert_eq!(s.verdict(&bob).await, cannot_tell(OVER_QUOTA));
    assert_eq!(s.verdict(&bob).await, cannot_tell(NOT_YET));
    let health = s.live.health();
    assert_eq!((health.backing_off, health.users_backing_off), (None, 1));
    // A verdict that is kept still holds meanwhile, and others are asked about.
    assert_eq!(s.verdict(&alice).await, Ok(()));
    assert_eq!(s.verdict(&s.token("carol")).await, Ok(()));
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

/// Cognito, with the quota of 10 questions a second that a user has. Mallory has used it up elsewhere.
#[derive(Debug)]
struct QuotaOfEach {
    pool: LocalUserPool,
    mallory: String,
    asked: Mutex<HashMap<String, (Instant, u32)>>,
}

impl QuotaOfEach {
    fn new(pool: &LocalUserPool) -> Self {
        let mallory = pool.sub("mallory").unwrap();
        Self { pool: pool.clone(), mallory, asked: Mutex::default() }
    }

    fn has_left(&self, sub: String) -> bool {
        let mut asked = self.asked.lock().unwrap();
        let now = Instant::now();
        let (since, questions) = asked.entry(sub).or_insert((now, 0));
        if since.elapsed() >= SECOND {
            (*since, *questions) = (now, 0);
        }
        *questions += 1;
        *questions <= 10
    }
}

#[async_trait]
impl IdentityProvider for QuotaOfEach {
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
        let Claims { sub } = jwt.unverified_claims().unwrap();
        if sub == self.mallory || !self.has_left(sub) {
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
async fn a_user_who_asks_too_often_stops_no_question_about_others() {
    let s = setup(|live| live);
    let live = LiveCheck::new(Arc::new(QuotaOfEach::new(&s.pool)));
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

/// T14: three accounts that are over their own quota all the time. Others come now and then, so that
/// often no other user is answered in between.
#[tokio::test(start_paused = true)]
async fn three_users_over_their_own_quota_slow_no_others() {
    let s = setup(|live| live);
    let live = LiveCheck::new(Arc::new(QuotaOfEach::new(&s.pool)));
    let verifier = super::verifier(&s.pool).revocations(Arc::new(live.clone())).build().unwrap();
    let theirs: Vec<Vec<_>> =
        ["alice", "carol", "mallory"].map(|name| (0..60).map(|_| s.token(name)).collect()).into();
    let bob = s.token("bob");
    let mut refused = 0;
    // A minute, with up to a hundred requests a second of each of the three.
    for moment in 0..6000 {
        tokio::time::advance(Duration::from_millis(10)).await;
        for tokens in &theirs {
            let verdict = verifier.verify_access(&tokens[moment % 60]).await;
            refused += usize::from(verdict.is_err());
        }
        assert_eq!(live.health().backing_off, None, "at {moment}");
        if moment % 700 == 0 {
            assert_eq!(verifier.verify_access(&bob).await.map(|_| ()), Ok(()), "at {moment}");
        }
    }
    assert!(refused > 6000, "they are over their quota: {refused}");
}
