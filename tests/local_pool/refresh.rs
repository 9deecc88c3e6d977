//! Tokens from a refresh token, and from the client-credentials grant.

use std::time::Duration;

use cognito_auth::testing::{LocalClient, LocalUser, LocalUserPool, TokenSpec};
use cognito_auth::{IdTokenChecks, IdentityProvider, RefreshToken, VerifyError};
use serde_json::json;

use crate::local_http::claims;
use crate::{CALLBACK, PASSWORD, alice, code_of, pool, signed_in, verifier};

/// OpenID Connect Core §12.2: a refreshed ID token is about the user of the first one.
#[tokio::test]
async fn a_refreshed_id_token_is_compared_with_the_first() {
    let pool = pool();
    pool.add_user(LocalUser::new("mallory", PASSWORD));
    let verifier = verifier(&pool);
    let first = signed_in(&pool).await;
    let known =
        verifier.verify_id(first.id_token.unwrap().expose(), IdTokenChecks::new()).await.unwrap();
    let same_user = IdTokenChecks::new().subject(known.sub());

    let second = pool.refresh(&first.refresh_token.unwrap()).await.unwrap().id_token.unwrap();
    verifier.verify_id(second.expose(), same_user).await.unwrap();
    let another = pool.id_token("mallory");
    let verdict = verifier.verify_id(another.expose(), same_user).await;
    assert_eq!(verdict, Err(VerifyError::SubjectMismatch));
}

#[tokio::test]
async fn a_refresh_keeps_the_session_and_the_time_of_the_sign_in() {
    let pool = pool();
    let first = signed_in(&pool).await;
    pool.advance(Duration::from_secs(600));
    pool.add_user(LocalUser::new("alice", PASSWORD).email("new@example.com"));
    let second = pool.refresh(first.refresh_token.as_ref().unwrap()).await.unwrap();
    assert_eq!(second.refresh_token, first.refresh_token);

    let (before, after) =
        (claims(first.access_token.expose()), claims(second.access_token.expose()));
    for same in ["auth_time", "origin_jti", "sub", "scope", "client_id", "username"] {
        assert_eq!(before[same], after[same], "{same}");
    }
    assert_ne!(before["jti"], after["jti"]);
    assert!(after["iat"].as_u64() >= before["iat"].as_u64().map(|iat| iat + 600));
    assert_eq!(before["cognito:groups"], json!(["admins"]));
    assert_eq!(after.get("cognito:groups"), None);
    let id = claims(second.id_token.as_ref().unwrap().expose());
    assert_eq!((id.get("nonce"), &id["email"]), (None, &json!("new@example.com")));
    assert_eq!(id["aud"], pool.client_id());

    let revoked = first.refresh_token.as_ref().unwrap();
    pool.revoke(revoked).await.unwrap();
    pool.revoke(revoked).await.unwrap();
    pool.revoke(&RefreshToken::new("unknown")).await.unwrap();
    assert_eq!(code_of(pool.refresh(revoked).await), "invalid_grant");
    for token in [&first.access_token, &second.access_token] {
        assert_eq!(code_of(pool.user_info_with_token(token).await), "token_revoked");
    }
    let access = RefreshToken::new(first.access_token.expose());
    assert_eq!(code_of(pool.revoke(&access).await), "unsupported_token_type");
}

#[tokio::test]
async fn rotation_leaves_the_old_token_its_grace_time_and_the_new_one_the_rest() {
    let build = |grace| {
        let builder = LocalUserPool::builder().in_memory().user(alice());
        let lifetime = Duration::from_secs(3600);
        builder.rotation(Duration::from_secs(grace)).refresh_token_lifetime(lifetime).build()
    };
    let pool = build(30).unwrap();
    let first = signed_in(&pool).await.refresh_token.unwrap();
    pool.advance(Duration::from_secs(1800));
    let second = pool.refresh(&first).await.unwrap().refresh_token.unwrap();
    assert_ne!(first, second);
    pool.advance(Duration::from_secs(29));
    pool.refresh(&first).await.unwrap();
    pool.advance(Duration::from_secs(2));
    assert_eq!(code_of(pool.refresh(&first).await), "invalid_grant");
    pool.refresh(&second).await.unwrap();
    pool.advance(Duration::from_secs(1800));
    assert_eq!(code_of(pool.refresh(&second).await), "invalid_grant");

    let pool = build(0).unwrap();
    let first = signed_in(&pool).await.refresh_token.unwrap();
    pool.refresh(&first).await.unwrap();
    assert_eq!(code_of(pool.refresh(&first).await), "invalid_grant");
}

#[tokio::test]
async fn a_machine_gets_the_scopes_of_its_resource_servers() {
    let client = LocalClient::machine("machine", "s3cret").scopes(["api/read", "api/write"]);
    let pool = LocalUserPool::builder().in_memory().client(client).build().unwrap();
    let all = pool.client_credentials(&[]).await.unwrap();
    assert!(all.id_token.is_none() && all.refresh_token.is_none());
    let all = claims(all.access_token.expose());
    assert_eq!(all["scope"], "api/read api/write");
    assert_eq!((&all["sub"], &all["client_id"]), (&json!("machine"), &json!("machine")));
    for absent in ["username", "origin_jti", "event_id", "cognito:groups", "aud"] {
        assert_eq!(all.get(absent), None, "{absent}");
    }
    let one = pool.client_credentials(&["api/read"]).await.unwrap();
    assert_eq!(claims(one.access_token.expose())["scope"], "api/read");
    assert_eq!(code_of(pool.client_credentials(&["openid"]).await), "invalid_scope");
    assert_eq!(claims(&pool.token(&TokenSpec::machine()))["scope"], "api/read api/write");

    let confidential = LocalClient::confidential("web", "s3cret").redirect_uri(CALLBACK);
    let pool =
        LocalUserPool::builder().in_memory().client(confidential).user(alice()).build().unwrap();
    assert_eq!(code_of(pool.client_credentials(&[]).await), "unauthorized_client");
    signed_in(&pool).await;
}
