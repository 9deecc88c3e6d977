//! `JwtBearer`: from headers to claims.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::bearer::{Challenge, Credentials, FromBearer, JwtBearer};
use cognito_auth::testing::{LocalUserPool, TokenSpec};
use cognito_auth::{AccessClaims, JwtVerifier, TokenVerifier, UserPool};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use serde::Deserialize;

use super::local_pool::{pool, verifier_builder};

fn bearer(pool: &LocalUserPool) -> JwtBearer {
    JwtBearer::new(verifier_builder(pool).build().unwrap())
}

fn headers(authorization: &str) -> HeaderMap {
    HeaderMap::from_iter([(AUTHORIZATION, authorization.parse().unwrap())])
}

fn with_token(token: &str) -> HeaderMap {
    headers(&format!("Bearer {token}"))
}

fn shown(challenge: Challenge) -> (u16, Option<&'static str>) {
    (challenge.status().as_u16(), challenge.error())
}

const INVALID: (u16, Option<&str>) = (401, Some("invalid_token"));

#[tokio::test]
async fn each_kind_of_token_at_its_own_entry() {
    let pool = pool();
    let bearer = bearer(&pool);
    let access = with_token(pool.access_token("alice").expose());
    let id = with_token(pool.id_token("alice").expose());

    let credentials = bearer.access(&access).await.unwrap();
    assert_eq!(credentials.claims().username(), Some("alice"));
    let credentials = bearer.optional_access(&access).await.unwrap().unwrap();
    assert!(credentials.into_claims().in_group("admins"));
    let credentials = bearer.id(&id).await.unwrap();
    assert_eq!(credentials.claims().email(), Some("alice@example.com"));
    assert!(bearer.optional_id(&id).await.unwrap().is_some());

    assert_eq!(shown(bearer.access(&id).await.unwrap_err()), INVALID);
    assert_eq!(shown(bearer.optional_access(&id).await.unwrap_err()), INVALID);
    assert_eq!(shown(bearer.id(&access).await.unwrap_err()), INVALID);
    assert_eq!(shown(bearer.optional_id(&access).await.unwrap_err()), INVALID);
}

/// The claims alone are read of the bytes, where these are those of a token that is cached.
#[tokio::test]
async fn a_cached_token_is_answered_as_one_that_is_not() {
    let pool = pool();
    let [cached, plain] = [true, false].map(|is_cached| {
        let builder = verifier_builder(&pool);
        let builder = if is_cached { builder } else { builder.without_cache() };
        JwtBearer::new(builder.build().unwrap())
    });
    let token = pool.access_token("alice").expose().to_owned();
    let strict = |bearer: &JwtBearer| bearer.require_group("no such group");
    for _ in 0..4 {
        AccessClaims::from_bearer(&cached, (&with_token(&token)).into()).await.unwrap();
    }
    for fields in [
        vec![format!("Bearer {token}")],
        vec![format!("bearer {token}")],
        vec![format!("Bearer  {token}")],
        vec![format!(" Bearer {token} ")],
        vec![format!("Bearer {token},")],
        vec![format!("Bearer {token} x")],
        vec![format!("Bearer {token}=")],
        vec![format!("Bearer {token}\u{e9}")],
        vec![format!("Bearer {}", &token[1..])],
        vec![format!("Bearer{token}")],
        vec![token.clone()],
        vec![format!("Bearer {token}"), format!("Bearer {token}")],
        vec![format!("Bearer {token}"), "Basic a".to_owned()],
        vec!["Basic a".to_owned(), format!("Bearer {token}")],
        vec![],
    ] {
        let mut headers = HeaderMap::new();
        for field in &fields {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(field.as_bytes()).unwrap());
        }
        for (cached, plain) in [(&cached, &plain), (&strict(&cached), &strict(&plain))] {
            let expected = AccessClaims::from_bearer(plain, (&headers).into()).await;
            assert_eq!(
                AccessClaims::from_bearer(cached, (&headers).into()).await,
                expected,
                "{fields:?}"
            );
            let expected = AccessClaims::from_optional_bearer(plain, (&headers).into()).await;
            let read = AccessClaims::from_optional_bearer(cached, (&headers).into()).await;
            assert_eq!(read, expected, "{fields:?}");
        }
    }
    // Read from another field, it is not read from this one.
    let other = cached.token_in_header(http::HeaderName::from_static("x-token"));
    let read = AccessClaims::from_optional_bearer(&other, (&with_token(&token)).into()).await;
    assert_eq!(read, Ok(None));
}

