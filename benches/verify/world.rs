//! A pool's keys, tokens that it signed, and verifiers of it.
#![allow(dead_code)]

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use cognito_auth::keys::StaticKeySet;
use cognito_auth::revocation::{MemoryRevocations, Revocation, RevocationStore};
use cognito_auth::{JwtVerifier, JwtVerifierBuilder, UserPool};
use serde_json::Value;

use crate::support::{CLIENT_ID, POOL_ID, Signer, access_payload, jwks, with};

pub struct World {
    pub signer: Signer,
    pub other: Signer,
    pub now: u64,
}

impl World {
    pub fn new() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        // Key ids of the length of Cognito's.
        let [signer, other] = ["k", "o"].map(|id| Signer::new(&id.repeat(44)));
        Self { signer, other, now }
    }

    pub fn jwks(&self) -> String {
        jwks(&[&self.other, &self.signer])
    }

    pub fn payload(&self) -> Value {
        let times = [("auth_time", 0), ("iat", 0), ("exp", 86_400)];
        // This session is in no store of these benches.
        let session = Some("2b8d7c10-0000-4000-8000-000000000003".into());
        let payload = with(access_payload(), "origin_jti", session);
        times.iter().fold(payload, |payload, (name, ahead)| {
            with(payload, name, Some((self.now + ahead).into()))
        })
    }

    /// The payload in Cognito's form, with escaped slashes.
    pub fn sign(&self, payload: &Value) -> String {
        self.signer.sign_raw(self.signer.header(), payload.to_string().replace('/', r"\/"))
    }

    /// Tokens with ids of their own. The first one is of the user of [`payload`](Self::payload).
    pub fn numbered(&self, count: usize) -> Vec<String> {
        let payload = self.payload();
        let token = |number: usize| {
            let ids = ["jti", "origin_jti", "event_id", "sub"];
            let ids = &ids[..if number == 0 { 3 } else { 4 }];
            let id = |place| Some(random_id((number * 4 + place) as u64).into());
            let payload = payload.clone();
            self.sign(
                &ids.iter().enumerate().fold(payload, |all, (at, name)| with(all, name, id(at))),
            )
        };
        let half = count / 2;
        std::thread::scope(|scope| {
            let second = scope.spawn(|| (half..count).map(token).collect::<Vec<_>>());
            let mut tokens: Vec<_> = (0..half).map(token).collect();
            tokens.extend(second.join().unwrap());
            tokens
        })
    }

    pub fn builder(&self) -> JwtVerifierBuilder {
        builder(&UserPool::new(POOL_ID).unwrap())
            .keys(StaticKeySet::from_jwks_json(&self.jwks()).unwrap())
    }

    /// With a sign-out of the tokens' user.
    pub fn with_user_revoked(&self) -> JwtVerifierBuilder {
        let store = Arc::new(MemoryRevocations::new());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let sub = self.payload()["sub"].as_str().unwrap().to_owned();
        runtime
            .block_on(store.revoke(&Revocation::user(
                &UserPool::new(POOL_ID).unwrap(),
                sub,
                self.now + 60,
            )))
            .unwrap();
        self.builder().revocations(store)
    }

    /// With this many revocations of each of tokens, sessions and users.
    pub fn with_revocations(&self, count: usize) -> JwtVerifierBuilder {
        let store = Arc::new(MemoryRevocations::new());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let pool = UserPool::new(POOL_ID).unwrap();
        for number in 0..count {
            for revocation in [
                Revocation::token(&pool, random_id(OTHERS + 3 * number as u64), self.now),
                Revocation::session(&pool, random_id(OTHERS + 3 * number as u64 + 1), self.now),
                Revocation::user(&pool, random_id(OTHERS + 3 * number as u64 + 2), self.now),
            ] {
                runtime.block_on(store.revoke(&revocation)).unwrap();
            }
        }
        self.builder().revocations(store)
    }
}

/// Ids from here on are of no token.
const OTHERS: u64 = 1 << 40;

/// An id in the form of Cognito's, whose digits have nothing in common with the next number's (splitmix64).
pub fn random_id(number: u64) -> String {
    let half = |number: u64| {
        let mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let (high, low) = (half(2 * number), half(2 * number + 1));
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    )
}

/// A verifier with the rules of a typical API. The keys are still to be set.
pub fn builder(pool: &UserPool) -> JwtVerifierBuilder {
    JwtVerifier::builder(pool)
        .client_id(CLIENT_ID)
        .require_scope("orders/read")
        .require_any_group(["admins", "owners"])
}
