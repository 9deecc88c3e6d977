//! The same random and spoiled tokens to this verifier and to jsonwebtoken, set up as strictly as
//! it can be. Wherever the two disagree, a line of the table says why.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use cognito_auth::keys::StaticKeySet;
use cognito_auth::{JwtVerifier, UserPool, VerifyError};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::Value;
use support::{CLIENT_ID, ISSUER, POOL_ID, Random, Signer, access_payload, encode, id_payload};

const TOKENS_PER_KIND: usize = 6_000;

/// What we say, what jsonwebtoken says, and why that is so.
const DISAGREEMENTS: &[(Setup, &str, &str, &str)] = &[
    (
        Plain,
        "accepted",
        "Json",
        "a header member that is not used (typ, cty, zip, …) has an unexpected type: ignored here (RFC 7515 §4)",
    ),
    (
        Plain,
        "audience_not_allowed",
        "accepted",
        "aud of an access token with another audience beside the client: one match is enough there",
    ),
    (Plain, "claim_malformed: at_hash", "accepted", "not looked at there"),
    (
        Plain,
        "claim_malformed: aud",
        "accepted",
        "an aud that is neither a text nor an array of texts counts as absent there",
    ),
    (Plain, "claim_malformed: auth_time", "accepted", "not looked at there"),
    (Plain, "claim_malformed: azp", "accepted", "not looked at there"),
    (Plain, "claim_malformed: client_id", "accepted", "not looked at there"),
    (Plain, "claim_malformed: cognito:groups", "accepted", "not looked at there"),
    (Plain, "claim_malformed: cognito:username", "accepted", "not looked at there"),
    (Plain, "claim_malformed: email", "accepted", "not looked at there"),
    (
        Plain,
        "claim_malformed: exp",
        "accepted",
        "fractions and times beyond 2^63 are accepted there (rounded)",
    ),
    (Plain, "claim_malformed: iat", "accepted", "not looked at there"),
    (Plain, "claim_malformed: jti", "accepted", "not looked at there"),
    (Plain, "claim_malformed: nbf", "accepted", "not looked at there unless asked for"),
    (Plain, "claim_malformed: nonce", "accepted", "not looked at there"),
    (Plain, "claim_malformed: origin_jti", "accepted", "not looked at there"),
    (Plain, "claim_malformed: scope", "accepted", "not looked at there"),
    (Plain, "claim_malformed: sub", "accepted", "not looked at there unless asked for"),
    (Plain, "claim_malformed: token_use", "accepted", "not looked at there"),
    (Plain, "claim_malformed: username", "accepted", "not looked at there"),
    (
        Plain,
        "claim_missing: aud",
        "accepted",
        "a missing aud is accepted there unless it is required",
    ),
    (Plain, "claim_missing: client_id", "accepted", "not looked at there"),
    (Plain, "claim_missing: iat", "accepted", "not looked at there"),
    (Plain, "claim_missing: sub", "accepted", "not looked at there unless asked for"),
    (Plain, "claim_missing: token_use", "accepted", "not looked at there"),
    (
        Plain,
        "client_not_allowed",
        "accepted",
        "client_id is not looked at there, and one audience among several is enough",
    ),
    (
        Plain,
        "critical_header",
        "accepted",
        "crit and b64 are ignored there (RFC 7515 §4.1.11 makes crit a refusal)",
    ),
    (
        Plain,
        "embedded_key",
        "accepted",
        "jwk, jku, x5u, x5c and x5t are read there and not used; here they are a refusal",
    ),
    (
        Plain,
        "header_duplicate_member",
        "accepted",
        "only members that it knows may not stand twice there",
    ),
    (Plain, "issued_in_future", "accepted", "iat is not looked at there"),
    (
        Plain,
        "issuer_not_allowed",
        "accepted",
        "a missing iss is accepted there, and so is an array with the right one in it",
    ),
    (Plain, "not_yet_valid", "accepted", "nbf is not looked at there unless asked for"),
    (Plain, "payload_duplicate_member", "accepted", "the last of two equal claims counts there"),
    (Plain, "token_use_mismatch", "accepted", "token_use is not looked at there"),
    (Plain, "user_required", "accepted", "a machine's token is one like any other there"),
    (
        Strict,
        "accepted",
        "Json",
        "a header member that is not used (typ, cty, zip, …) has an unexpected type: ignored here (RFC 7515 §4)",
    ),
    (
        Strict,
        "audience_not_allowed",
        "accepted",
        "aud of an access token with another audience beside the client: one match is enough there",
    ),
    (Strict, "claim_malformed: at_hash", "accepted", "not in the type"),
    (
        Strict,
        "claim_malformed: aud",
        "accepted",
        "an aud that is neither a text nor an array of texts counts as absent there",
    ),
    (
        Strict,
        "claim_malformed: auth_time",
        "accepted",
        "null, and times beyond 2^63, fit its Option<u64>",
    ),
    (Strict, "claim_malformed: azp", "accepted", "null passes for absent in its Option"),
    (Strict, "claim_malformed: cognito:groups", "accepted", "null passes for absent in its Option"),
    (
        Strict,
        "claim_malformed: cognito:username",
        "accepted",
        "null passes for absent in its Option",
    ),
    (
        Strict,
        "claim_malformed: exp",
        "accepted",
        "fractions and times beyond 2^63 are accepted there (rounded)",
    ),
    (Strict, "claim_malformed: iat", "accepted", "times beyond 2^63 fit its u64"),
    (Strict, "claim_malformed: jti", "accepted", "null passes for absent in its Option"),
    (
        Strict,
        "claim_malformed: nbf",
        "accepted",
        "null passes for absent; fractions and times beyond 2^63 are accepted there",
    ),
    (Strict, "claim_malformed: origin_jti", "accepted", "null passes for absent in its Option"),
    (Strict, "claim_malformed: username", "accepted", "null passes for absent in its Option"),
    (Strict, "client_not_allowed", "accepted", "one audience among several is enough there"),
    (
        Strict,
        "critical_header",
        "accepted",
        "crit and b64 are ignored there (RFC 7515 §4.1.11 makes crit a refusal)",
    ),
    (
        Strict,
        "embedded_key",
        "accepted",
        "jwk, jku, x5u, x5c and x5t are read there and not used; here they are a refusal",
    ),
    (
        Strict,
        "header_duplicate_member",
        "accepted",
        "only members that it knows may not stand twice there",
    ),
    (Strict, "issued_in_future", "accepted", "iat is not looked at there"),
    (
        Strict,
        "payload_duplicate_member",
        "accepted",
        "only claims of the type may not stand twice there",
    ),
    (
        Strict,
        "payload_not_object",
        "accepted",
        "claims outside the type are skipped unread there: lone surrogates, numbers out of range, any nesting",
    ),
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Access,
    Id,
}

