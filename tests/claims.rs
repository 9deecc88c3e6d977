//! What a verified token says, claim by claim, with and without escapes.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cognito_auth::keys::StaticKeySet;
use cognito_auth::{
    AccessClaims, AccessToken, IdClaims, IdTokenChecks, JwtVerifier, JwtVerifierBuilder, UserPool,
};
use serde_json::{Value, json};
use support::{CLIENT_ID, ISSUER, NOW, POOL_ID, Signer, access_payload, id_payload, jwks, with};

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

struct World {
    signer: Signer,
    verifier: JwtVerifier,
}

impl World {
    fn new() -> Self {
        Self::with(JwtVerifierBuilder::accept_client_credentials)
    }

    fn with(rules: impl Fn(JwtVerifierBuilder) -> JwtVerifierBuilder) -> Self {
        let signer = Signer::new("k1");
        let builder = JwtVerifier::builder(&UserPool::new(POOL_ID).unwrap())
            .client_id(CLIENT_ID)
            .keys(StaticKeySet::from_jwks_json(&jwks(&[&signer])).unwrap())
            .clock(|| UNIX_EPOCH + Duration::from_secs(NOW));
        Self { verifier: rules(builder).build().unwrap(), signer }
    }

    /// Of a payload as it is, of one with its slashes escaped, and of one without a character that
    /// is not: what it says is the same.
    fn access(&self, payload: &Value) -> [AccessClaims; 3] {
        spellings(payload).map(|payload| {
            let token = self.signer.sign_raw(self.signer.header(), payload);
            self.verifier.verify_access_now(&token).unwrap()
        })
    }

    fn id(&self, payload: &Value) -> [IdClaims; 3] {
        spellings(payload).map(|payload| {
            let token = self.signer.sign_raw(self.signer.header(), payload);
            self.verifier.verify_id_now(&token, IdTokenChecks::new()).unwrap()
        })
    }
}

fn spellings(payload: &Value) -> [String; 3] {
    let plain = payload.to_string();
    [plain.clone(), plain.replace('/', r"\/"), escaped(payload)]
}

/// Every character of every text is an escape, names included.
fn escaped(value: &Value) -> String {
    let text = |text: &str| {
        let units: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        format!("\"{units}\"")
    };
    match value {
        Value::String(string) => text(string),
        Value::Array(values) => {
            format!("[{}]", values.iter().map(escaped).collect::<Vec<_>>().join(","))
        }
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| text(name) + ":" + &escaped(value));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

#[test]
fn an_access_token_says_what_was_signed() {
    let world = World::with(|builder| builder.resource("https://orders.example.com"));
    let payload = with(access_payload(), "aud", Some(json!("https://orders.example.com")));
    for claims in world.access(&payload) {
        assert_eq!(claims.issuer(), ISSUER);
        assert_eq!(claims.sub(), "a33408e2-2071-70ef-04ae-70f524b3b6c6");
        assert_eq!(claims.client_id(), CLIENT_ID);
        assert_eq!(claims.username(), Some("bob"));
        assert_eq!(claims.audience(), Some("https://orders.example.com"));
        assert!(claims.scopes().eq(["openid", "email", "orders/read"]));
        assert!(claims.has_scope("email") && claims.has_scope("orders/read"));
        for none in ["", " ", "orders", "read", "openid email", "orders/read "] {
            assert!(!claims.has_scope(none), "{none:?}");
        }
        assert!(claims.groups().eq(["admins", "clerks"]));
        assert!(claims.in_group("clerks") && !claims.in_group("clerk") && !claims.in_group(","));
        assert_eq!(claims.expires_at(), at(1_767_229_200));
        assert_eq!(claims.issued_at(), at(1_767_225_600));
        assert_eq!(claims.auth_time(), Some(at(1_767_225_600)));
        assert_eq!(claims.jti(), Some("5e0d9a1b-0000-4000-8000-000000000003"));
        assert_eq!(claims.origin_jti(), Some("7c5f0f0e-0000-4000-8000-000000000001"));
        assert!(!claims.is_machine());
        assert_eq!(claims.custom::<Value>().unwrap(), payload);
    }
}

/// N5
#[test]
fn claims_are_serialized_as_the_object_that_was_signed() {
    let world = World::new();
    let payload = with(access_payload(), "tenant", Some(json!({"id": 1, "ratio": 0.5})));
    for claims in world.access(&payload) {
        let text = serde_json::to_string(&claims).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), payload);
        assert!(!text.contains("eyJ"), "{text}");
    }
    for claims in world.id(&id_payload()) {
        assert_eq!(serde_json::to_value(&claims).unwrap(), id_payload());
    }
}

#[test]
fn what_an_access_token_leaves_out_is_none() {
    let world = World::new();
    let payload = json!({
        "iss": ISSUER, "sub": CLIENT_ID, "client_id": CLIENT_ID, "token_use": "access",
        "exp": NOW + 60, "iat": NOW, "scope": "  a  b ",
    });
    for claims in world.access(&payload) {
        assert_eq!((claims.username(), claims.audience()), (None, None));
        assert_eq!((claims.jti(), claims.origin_jti(), claims.auth_time()), (None, None, None));
        assert!(claims.scopes().eq(["a", "b"]));
        assert_eq!(claims.groups().count(), 0);
        assert!(!claims.in_group("") && !claims.has_scope(""));
        assert!(claims.is_machine());
    }
    for claims in world.access(&with(payload, "scope", None)) {
        assert_eq!(claims.scopes().count(), 0);
    }
}

