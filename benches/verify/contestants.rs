//! The contestants. Each has to accept the valid token and to refuse a changed one before it is measured.

use std::hint::black_box;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use cognito_auth::keys::{CachedKey, KeySet, StaticKeySet};
use cognito_auth::{AccessClaims, JwtVerifier, PoolSet, UserPool};

use crate::by_hand::ByHand;
use crate::harness::Contestant;
use crate::support::{CLIENT_ID, ISSUER, decode};
use crate::world::{World, builder};

pub const RAW: &str = "signature alone: aws-lc-rs, key parsed before";

/// The baseline: the check of one token's signature and nothing else.
pub fn raw<'a>(world: &World, token: &'a str) -> Contestant<'a> {
    let modulus = world.signer.modulus();
    let key: ParsedPublicKey = RsaPublicKeyComponents { n: modulus.as_slice(), e: &[1, 0, 1][..] }
        .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
        .unwrap();
    let (signing_input, signature) = token.rsplit_once('.').unwrap();
    let signature = decode(signature);
    let mut spoiled = signature.clone();
    spoiled[0] ^= 1;
    key.verify_sig(signing_input.as_bytes(), &spoiled).unwrap_err();
    Contestant::new(RAW, move |_, _| {
        key.verify_sig(signing_input.as_bytes(), &signature).unwrap();
    })
}

/// Whether the claims are handed out only, and not read.
pub static UNREAD: AtomicBool = AtomicBool::new(false);

/// What a handler reads: who it is, and whether that is allowed.
fn read(claims: &AccessClaims) {
    if UNREAD.load(Ordering::Relaxed) {
        black_box(claims);
        return;
    }
    black_box(claims.sub());
    black_box(claims.username());
    assert!(claims.has_scope(black_box("orders/read")));
}

fn spoil(token: &str) -> String {
    token.replacen(token.rsplit_once('.').unwrap().1, &"A".repeat(342), 1)
}

/// The same token for every call.
pub fn one<'a>(name: &str, verifier: JwtVerifier, token: &'a str) -> Contestant<'a> {
    let refused = verifier.verify_access_now(spoil(token)).unwrap_err();
    assert_eq!(refused.code(), "signature_invalid");
    verifier.verify_access_now(token).unwrap();
    Contestant::new(name, move |_, _| {
        read(&verifier.verify_access_now(token).unwrap());
    })
}

/// Caches all of them in a verifier, and prints the memory for each.
fn fill(verifier: &JwtVerifier, tokens: &[String]) {
    let before = resident();
    for token in tokens {
        verifier.verify_access_now(token).unwrap();
    }
    let entries = format!("entries: {}", tokens.len());
    assert!(format!("{verifier:?}").contains(&entries), "{verifier:?}");
    if tokens.len() > 1 {
        let (token, taken) = (tokens[0].len(), (resident() - before) / tokens.len());
        println!("{} cached tokens of {token} bytes: {taken} bytes each", tokens.len());
    }
}

/// Cached tokens at random. The received texts are in memory besides the cached ones, so that each call reads
/// both from there.
pub fn random<'a>(name: &str, verifier: JwtVerifier, tokens: &'a [String]) -> Contestant<'a> {
    fill(&verifier, tokens);
    Contestant::new(name, move |thread, call| {
        let token = &tokens[at_random(thread, call) % tokens.len()];
        read(&verifier.verify_access_now(token).unwrap());
    })
}

/// So much that nothing else is left in the caches of one processor: twice the second-level cache.
const OTHER_MEMORY: usize = 2 << 20;

/// What a server does between two requests: other memory is read, a byte of each line.
pub fn other_work() -> impl Fn() + Send + Sync {
    let memory = vec![1_u8; OTHER_MEMORY];
    move || {
        let sum: u64 = memory.iter().step_by(64).map(|byte| u64::from(*byte)).sum();
        assert_eq!(black_box(sum), (OTHER_MEMORY / 64) as u64);
    }
}

/// The same tokens, each copied into one buffer first, so that it is in the processor's cache like that of a
/// request that was just received. Without a verifier: the copy alone.
pub fn received<'a>(
    name: &str,
    verifier: Option<JwtVerifier>,
    tokens: &'a [String],
) -> Contestant<'a> {
    if let Some(verifier) = &verifier {
        fill(verifier, tokens);
    }
    let buffers = [0, 1].map(|_| Mutex::new(String::with_capacity(2048)));
    Contestant::new(name, move |thread, call| {
        let mut buffer = buffers[thread].lock().unwrap();
        buffer.clear();
        buffer.push_str(&tokens[at_random(thread, call) % tokens.len()]);
        match &verifier {
            Some(verifier) => read(&verifier.verify_access_now(&*buffer).unwrap()),
            None => drop(black_box(&buffer)),
        }
    })
}

fn at_random(thread: usize, call: usize) -> usize {
    ((((call * 2 + thread) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)) >> 20) as usize
}

/// New tokens, one after the other; `first` are cached before them.
pub fn flood<'a>(
    name: &str,
    verifier: JwtVerifier,
    first: &[String],
    tokens: &'a [String],
) -> Contestant<'a> {
    for token in first {
        verifier.verify_access_now(token).unwrap();
    }
    Contestant::new(name, move |_, call| {
        let token = tokens.get(call).expect("a token comes twice: make more of them");
        read(&verifier.verify_access_now(token).unwrap());
    })
}

/// The same token for every call, verified by a set of so many pools.
pub fn one_of_pools<'a>(name: &str, world: &World, count: usize, token: &'a str) -> Contestant<'a> {
    let pools = PoolSet::new();
    for number in 1..count {
        let other = UserPool::new(&format!("eu-west-1_Another{number}")).unwrap();
        let other = builder(&other).keys(StaticKeySet::from_jwks_json(&world.jwks()).unwrap());
        pools.add(other.build().unwrap()).unwrap();
    }
    pools.add(world.builder().build().unwrap()).unwrap();
    assert_eq!(pools.verify_access_now(spoil(token)).unwrap_err().code(), "signature_invalid");
    pools.verify_access_now(token).unwrap();
    Contestant::new(name, move |_, _| {
        read(&pools.verify_access_now(token).unwrap());
    })
}

/// The look-up of a key by its id.
pub fn key_look_up<'a>(name: &str, keys: impl KeySet + 'a, key_id: &str) -> Contestant<'a> {
    assert!(matches!(keys.cached("absent"), CachedKey::Absent));
    let key_id = key_id.to_owned();
    Contestant::new(name, move |_, _| {
        assert!(matches!(keys.cached(black_box(&key_id)), CachedKey::Found(_)));
    })
}

/// The most used library.
pub fn jsonwebtoken<'a>(world: &World, token: &'a str) -> Contestant<'a> {
    let by_hand = ByHand::new(&world.jwks(), ISSUER, CLIENT_ID);
    assert!(by_hand.verify(&spoil(token)).is_none());
    Contestant::new("by hand with jsonwebtoken 11 (aws_lc_rs)", move |_, _| {
        let claims = by_hand.verify(token).unwrap();
        black_box((claims.sub.as_str(), claims.username.as_str()));
        assert!(claims.has_scope(black_box("orders/read")));
    })
}

/// The resident memory of this process in bytes, from Linux.
pub fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}
