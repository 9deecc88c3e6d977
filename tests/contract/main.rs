//! The same sign-in stories against both implementations of `IdentityProvider`: `CognitoClient`
//! over HTTP on the served local pool, and `LocalUserPool` in memory. A story tells what it saw in
//! a few words; both have to tell the same, and what is written here.
#![allow(clippy::unwrap_used, reason = "a helper of a test fails as the test does")]

mod stage;
mod stories;

use stage::{Stage, Told};

/// Runs a story on both stages.
async fn both(
    build: impl Fn() -> stage::Plan,
    story: impl AsyncFn(&Stage) -> Told,
    expected: &[&str],
) {
    for stage in [Stage::served(build()).await, Stage::in_memory(build())] {
        let told = story(&stage).await;
        assert_eq!(told.0, expected, "{}", stage.name);
    }
}

macro_rules! stories {
    ($($name:ident on $plan:ident => [$($told:literal),* $(,)?];)*) => {$(
        #[tokio::test]
        async fn $name() {
            both(stage::$plan, stories::$name, &[$($told),*]).await;
        }
    )*};
}

stories! {
    a_whole_sign_in on public => [
        "state: accepted", "tokens: access id refresh 3600", "user: alice alice@example.com true GetUser",
        "groups stay out of attributes: true", "custom:tenant: acme",
    ];
    a_confidential_client on confidential => ["tokens: access id refresh 3600", "wrong secret: invalid_client"];
    a_code_is_good_once on public => ["first: ok", "second: invalid_grant"];
    a_code_lasts_five_minutes on public => ["at 4:59: ok", "at 5:00: invalid_grant"];
    a_code_is_bound_to_its_verifier on public => [
        "another verifier: invalid_grant", "no verifier: invalid_grant", "a verifier of 42: input",
        "a verifier of 129: input",
    ];
    a_code_is_bound_to_its_redirect_uri on public => ["another uri: invalid_redirect"];
    a_nonce_that_differs_is_refused on public => ["nonce: id_token_mismatch"];
    a_refused_sign_in_leaves_no_session on public => ["nonce: id_token_mismatch", "revocations: 1"];
    a_refresh_that_cannot_be_used_hands_over_the_new_token on rotating => [
        "refresh: token_too_large", "another refresh token: true", "in fewer groups, with it: ok",
        "old after the grace: invalid_grant",
    ];
    a_denied_callback_has_no_code on public => ["scope: invalid_scope", "prompt=none: login_required"];
    a_wrong_password_stays_at_the_login_page on public => [
        "wrong password: not_authorized", "unknown user: not_authorized", "disabled user: not_authorized",
    ];
    who_answers_follows_the_scope on public => [
        "openid and admin: GetUser", "openid alone: UserInfo", "admin alone: GetUser",
        "email only with openid: true",
    ];
    a_token_without_scopes_has_no_user on confidential => ["machine: no_user_scope"];
    a_sign_out_holds_everywhere on public => [
        "sign out: ok", "again: token_revoked", "user: token_revoked", "other session's user: token_revoked",
        "refresh: invalid_grant", "other session's refresh: invalid_grant", "new sign-in: ok",
    ];
    a_sign_out_needs_the_admin_scope on public => ["openid alone: insufficient_scope", "user: ok"];
    a_refresh_without_rotation_keeps_the_token on public => [
        "same refresh token: true", "new access token: true", "again: ok",
    ];
    a_refresh_with_rotation_brings_a_new_one on rotating => [
        "same refresh token: false", "old within the grace: ok", "old after the grace: invalid_grant",
        "new: ok",
    ];
    a_refresh_token_ends_in_time on public => ["day 29: ok", "day 31: invalid_grant"];
    a_revoked_session_is_dead_and_others_live on public => [
        "revoke: ok", "again: ok", "refresh: invalid_grant", "user: token_revoked",
        "other session: ok", "an access token: unsupported_token_type", "rubbish: ok",
    ];
    a_disabled_user_is_out on public => ["user: user_disabled", "refresh: invalid_grant"];
    a_deleted_user_is_gone on public => ["user: user_not_found", "refresh: invalid_grant"];
    an_expired_token_says_so on public => ["user: token_expired", "sign out: token_expired"];
    a_token_without_a_user_is_refused on public => [
        "user: input", "a stranger's: token_invalid or other refusal: true", "an id token: no_user_scope",
    ];
    client_credentials_are_for_confidential_clients on confidential => [
        "all scopes: access 3600", "one scope: orders/read", "unknown scope: invalid_scope",
    ];
    client_credentials_are_not_for_public_clients on public => ["public: config"];
    a_failing_provider_is_not_a_refusal on public => [
        "500: server_error unavailable", "html: undecodable unavailable", "throttle: rate_limited unavailable",
        "cut off: unreachable unavailable", "hang: unreachable unavailable", "after: ok",
    ];
}
