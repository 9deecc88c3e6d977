//! Runs one operation a number of times, so that .ci/instructions can count its instructions:
//! `instructions <operation> <times>`.

mod session;

use std::cell::Cell;
use std::hint::black_box;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, UNIX_EPOCH};

use async_trait::async_trait;
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_auth::keys::{CachedKey, KeySet, StaticKeySet, VerifyingKey};
use cognito_auth::revocation::{
    MemoryRevocations, Revocation, RevocationStatus, RevocationStore, TokenIdentity, TokenKind,
};
use cognito_auth::{JwtVerifier, KeysUnavailable, PoolSet, UserPool};

// Signed by a key that was deleted, so that the bytes are the same on every machine.
const TOKEN: &str = include_str!("../token.txt");
const JWKS: &str = include_str!("../jwks.json");
const MODULUS: &str = include_str!("../modulus.txt");
const CLIENT_ID: &str = "1example23456789abcdefghij";
/// Within the token's life.
const NOW: u64 = 1_767_226_200;

fn keys() -> StaticKeySet {
    StaticKeySet::from_jwks_json(JWKS).expect("a JWKS")
}

/// The same keys, none of which is current for a cached token, so that one token is verified, cached and
/// evicted every time.
#[derive(Debug)]
struct Replaced(StaticKeySet);

#[async_trait]
impl KeySet for Replaced {
    fn cached(&self, key_id: &str) -> CachedKey {
        self.0.cached(key_id)
    }

    fn is_current(&self, _: &VerifyingKey) -> bool {
        false
    }

    async fn fetch(&self, key_id: &str) -> Result<Option<VerifyingKey>, KeysUnavailable> {
        self.0.fetch(key_id).await
    }

    async fn prefetch(&self) -> Result<(), KeysUnavailable> {
        Ok(())
    }
}

/// Ids in the form of Cognito's, the same in each run (splitmix64).
fn random_ids() -> impl FnMut() -> String {
    let mut state = 0_u64;
    let mut number = move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    move || {
        let (high, low) = (number(), number());
        let digits = format!("{high:016x}{low:016x}");
        let mut id = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if [8, 12, 16, 20].contains(&place) {
                id.push('-');
            }
            id.push(if place == 12 { '4' } else { digit });
        }
        id
    }
}

fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    let times: usize = arguments[2].parse().expect("a number");
    let repeat = |operation: &dyn Fn()| (0..times).for_each(|_| black_box(operation)());

    let builder = JwtVerifier::builder(&UserPool::new("eu-west-1_AbCdEf123").expect("an id"))
        .client_id(CLIENT_ID)
        .require_scope("orders/read")
        .require_any_group(["admins", "owners"])
        .keys(keys())
        .clock(|| UNIX_EPOCH + Duration::from_secs(NOW));
    let token = TOKEN.trim();
    let (signing_input, signature) = token.rsplit_once('.').expect("two dots");
    let verify = |verifier: JwtVerifier| {
        // Caches the header, and initialises the lazy parts of the key.
        verifier.verify_access_now(token).expect("a good token");
        repeat(&|| {
            black_box(verifier.verify_access_now(black_box(token)).is_ok());
        });
    };
    match arguments[1].as_str() {
        "raw" => {
            let modulus = URL_SAFE_NO_PAD.decode(MODULUS.trim()).expect("base64url");
            let key: ParsedPublicKey =
                RsaPublicKeyComponents { n: modulus.as_slice(), e: &[1, 0, 1][..] }
                    .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
                    .expect("a key");
            let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
            let raw = || key.verify_sig(signing_input.as_bytes(), &signature).is_ok();
            assert!(raw());
            repeat(&|| {
                black_box(raw());
            });
        }
        // Of another issuer: refused after it is read to the end, before its signature is checked.
        "refused" => {
            let (header, payload) = signing_input.split_once('.').expect("two dots");
            let payload = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
            let payload =
                String::from_utf8(payload).expect("UTF-8").replace("eu-west-1_", "eu-west-2_");
            let stranger = format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(payload));
            let verifier = builder.build().expect("a verifier");
            verifier.verify_access_now(token).expect("a good token");
            let refuse = || verifier.verify_access_now(&stranger).expect_err("of another issuer");
            assert_eq!(refuse().code(), "issuer_not_allowed");
            repeat(&|| {
                black_box(refuse());
            });
        }
        "cold" => verify(builder.without_cache().build().expect("a verifier")),
        "remembered" => verify(builder.keys(Replaced(keys())).build().expect("a verifier")),
        "hit" => verify(builder.build().expect("a verifier")),
        // Of the token's pool, among a hundred.
        "set" => {
            let set = PoolSet::new();
            for number in 0..99 {
                let pool = UserPool::new(&format!("eu-west-1_Other{number}")).expect("an id");
                let verifier = JwtVerifier::builder(&pool).accept_every_client().keys(keys());
                set.add(verifier.build().expect("a verifier")).expect("another issuer");
            }
            set.add(builder.build().expect("a verifier")).expect("another issuer");
            set.verify_access_now(token).expect("a good token");
            repeat(&|| {
                black_box(set.verify_access_now(black_box(token)).is_ok());
            });
        }
        // With sign-outs of a thousand others in the store.
        "revocations" => {
            let store = Arc::new(MemoryRevocations::new());
            let name = UserPool::new("eu-west-1_AbCdEf123").expect("an id").name();
            for number in 0..1000 {
                let id = format!("7c5f0f0e-0123-4000-8000-{number:012x}");
                for entry in [Revocation::token, Revocation::session, Revocation::user] {
                    let entry = entry(&name, &id, 1_767_226_200);
                    let mut revoke = pin!(store.revoke(&entry));
                    let mut context = Context::from_waker(Waker::noop());
                    assert!(matches!(revoke.as_mut().poll(&mut context), Poll::Ready(Ok(()))));
                }
            }
            verify(builder.revocations(store).build().expect("a verifier"));
        }
        // Of tokens whose ids are all different, as are those of the store: no digit can be foreseen.
        "random-revocations" => {
            let store = MemoryRevocations::new();
            let name = UserPool::new("eu-west-1_AbCdEf123").expect("an id").name();
            let mut ids = random_ids();
            let revoked: Vec<_> = (0..30_000).map(|_| ids()).collect();
            let kinds = [Revocation::token, Revocation::session, Revocation::user];
            for (id, kind) in revoked.iter().zip(kinds.iter().cycle()) {
                let entry = kind(&name, id, 1_767_226_200);
                let mut revoke = pin!(store.revoke(&entry));
                let mut context = Context::from_waker(Waker::noop());
                assert!(matches!(revoke.as_mut().poll(&mut context), Poll::Ready(Ok(()))));
            }
            let tokens: Vec<_> = (0..4096).map(|_| [ids(), ids(), ids()]).collect();
            let next = Cell::new(0);
            let look_up = || {
                let [jti, origin_jti, sub] = &tokens[next.replace(next.get() + 1) % tokens.len()];
                let mut token =
                    TokenIdentity::new(&name, "token", TokenKind::Access, sub, 1_767_226_200);
                token.jti = Some(jti.as_str());
                token.origin_jti = Some(origin_jti.as_str());
                assert_eq!(store.status_now(black_box(&token)), RevocationStatus::Live);
            };
            // So many that the places in the maps, which differ in each run, even out.
            repeat(&|| (0..64).for_each(|_| look_up()));
        }
        operation @ ("session" | "session-cached") => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
            let runtime = runtime.expect("a runtime");
            let _inside = runtime.enter();
            let verifier = builder.build().expect("a verifier");
            let is_cached = operation == "session-cached";
            let (sessions, request) = session::signed_in(&runtime, verifier, is_cached);
            session::ask(&sessions, &request);
            repeat(&|| session::ask(&sessions, &request));
        }
        other => panic!("{other} is not known"),
    }
}
