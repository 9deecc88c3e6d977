//! Thousands of tokens, good and spoiled: the same ones in every run, but for keys and the time.

use std::time::SystemTime;

use cognito_auth::testing::{LocalUserPool, TokenSpec};
use cognito_auth::{Callback, IdentityProvider, SignInRequest};
use serde_json::Value;

use crate::Kind;
use crate::draft::{Draft, rubbish};
use crate::support::{
    CLIENT_ID, ISSUER, POOL_ID, Random, Signer, access_payload, encode, id_payload,
};

const RANDOM_TOKENS: usize = 6_000;

/// A token, and the use that it is presented for.
#[derive(Debug)]
pub struct Case {
    pub kind: Kind,
    pub token: String,
    pub what: String,
}

impl Case {
    fn new(kind: Kind, token: String, what: impl Into<String>) -> Self {
        Self { kind, token, what: what.into() }
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// What a user and a machine come by at a pool, in every way that there is.
pub async fn good(pool: &LocalUserPool, redirect_uri: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    let requests = [
        ("all scopes", SignInRequest::new(redirect_uri)),
        ("openid", SignInRequest::new(redirect_uri).scopes(["openid"])),
        ("admin", SignInRequest::new(redirect_uri).scopes(["aws.cognito.signin.user.admin"])),
    ];
    for (what, request) in requests {
        let sign_in = pool.sign_in(request).unwrap();
        let callback = pool.authorize(&sign_in.url, "alice", "Passw0rd!").unwrap();
        let code = sign_in.pending.accept(&Callback::from_url(&callback).unwrap()).unwrap();
        let first = pool.auth_with_code(code).await.unwrap();
        let again = pool.refresh(first.refresh_token.as_ref().unwrap()).await.unwrap();
        for (turn, tokens) in [("signed in", first), ("refreshed", again)] {
            let what = format!("{turn}, {what}");
            cases.push(Case::new(Kind::Access, tokens.access_token.expose().to_owned(), &what));
            let id = tokens.id_token.map(|token| token.expose().to_owned());
            cases.extend(id.map(|token| Case::new(Kind::Id, token, &what)));
        }
    }
    let orders = [
        (Kind::Access, "without groups", TokenSpec::access("alice").groups([""; 0])),
        (Kind::Access, "of a user who is gone", TokenSpec::access("unknown")),
        (Kind::Id, "without groups", TokenSpec::id("alice").groups([""; 0])),
        (Kind::Id, "with claims of a trigger", TokenSpec::id("alice").claim("tenant", [1, 2])),
    ];
    cases.extend(orders.map(|(kind, what, order)| Case::new(kind, pool.token(&order), what)));
    cases
}

/// Each claim and each header member absent, of every kind of value, and there twice; one at a time.
pub fn one_thing_wrong(signer: &Signer) -> Vec<Case> {
    let mut cases = Vec::new();
    for (kind, payload) in [(Kind::Access, access_payload()), (Kind::Id, id_payload())] {
        let header = vec![("kid", quoted("k1")), ("alg", quoted("RS256"))];
        let payload = fresh(payload);
        let payload: Vec<_> =
            payload.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
        for (what, payload) in variants(&payload, CLAIMS) {
            let token = signer.sign_raw(object(&header), object(&payload));
            cases.push(Case::new(kind, token, what));
        }
        for (what, header) in variants(&header, HEADER_MEMBERS) {
            let token = signer.sign_raw(object(&header), object(&payload));
            cases.push(Case::new(kind, token, what));
        }
        let good = signer.sign_raw(object(&header), object(&payload));
        cases
            .extend(respelled(&good).into_iter().map(|(what, token)| Case::new(kind, token, what)));
        let other = if kind == Kind::Access { Kind::Id } else { Kind::Access };
        cases.push(Case::new(other, good, "presented for the other use"));
    }
    cases
}

/// Up to three things done to each, and rubbish among them. The second signer is a stranger.
pub fn random(signers: &[Signer; 2]) -> Vec<Case> {
    let mut random = Random(20_260_202);
    let token = |random: &mut Random, kind| {
        if random.chance(20) {
            return rubbish(random);
        }
        let mut draft = Draft::new(kind);
        for _ in 0..random.below(4) {
            draft.spoil(random);
        }
        draft.sign(random, signers)
    };
    let case = |number| {
        let kind = if number % 2 == 0 { Kind::Access } else { Kind::Id };
        Case::new(kind, token(&mut random, kind), format!("random {number}"))
    };
    (0..RANDOM_TOKENS).map(case).collect()
}

const CLAIMS: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "client_id",
    "token_use",
    "exp",
    "iat",
    "nbf",
    "auth_time",
    "azp",
    "scope",
    "username",
    "cognito:username",
    "cognito:groups",
    "jti",
    "origin_jti",
    "event_id",
    "nonce",
    "at_hash",
    "email",
    "email_verified",
    "version",
    "custom:a",
];

const HEADER_MEMBERS: &[&str] = &[
    "alg", "kid", "typ", "cty", "zip", "crit", "b64", "jwk", "jku", "x5u", "x5c", "x5t",
    "x5t#S256", "iss", "epk",
];

/// Values of every kind. Times keep a distance from now: the three look at the clock apart.
fn values() -> Vec<String> {
    let now = now();
    let texts = [
        "", "access", "id", "none", "HS256", "RS384", "RS512", "PS256", "ES256", "rs256", "JWT",
        "at+jwt", "k1", "K1", ISSUER, CLIENT_ID, POOL_ID,
    ];
    let mut values: Vec<String> = texts.map(quoted).into();
    values.push(quoted("https://api.example.com"));
    values.push(quoted(&format!("{ISSUER}/")));
    values.push(quoted(&format!("https://issuer-cognito-idp.eu-west-1.amazonaws.com/{POOL_ID}")));
    let numbers = [0, 1, 2, now - 90_000, now - 1000, now + 1000, now + 90_000, u64::MAX];
    values.extend(numbers.map(|number| number.to_string()));
    values.extend([format!("{}.5", now - 1000), format!("{}.5", now + 1000)]);
    values.push(quoted(&(now + 1000).to_string()));
    let others = ["null", "true", "false", "-1", "1e10", "1e400", "-1e400", "[]", "{}", "[null]"];
    values.extend(others.map(str::to_owned));
    values
        .extend([r#"{"a":1,"a":2}"#, r#""\ud800""#, r#"["b64"]"#, r#"["exp"]"#].map(str::to_owned));
    values.push(format!("[{}]", quoted(CLIENT_ID)));
    values.push(format!("[{},\"other\"]", quoted(CLIENT_ID)));
    values.push(format!("[{}]", quoted(ISSUER)));
    values.push(format!("{}{}", "[".repeat(200), "]".repeat(200)));
    values
}

type Members<'a> = Vec<(&'a str, String)>;

fn variants<'a>(good: &Members<'a>, names: &[&'a str]) -> Vec<(String, Members<'a>)> {
    let mut all = vec![("nothing wrong".to_owned(), good.clone())];
    for name in names {
        let others: Members<'a> = good.iter().filter(|(own, _)| own != name).cloned().collect();
        let own = good.iter().find(|(own, _)| own == name).map(|(_, text)| text.clone());
        if let Some(own) = own {
            all.push((format!("{name} absent"), others.clone()));
            for (what, pair) in [
                ("twice the same", [own.clone(), own.clone()]),
                ("wrong, then right", [quoted("other"), own.clone()]),
                ("right, then wrong", [own.clone(), quoted("other")]),
            ] {
                let pair = pair.map(|text| (*name, text));
                all.push((format!("{name} {what}"), [others.clone(), pair.into()].concat()));
            }
        }
        for value in values() {
            let what = format!("{name}: {value:.60}");
            all.push((what, [others.clone(), vec![(*name, value)]].concat()));
        }
    }
    all
}

/// Other spellings of a good token.
fn respelled(good: &str) -> Vec<(&'static str, String)> {
    let [header, payload, signature] = [0, 1, 2].map(|part| good.split('.').nth(part).unwrap());
    let zeros = "A".repeat(signature.len());
    let longer = format!("{signature}AAAA");
    vec![
        ("padded", format!("{header}==.{payload}==.{signature}==")),
        ("signature padded", format!("{good}==")),
        ("with a space behind", format!("{good} ")),
        ("with a line end behind", format!("{good}\n")),
        ("with Bearer in front", format!("Bearer {good}")),
        ("with a fourth part", format!("{good}.{signature}")),
        ("with an empty fourth part", format!("{good}.")),
        ("of five parts", format!("{header}..{payload}.{signature}.{signature}")),
        ("without a signature", format!("{header}.{payload}.")),
        ("of two parts", format!("{header}.{payload}")),
        ("without a payload", format!("{header}..{signature}")),
        ("with a signature of zeros", format!("{header}.{payload}.{zeros}")),
        ("with a longer signature", format!("{header}.{payload}.{longer}")),
        ("with other trailing bits", other_trailing_bits(good)),
        (
            "with a break in the payload",
            format!("{header}.{}\n{}.{signature}", &payload[..8], &payload[8..]),
        ),
        (
            "with bits of the header after it",
            format!("{header}{}.{payload}.{signature}", encode("{}")),
        ),
        ("empty", String::new()),
        ("of two points", "..".to_owned()),
    ]
}

/// 256 bytes take 342 characters, the last of which has four bits too many.
fn other_trailing_bits(good: &str) -> String {
    let (rest, last) = good.split_at(good.len() - 1);
    format!("{rest}{}", char::from(last.as_bytes()[0] + 1))
}

/// The claims, as if they were issued ten minutes ago.
fn fresh(mut payload: Value) -> Vec<(String, String)> {
    let now = now();
    payload["iat"] = (now - 600).into();
    payload["auth_time"] = (now - 600).into();
    payload["exp"] = (now + 3000).into();
    let Value::Object(members) = payload else { panic!("not an object") };
    members.into_iter().map(|(name, value)| (name, value.to_string())).collect()
}

fn object(members: &Members<'_>) -> String {
    let members: Vec<_> =
        members.iter().map(|(name, text)| format!("{}:{text}", quoted(name))).collect();
    format!("{{{}}}", members.join(","))
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
