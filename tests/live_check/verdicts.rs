//! What is caught, and when.

use std::time::Duration;

use cognito_auth::revocation::LiveCheck;
use cognito_auth::testing::{Endpoint, LocalUserPool, TokenSpec};
use cognito_auth::{
    AccessToken, Callback, IdTokenChecks, IdentityProvider, SignIn, SignInRequest, SignOut,
    TokenVerifier, Tokens,
};

use super::{KEEP_FOR, REVOKED, SECOND, Setup, setup};

async fn sign_in(pool: &LocalUserPool) -> Tokens {
    let request = SignInRequest::new("http://localhost:3000/auth/callback");
    let SignIn { url, pending, .. } = pool.sign_in(request).unwrap();
    let callback = pool.authorize(&url, "alice", "Passw0rd!").unwrap();
    let callback = Callback::from_query(callback.query().unwrap()).unwrap();
    pool.auth_with_code(pending.accept(&callback).unwrap()).await.unwrap()
}

/// Seen when the kept verdict ends and not before, then never asked about again.
async fn is_seen(name: &str, s: &Setup, token: &str, elsewhere: impl AsyncFnOnce()) {
    assert_eq!(s.verdict(token).await, Ok(()), "{name}");
    s.advance(Duration::from_millis(1)).await;
    elsewhere().await;
    s.advance(KEEP_FOR - Duration::from_millis(2)).await;
    assert_eq!(s.verdict(token).await, Ok(()), "{name}");
    assert_eq!(s.asked(), 1, "{name}");
    s.advance(Duration::from_millis(1)).await;
    for _ in 0..10 {
        assert_eq!(s.verdict(token).await, REVOKED, "{name}");
        assert_eq!(s.asked(), 2, "{name}");
        s.advance(60 * SECOND).await;
    }
    assert_eq!(s.live.health().ended, 1, "{name}");
}

#[tokio::test(start_paused = true)]
async fn what_happens_elsewhere_is_seen_within_the_kept_time() {
    let s = setup(|live| live);
    is_seen("GlobalSignOut", &s, &s.token("alice"), async || {
        assert!(s.pool.sign_out("alice"));
    })
    .await;
    let s = setup(|live| live);
    is_seen("another app's GlobalSignOut", &s, &s.token("alice"), async || {
        let other = AccessToken::new(s.token("alice"));
        s.pool.logout_with_token(&other).await.unwrap();
    })
    .await;
    let s = setup(|live| live);
    is_seen("disabled", &s, &s.token("alice"), async || assert!(s.pool.disable_user("alice")))
        .await;
    let s = setup(|live| live);
    is_seen("deleted", &s, &s.token("alice"), async || assert!(s.pool.delete_user("alice"))).await;
    let s = setup(|live| live);
    let tokens = sign_in(&s.pool).await;
    is_seen("revoked", &s, tokens.access_token.expose(), async || {
        s.pool.revoke(&tokens.refresh_token.unwrap()).await.unwrap();
    })
    .await;
    let s = setup(|live| live);
    let token = s.pool.token(&TokenSpec::access("alice").scopes(["openid"]));
    is_seen("with openid alone", &s, &token, async || assert!(s.pool.sign_out("alice"))).await;
    assert_eq!(s.pool.requests(Endpoint::UserInfo), 2);
}

#[tokio::test(start_paused = true)]
async fn others_are_not_hit() {
    let s = setup(|live| live);
    let (alice, bob) = (s.token("alice"), s.token("bob"));
    s.pool.sign_out("alice");
    assert_eq!(s.verdict(&alice).await, REVOKED);
    assert_eq!(s.verdict(&bob).await, Ok(()));
    s.advance(SECOND).await;
    assert_eq!(s.verdict(&s.token("alice")).await, Ok(()), "signed in again");
}

