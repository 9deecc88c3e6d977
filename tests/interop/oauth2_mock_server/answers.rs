//! Answers that are a "no", and answers that are none.

use std::sync::Arc;

use cognito_auth::revocation::LiveCheck;
use cognito_auth::{AuthError, IdTokenChecks, IdentityProvider, JwtVerifier, RefreshToken};
use serde_json::{Value, json};

use super::{CLIENT, Mock};
use crate::stories::{Stories, bad, cannot_tell, ours, refused, words};

fn unreadable(status: u16, reason: &str) -> String {
    format!("the identity provider's answer cannot be read (status {status}): {reason}")
}

pub(super) async fn tell(mock: &Mock, stories: &mut Stories) {
    tell_of_the_token_endpoint(mock, stories).await;
    tell_of_id_tokens(mock, stories).await;
    tell_of_callbacks(mock, stories).await;
    tell_of_the_other_endpoints(mock, stories).await;
}

async fn tell_of_the_token_endpoint(mock: &Mock, stories: &mut Stories) {
    let token = |answer: Value| mock.sign_in(json!({"token": answer}));

    stories.begin("a sign-in without an order");
    let tokens = mock.sign_in(json!({})).await.unwrap();
    let claims = mock.verifier().verify_access(tokens.access_token.expose()).await.unwrap();
    assert_eq!((claims.client_id(), claims.username()), (CLIENT, Some("johndoe")));
    mock.verifier()
        .verify_id(tokens.id_token.unwrap().expose(), IdTokenChecks::new())
        .await
        .unwrap();

    stories.begin("a refusal: 400 and 401 with an error of OAuth");
    for status in [400, 401] {
        let answer = json!({"status": status, "body": {"error": "invalid_grant"}});
        assert_eq!(refused(token(answer).await), "invalid_grant");
        for code in ["invalid_client", "invalid_request", "unauthorized_client"] {
            let answer = json!({"status": status, "body": {"error": code}});
            assert_eq!(ours(token(answer).await), code);
        }
    }

    stories.begin("a gateway's 401 and 404 are no refusal");
    let answer = json!({"status": 401, "body": {"message": "Unauthorized"}});
    assert_eq!(cannot_tell(token(answer).await), unreadable(401, "it has no text named error"));
    let answer = json!({"status": 404, "body": {"error": "invalid_grant"}});
    let said = cannot_tell(token(answer).await);
    assert_eq!(said, unreadable(404, "the status has no meaning here"));

    stories.begin("a refusal with status 200 is none");
    let answer = json!({"status": 200, "body": {"error": "invalid_grant"}});
    assert_eq!(cannot_tell(token(answer).await), unreadable(200, "it has no token_type"));

    stories.begin("a server that fails, is too busy, or has a firewall");
    for (status, said) in [
        (500, "the identity provider failed (status 500)"),
        (503, "the identity provider failed (status 503)"),
        (429, "rate limited by the identity provider"),
        (403, "blocked by a firewall in front of the identity provider (status 403)"),
    ] {
        let answer = json!({"status": status, "body": {"error": "invalid_grant"}});
        assert_eq!(cannot_tell(token(answer).await), said);
    }

    stories.begin("a redirect, which is not followed");
    let said = cannot_tell(token(json!({"status": 302})).await);
    assert_eq!(said, unreadable(302, "it is a redirect"));

    stories.begin("a token type that is not ours, and none");
    let said = cannot_tell(token(json!({"members": {"token_type": "mac"}})).await);
    assert_eq!(said, unreadable(200, "its token type is not Bearer"));
    let said = cannot_tell(token(json!({"members": {"token_type": null}})).await);
    assert_eq!(said, unreadable(200, "it has no token_type"));
    token(json!({"members": {"token_type": "bearer"}})).await.unwrap();

    stories.begin("an access token that is missing, and an expiry that is no time");
    let said = cannot_tell(token(json!({"members": {"access_token": null}})).await);
    assert_eq!(said, unreadable(200, "it has no access token"));
    for expiry in [json!("soon"), json!(-1), json!(1e300)] {
        let said = cannot_tell(token(json!({"members": {"expires_in": expiry}})).await);
        assert_eq!(said, unreadable(200, "its expiry is no number of seconds"));
    }

    stories.begin("an answer without an end");
    let answer = json!({"members": {"padding": "x".repeat(300 * 1024)}});
    assert_eq!(cannot_tell(token(answer).await), unreadable(200, "it is too large"));

    stories.begin("a wrong verifier: its own kind of error, which is none of OAuth's");
    let code = mock.user().code(Mock::request()).await.with_code_verifier("v".repeat(43));
    let outcome = mock.client.auth_with_code(code).await;
    assert_eq!(cannot_tell(outcome), unreadable(400, "it has no text named error"));
}

async fn tell_of_id_tokens(mock: &Mock, stories: &mut Stories) {
    stories.begin("an ID token of another issuer, client, sign-in, use, or no user");
    for (claim, value) in [
        ("iss", json!("https://issuer.example")),
        ("aud", json!("another")),
        ("aud", json!([CLIENT, "another"])),
        ("nonce", json!("another")),
        ("nonce", json!(null)),
        ("token_use", json!("access")),
        ("sub", json!(null)),
    ] {
        let error = mock.sign_in(json!({"id_token": {claim: value}})).await.unwrap_err();
        assert_eq!(error, AuthError::IdTokenMismatch { claim });
        assert!(error.is_refusal());
    }

    stories.begin("an ID token that is missing, and one that is none");
    let outcome = mock.sign_in(json!({"token": {"members": {"id_token": null}}})).await;
    assert_eq!(refused(outcome), "id_token_mismatch");
    let outcome = mock.sign_in(json!({"token": {"members": {"id_token": "x"}}})).await;
    assert_eq!(cannot_tell(outcome), unreadable(200, "its ID token is no JWT"));
}

