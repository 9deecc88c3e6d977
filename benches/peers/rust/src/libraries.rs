//! Each library used as its documentation shows, with keys and settings prepared beforehand. Checks that a
//! library lacks are written by hand, as its users have to: client, use, one scope, one group.

mod aliri;

use std::collections::HashMap;

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use cognito_auth::keys::StaticKeySet;
use cognito_auth::{JwtVerifier, UserPool};
use serde::Deserialize;
use serde_json::Value;

use crate::Contestant;
use crate::by_hand::ByHand;
use crate::support::{CLIENT_ID, ISSUER, POOL_ID, decode};

pub fn all(token: &str, jwks: &str) -> Vec<Contestant> {
    let contestant = |name: &str, accepts: Box<dyn Fn(&str) -> bool>| Contestant {
        name: name.to_owned(),
        accepts,
    };
    let by_hand = ByHand::new(jwks, ISSUER, CLIENT_ID);
    vec![
        contestant("signature alone (aws-lc-rs)", Box::new(raw(token, jwks))),
        contestant("cognito-auth, new token", Box::new(ours(jwks, false))),
        contestant("cognito-auth, cached token", Box::new(ours(jwks, true))),
        contestant(
            "jsonwebtoken 11.1 (aws_lc_rs)",
            Box::new(move |token| by_hand.verify(token).is_some()),
        ),
        contestant("jsonwebtoken 9.3 (ring)", Box::new(jsonwebtoken_9(jwks))),
        contestant("jwt-authorizer 0.15 (ring)", Box::new(jwt_authorizer(jwks))),
        contestant("aliri 0.6 (ring)", Box::new(aliri::aliri(jwks))),
        contestant("josekit 0.10 (OpenSSL)", Box::new(josekit(jwks))),
    ]
}

fn raw(token: &str, jwks: &str) -> impl Fn(&str) -> bool + use<> {
    let jwks: Value = serde_json::from_str(jwks).expect("a JWKS");
    let key = jwks["keys"].as_array().expect("keys").last().expect("a key");
    let modulus = decode(key["n"].as_str().expect("a modulus"));
    let key: ParsedPublicKey = RsaPublicKeyComponents { n: modulus.as_slice(), e: &[1, 0, 1][..] }
        .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
        .expect("a key");
    let (signing_input, signature) = token.rsplit_once('.').expect("a token");
    let (signing_input, signature) = (signing_input.to_owned(), signature.to_owned());
    // Decoded here, since that is not part of the check.
    let decoded = decode(&signature);
    move |token| {
        token.ends_with(&signature) && key.verify_sig(signing_input.as_bytes(), &decoded).is_ok()
    }
}

fn ours(jwks: &str, cache: bool) -> impl Fn(&str) -> bool + use<> {
    let builder = JwtVerifier::builder(&UserPool::new(POOL_ID).expect("an id"))
        .client_id(CLIENT_ID)
        .require_scope("orders/read")
        .require_any_group(["admins", "owners"])
        .keys(StaticKeySet::from_jwks_json(jwks).expect("a JWKS"));
    let builder = if cache { builder } else { builder.without_cache() };
    let verifier = builder.build().expect("a verifier");
    move |token| verifier.verify_access_now(token).is_ok()
}

/// The claims of an access token that a service reads.
#[derive(Clone, Deserialize)]
#[allow(dead_code)]
struct Claims {
    sub: String,
    iss: String,
    client_id: String,
    token_use: String,
    scope: String,
    username: String,
    #[serde(rename = "cognito:groups")]
    groups: Vec<String>,
    jti: String,
    origin_jti: String,
    exp: u64,
    iat: u64,
    auth_time: u64,
    /// Access tokens have none; aliri requires the member.
    #[serde(skip)]
    no_audience: ::aliri::jwt::Audiences,
}

impl Claims {
    fn allowed(&self) -> bool {
        self.client_id == CLIENT_ID
            && self.token_use == "access"
            && self.scope.split(' ').any(|scope| scope == "orders/read")
            && self.groups.iter().any(|group| group == "admins" || group == "owners")
    }
}

fn jsonwebtoken_9(jwks: &str) -> impl Fn(&str) -> bool + use<> {
    use jsonwebtoken_9::jwk::JwkSet;
    use jsonwebtoken_9::{Algorithm, DecodingKey, Validation, decode, decode_header};

    let set: JwkSet = serde_json::from_str(jwks).expect("a JWKS");
    let keys: HashMap<_, _> = set
        .keys
        .iter()
        .map(|key| {
            let id = key.common.key_id.clone().expect("a key id");
            (id, DecodingKey::from_jwk(key).expect("a key"))
        })
        .collect();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&[ISSUER]);
    validation.validate_aud = false;
    validation.leeway = 0;
    move |token| {
        let key = decode_header(token).ok().and_then(|header| keys.get(&header.kid?));
        let decoded = key.and_then(|key| decode::<Claims>(token, key, &validation).ok());
        decoded.is_some_and(|decoded| decoded.claims.allowed())
    }
}

fn jwt_authorizer(jwks: &str) -> impl Fn(&str) -> bool + use<> {
    use jwt_authorizer::{AuthorizerBuilder, Validation};

    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let validation = Validation::new().iss(&[ISSUER]).leeway(0);
    let authorizer = AuthorizerBuilder::from_jwks_text(jwks)
        .validation(validation)
        .check(Claims::allowed)
        .build();
    let authorizer = runtime.block_on(authorizer).expect("an authorizer");
    move |token| {
        // Its future is ready at once: the keys are static.
        let mut checking = std::pin::pin!(authorizer.check_auth(token));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        matches!(checking.as_mut().poll(&mut context), std::task::Poll::Ready(Ok(_)))
    }
}

fn josekit(jwks: &str) -> impl Fn(&str) -> bool + use<> {
    use josekit::jwk::JwkSet;
    use josekit::jws::RS256;
    use josekit::jwt::{JwtPayloadValidator, decode_with_verifier_selector};

    let set = JwkSet::from_bytes(jwks).expect("a JWKS");
    let keys: HashMap<_, _> = set
        .keys()
        .into_iter()
        .map(|key| {
            let id = key.key_id().expect("a key id").to_owned();
            (id, RS256.verifier_from_jwk(key).expect("a key"))
        })
        .collect();
    move |token| {
        let decoded = decode_with_verifier_selector(token, |header| {
            let key = header.key_id().and_then(|id| keys.get(id));
            Ok(key.map(|key| key as &dyn josekit::jws::JwsVerifier))
        });
        let Ok((payload, _)) = decoded else { return false };
        let mut validator = JwtPayloadValidator::new();
        validator.set_issuer(ISSUER);
        validator.set_base_time(std::time::SystemTime::now());
        let text = |name: &str| payload.claim(name).and_then(Value::as_str).unwrap_or_default();
        let groups = payload.claim("cognito:groups").and_then(Value::as_array);
        validator.validate(&payload).is_ok()
            && text("client_id") == CLIENT_ID
            && text("token_use") == "access"
            && text("scope").split(' ').any(|scope| scope == "orders/read")
            && groups.is_some_and(|all| all.iter().any(|one| one == "admins" || one == "owners"))
    }
}
