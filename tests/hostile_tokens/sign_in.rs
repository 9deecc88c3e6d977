//! What an ID token has to agree with: the sign-in it answers, the access token it came with.

use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use crate::forge::{Forge, Kind};
use crate::row::{Row, accepted, refused};
use crate::support::{NOW, encode};

const NONCE: &str = "nonce_mismatch";
const HASH: &str = "access_token_hash_mismatch";
const SUBJECT: &str = "subject_mismatch";

/// The `sub` of a good token.
const SUB: &str = "a33408e2-2071-70ef-04ae-70f524b3b6c6";

/// The access token that the ID tokens here came with.
fn companion() -> &'static str {
    static COMPANION: OnceLock<String> = OnceLock::new();
    COMPANION.get_or_init(|| Forge::good(Kind::Access).token())
}

fn half_hash(text: &str, bytes: usize) -> String {
    encode(&Sha256::digest(text)[..bytes])
}

pub fn rows() -> Vec<Row> {
    let with_hash = |hash: String| move |good: Forge| good.claim("at_hash", hash.as_str());
    vec![
        accepted("the nonce that was sent", |good| good).nonce("n1").id(),
        accepted("a nonce that is not compared", |good| good).id(),
        refused("another nonce", NONCE, |good| good.claim("nonce", "n2")).nonce("n1").id(),
        refused("no nonce", NONCE, |good| good.no_claim("nonce")).nonce("n1").id(),
        refused("an empty nonce", NONCE, |good| good.claim("nonce", "")).nonce("n1").id(),
        refused("an empty nonce, empty sent", NONCE, |good| good.claim("nonce", "")).nonce("").id(),
        refused("no nonce, empty sent", NONCE, |good| good.no_claim("nonce")).nonce("").id(),
        refused("a longer nonce", NONCE, |good| good.claim("nonce", "n11")).nonce("n1").id(),
        refused("a shorter nonce", NONCE, |good| good.claim("nonce", "n")).nonce("n1").id(),
        refused("the nonce twice", "payload_duplicate_member", |good| {
            good.payload_first(r#""nonce":"n2""#)
        })
        .nonce("n1")
        .id(),
        refused("nonce null", "claim_malformed", |good| {
            good.claim("nonce", serde_json::Value::Null)
        })
        .nonce("n1")
        .id(),
        refused("the right nonce in an expired token", "expired", |good| good.claim("exp", NOW))
            .nonce("n1")
            .id(),
        accepted("the hash of the access token", with_hash(half_hash(companion(), 16)))
            .access_token(companion())
            .id(),
        accepted("no hash: InitiateAuth gives none", |good| good).access_token(companion()).id(),
        accepted("another hash, no access token to compare", with_hash(half_hash("x", 16))).id(),
        refused("the hash of another access token", HASH, with_hash(half_hash("x", 16)))
            .access_token(companion())
            .id(),
        refused("the hash of the access token without its end", HASH, {
            with_hash(half_hash(&companion()[..companion().len() - 1], 16))
        })
        .access_token(companion())
        .id(),
        refused("the whole hash", HASH, with_hash(half_hash(companion(), 32)))
            .access_token(companion())
            .id(),
        refused("half of the half", HASH, with_hash(half_hash(companion(), 8)))
            .access_token(companion())
            .id(),
        refused("the hash with padding", HASH, with_hash(half_hash(companion(), 16) + "=="))
            .access_token(companion())
            .id(),
        refused("an empty hash", HASH, with_hash(String::new())).access_token(companion()).id(),
        accepted("the user that is expected", |good| good).subject(SUB).id(),
        refused("another user", SUBJECT, |good| good.claim("sub", "another")).subject(SUB).id(),
        refused("the user in upper case", SUBJECT, |good| {
            good.claim("sub", SUB.to_ascii_uppercase())
        })
        .subject(SUB)
        .id(),
        refused("a user, none expected", SUBJECT, |good| good).subject("").id(),
        refused("the user, of another client", "client_not_allowed", |good| {
            good.claim("aud", "other")
        })
        .subject(SUB)
        .id(),
    ]
}
