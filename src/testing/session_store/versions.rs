//! Versions: no two writes have the same one, and what is done by a version is done to no other.

use std::collections::HashSet;
use std::sync::Arc;

use super::records::version;
use super::trial::{LONG, RuleVerdict, SampleSession, answer, rule};
use crate::sessions::{Removed, Replaced, SessionStore};

const LOADS: &str = "what was written can be loaded";
const REPLACE: &str = "replace answers";
const REMOVE: &str = "remove_version answers";

/// Also of a record that was removed, and filed again under its key.
pub(super) async fn given_once(store: &dyn SessionStore) -> RuleVerdict {
    let sample = SampleSession::new();
    let mut given = HashSet::new();
    for round in 0..3 {
        sample.file(store).await?;
        let mut current = version(store, &sample).await?;
        for old in &given {
            let replaced = answer(store.replace(&sample.key, *old, b"x", LONG).await, REPLACE)?;
            rule(
                replaced == Replaced::Changed,
                "replace at a version of a record that was removed changes none that is filed under its key again",
            )?;
            let removed = answer(store.remove_version(&sample.key, *old).await, REMOVE)?;
            rule(removed == Removed::Changed, "remove_version neither")?;
        }
        rule(given.insert(current), "a version is given once, whatever was removed meanwhile")?;
        for _ in 0..3 {
            let replaced = answer(store.replace(&sample.key, current, b"x", LONG).await, REPLACE)?;
            let Replaced::Done(next) = replaced else {
                return rule(false, "replace writes where the version is the one that was read");
            };
            rule(given.insert(next), "a version is given once: every write has another one")?;
            current = next;
        }
        if round == 1 {
            rule(
                answer(store.remove_version(&sample.key, current).await, REMOVE)? == Removed::Done,
                "remove_version removes where the version is the one that was read",
            )?;
        } else {
            answer(store.remove(&sample.key).await, "a record can be removed")?;
        }
    }
    Ok(())
}

pub(super) async fn removed(store: &dyn SessionStore) -> RuleVerdict {
    let sample = SampleSession::new();
    let gone = answer(store.remove_version(&sample.key, 1).await, REMOVE)?;
    rule(gone == Removed::Gone, "remove_version says Gone under a key that was never used")?;
    sample.file(store).await?;
    let first = version(store, &sample).await?;
    answer(store.replace(&sample.key, first, b"newer", LONG).await, REPLACE)?;
    let changed = answer(store.remove_version(&sample.key, first).await, REMOVE)?;
    rule(changed == Removed::Changed, "remove_version says Changed where the version is another")?;
    let stays = answer(store.load(&sample.key).await, LOADS)?;
    let Some(stays) = stays.filter(|stays| stays.record == b"newer") else {
        return rule(false, "remove_version removes no newer record");
    };
    let done = answer(store.remove_version(&sample.key, stays.version).await, REMOVE)?;
    rule(done == Removed::Done, "remove_version removes the version that was read")?;
    rule(answer(store.load(&sample.key).await, LOADS)?.is_none(), "what was removed is gone")?;
    let listed = answer(store.list(&sample.user).await, "list answers")?;
    rule(listed.is_empty(), "what remove_version has removed is not listed")?;
    let again = answer(store.remove_version(&sample.key, stays.version).await, REMOVE)?;
    rule(again == Removed::Gone, "remove_version removes once")
}

/// Ten who write and ten who remove at once: one of all.
pub(super) async fn contended(store: &Arc<dyn SessionStore>) -> RuleVerdict {
    let sample = SampleSession::new();
    sample.file(&**store).await?;
    let version = version(&**store, &sample).await?;
    let contenders: Vec<_> = (0..20_u8)
        .map(|number| {
            let (store, key) = (Arc::clone(store), sample.key);
            tokio::spawn(async move {
                if number % 2 == 1 {
                    let replaced = store.replace(&key, version, &[number], LONG).await;
                    replaced.map(|replaced| matches!(replaced, Replaced::Done(_)))
                } else {
                    let removed = store.remove_version(&key, version).await;
                    removed.map(|removed| removed == Removed::Done)
                }
            })
        })
        .collect();
    let mut done = 0;
    for contender in contenders {
        let Ok(answered) = contender.await else { return rule(false, "a store does not panic") };
        done += usize::from(answer(answered, "replace and remove_version answer")?);
    }
    rule(done == 1, "of many who replace or remove one version, one does")
}
