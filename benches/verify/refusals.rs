//! A token for each reason of refusal.

use std::time::Duration;

use cognito_auth::keys::RemoteKeySet;
use cognito_auth::{JwtVerifier, JwtVerifierBuilder, UserPool};

use crate::harness::Contestant;
use crate::support::{Answer, CLIENT_ID, ISSUER, KeyServer, POOL_ID, encode, with};
use crate::world::{World, builder};

/// A verifier whose key set is cooling down after a fetch: an unknown key id causes no request for a day.
pub fn cooling_down(world: &World, runtime: &tokio::runtime::Runtime) -> JwtVerifier {
    let (day, _inside) = (Duration::from_secs(86_400), runtime.enter());
    runtime.block_on(async {
        let server = KeyServer::start(Answer::Jwks(world.jwks())).await;
        let pool = UserPool::new(POOL_ID).unwrap().with_jwks_uri(&server.uri()).unwrap();
        let keys = RemoteKeySet::builder(&pool).cool_down(day).refresh_after(day).max_stale(day);
        let verifier = builder(&pool).keys(keys.build().unwrap()).build().unwrap();
        verifier.prefetch().await.unwrap();
        verifier
    })
}

pub fn refusal<'a>(
    code: &str,
    detail: &str,
    verifier: &JwtVerifier,
    token: String,
) -> Contestant<'a> {
    let verifier = verifier.clone();
    assert_eq!(verifier.verify_access_now(&token).unwrap_err().code(), code);
    Contestant::new(&format!("`{code}`{detail}"), move |_, _| {
        std::hint::black_box(verifier.verify_access_now(&token).unwrap_err());
    })
}

pub fn all<'a>(
    world: &World,
    verifier: &JwtVerifier,
    cooling_down: &JwtVerifier,
    good: &str,
) -> Vec<Contestant<'a>> {
    for verifier in [verifier, cooling_down] {
        // Caches the tokens' headers.
        verifier.verify_access_now(good).unwrap();
    }
    let (signing_input, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = signing_input.split_once('.').unwrap();
    let of_payload = |json: &str| format!("{header}.{}.{signature}", encode(json));
    let change = |name: &str, value: &str| {
        let payload = with(world.payload(), name, Some(value.into())).to_string();
        of_payload(&payload.replace('/', r"\/"))
    };
    let twice = world.payload().to_string().replacen('{', r#"{"jti":"again","#, 1);
    let of_header = |json: &str| format!("{}.{payload}.{signature}", encode(json));
    let signed = |name: &str, value: Option<serde_json::Value>| {
        world.sign(&with(world.payload(), name, value))
    };
    let unknown = of_header(r#"{"kid":"absent","alg":"RS256"}"#);
    let rows = [
        ("token_too_large", "", "A".repeat(20_000)),
        ("not_three_parts", "", good.replace('.', "")),
        ("header_not_base64url", "", format!("+{good}")),
        ("header_not_object", "", of_header("[]")),
        ("header_too_large", "", of_header(&" ".repeat(2000))),
        ("header_duplicate_member", "", of_header(r#"{"alg":"RS256","alg":"RS256"}"#)),
        ("algorithm_not_allowed", "", of_header(r#"{"kid":"k","alg":"HS256"}"#)),
        ("critical_header", "", of_header(r#"{"kid":"k","alg":"RS256","crit":["exp"]}"#)),
        ("embedded_key", "", of_header(r#"{"kid":"k","alg":"RS256","jwk":{}}"#)),
        ("key_id_unusable", "", of_header(r#"{"alg":"RS256"}"#)),
        ("payload_not_base64url", "", format!("{header}.{payload}+.{signature}")),
        ("payload_not_object", "", of_payload(&world.payload().to_string()[1..])),
        ("payload_duplicate_member", "", of_payload(&twice)),
        ("signature_not_base64url", "", format!("{good}+")),
        ("issuer_not_allowed", "", change("iss", &format!("{ISSUER}x"))),
        ("unknown_key", ", keys of a file", unknown.clone()),
        ("signature_invalid", "", change("username", "eve")),
        ("expired", "", signed("exp", Some((world.now - 1).into()))),
        ("token_use_mismatch", "", signed("token_use", Some("id".into()))),
        ("client_not_allowed", "", signed("client_id", Some("another-one".into()))),
        ("claim_missing", "", signed("iat", None)),
        ("claim_malformed", "", signed("iat", Some("1".into()))),
        ("not_yet_valid", "", signed("nbf", Some((world.now + 300).into()))),
        ("issued_in_future", "", signed("iat", Some((world.now + 300).into()))),
        ("lifetime_too_long", "", signed("exp", Some((world.now + 200_000).into()))),
        ("audience_not_allowed", "", signed("aud", Some("https://other.example".into()))),
        ("user_required", "", signed("sub", Some(CLIENT_ID.into()))),
        ("scope_missing", "", signed("scope", Some("openid".into()))),
        ("group_missing", "", signed("cognito:groups", None)),
    ];
    let mut all: Vec<_> = rows
        .map(|(code, detail, token)| refusal(code, detail, verifier, token))
        .into_iter()
        .collect();
    let rule = |builder: JwtVerifierBuilder| builder.build().unwrap();
    let minute = Duration::from_secs(60);
    let signed_in_before = signed("auth_time", Some((world.now - 120).into()));
    for (code, verifier, token) in [
        ("too_old", rule(world.builder().max_age(minute)), signed_in_before.as_str()),
        ("custom_check", rule(world.builder().check_access(|_| Err("no"))), good),
        ("revoked", rule(world.with_user_revoked()), good),
    ] {
        all.push(refusal(code, "", &verifier, token.to_owned()));
    }
    all.push(refusal("unknown_key", ", within the cool-down", cooling_down, unknown));
    all
}
