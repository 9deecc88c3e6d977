//! Nothing of a refused token is kept: 100,000 different ones leave the process as large as it was,
//! those included whose signature holds.
//! `BAD_TOKENS=1000000 cargo test --release --test memory_bounds -- --nocapture` tries more of them.
//!
//! A test target of its own, since what is measured is the whole process.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::{Duration, UNIX_EPOCH};

use cognito_auth::keys::RemoteKeySet;
use cognito_auth::unverified::MAX_HEADER_BYTES;
use cognito_auth::{IdTokenChecks, JwtVerifier, PoolSet, UserPool, VerifyError};
use serde_json::Value;
use support::{
    Answer, CLIENT_ID, ISSUER, KeyServer, NOW, POOL_ID, Random, Signer, access_payload, encode,
    id_payload, jwks,
};

/// Half of the least that a kept token of 100,000 would cost: its key id of 40 bytes and an
/// allocation. More tokens are allowed no more.
const ALLOWED: usize = 100_000 * 32;

/// The resident size of this process in bytes; `None` where the system does not say.
fn resident() -> Option<usize> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = statm.split(' ').nth(1)?.parse().ok()?;
    // 4 KiB is the least that a page has; a larger one makes growth look smaller by its factor
    // only, and 100,000 tokens as a whole would show all the same.
    Some(pages * 4096)
}

/// One in so many tokens is well signed. If their headers alone were kept, the least of it would be
/// twice what is allowed: see [`well_signed`].
const WELL_SIGNED: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Access,
    Id,
}

fn token(random: &mut Random, kind: Kind, signer: &Signer) -> (String, &'static str) {
    if random.chance(WELL_SIGNED) {
        return well_signed(random, kind, signer);
    }
    let unique = format!("{:016x}{:016x}", random.next(), random.next());
    let (issuer, key_id, code) = match random.below(64) {
        0 => (ISSUER.to_owned(), signer.key_id.clone(), "signature_invalid"),
        1..32 => (ISSUER.to_owned(), format!("kid-{unique}"), "unknown_key"),
        _ => (
            format!("https://cognito-idp.eu-west-1.amazonaws.com/{unique}"),
            format!("kid-{unique}"),
            "issuer_not_allowed",
        ),
    };
    let header = format!(r#"{{"kid":"{key_id}","alg":"RS256"}}"#);
    let payload = format!(r#"{{"iss":"{issuer}","sub":"{unique}","token_use":"access"}}"#);
    let signature = [random.next().to_be_bytes(); 32].concat();
    (format!("{}.{}.{}", encode(header), encode(payload), encode(signature)), code)
}

/// Signed by the issuer, and refused for what it says. Whether a header is remembered is settled
/// before that: so each has a header of its own, told apart by white space, as long as it may be.
fn well_signed(random: &mut Random, kind: Kind, signer: &Signer) -> (String, &'static str) {
    let unique = random.next();
    let blanks: String =
        (0..64).map(|bit| if unique >> bit & 1 == 0 { ' ' } else { '\t' }).collect();
    let header = format!(r#"{{"kid":"{}",{blanks}"alg":"RS256"}}"#, signer.key_id);
    let header = format!("{header:<length$}", length = MAX_HEADER_BYTES / 4 * 3);
    let (mut payload, client) = match kind {
        Kind::Access => (access_payload(), "client_id"),
        Kind::Id => (id_payload(), "aud"),
    };
    payload["jti"] = Value::from(format!("{unique:016x}"));
    let code = if random.chance(2) {
        payload["exp"] = NOW.into();
        "expired"
    } else {
        payload[client] = "2example23456789abcdefghij".into();
        "client_not_allowed"
    };
    (signer.sign_raw(header, payload.to_string()), code)
}

/// What each entry point says.
async fn refusals(
    kind: Kind,
    one: &JwtVerifier,
    several: &PoolSet,
    token: &str,
) -> [VerifyError; 4] {
    let checks = IdTokenChecks::new();
    match kind {
        Kind::Access => [
            one.verify_access(token).await.unwrap_err(),
            one.verify_access_now(token).unwrap_err(),
            several.verify_access(token).await.unwrap_err(),
            several.verify_access_now(token).unwrap_err(),
        ],
        Kind::Id => [
            one.verify_id(token, checks).await.unwrap_err(),
            one.verify_id_now(token, checks).unwrap_err(),
            several.verify_id(token, checks).await.unwrap_err(),
            several.verify_id_now(token, checks).unwrap_err(),
        ],
    }
}

#[tokio::test]
async fn a_hundred_thousand_bad_tokens_leave_nothing_behind() {
    let tokens = std::env::var("BAD_TOKENS").map_or(100_000, |text| text.parse().unwrap());
    let signer = Signer::new("k1");
    let server = KeyServer::start(Answer::Jwks(jwks(&[&signer]))).await;
    let pool = UserPool::new(POOL_ID).unwrap().with_jwks_uri(&server.uri()).unwrap();
    let day = Duration::from_secs(86_400);
    let keys = RemoteKeySet::builder(&pool).cool_down(day).refresh_after(day).max_stale(day);
    let verifier = JwtVerifier::builder(&pool)
        .client_id(CLIENT_ID)
        .keys(keys.build().unwrap())
        .clock(|| UNIX_EPOCH + Duration::from_secs(NOW))
        .build()
        .unwrap();
    verifier.prefetch().await.unwrap();
    let pools = PoolSet::new();
    pools.add(verifier.clone()).unwrap();

    let mut random = Random(1);
    let mut refuse = async |tokens| {
        for _ in 0..tokens {
            let kind = if random.chance(2) { Kind::Access } else { Kind::Id };
            let (token, code) = token(&mut random, kind, &signer);
            for error in refusals(kind, &verifier, &pools, &token).await {
                assert_eq!(error.code(), code, "{kind:?}");
            }
        }
    };
    // What is allocated once is allocated now.
    refuse(5_000).await;
    let before = resident();
    refuse(tokens).await;
    let after = resident();
    assert_eq!(server.requests(), 1);

    let (Some(before), Some(after)) = (before, after) else {
        eprintln!("NOT MEASURED: there is no /proc/self/statm here; this is for Linux only");
        if cfg!(target_os = "linux") {
            panic!("Linux without /proc/self/statm");
        }
        return;
    };
    let growth = after.saturating_sub(before);
    println!("{growth} bytes more after {tokens} bad tokens");
    assert!(growth < ALLOWED, "{growth} bytes more after {tokens} tokens");
}
