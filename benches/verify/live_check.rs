//! A cached token whose verdict of Cognito is cached too.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use cognito_auth::keys::StaticKeySet;
use cognito_auth::revocation::LiveCheck;
use cognito_auth::testing::{LocalUser, LocalUserPool};
use cognito_auth::{JwtVerifier, JwtVerifierBuilder};
use tokio::runtime::Runtime;

use crate::contestants::raw;
use crate::harness::Contestant;
use crate::world::World;

pub fn all<'a>(world: &World, token: &'a str, runtime: &Runtime) -> Vec<Contestant<'a>> {
    let pool = LocalUserPool::builder().in_memory().user(LocalUser::new("alice", "Passw0rd!23"));
    let pool = pool.build().unwrap();
    let builder = || {
        let keys = StaticKeySet::from_jwks_json(&pool.jwks()).unwrap();
        JwtVerifier::builder(&pool.user_pool()).client_id(pool.client_id()).keys(keys)
    };
    let live = LiveCheck::builder(Arc::new(pool.clone())).keep_for(Duration::from_secs(300));
    let live = live.build().unwrap();
    let good = pool.access_token("alice");
    let contestant = |name: &str, builder: JwtVerifierBuilder| {
        let (verifier, good) = (builder.build().unwrap(), good.clone());
        runtime.block_on(verifier.verify_access(&good)).unwrap();
        Contestant::new(name, move |_, _| {
            black_box(verifier.verify_access_now(&good).unwrap());
        })
    };
    vec![
        raw(world, token),
        contestant("one token of the local pool", builder()),
        contestant("the same, LiveCheck, verdict cached", builder().revocations(Arc::new(live))),
    ]
}
