//! Nothing of a refused token is kept: 100,000 different ones leave the process as large as it was.
//! `BAD_TOKENS=1000000 cargo test --release --test memory -- --nocapture` tries more of them.
//!
//! A test target of its own, since what is measured is the whole process.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::{Duration, UNIX_EPOCH};

use cognito_auth::keys::RemoteKeySet;
use cognito_auth::{JwtVerifier, PoolSet, UserPool};
use support::{Answer, CLIENT_ID, ISSUER, KeyServer, NOW, POOL_ID, Random, Signer, encode, jwks};

/// Half of the least that a kept token of 100,000 would cost: its key id of 40 bytes and an
/// allocation. More tokens are allowed no more.
const ALLOWED: usize = 100_000 * 32;

/// The resident size of this process in bytes; `None` where nobody says.
fn resident() -> Option<usize> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = statm.split(' ').nth(1)?.parse().ok()?;
    // 4 KiB is the least that a page has; a larger one makes growth look smaller by its factor
    // only, and 100,000 tokens as a whole would show all the same.
    Some(pages * 4096)
}

fn token(random: &mut Random, signer: &Signer) -> (String, &'static [&'static str]) {
    let unique = format!("{:016x}{:016x}", random.next(), random.next());
    let (issuer, key_id, codes): (_, _, &[_]) = match random.below(64) {
        0 => (ISSUER.to_owned(), signer.key_id.clone(), &["signature_invalid"]),
        1..32 => (ISSUER.to_owned(), format!("kid-{unique}"), &["unknown_key"]),
        _ => (
            format!("https://cognito-idp.eu-west-1.amazonaws.com/{unique}"),
            format!("kid-{unique}"),
            &["issuer_not_allowed"],
        ),
    };
    let header = format!(r#"{{"kid":"{key_id}","alg":"RS256"}}"#);
    let payload = format!(r#"{{"iss":"{issuer}","sub":"{unique}","token_use":"access"}}"#);
    let signature = [random.next().to_be_bytes(); 32].concat();
    (format!("{}.{}.{}", encode(header), encode(payload), encode(signature)), codes)
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
            let (token, codes) = token(&mut random, &signer);
            let one = verifier.verify_access(&token).await.unwrap_err();
            let several = pools.verify_access(&token).await.unwrap_err();
            assert!(codes.contains(&one.code()), "{one}");
            assert_eq!(one, several);
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
