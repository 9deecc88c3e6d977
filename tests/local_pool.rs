//! `LocalUserPool` in memory: the stories of a sign-in, tokens to order, and what a verifier says
//! to them.
#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used)]

#[path = "support/local_http.rs"]
mod local_http;

use std::time::Duration;

use cognito_auth::keys::StaticKeySet;
use cognito_auth::testing::{Endpoint, Fault, LocalClient, LocalUser, LocalUserPool, TokenSpec};
use cognito_auth::{
    AccessToken, AuthCode, AuthError, Callback, IdTokenChecks, IdentityProvider, JwtVerifier,
    RefreshToken, SignInRequest, Tokens, UserInfoSource, VerifyError,
};
use local_http::claims;
use serde_json::json;

const CALLBACK: &str = "http://localhost:3000/auth/callback";
const PASSWORD: &str = "Passw0rd!";

fn alice() -> LocalUser {
    LocalUser::new("alice", PASSWORD)
        .email("alice@example.com")
        .email_verified(true)
        .group("admins")
        .attribute("custom:tenant", "acme")
}

fn pool() -> LocalUserPool {
    LocalUserPool::builder().in_memory().user(alice()).build().unwrap()
}

async fn signed_in_with(pool: &LocalUserPool, request: SignInRequest) -> Result<Tokens, AuthError> {
    let sign_in = pool.sign_in(request)?;
    let callback = pool.authorize(&sign_in.url, "alice", PASSWORD)?;
    pool.auth_with_code(sign_in.pending.accept(&Callback::from_url(&callback)?)?).await
}

async fn signed_in(pool: &LocalUserPool) -> Tokens {
    signed_in_with(pool, SignInRequest::new(CALLBACK)).await.unwrap()
}

fn verifier(pool: &LocalUserPool) -> JwtVerifier {
    let keys = StaticKeySet::from_jwks_json(&pool.jwks()).unwrap();
    JwtVerifier::builder(&pool.user_pool())
        .client_id(pool.client_id())
        .keys(keys)
        .clock(pool.clock())
        .build()
        .unwrap()
}

