//! The provider from outside, signed in with by hand and mounted in the endpoints.

use std::sync::Arc;

use cognito_auth::keys::StaticKeySet;
use cognito_auth::{
    AuthEndpoints, AuthError, Callback, IdTokenChecks, IdentityProvider, JwtVerifier, Logout,
    PendingSignIn, SignInRequest,
};
use http::Request;

use crate::oidc_server::{OidcServer, REFRESH_TOKEN};
use crate::support::{CLIENT_ID, jwks};

const REDIRECT_URI: &str = "https://app.example.com/callback";
const CODE_VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn verifier(server: &OidcServer) -> JwtVerifier {
    let keys = StaticKeySet::from_jwks_json(&jwks(&[&server.signer])).unwrap();
    JwtVerifier::builder(&server.pool()).client_id(CLIENT_ID).keys(keys).build().unwrap()
}

/// What comes back from the login page, and the nonce that was sent there.
fn started(provider: &dyn IdentityProvider, code: &str) -> (PendingSignIn, Callback, String) {
    let sign_in = provider.sign_in(SignInRequest::new(REDIRECT_URI)).unwrap();
    assert_eq!(sign_in.url.path(), "/authorize");
    let sent = |name: &str| {
        let (_, value) = sign_in.url.query_pairs().find(|(known, _)| known == name).unwrap();
        value.into_owned()
    };
    let query = format!("code={code}&state={}", sent("state"));
    let nonce = sent("nonce");
    (sign_in.pending, Callback::from_query(&query).unwrap(), nonce)
}

#[tokio::test]
async fn a_provider_from_outside_exchanges_a_code_and_checks_the_answer() {
    let server = OidcServer::start().await;
    let provider = server.provider();
    let (pending, callback, nonce) = started(&provider, "good");
    server.answer_code("good", Some(&nonce)).await;
    let code = pending.accept(&callback).unwrap();
    assert!(code.requires_id_token() && code.expose_nonce() == Some(&*nonce));
    let tokens = provider.auth_with_code(code).await.unwrap();
    assert_eq!(tokens.access_token.expose(), server.access_token);
    let (id_token, checks) = (tokens.id_token.unwrap(), IdTokenChecks::new().nonce(&nonce));
    verifier(&server).verify_id(id_token.expose(), checks).await.unwrap();
    let [form] = &server.arrived("/token").await[..] else { panic!("one exchange") };
    assert!(form.contains("code_verifier=") && form.contains("grant_type=authorization_code"));
    assert_eq!(server.arrived("/revoke").await, [""; 0]);
}

#[tokio::test]
async fn a_sign_in_that_is_refused_after_the_exchange_leaves_no_session() {
    let server = OidcServer::start().await;
    let provider = server.provider();
    for (code, nonce) in [("none", None), ("another", Some("another's"))] {
        let (pending, callback, _) = started(&provider, code);
        server.answer_code(code, nonce).await;
        let refused =
            provider.auth_with_code(pending.accept(&callback).unwrap()).await.unwrap_err();
        assert_eq!(refused.code(), "id_token_mismatch", "{code}");
        let [.., revoked] = &server.arrived("/revoke").await[..] else { panic!("{code}") };
        assert!(revoked.contains(REFRESH_TOKEN));
    }
    assert_eq!(server.arrived("/revoke").await.len(), 2);
}

#[tokio::test]
async fn the_endpoints_sign_in_answer_me_and_log_out() {
    let server = OidcServer::start().await;
    let verifier = verifier(&server);
    let endpoints = AuthEndpoints::builder(server.provider(), verifier.clone())
        .redirect_uri(REDIRECT_URI)
        .build()
        .unwrap();
    let ask = async |method: &str, path: &str, body: String| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", server.access_token))
            .body(body.into_bytes())
            .unwrap();
        let response = endpoints.handle(request).await;
        let body = serde_json::from_str::<serde_json::Value>(response.body()).unwrap();
        (response.status().as_u16(), body)
    };
    server.answer_code("fresh", None).await;
    let body = format!(r#"{{"code":"fresh","code_verifier":"{CODE_VERIFIER}"}}"#);
    let (status, tokens) = ask("POST", "/auth/sign-in", body).await;
    assert_eq!((status, tokens["access_token"].as_str()), (200, Some(&*server.access_token)));

    let (status, me) = ask("GET", "/auth/me", String::new()).await;
    assert_eq!(
        (status, &me["username"], &me["email"]),
        (200, &"bob".into(), &"bob@example.com".into())
    );

    let (status, _) = ask("POST", "/auth/logout", String::new()).await;
    assert_eq!((status, server.arrived("/logout").await.len()), (200, 1));
    assert_eq!(ask("GET", "/auth/me", String::new()).await.0, 403);
    assert!(verifier.verify_access(&server.access_token).await.is_err());
}

#[tokio::test]
async fn one_provider_is_shared_as_an_arc() {
    let server = OidcServer::start().await;
    let provider: Arc<dyn IdentityProvider> = Arc::new(server.provider());
    let verifier = verifier(&server);
    let logout = Logout::new(Arc::clone(&provider), verifier.clone());
    AuthEndpoints::builder(Arc::clone(&provider), Arc::new(verifier.clone()))
        .redirect_uri(REDIRECT_URI)
        .logout(logout.clone())
        .build()
        .unwrap();
    let (access_token, refresh_token) = (server.access_token.as_str().into(), REFRESH_TOKEN.into());
    assert!(logout.session(&access_token, &refresh_token).await.unwrap().is_complete());
    assert_eq!(server.arrived("/revoke").await.len(), 1);
    assert!(logout.everywhere(&access_token).await.unwrap().is_complete());
    assert!(matches!(provider.refresh(&refresh_token).await, Err(AuthError::Unsupported { .. })));
}
