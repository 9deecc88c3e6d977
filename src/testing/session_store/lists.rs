//! The sessions of a user.

use std::sync::Arc;

use super::trial::{LONG, RuleVerdict, SampleSession, answer, random, rule};
use crate::sessions::{SessionStore, UserIndex};

pub(super) async fn listed(store: &dyn SessionStore) -> RuleVerdict {
    let user = UserIndex::from_bytes(random());
    let none = answer(store.list(&user).await, "a user without sessions is an answer")?;
    rule(none.is_empty(), "a user who was never seen has no sessions")?;
    let samples: Vec<_> = (0..3)
        .map(|age| SampleSession { created_at: 1000 + age, ..SampleSession::of(user) })
        .collect();
    for sample in &samples {
        sample.file(store).await?;
    }
    let other = SampleSession::new();
    other.file(store).await?;
    let members = answer(store.list(&user).await, "sessions can be listed")?;
    rule(
        members.iter().all(|member| member.key != other.key),
        "a list has no session of another user",
    )?;
    rule(members.len() == 3, "a list has every session of the user, once")?;
    for (member, sample) in members.iter().zip(&samples) {
        rule(member.key == sample.key, "a list has the oldest session first")?;
        let is_same = member.public_id == sample.public_id
            && member.created_at == sample.created_at
            && member.note == sample.note;
        rule(is_same, "a list says public id, beginning and note as they were written")?;
    }
    Ok(())
}

pub(super) async fn removed_all(store: &dyn SessionStore) -> RuleVerdict {
    let user = UserIndex::from_bytes(random());
    let none = answer(store.remove_all(&user).await, "remove_all answers without sessions")?;
    rule(none.is_empty(), "remove_all says that there were none")?;
    let samples = [SampleSession::of(user), SampleSession::of(user)];
    let other = SampleSession::new();
    for sample in samples.iter().chain([&other]) {
        sample.file(store).await?;
    }
    let removed = answer(store.remove_all(&user).await, "sessions can be removed")?;
    let says = |sample: &SampleSession| removed.iter().any(|member| member.key == sample.key);
    rule(samples.iter().all(says), "remove_all says which sessions it removed")?;
    for sample in &samples {
        let loaded = answer(store.load(&sample.key).await, "load answers")?;
        rule(loaded.is_none(), "remove_all removes every session of the user")?;
    }
    let listed = answer(store.list(&user).await, "list answers")?;
    rule(listed.is_empty(), "after remove_all the list is empty")?;
    let loaded = answer(store.load(&other.key).await, "load answers")?;
    rule(loaded.is_some(), "remove_all leaves other users' sessions alone")
}

/// Whatever the order: a session that is there is on the list, where the next sign-out of all finds it.
pub(super) async fn removed_while_inserted(store: &Arc<dyn SessionStore>) -> RuleVerdict {
    for _ in 0..20 {
        let user = UserIndex::from_bytes(random());
        let mut keys = Vec::new();
        let mut inserts = Vec::new();
        for _ in 0..4 {
            let sample = SampleSession { expires: LONG, ..SampleSession::of(user) };
            keys.push(sample.key);
            let store = Arc::clone(store);
            inserts.push(tokio::spawn(async move { sample.insert(&*store).await }));
        }
        answer(store.remove_all(&user).await, "remove_all answers")?;
        for insert in inserts {
            // It may be refused: the user was signed out meanwhile.
            insert.await.ok();
        }
        let members = answer(store.list(&user).await, "list answers")?;
        for key in keys {
            let is_there = answer(store.load(&key).await, "load answers")?.is_some();
            let is_listed = members.iter().any(|member| member.key == key);
            rule(
                is_there == is_listed,
                "a session that is inserted during remove_all is listed, or gone",
            )?;
        }
    }
    Ok(())
}