fn code_of<T: std::fmt::Debug>(result: Result<T, AuthError>) -> &'static str {
    result.unwrap_err().code()
}

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
    for (username, password) in [("alice", "wrong"), ("nobody", PASSWORD), ("", "")] {
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

/// OpenID Connect Core §12.2: a refreshed ID token is about the user of the first one.
#[tokio::test]
async fn a_refreshed_id_token_is_compared_with_the_first() {
    let pool = pool();
    pool.add_user(LocalUser::new("mallory", PASSWORD));
    let verifier = JwtVerifier::builder(&pool.user_pool())
        .client_id(pool.client_id())
        .keys(StaticKeySet::from_jwks_json(&pool.jwks()).unwrap())
        .clock(pool.clock())
        .build()
        .unwrap();
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

#[tokio::test]
async fn faults_come_as_the_errors_that_they_would_be_over_http() {
    let pool = pool();
    let token = pool.access_token("alice");
    for (fault, code) in [
        (Fault::Status(500), "server_error"),
        (Fault::Html(503), "server_error"),
        (Fault::Status(403), "blocked"),
        (Fault::Html(200), "undecodable"),
        (Fault::Throttle, "rate_limited"),
        (Fault::Hang, "unreachable"),
        (Fault::CutOff, "unreachable"),
    ] {
        pool.fail_next(1, fault);
        let error = pool.user_info_with_token(&token).await.unwrap_err();
        assert_eq!(error.code(), code, "{fault:?}");
        assert!(error.is_unavailable(), "{fault:?}");
    }
    pool.fail_next_at(Endpoint::Token, 1, Fault::Hang);
    pool.user_info_with_token(&token).await.unwrap();
}

#[tokio::test]
async fn users_come_and_go() {
    let pool = pool();
    let before = pool.sub("alice");
    let token = pool.access_token("alice");
    pool.add_user(LocalUser::new("alice", "other").attribute("name", "Alice"));
    assert_eq!(pool.sub("alice"), before);
    let user = pool.user_info_with_token(&token).await.unwrap();
    assert_eq!(user.attribute("name"), Some("Alice"));

    assert!(pool.sign_out("alice"));
    assert_eq!(code_of(pool.user_info_with_token(&token).await), "token_revoked");
    let token = pool.access_token("alice");
    pool.user_info_with_token(&token).await.unwrap();

    assert!(pool.disable_user("alice"));
    assert_eq!(code_of(pool.user_info_with_token(&token).await), "user_disabled");
    assert!(pool.enable_user("alice"));
    assert_eq!(code_of(pool.user_info_with_token(&token).await), "token_revoked");

    let token = pool.access_token("alice");
    assert!(pool.delete_user("alice"));
    assert_eq!(code_of(pool.user_info_with_token(&token).await), "user_not_found");
    assert_eq!(code_of(pool.logout_with_token(&token).await), "token_revoked");
    for gone in [pool.delete_user("alice"), pool.disable_user("alice"), pool.sign_out("alice")] {
        assert!(!gone);
    }
    pool.add_user(alice().subject("0000"));
    assert_eq!(pool.sub("alice").as_deref(), Some("0000"));
    // A token for somebody the pool does not know is a token still.
    let ghost = AccessToken::new(pool.token(&TokenSpec::access("ghost")));
    assert_eq!(code_of(pool.user_info_with_token(&ghost).await), "user_not_found");
    assert_eq!(claims(ghost.expose())["username"], "ghost");
}

#[tokio::test]
async fn every_spoiled_token_is_refused_for_its_own_reason() {
    let pool = pool();
    let verifier = verifier(&pool);
    let check = |spec: TokenSpec| {
        let outcome = verifier.verify_access_now(&pool.token(&spec));
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
        (access().claim("sub", "nobody"), "user_not_found"),
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

#[test]
fn settings_out_of_range_are_refused() {
    let seconds = Duration::from_secs;
    let builder = || LocalUserPool::builder().in_memory();
    let client = |uri: &str| builder().client(LocalClient::public("app").redirect_uri(uri));
    for (builder, error) in [
        (builder().rotation(seconds(61)), "rotation is out of range: 0 to 60 seconds"),
        (
            builder().access_token_lifetime(Duration::from_millis(999)),
            "access_token_lifetime is out of range: 1 second to 24 hours",
        ),
        (
            builder().id_token_lifetime(seconds(86_401)),
            "id_token_lifetime is out of range: 1 second to 24 hours",
        ),
        (
            builder().refresh_token_lifetime(seconds(0)),
            "refresh_token_lifetime is out of range: 1 second to 10 years",
        ),
        (
            builder().listen("0.0.0.0:0".parse().unwrap()),
            "listen cannot be used: anybody on the network could sign in: give a loopback address",
        ),
        (
            client("http://app.example.com/cb"),
            "redirect_uri must be https: plain http is accepted for loopback addresses only",
        ),
        (
            client("https://app.example.com/cb#x"),
            "redirect_uri is not a usable address: it contains a fragment",
        ),
    ] {
        assert_eq!(builder.build().unwrap_err().to_string(), error);
    }
    assert!(builder().pool_id("x").build().is_err());
    client("myapp://callback").build().unwrap();
}

#[test]
fn debug_shows_no_secret() {
    let client = LocalClient::confidential("web", "s3cret");
    let pool = LocalUserPool::builder().in_memory().client(client).user(alice()).build().unwrap();
    let shown = format!("{pool:?} {:?}", LocalUserPool::builder().user(alice()));
    assert!(!shown.contains("s3cret") && !shown.contains(PASSWORD), "{shown}");
    assert_eq!(pool.client_secret().unwrap().expose(), "s3cret");
}