async fn tell_of_callbacks(mock: &Mock, stories: &mut Stories) {
    stories.begin("a callback that names its issuer, another, or two");
    mock.callback(json!([["iss", mock.url]])).await.unwrap();
    let outcome = mock.callback(json!([["iss", "https://issuer.example"]])).await;
    assert_eq!(refused(outcome), "issuer_mismatch");
    let outcome =
        mock.callback(json!([["iss", mock.url], ["iss", "https://issuer.example"]])).await;
    assert_eq!(refused(outcome), "callback_malformed");

    stories.begin("a callback without a state, with two, or with two codes");
    assert_eq!(refused(mock.callback(json!([["state", null]])).await), "state_mismatch");
    for twice in ["state", "code"] {
        let outcome = mock.callback(json!([[twice, "another"]])).await;
        assert_eq!(refused(outcome), "callback_malformed");
    }

    stories.begin("a denial, and a denial beside a code");
    let outcome = mock.callback(json!([["code", null], ["error", "access_denied"]])).await;
    assert_eq!(refused(outcome), "access_denied");
    let outcome = mock.callback(json!([["error", "access_denied"]])).await;
    assert_eq!(refused(outcome), "callback_malformed");

    stories.begin("a server that failed at the login page: cannot tell");
    for error in ["server_error", "temporarily_unavailable"] {
        let outcome = mock.callback(json!([["code", null], ["error", error]])).await;
        assert!(cannot_tell(outcome).starts_with("the identity provider failed (status 50"));
    }
}

async fn tell_of_the_other_endpoints(mock: &Mock, stories: &mut Stories) {
    let tokens = mock.sign_in(json!({})).await.unwrap();
    let user = async |answer: Value| {
        mock.order(json!({"userInfo": answer})).await;
        mock.client.user_info_with_token(&tokens.access_token).await
    };

    stories.begin("userInfo: the user, and refusals of the token");
    assert_eq!(user(json!({})).await.unwrap().username, "johndoe");
    let answer = json!({"status": 401, "body": {"error": "invalid_token"}});
    assert_eq!(refused(user(answer).await), "invalid_token");
    let answer = json!({"status": 403, "body": {"error": "insufficient_scope"}});
    assert_eq!(refused(user(answer).await), "insufficient_scope");

    stories.begin("userInfo: another user, and none");
    let said = cannot_tell(user(json!({"members": {"sub": "another"}})).await);
    assert_eq!(said, unreadable(200, "it is about another user than the token"));
    let said = cannot_tell(user(json!({"members": {"sub": null}})).await);
    assert_eq!(said, unreadable(200, "it has no sub"));
    let said = cannot_tell(user(json!({"members": {"username": null}})).await);
    assert_eq!(said, unreadable(200, "it has no user name"));

    stories.begin("userInfo: a failure");
    let said = cannot_tell(user(json!({"status": 503})).await);
    assert_eq!(said, "the identity provider failed (status 503)");

    stories.begin("a live check: a failure is no verdict, a refusal is");
    let verifier = || {
        let live = LiveCheck::new(Arc::new(mock.client.clone()));
        let builder = JwtVerifier::builder(&mock.pool).client_id(CLIENT);
        builder.revocations(Arc::new(live)).build().unwrap()
    };
    let token = tokens.access_token.expose();
    mock.order(json!({"userInfo": {"status": 503}})).await;
    assert!(verifier().verify_access(token).await.unwrap_err().is_unavailable());
    mock.order(json!({"userInfo": {"members": {"sub": "another"}}})).await;
    assert!(verifier().verify_access(token).await.unwrap_err().is_unavailable());
    mock.order(json!({"userInfo": {"status": 401, "body": {"error": "invalid_token"}}})).await;
    let verifier = verifier();
    assert_eq!(bad(verifier.verify_access(token).await), "revoked");
    assert_eq!(
        bad(verifier.verify_access(token).await),
        "revoked",
        "for good: no request was sent"
    );

    stories.begin("revocation: done, and not known to be");
    let refresh_token = tokens.refresh_token.as_ref().unwrap();
    mock.client.revoke(refresh_token).await.unwrap();
    mock.order(json!({"revoke": {"status": 503}})).await;
    let said = cannot_tell(mock.client.revoke(refresh_token).await);
    assert_eq!(said, "the identity provider failed (status 503)");
    mock.order(json!({"revoke": {"status": 400}})).await;
    let said = cannot_tell(mock.client.revoke(refresh_token).await);
    assert_eq!(said, unreadable(400, "it is not a JSON object"));

    stories.begin("a refresh: rotated, refused, and for another client");
    let any = RefreshToken::new("any");
    assert_ne!(mock.client.refresh(&any).await.unwrap().refresh_token.unwrap().expose(), "any");
    let gone = json!({"error": "invalid_grant", "error_description": "it was used before"});
    mock.order(json!({"token": {"status": 400, "body": gone}})).await;
    assert_eq!(words(mock.client.refresh(&any).await), "it was used before");
    mock.order(json!({"id_token": {"aud": "another"}})).await;
    let outcome = mock.client.refresh(&any).await;
    assert!(outcome.as_ref().is_err_and(|error| error.new_refresh_token().is_some()));
    assert_eq!(refused(outcome), "id_token_mismatch");
}
