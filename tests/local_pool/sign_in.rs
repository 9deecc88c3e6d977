//! From the login page to tokens, user information and the sign-out.

use std::time::Duration;

use cognito_auth::testing::Endpoint;
use cognito_auth::{
    AuthCode, AuthError, Callback, IdTokenChecks, IdentityProvider, SignInRequest, UserInfoSource,
};

use crate::local_http::claims;
use crate::{CALLBACK, PASSWORD, code_of, pool, signed_in, signed_in_with, verifier};

#[tokio::test]
async fn a_user_signs_in_is_known_and_signs_out() {
    let pool = pool();
    let tokens = signed_in(&pool).await;
    assert_eq!(tokens.expires_in, Some(Duration::from_secs(3600)));

    let access = verifier(&pool).verify_access(tokens.access_token.expose()).await.unwrap();
    assert_eq!(access.username(), Some("alice"));
    let id = verifier(&pool)
        .verify_id(tokens.id_token.as_ref().unwrap().expose(), IdTokenChecks::new())
        .await
        .unwrap();
    assert_eq!((id.email(), id.email_verified()), (Some("alice@example.com"), Some(true)));

    let user = pool.user_info_with_token(&tokens.access_token).await.unwrap();
    assert_eq!(Some(&user.sub), pool.sub("alice").as_ref());
    assert_eq!(user.source, UserInfoSource::GetUser);
    assert_eq!(user.email_verified, Some(true));
    assert_eq!(user.attribute("custom:tenant"), Some("acme"));

    pool.logout_with_token(&tokens.access_token).await.unwrap();
    let again = pool.logout_with_token(&tokens.access_token).await;
    assert_eq!(code_of(again), "token_revoked");
    assert_eq!(code_of(pool.user_info_with_token(&tokens.access_token).await), "token_revoked");
    assert_eq!(
        code_of(pool.refresh(tokens.refresh_token.as_ref().unwrap()).await),
        "invalid_grant"
    );
    // What Cognito cannot do: a verifier that does not ask still accepts the token.
    verifier(&pool).verify_access(tokens.access_token.expose()).await.unwrap();
    assert_eq!(pool.requests(Endpoint::GlobalSignOut), 2);
}

#[tokio::test]
async fn without_the_admin_scope_user_info_answers_and_sign_out_is_refused() {
    let pool = pool();
    let request = SignInRequest::new(CALLBACK).scopes(["openid", "email"]);
    let tokens = signed_in_with(&pool, request).await.unwrap();
    let user = pool.user_info_with_token(&tokens.access_token).await.unwrap();
    assert_eq!(user.source, UserInfoSource::UserInfo);
    assert_eq!(user.username, "alice");
    assert_eq!(user.attribute("custom:tenant"), None);
    let error = pool.logout_with_token(&tokens.access_token).await.unwrap_err();
    assert_eq!(error.code(), "insufficient_scope");

    let request = SignInRequest::new(CALLBACK).scopes(["aws.cognito.signin.user.admin"]);
    let tokens = signed_in_with(&pool, request).await.unwrap();
    assert!(tokens.id_token.is_none());
}

#[tokio::test]
async fn a_code_is_good_once_for_five_minutes_and_with_its_verifier() {
    let pool = pool();
    let code = || {
        let sign_in = pool.sign_in(SignInRequest::new(CALLBACK)).unwrap();
        let callback = pool.authorize(&sign_in.url, "alice", PASSWORD).unwrap();
        let text = callback.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        (text, sign_in.pending.accept(&Callback::from_url(&callback).unwrap()).unwrap())
    };
    let (_, good) = code();
    pool.auth_with_code(good.clone()).await.unwrap();
    assert_eq!(code_of(pool.auth_with_code(good).await), "invalid_grant");

    let (_, late) = code();
    pool.advance(Duration::from_secs(300));
    assert_eq!(code_of(pool.auth_with_code(late).await), "invalid_grant");

    let (text, _) = code();
    let bare = AuthCode::new(text, CALLBACK);
    assert_eq!(code_of(pool.auth_with_code(bare).await), "invalid_grant");

    let (text, _) = code();
    let elsewhere = AuthCode::new(text, "http://localhost:3000/auth/callback/");
    let error = pool.auth_with_code(elsewhere).await.unwrap_err();
    assert_eq!(error.code(), "invalid_redirect");

    let (_, of_the_disabled) = code();
    pool.disable_user("alice");
    assert_eq!(code_of(pool.auth_with_code(of_the_disabled).await), "invalid_grant");
}

#[tokio::test]
async fn the_login_page_says_no_in_its_own_words() {
    let pool = pool();
    let sign_in = pool.sign_in(SignInRequest::new(CALLBACK)).unwrap();
    for (username, password) in [("alice", "wrong"), ("unknown", PASSWORD), ("", "")] {
        let AuthError::Refused(refusal) =
            pool.authorize(&sign_in.url, username, password).unwrap_err()
        else {
            panic!("{username} is no refusal")
        };
        assert_eq!(refusal.description(), Some("Incorrect username or password."));
        assert_eq!(refusal.code().as_str(), "not_authorized");
    }
    pool.disable_user("alice");
    assert_eq!(code_of(pool.authorize(&sign_in.url, "alice", PASSWORD)), "not_authorized");
    pool.enable_user("alice");
    pool.authorize(&sign_in.url, "alice", PASSWORD).unwrap();

    let other = pool.sign_in(SignInRequest::new("https://app.example.com/cb")).unwrap();
    assert_eq!(code_of(pool.authorize(&other.url, "alice", PASSWORD)), "invalid_redirect");
    let strange = SignInRequest::new(CALLBACK).identity_provider("Google");
    let strange = pool.sign_in(strange).unwrap();
    assert_eq!(code_of(pool.authorize(&strange.url, "alice", PASSWORD)), "invalid_request");
    let elsewhere = "https://example.com/oauth2/authorize".parse().unwrap();
    assert_eq!(code_of(pool.authorize(&elsewhere, "alice", PASSWORD)), "input");

    let silent = pool.sign_in(SignInRequest::new(CALLBACK).prompt("none")).unwrap();
    let callback = pool.authorize(&silent.url, "alice", PASSWORD).unwrap();
    let error = silent.pending.accept(&Callback::from_url(&callback).unwrap()).unwrap_err();
    assert_eq!(error.code(), "login_required");
}

#[tokio::test]
async fn a_resource_becomes_the_audience_and_stays_it() {
    let pool = pool();
    let request = SignInRequest::new(CALLBACK).resource("https://api.example.com/");
    let tokens = signed_in_with(&pool, request).await.unwrap();
    assert_eq!(claims(tokens.access_token.expose())["aud"], "https://api.example.com/");
    let refreshed = pool.refresh(tokens.refresh_token.as_ref().unwrap()).await.unwrap();
    assert_eq!(claims(refreshed.access_token.expose())["aud"], "https://api.example.com/");
}
