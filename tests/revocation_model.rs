//! Random histories of sign-ins, refreshes, sign-outs and waiting: a model that forgets nothing and
//! the store in memory, which does, give the same verdicts for every token that is alive.
#![allow(clippy::unwrap_used)]

#[path = "support/revocation_model.rs"]
mod revocation_model;

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cognito_auth::PoolName;
use cognito_auth::revocation::{
    MemoryRevocations, Revocation, RevocationStatus, RevocationStore, Target, TokenIdentity,
};
use proptest::prelude::*;
use revocation_model::{Model, Step, history};

const DAY: u64 = 24 * 3600;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_store_in_memory_agrees_with_the_model(steps in history(10 * 3600)) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        // Far enough back that no history gets to the present: the store trusts no clock alone.
        let start = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() - 60 * DAY;
        let [pool, other] = ["a-pool", "another"].map(PoolName::from_stored);
        let (mut model, store) = (Model::new(pool.clone(), start), MemoryRevocations::new());
        let mut written = 0;
        for step in &steps {
            if let Step::Wait { seconds } = step {
                runtime.block_on(tokio::time::advance(Duration::from_secs(*seconds)));
            }
            if let Some(revocation) = model.take(step) {
                runtime.block_on(store.revoke(&revocation)).unwrap();
                written += 1;
            }
            for token in model.alive() {
                let refused = store.status_now(&token.identity()) == RevocationStatus::Revoked;
                prop_assert_eq!(refused, token.revoked, "after {:?}", step);
                // T15: the same ids in another pool.
                let elsewhere = token.identity_in(&other);
                prop_assert_eq!(store.status_now(&elsewhere), RevocationStatus::Live);
            }
        }
        prop_assert!(store.len() <= written);

        // Two days later nothing of it is alive, and the next sign-out finds the store empty.
        runtime.block_on(tokio::time::advance(Duration::from_secs(2 * DAY)));
        let later = Revocation::session(&pool, "the-last", model.now + 2 * DAY);
        runtime.block_on(store.revoke(&later)).unwrap();
        prop_assert_eq!(store.len(), 1);
    }

    /// T15: what the crate says of an entry is enough for a store outside it.
    #[test]
    fn a_store_written_outside_agrees_with_the_model(steps in history(10 * 3600)) {
        let [pool, other] = ["a-pool", "another"].map(PoolName::from_stored);
        let start = 1_767_225_600;
        let (mut model, mut rows) = (Model::new(pool, start), Rows::new());
        for step in &steps {
            rows.retain(|_, entry| entry.expires_at() > model.now);
            if let Some(entry) = model.take(step) {
                let row = rows.entry(key(entry.pool(), entry.target())).or_insert(entry.clone());
                if row.at() < entry.at() {
                    *row = entry;
                }
            }
            let hit = |token: &TokenIdentity<'_>| {
                token.is_hit_by(|one| rows.get(&key(token.pool, one)).map(Revocation::at))
            };
            for token in model.alive() {
                prop_assert_eq!(hit(&token.identity()), token.revoked, "after {:?}", step);
                prop_assert!(!hit(&token.identity_in(&other)));
            }
        }
    }
}

type Rows = HashMap<(PoolName, &'static str, String), Revocation>;

fn key(pool: &PoolName, target: Target<'_>) -> (PoolName, &'static str, String) {
    let (kind, id) = match target {
        Target::Token(id) => ("token", id),
        Target::Session(id) => ("session", id),
        Target::User(id) => ("user", id),
        Target::GlobalSignOut(id) => ("global sign-out", id),
        other => panic!("not known: {other:?}"),
    };
    (pool.clone(), kind, id.to_owned())
}