#[test]
fn an_id_token_says_what_was_signed() {
    let world = World::new();
    for claims in world.id(&id_payload()) {
        assert_eq!(claims.issuer(), ISSUER);
        assert_eq!(claims.sub(), "a33408e2-2071-70ef-04ae-70f524b3b6c6");
        assert_eq!(claims.client_id(), CLIENT_ID);
        assert_eq!(claims.username(), Some("bob"));
        assert_eq!(claims.email(), Some("bob@example.com"));
        assert_eq!(claims.email_verified(), Some(true));
        assert_eq!(claims.nonce(), Some("n1"));
        assert!(claims.groups().eq(["admins", "clerks"]));
        assert_eq!(claims.jti(), Some("9f8e7d6c-0000-4000-8000-000000000004"));
        assert_eq!(claims.custom::<Value>().unwrap(), id_payload());
    }
    let bare = ["nonce", "email", "email_verified", "cognito:username"]
        .into_iter()
        .fold(id_payload(), |payload, name| with(payload, name, None));
    for claims in world.id(&bare) {
        assert_eq!((claims.username(), claims.email(), claims.nonce()), (None, None, None));
        assert_eq!(claims.email_verified(), None);
    }
}

/// "Verified" is said in two ways, and by nothing else.
#[test]
fn an_address_is_verified_when_the_token_says_so() {
    let world = World::new();
    for (value, verified) in [
        (json!(true), true),
        (json!("true"), true),
        (json!(false), false),
        (json!("false"), false),
        (json!("TRUE"), false),
        (json!(1), false),
        (json!(["true"]), false),
        (Value::Null, false),
    ] {
        let payload = with(id_payload(), "email_verified", Some(value.clone()));
        let token = world.signer.sign(&payload);
        let claims = world.verifier.verify_id_now(&token, IdTokenChecks::new()).unwrap();
        assert_eq!(claims.email_verified(), Some(verified), "{value}");
    }
}

#[test]
fn claims_are_equal_when_their_payloads_are() {
    let world = World::new();
    let uncached = World::with(JwtVerifierBuilder::without_cache);
    let access = || world.access(&access_payload());
    assert_eq!(access(), access());
    assert_eq!(access()[0], access()[0].clone());
    assert_eq!(access(), uncached.access(&access_payload()), "of another token");
    // As long, so that every claim stands where it stood.
    let eve = world.access(&with(access_payload(), "username", Some("eve".into())));
    assert!(access().into_iter().zip(eve).all(|(bob, eve)| bob != eve));

    let id = || world.id(&id_payload());
    assert_eq!(id(), id());
    assert_ne!(id(), world.id(&with(id_payload(), "cognito:username", Some("eve".into()))));
}

#[test]
fn debug_shows_who_and_when() {
    let world = World::new();
    let [claims, ..] = world.access(&access_payload());
    let shown = format!("{claims:?}");
    for part in ["AccessClaims", ISSUER, "a33408e2", CLIENT_ID, "openid email", "bob", "1767229200"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let [claims, ..] = world.id(&id_payload());
    let shown = format!("{claims:?}");
    assert!(shown.contains("IdClaims") && shown.contains("\"bob\"") && shown.contains("clerks"));
    // Neither the nonce nor what else the application asked for.
    assert!(!shown.contains("n1\"") && !shown.contains("example.com\""), "{shown}");

    let token = AccessToken::new("e30.e30.c2ln");
    let checks = IdTokenChecks::new().nonce("n-0S6").access_token(&token);
    let expected = "IdTokenChecks { nonce: true, access_token: true, subject: false }";
    assert_eq!(format!("{checks:?}"), expected);
}

/// Of an exchanged token. One with a malformed claim is accepted all the same, as the verifier does not read it.
#[test]
fn who_acts_for_the_user() {
    let world = World::new();
    let chain = json!({ "sub": "orders", "iss": "https://a/b", "act": { "sub": "gateway" } });
    let of_access = world.access(&with(access_payload(), "act", Some(chain.clone())));
    let of_id = world.id(&with(id_payload(), "act", Some(chain)));
    let read = |actors: Result<Vec<cognito_auth::Actor>, _>| {
        let pairs = actors.unwrap().into_iter().map(|actor| (actor.sub, actor.issuer));
        pairs.collect::<Vec<_>>()
    };
    let issuer = Some("https://a/b".to_owned());
    let expected = [("orders".to_owned(), issuer), ("gateway".to_owned(), None)];
    for claims in of_access {
        assert_eq!(read(claims.actors()), expected);
    }
    for claims in of_id {
        assert_eq!(read(claims.actors()), expected);
    }
    assert_eq!(read(world.access(&access_payload())[0].actors()), []);
    let malformed = world.access(&with(access_payload(), "act", Some(json!("orders"))));
    assert_eq!(malformed[0].actors().unwrap_err().code(), "claim_malformed");
}
