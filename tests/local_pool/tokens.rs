//! Tokens to order, and the keys that sign them.

use std::time::Duration;

use cognito_auth::keys::StaticKeySet;
use cognito_auth::testing::TokenSpec;
use cognito_auth::{AccessToken, IdentityProvider, JwtVerifier};
use serde_json::json;

use crate::local_http::claims;
use crate::{code_of, pool, verifier};

#[tokio::test]
async fn every_spoiled_token_is_refused_for_its_own_reason() {
    let pool = pool();
    let verifier = verifier(&pool);
    let check = |spec: TokenSpec| {
        let outcome = verifier.verify_access_now(pool.token(&spec));
        outcome.map(|_| "good").unwrap_or_else(|error| error.code())
    };
    let access = || TokenSpec::access("alice");
    let payload = |text: &str| access().raw_payload(text.to_owned());
    for (spec, code) in [
        (access(), "good"),
        (access().claim("anything", json!({"a": [1, null]})), "good"),
        (access().expires_in(1), "good"),
        (access().groups(["a", "b"]).scopes(["x/y"]), "good"),
        (access().expires_in(-1), "expired"),
        (access().expired(), "expired"),
        (access().signed_by_stranger(), "signature_invalid"),
        (access().with_broken_signature(), "signature_invalid"),
        (access().without_signature(), "signature_invalid"),
        (access().algorithm_text("none"), "algorithm_not_allowed"),
        (access().algorithm_text("HS256"), "algorithm_not_allowed"),
        (access().kid("unknown"), "unknown_key"),
        (access().header_member("crit", ["exp"]), "critical_header"),
        (access().header_member("jku", "https://evil.example"), "embedded_key"),
        (access().raw_header("{}"), "algorithm_not_allowed"),
        (access().raw_header("[]"), "header_not_object"),
        (payload("not json"), "payload_not_object"),
        (payload(r#"{"iss":1,"iss":2}"#), "payload_duplicate_member"),
        (access().issuer("https://evil.example"), "issuer_not_allowed"),
        (access().client_id("another"), "client_not_allowed"),
        (access().without_claim("exp"), "claim_missing"),
        (access().claim("exp", "soon"), "claim_malformed"),
        (TokenSpec::id("alice"), "token_use_mismatch"),
    ] {
        assert_eq!(check(spec.clone()), code, "{spec:?}");
    }
    let id = |spec: TokenSpec| {
        let token = pool.token(&spec);
        verifier.verify_id_now(&token, Default::default()).map_err(|error| error.code())
    };
    let claims = id(TokenSpec::id("alice").claim("nonce", "n")).unwrap();
    assert_eq!((claims.nonce(), claims.client_id()), (Some("n"), pool.client_id().as_str()));
    assert_eq!(id(TokenSpec::id("alice").client_id("x")).unwrap_err(), "client_not_allowed");
    assert_eq!(id(TokenSpec::access("alice")).unwrap_err(), "token_use_mismatch");
}

#[tokio::test]
async fn the_pool_itself_tells_bad_tokens_apart() {
    let pool = pool();
    let access = || TokenSpec::access("alice");
    for (spec, code) in [
        (access(), "ok"),
        (access().expired(), "token_expired"),
        (access().with_broken_signature(), "invalid_token"),
        (access().signed_by_stranger(), "invalid_token"),
        (access().kid("unknown"), "invalid_token"),
        (access().issuer("https://evil.example"), "invalid_token"),
        (access().claim("token_use", "id"), "invalid_token"),
        (access().claim("sub", "unknown"), "user_not_found"),
        (access().scopes(["openid", "aws.cognito.signin.user.admin"]), "ok"),
        (access().scopes(["email"]), "no_user_scope"),
        (TokenSpec::id("alice"), "no_user_scope"),
    ] {
        let token = AccessToken::new(pool.token(&spec));
        let outcome = pool.user_info_with_token(&token).await;
        assert_eq!(outcome.map_or_else(|error| error.code(), |_| "ok"), code, "{spec:?}");
    }
    // A token from before the sign-out whose session the pool does not know.
    let unknown = AccessToken::new(pool.token(&access().claim("origin_jti", "mine")));
    pool.user_info_with_token(&unknown).await.unwrap();
    pool.sign_out("alice");
    assert_eq!(code_of(pool.user_info_with_token(&unknown).await), "token_revoked");
    pool.advance(Duration::from_secs(1));
    let later = AccessToken::new(pool.token(&access().without_claim("origin_jti")));
    pool.user_info_with_token(&later).await.unwrap();
}

#[test]
fn keys_rotate_and_old_ones_retire() {
    let pool = pool();
    let (old_token, old_verifier) = (pool.access_token("alice"), verifier(&pool));
    pool.rotate_keys().unwrap();
    let new_token = pool.access_token("alice");
    assert_eq!(
        old_verifier.verify_access_now(new_token.expose()).unwrap_err().code(),
        "unknown_key"
    );
    verifier(&pool).verify_access_now(old_token.expose()).unwrap();
    verifier(&pool).verify_access_now(new_token.expose()).unwrap();
    pool.retire_old_keys();
    let error = verifier(&pool).verify_access_now(old_token.expose()).unwrap_err();
    assert_eq!(error.code(), "unknown_key");
    verifier(&pool).verify_access_now(new_token.expose()).unwrap();
}

#[test]
fn the_stranger_really_signs() {
    let pool = pool();
    let forged = pool.token(&TokenSpec::access("alice").signed_by_stranger());
    let keys = format!(r#"{{"keys":[{}]}}"#, pool.stranger_jwk(&pool.access_key_id()));
    let fooled = JwtVerifier::builder(&pool.user_pool())
        .client_id(pool.client_id())
        .keys(StaticKeySet::from_jwks_json(&keys).unwrap())
        .build()
        .unwrap();
    fooled.verify_access_now(&forged).unwrap();
    assert!(fooled.verify_access_now(pool.access_token("alice").expose()).is_err());
}

#[test]
fn a_compact_jws_can_be_put_together_by_hand() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let pool = pool();
    let token = pool.access_token("alice");
    let (input, _) = token.expose().rsplit_once('.').unwrap();
    let by_hand = format!("{input}.{}", URL_SAFE_NO_PAD.encode(pool.sign(input.as_bytes())));
    assert_eq!(by_hand, token.expose());
}

#[test]
fn tokens_have_cognitos_form() {
    let pool = pool();
    let (access, id) = (pool.access_token("alice"), pool.id_token("alice"));
    let part = |token: &str, index| {
        use base64::Engine as _;
        let part = token.split('.').nth(index).unwrap().to_owned();
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let kid = pool.access_key_id();
    assert_eq!(part(access.expose(), 0), format!(r#"{{"kid":"{kid}","alg":"RS256"}}"#));
    assert!(part(access.expose(), 1).contains(
        r#""iss":"https:\/\/cognito-idp.eu-west-1.amazonaws.com\/eu-west-1_LocalPool","#
    ));
    assert!(!part(id.expose(), 0).contains(&kid));

    let names = |token: &str| {
        let mut names: Vec<String> = claims(token).as_object().unwrap().keys().cloned().collect();
        names.sort();
        names.join(" ")
    };
    assert_eq!(
        names(access.expose()),
        "auth_time client_id cognito:groups event_id exp iat iss jti origin_jti scope sub \
         token_use username version"
    );
    assert_eq!(
        names(id.expose()),
        "aud auth_time cognito:groups cognito:username custom:tenant email email_verified \
         event_id exp iat iss jti origin_jti sub token_use"
    );
    assert_eq!(claims(access.expose())["version"], 2);
    assert_eq!(claims(id.expose())["email_verified"], true);
    let groupless = pool.token(&TokenSpec::access("alice").groups::<String>([]));
    assert_eq!(claims(&groupless).get("cognito:groups"), None);
}
