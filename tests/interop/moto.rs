//! moto, an emulator of AWS without hosted pages: pages of HTML and XML where JSON should be, and
//! pool ids longer than any of Cognito's.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::revocation::LiveCheck;
use cognito_auth::{
    AccessToken, AuthCode, CognitoClient, IdTokenChecks, IdentityProvider, JwtVerifier,
    RefreshToken, UserInfoSource, UserPool,
};
use serde_json::json;

use crate::administration::{Administration, PASSWORD};
use crate::pages::REDIRECT_URI;
use crate::peer::Peer;
use crate::stories::{Stories, bad, cannot_tell, refused, words};

#[tokio::test]
async fn moto() {
    let program =
        ["{peers}/venv/bin/python", "-m", "moto.server", "-H", "127.0.0.1", "-p", "{port}"];
    let Some(peer) = Peer::start("moto", &program, &[]) else { return };
    let url = peer.url();
    let administration = Administration::new(&url, "us-east-1");
    let id = administration.create_pool().await;
    administration.create_user(&id, "alice", "alice@example.com").await;
    let app = administration.create_app(&id, json!({})).await;
    let jwks_uri = format!("{url}/{id}/.well-known/jwks.json");
    let bare = UserPool::new(&id).unwrap().with_idp_endpoint(&url).unwrap();
    let bare = bare.with_jwks_uri(&jwks_uri).unwrap();
    let settings = bare.clone().with_domain(&url).unwrap();
    let initiate = async || {
        let request = json!({
            "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": app.id,
            "AuthParameters": {"USERNAME": "alice", "PASSWORD": PASSWORD},
        });
        administration.call("InitiateAuth", request).await["AuthenticationResult"].clone()
    };
    let mut stories = Stories::with("moto");

    stories.begin("a pool id of 42 characters, and the issuer that Cognito would have");
    assert_eq!(id.len(), "us-east-1_".len() + 32);
    let verifier = JwtVerifier::new(&bare, &app.id).unwrap();
    let tokens = initiate().await;
    let token = AccessToken::new(tokens["AccessToken"].as_str().unwrap());
    let claims = verifier.verify_access(token.expose()).await.unwrap();
    assert_eq!(claims.username(), Some("alice"));
    assert_eq!(claims.issuer(), format!("https://cognito-idp.us-east-1.amazonaws.com/{id}"));

    stories.begin("an ID token, and one where an access token is due");
    let id_token = tokens["IdToken"].as_str().unwrap();
    assert_eq!(
        verifier.verify_id(id_token, IdTokenChecks::new()).await.unwrap().sub(),
        claims.sub()
    );
    assert_eq!(bad(verifier.verify_access(id_token).await), "token_use_mismatch");

    stories.begin("who it is: GetUser");
    let client = CognitoClient::builder(&settings, &app.id);
    let client = client.user_info_source(UserInfoSource::GetUser).build().unwrap();
    let user = client.user_info_with_token(&token).await.unwrap();
    assert_eq!((user.username.as_str(), user.sub.as_str()), ("alice", claims.sub()));

    stories.begin("a token that is none");
    let outcome = client.user_info_with_token(&AccessToken::new("none")).await;
    assert_eq!(
        (words(outcome.clone()).as_str(), refused(outcome)),
        ("Invalid token", "not_authorized")
    );

    stories.begin("HTML where tokens should be: cannot tell");
    let failed = "the identity provider failed (status 500)";
    let code = AuthCode::new("any", REDIRECT_URI);
    assert_eq!(cannot_tell(client.auth_with_code(code).await), failed);
    let refresh_token = RefreshToken::new(tokens["RefreshToken"].as_str().unwrap());
    assert_eq!(cannot_tell(client.refresh(&refresh_token).await), failed);

    stories.begin("HTML where a revocation should be confirmed: cannot tell");
    assert_eq!(cannot_tell(client.revoke(&refresh_token).await), failed);

    stories.begin("XML where a user should be: cannot tell");
    let by_user_info = CognitoClient::builder(client.pool(), &app.id);
    let by_user_info = by_user_info.user_info_source(UserInfoSource::UserInfo).build().unwrap();
    let outcome = by_user_info.user_info_with_token(&token).await;
    assert_eq!(
        cannot_tell(outcome),
        "the identity provider's answer cannot be read (status 404): the status has no meaning here"
    );

    stories.begin("operations that it does not have, in HTML: cannot tell");
    let bare_client = CognitoClient::new(&bare, &app.id).unwrap();
    assert_eq!(cannot_tell(bare_client.refresh(&refresh_token).await), failed);
    assert_eq!(cannot_tell(bare_client.revoke(&refresh_token).await), failed);

    stories.begin("a page of HTML where the keys should be: cannot tell");
    let keyless = bare.with_jwks_uri(&format!("{url}/moto-api/")).unwrap();
    let keyless = JwtVerifier::new(&keyless, &app.id).unwrap();
    let error = keyless.verify_access(token.expose()).await.unwrap_err();
    assert!(error.is_unavailable());
    assert_eq!(
        error.to_string(),
        "the issuer's keys are not available: the answer is a page of HTML, not a JWKS"
    );

    stories.begin("a sign-out, and a live check that sees it in other words than Cognito's");
    let live = LiveCheck::builder(Arc::new(client.clone())).keep_for(Duration::ZERO);
    let live = JwtVerifier::builder(client.pool())
        .client_id(&app.id)
        .revocations(Arc::new(live.build().unwrap()))
        .build()
        .unwrap();
    live.verify_access(token.expose()).await.unwrap();
    client.logout_with_token(&token).await.unwrap();
    let outcome = client.user_info_with_token(&token).await;
    assert_eq!(
        (words(outcome.clone()).as_str(), refused(outcome)),
        ("Invalid token", "not_authorized")
    );
    assert_eq!(bad(live.verify_access(token.expose()).await), "revoked");
    verifier.verify_access(token.expose()).await.expect("a verifier has to be told");

    stories.begin("a new sign-in after that");
    let again = initiate().await;
    live.verify_access(again["AccessToken"].as_str().unwrap()).await.unwrap();
    stories.end();
}
