//! The right to refresh.

use std::sync::Arc;

use tokio::time::sleep;

use super::trial::{LONG, PAST, RuleVerdict, SHORT, SampleSession, answer, owner, rule};
use crate::sessions::SessionStore;

const LOCK: &str = "lock answers";
const RENEW: &str = "renew answers";
const UNLOCK: &str = "unlock answers";

pub(super) async fn lent(store: &dyn SessionStore) -> RuleVerdict {
    let (sample, other) = (SampleSession::new(), SampleSession::new());
    sample.file(store).await?;
    let (ours, theirs) = (owner(), owner());
    let key = &sample.key;
    rule(!answer(store.renew(key, &ours, LONG).await, RENEW)?, "renew lends nothing anew")?;
    rule(answer(store.lock(key, &ours, LONG).await, LOCK)?, "what was not lent is lent")?;
    rule(!answer(store.lock(key, &theirs, LONG).await, LOCK)?, "what was lent is not lent again")?;
    rule(
        !answer(store.lock(key, &ours, LONG).await, LOCK)?,
        "what was lent is not lent again to the same owner: that is renew",
    )?;
    rule(
        answer(store.lock(&other.key, &theirs, LONG).await, LOCK)?,
        "a lease is of one session, and needs no record",
    )?;
    rule(answer(store.renew(key, &ours, LONG).await, RENEW)?, "the owner can renew")?;
    rule(!answer(store.renew(key, &theirs, LONG).await, RENEW)?, "no other owner can renew")?;
    answer(store.unlock(key, &theirs).await, UNLOCK)?;
    rule(!answer(store.lock(key, &theirs, LONG).await, LOCK)?, "no other owner can give it back")?;
    answer(store.unlock(key, &ours).await, UNLOCK)?;
    rule(answer(store.lock(key, &theirs, LONG).await, LOCK)?, "what was given back is lent again")?;
    rule(
        !answer(store.renew(key, &ours, LONG).await, RENEW)?,
        "what was given back cannot be renewed",
    )?;
    let loaded = answer(store.load(key).await, "load answers")?;
    rule(
        loaded.is_some_and(|loaded| loaded.record == sample.record),
        "a lease leaves the record alone",
    )
}

pub(super) async fn ended(store: &dyn SessionStore) -> RuleVerdict {
    let (ours, theirs) = (owner(), owner());
    let (left, renewed) = (SampleSession::new(), SampleSession::new());
    for key in [&left.key, &renewed.key] {
        rule(answer(store.lock(key, &ours, SHORT).await, LOCK)?, "what was not lent is lent")?;
    }
    rule(answer(store.renew(&renewed.key, &ours, LONG).await, RENEW)?, "the owner can renew")?;
    sleep(PAST).await;
    rule(
        !answer(store.renew(&left.key, &ours, LONG).await, RENEW)?,
        "a lease that has ended cannot be renewed",
    )?;
    rule(answer(store.lock(&left.key, &theirs, LONG).await, LOCK)?, "a lease ends by itself")?;
    rule(
        !answer(store.lock(&renewed.key, &theirs, LONG).await, LOCK)?,
        "a lease that was renewed goes on",
    )?;
    answer(store.unlock(&left.key, &ours).await, UNLOCK)?;
    rule(
        answer(store.renew(&left.key, &theirs, LONG).await, RENEW)?,
        "an owner whose lease has ended cannot give back the next one's",
    )
}

/// Twenty at once: one has it.
pub(super) async fn lent_at_once(store: &Arc<dyn SessionStore>) -> RuleVerdict {
    let key = SampleSession::new().key;
    let askers: Vec<_> = (0..20)
        .map(|_| {
            let (store, owner) = (Arc::clone(store), owner());
            tokio::spawn(async move { store.lock(&key, &owner, LONG).await })
        })
        .collect();
    let mut lent = 0;
    for asker in askers {
        let Ok(answered) = asker.await else { return rule(false, "lock does not panic") };
        lent += usize::from(answer(answered, LOCK)?);
    }
    rule(lent == 1, "of many who ask at once, one is lent it")
}