/// A token that can be spoiled: members by their JSON text, so that any of them can stand twice.
struct Draft {
    header: Vec<(String, String)>,
    payload: Vec<(String, String)>,
}

fn members(json: Value) -> Vec<(String, String)> {
    let Value::Object(members) = json else { panic!("not an object") };
    members.into_iter().map(|(name, value)| (quoted(&name), value.to_string())).collect()
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Every character as an escape.
fn escaped(text: &str) -> String {
    let escapes: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    format!("\"{escapes}\"")
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// A value of some kind. Times keep a distance from now: the two look at the clock apart.
fn value(random: &mut Random) -> String {
    let now = now();
    match random.below(30) {
        0 => "null".into(),
        1 => "true".into(),
        2 => "0".into(),
        3 => "-1".into(),
        4 => (now + 1000).to_string(),
        5 => (now - 1000).to_string(),
        6 => format!("{}.5", now + 1000),
        7 => format!("{}.0", now - 1000),
        8 => format!("\"{}\"", now + 1000),
        9 => "9223372036854775807".into(),
        10 => "9223372036854775808".into(),
        11 => "18446744073709551616".into(),
        12 => "1e400".into(),
        13 => "1e10".into(),
        14 => "\"\"".into(),
        15 => quoted(ISSUER),
        16 => quoted(CLIENT_ID),
        17 => escaped(ISSUER),
        18 => escaped(CLIENT_ID),
        19 => format!("[{}]", quoted(ISSUER)),
        20 => format!("[{}]", quoted(CLIENT_ID)),
        21 => format!("[\"other\",{}]", quoted(CLIENT_ID)),
        22 => format!("[{},\"other\"]", quoted(ISSUER)),
        23 => "[]".into(),
        24 => "{}".into(),
        25 => r#"{"a":1,"a":2}"#.into(),
        26 => format!("{}{}", "[".repeat(200), "]".repeat(200)),
        27 => r#""\ud800""#.into(),
        28 => {
            quoted(random.pick::<&str>(&["access", "id", "RS256", "none", "HS256", "k1", "other"]))
        }
        _ => format!("\"{:x}\"", random.next()),
    }
}

impl Draft {
    fn new(kind: Kind) -> Self {
        let mut payload = match kind {
            Kind::Access => access_payload(),
            Kind::Id => id_payload(),
        };
        let now = now();
        payload["iat"] = (now - 600).into();
        payload["auth_time"] = (now - 600).into();
        payload["exp"] = (now + 3000).into();
        let header = vec![(quoted("kid"), quoted("k1")), (quoted("alg"), quoted("RS256"))];
        Self { header, payload: members(payload) }
    }

    /// One fault, or something that is none.
    fn spoil(&mut self, random: &mut Random) {
        let in_header = random.chance(3);
        let value = value(random);
        let part = if in_header { &mut self.header } else { &mut self.payload };
        let index = random.below(part.len().max(1));
        match random.below(8) {
            0 if !part.is_empty() => drop(part.remove(index)),
            1 | 2 if !part.is_empty() => part[index].1 = value,
            3 if !part.is_empty() => {
                let name = part[index].0.clone();
                part.insert(random.below(part.len()), (name, value));
            }
            4 if !part.is_empty() => {
                let name: String = serde_json::from_str(&part[index].0).unwrap_or_default();
                part[index].0 = escaped(&name);
            }
            5 if !part.is_empty() => {
                let member = part.remove(index);
                part.insert(random.below(part.len() + 1), member);
            }
            _ => {
                let names: &[&str] = if in_header {
                    &["crit", "b64", "jwk", "jku", "x5u", "x5c", "x5t", "typ", "cty", "zip", "a"]
                } else {
                    &["nbf", "aud", "azp", "client_id", "at_hash", "version", "custom:a", "a"]
                };
                part.push((quoted(random.pick::<&str>(names)), value));
            }
        }
    }

    fn text(random: &mut Random, members: &[(String, String)]) -> Vec<u8> {
        let space = if random.chance(8) { " \n" } else { "" };
        let members: Vec<_> =
            members.iter().map(|(name, value)| format!("{name}:{space}{value}")).collect();
        let text = format!("{{{}}}", members.join(","));
        match random.below(60) {
            0 => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            1 => format!("{text}{{}}").into(),
            2 => text[..text.len() - 1].into(),
            3 => [&text.as_bytes()[..text.len() - 1], b",\"b\":\"\xc0\xaf\"}"].concat(),
            4 => format!("[{text}]").into(),
            5 => format!(" {text}\n").into(),
            _ => text.into(),
        }
    }

    fn sign(&self, random: &mut Random, signers: &[Signer; 2]) -> String {
        let signer = if random.chance(20) { &signers[1] } else { &signers[0] };
        let header = Self::text(random, &self.header);
        let payload = Self::text(random, &self.payload);
        let token = signer.sign_raw(header, payload);
        if random.chance(4) { respell(random, token) } else { token }
    }
}

/// Something done to the text of a token.
fn respell(random: &mut Random, token: String) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let part = random.below(3);
    let at = random.below(parts[part].len().max(1));
    match random.below(12) {
        0 => parts[part].push('='),
        1 => parts[part].push(' '),
        2 => parts[part].insert(at, '\n'),
        3 => parts[part].insert(at, '+'),
        4 => parts[part].insert(at, '/'),
        5 => drop(parts.remove(part)),
        6 => parts.push(encode(b"more")),
        7 => parts.swap(part, (part + 1) % 3),
        8 => parts[part].truncate(at),
        9 => {
            // Other trailing bits, where there are any.
            let last = parts[part].pop().unwrap_or('A');
            parts[part].push(char::from(last as u8 + 1));
        }
        10 => parts[part].clear(),
        _ => parts[part].insert(at, char::from(b' ' + random.below(95) as u8)),
    }
    parts.join(".")
}

/// No token at all.
fn rubbish(random: &mut Random) -> String {
    const ALPHABET: &[u8] =
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_....=";
    let length = random.below(300);
    (0..length).map(|_| char::from(*random.pick(ALPHABET))).collect()
}

// jsonwebtoken's side, written the way a careful service would.

#[derive(Deserialize)]
#[allow(dead_code)]
struct AccessToken {
    iss: String,
    sub: String,
    token_use: String,
    client_id: String,
    exp: Value,
    iat: u64,
    auth_time: Option<u64>,
    scope: Option<String>,
    username: Option<String>,
    jti: Option<String>,
    origin_jti: Option<String>,
    #[serde(rename = "cognito:groups")]
    groups: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct IdToken {
    iss: String,
    sub: String,
    token_use: String,
    exp: Value,
    iat: u64,
    auth_time: Option<u64>,
    nonce: Option<String>,
    email: Option<String>,
    azp: Option<String>,
    jti: Option<String>,
    origin_jti: Option<String>,
    #[serde(rename = "cognito:groups")]
    groups: Option<Vec<String>>,
    #[serde(rename = "cognito:username")]
    username: Option<String>,
}

/// How jsonwebtoken is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Setup {
    /// As the examples of many services have it: issuer, audience, and claims of any shape.
    Plain,
    /// With everything that it can demand, typed claims, and the checks that Cognito's
    /// documentation asks for written out.
    Strict,
}

use Setup::{Plain, Strict};

struct Theirs {
    key: DecodingKey,
}

impl Theirs {
    fn new(signer: &Signer) -> Self {
        let jwk = serde_json::from_value(signer.jwk()).unwrap();
        Self { key: DecodingKey::from_jwk(&jwk).unwrap() }
    }

    fn verdict(&self, setup: Setup, kind: Kind, token: &str) -> String {
        match self.try_verdict(setup, kind, token) {
            Ok(None) => "accepted".to_owned(),
            Ok(Some(check)) => check.to_owned(),
            Err(error) => {
                let name = format!("{:?}", error.kind());
                name.split(['(', ' ']).next().unwrap().to_owned()
            }
        }
    }

    /// The name of the check that was written out and failed.
    fn try_verdict(
        &self,
        setup: Setup,
        kind: Kind,
        token: &str,
    ) -> jsonwebtoken::errors::Result<Option<&'static str>> {
        if jsonwebtoken::decode_header(token)?.kid.as_deref() != Some("k1") {
            return Ok(Some("kid"));
        }
        let mut validation = Validation::new(Algorithm::RS256);
        validation.leeway = 0;
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[CLIENT_ID]);
        if setup == Plain {
            jsonwebtoken::decode::<Value>(token, &self.key, &validation)?;
            return Ok(None);
        }
        validation.validate_nbf = true;
        if kind == Kind::Access {
            validation.set_required_spec_claims(&["exp", "iss", "sub"]);
            let claims = jsonwebtoken::decode::<AccessToken>(token, &self.key, &validation)?.claims;
            let checks = [
                ("token_use", claims.token_use == "access"),
                ("client", claims.client_id == CLIENT_ID),
                ("sub", !claims.sub.is_empty() && claims.sub != claims.client_id),
            ];
            return Ok(checks.into_iter().find(|(_, holds)| !holds).map(|(name, _)| name));
        }
        validation.set_required_spec_claims(&["exp", "iss", "sub", "aud"]);
        let claims = jsonwebtoken::decode::<IdToken>(token, &self.key, &validation)?.claims;
        let checks = [
            ("token_use", claims.token_use == "id"),
            ("client", claims.azp.is_none_or(|party| party == CLIENT_ID)),
            ("sub", !claims.sub.is_empty()),
        ];
        Ok(checks.into_iter().find(|(_, holds)| !holds).map(|(name, _)| name))
    }
}