#[tokio::test(start_paused = true)]
async fn a_user_who_is_enabled_again_needs_a_new_sign_in() {
    let s = setup(|live| live);
    let old = sign_in(&s.pool).await.access_token;
    s.pool.disable_user("alice");
    assert_eq!(s.verdict(old.expose()).await, REVOKED);
    s.pool.enable_user("alice");
    s.advance(KEEP_FOR).await;
    assert_eq!(s.verdict(old.expose()).await, REVOKED);
    let new = sign_in(&s.pool).await.access_token;
    assert_eq!(s.verdict(new.expose()).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn one_token_found_revoked_ends_its_session_and_no_other() {
    let s = setup(|live| live);
    let tokens = sign_in(&s.pool).await;
    let refresh_token = tokens.refresh_token.unwrap();
    let refreshed = s.pool.refresh(&refresh_token).await.unwrap();
    let other_session = sign_in(&s.pool).await;
    let id_token = tokens.id_token.unwrap();

    s.pool.revoke(&refresh_token).await.unwrap();
    // Cognito cannot be asked about an ID token.
    assert!(s.verifier.verify_id(id_token.expose(), IdTokenChecks::new()).await.is_ok());
    assert_eq!(s.verdict(tokens.access_token.expose()).await, REVOKED);
    assert_eq!(s.asked(), 1);
    assert_eq!(s.verdict(refreshed.access_token.expose()).await, REVOKED);
    let id = s.verifier.verify_id(id_token.expose(), IdTokenChecks::new()).await;
    assert_eq!(id.map(|_| ()), REVOKED);
    assert_eq!(s.asked(), 1);
    assert_eq!(s.verdict(other_session.access_token.expose()).await, Ok(()));
}

/// Nor one that was accepted before: a thief who has it could end the user's other sessions with it.
#[tokio::test(start_paused = true)]
async fn a_token_of_a_session_that_cognito_has_ended_signs_no_user_out() {
    let s = setup(|live| live);
    let (stolen, other) = (sign_in(&s.pool).await, sign_in(&s.pool).await);
    let claims = s.verifier.verify_access(stolen.access_token.expose()).await.unwrap();
    let of_other = s.verifier.verify_access(other.access_token.expose()).await.unwrap();
    s.pool.revoke(&stolen.refresh_token.unwrap()).await.unwrap();
    s.advance(KEEP_FOR).await;
    assert_eq!(s.verdict(stolen.access_token.expose()).await, REVOKED);
    assert_eq!(s.verifier.sign_out(&claims).await, Ok(SignOut::TokenOnly));
    assert_eq!(s.verdict(other.access_token.expose()).await, Ok(()));
    assert_eq!(s.verifier.sign_out(&of_other).await, Ok(SignOut::Done));
    assert_eq!(s.verdict(other.access_token.expose()).await, REVOKED);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cognito_takes_for_expired_does_not_end_its_session() {
    let s = setup(|live| live);
    let leeway = super::verifier(&s.pool).leeway(60 * SECOND);
    let leeway = leeway.revocations(std::sync::Arc::new(s.live.clone())).build().unwrap();
    let old = sign_in(&s.pool).await;
    s.pool.advance(Duration::from_secs(3600));
    let new = s.pool.refresh(&old.refresh_token.unwrap()).await.unwrap();
    let verdict = leeway.verify_access(old.access_token.expose()).await.map(|_| ());
    assert_eq!(verdict, REVOKED, "leeway does not stretch what Cognito says");
    assert_eq!(s.verdict(new.access_token.expose()).await, Ok(()));
}

/// Left to the other checks, or refused: a setting.
#[tokio::test(start_paused = true)]
async fn what_cannot_be_asked_about_causes_no_question() {
    for strict in [false, true] {
        let s = setup(|live| if strict { live.refuse_what_cannot_be_asked() } else { live });
        let verifier = super::verifier(&s.pool).accept_client_credentials();
        let live: LiveCheck = s.live.clone();
        let verifier = verifier.revocations(std::sync::Arc::new(live)).build().unwrap();
        let expected = if strict { REVOKED } else { Ok(()) };
        let machine = s.pool.token(&TokenSpec::machine());
        let scopeless = s.pool.token(&TokenSpec::access("alice").scopes(["orders/read"]));
        let look_alike =
            s.pool.token(&TokenSpec::access("alice").scopes(["api/openid", "openid2"]));
        for token in [machine, scopeless, look_alike] {
            // Without a question before, whose answer would be cached.
            assert_eq!(verifier.verify_access_now(&token).map(|_| ()), expected);
            assert_eq!(verifier.verify_access(&token).await.map(|_| ()), expected);
        }
        let id_token = s.pool.id_token("alice");
        assert_eq!(
            verifier.verify_id(id_token.expose(), IdTokenChecks::new()).await.map(|_| ()),
            expected
        );
        assert_eq!(s.asked(), 0);
        assert_eq!(verifier.verify_access(&s.token("alice")).await.map(|_| ()), Ok(()));
        assert_eq!(s.asked(), 1);
    }
}