#[tokio::test]
async fn only_a_missing_token_is_none() {
    let pool = pool();
    let bearer = bearer(&pool);
    let basic = headers("Basic dXNlcjpwYXNz");
    for headers in [&HeaderMap::new(), &basic] {
        assert!(bearer.optional_access(headers).await.unwrap().is_none());
        assert!(bearer.optional_id(headers).await.unwrap().is_none());
        assert_eq!(bearer.access(headers).await.unwrap_err(), Challenge::missing_token());
        assert_eq!(bearer.id(headers).await.unwrap_err(), Challenge::missing_token());
    }
    let expired = with_token(&pool.token(&TokenSpec::access("alice").expired()));
    let stranger = with_token(&pool.token(&TokenSpec::access("alice").signed_by_stranger()));
    for headers in [expired, stranger, headers("Bearer junk")] {
        assert_eq!(shown(bearer.access(&headers).await.unwrap_err()), INVALID);
        assert_eq!(shown(bearer.optional_access(&headers).await.unwrap_err()), INVALID);
        assert_eq!(shown(bearer.optional_id(&headers).await.unwrap_err()), INVALID);
    }
    for headers in [headers(""), headers("Bearer"), headers("Bearer a b")] {
        let expected = Challenge::invalid_request();
        assert_eq!(bearer.access(&headers).await.unwrap_err(), expected);
        assert_eq!(bearer.optional_access(&headers).await.unwrap_err(), expected);
        assert_eq!(bearer.optional_id(&headers).await.unwrap_err(), expected);
    }
}

#[tokio::test]
async fn the_rules_of_the_verifier_decide() {
    let pool = pool();
    let headers = with_token(pool.access_token("alice").expose());
    for builder in [
        verifier_builder(&pool).require_group("owners"),
        verifier_builder(&pool).require_scope("orders/read"),
    ] {
        let bearer = JwtBearer::new(builder.build().unwrap());
        let challenge = bearer.access(&headers).await.unwrap_err();
        assert_eq!(shown(challenge), (403, Some("insufficient_scope")));
    }
    let verifier: Arc<dyn TokenVerifier> = Arc::new(verifier_builder(&pool).build().unwrap());
    let bearer = JwtBearer::from(verifier.clone());
    let credentials = bearer.access(&headers).await.unwrap();
    verifier.sign_out(credentials.claims()).await.unwrap();
    assert_eq!(shown(bearer.access(&headers).await.unwrap_err()), INVALID);
}

#[tokio::test]
async fn without_keys_it_cannot_be_told() {
    let local = pool();
    // Port 1 of this machine: nothing listens.
    let pool = UserPool::new("eu-west-1_LocalPool")
        .unwrap()
        .with_issuers(local.user_pool().issuers().to_vec())
        .unwrap()
        .with_jwks_uri("http://127.0.0.1:1/jwks.json")
        .unwrap();
    let bearer = JwtBearer::new(JwtVerifier::new(&pool, local.client_id()).unwrap());
    let headers = with_token(local.access_token("alice").expose());
    let challenge = bearer.optional_access(&headers).await.unwrap_err();
    assert!(challenge.is_unavailable());
    assert_eq!(challenge.status(), 503);
    assert_eq!(challenge.www_authenticate(), None);
    assert_eq!(challenge.retry_after(), Some(Duration::from_secs(5)));
}

#[tokio::test]
async fn the_token_and_its_parts_can_be_read_and_debug_shows_none() {
    #[derive(Deserialize)]
    struct Header {
        alg: String,
        kid: String,
    }

    let pool = pool();
    let token = pool.access_token("alice");
    let credentials: Credentials<AccessClaims> =
        bearer(&pool).access(&with_token(token.expose())).await.unwrap();

    assert_eq!(*credentials.token(), token);
    let header: Header = credentials.header().unwrap();
    assert_eq!((header.alg.as_str(), header.kid), ("RS256", pool.access_key_id()));
    assert_eq!(credentials.header::<Vec<u8>>().unwrap_err().code(), "header_not_object");
    let (signing_input, signature) = token.expose().rsplit_once('.').unwrap();
    assert_eq!(credentials.signing_input(), signing_input);
    assert_eq!(credentials.signature(), pool.sign(signing_input.as_bytes()));

    let shown = format!("{credentials:?} {:?}", bearer(&pool));
    assert!(shown.starts_with("Credentials { claims: AccessClaims {"), "{shown}");
    assert!(shown.contains("AccessToken([redacted])"), "{shown}");
    for part in token.expose().split('.').chain([signature]) {
        assert!(!shown.contains(part), "{shown}");
    }
}