fn ours(verifier: &JwtVerifier, kind: Kind, token: &str) -> String {
    let verdict = match kind {
        Kind::Access => verifier.verify_access_now(token).map(drop),
        Kind::Id => verifier.verify_id_now(token, Default::default()).map(drop),
    };
    match verdict {
        Ok(()) => "accepted".to_owned(),
        Err(VerifyError::ClaimMalformed { claim }) => format!("claim_malformed: {claim}"),
        Err(VerifyError::ClaimMissing { claim }) => format!("claim_missing: {claim}"),
        Err(error) => error.code().to_owned(),
    }
}

#[test]
fn every_disagreement_has_a_reason() {
    let signers = [Signer::new("k1"), Signer::new("k1")];
    let pool = UserPool::new(POOL_ID).unwrap();
    let pool = pool.with_issuers([ISSUER]).unwrap();
    let verifier = JwtVerifier::builder(&pool)
        .client_id(CLIENT_ID)
        .keys(StaticKeySet::from_jwks_json(&support::jwks(&[&signers[0]])).unwrap())
        .build()
        .unwrap();
    let theirs = Theirs::new(&signers[0]);

    let mut random = Random(20_260_101);
    let mut counts = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut unexplained = BTreeMap::new();
    for kind in [Kind::Access, Kind::Id] {
        for _ in 0..TOKENS_PER_KIND {
            let token = if random.chance(20) {
                rubbish(&mut random)
            } else {
                let mut draft = Draft::new(kind);
                for _ in 0..random.below(4) {
                    draft.spoil(&mut random);
                }
                draft.sign(&mut random, &signers)
            };
            for setup in [Plain, Strict] {
                let (ours, theirs) =
                    (ours(&verifier, kind, &token), theirs.verdict(setup, kind, &token));
                let class = match (ours.as_str(), theirs.as_str()) {
                    ("accepted", "accepted") => "both accept",
                    ("accepted", _) | (_, "accepted") => {
                        let known = DISAGREEMENTS.iter().find(|(at, our, their, _)| {
                            (*at, *our, *their) == (setup, ours.as_str(), theirs.as_str())
                        });
                        match known {
                            Some((_, our, their, reason)) => {
                                seen.insert((setup, *our, *their));
                                *reason
                            }
                            None => {
                                unexplained.insert((setup, ours, theirs), token.clone());
                                continue;
                            }
                        }
                    }
                    _ => "both refuse",
                };
                *counts.entry((setup, class)).or_insert(0) += 1;
            }
        }
    }
    assert!(unexplained.is_empty(), "disagreements without a reason: {unexplained:#?}");
    for (setup, ours, theirs, reason) in DISAGREEMENTS {
        assert!(
            seen.contains(&(*setup, *ours, *theirs)),
            "stale: {setup:?} {ours} {theirs}: {reason}"
        );
    }
    for setup in [Plain, Strict] {
        assert!(counts[&(setup, "both accept")] > TOKENS_PER_KIND / 4, "{counts:#?}");
        assert!(counts[&(setup, "both refuse")] > TOKENS_PER_KIND / 4, "{counts:#?}");
    }
}
