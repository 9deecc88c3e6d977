//! Records: filed, replaced by version, removed, gone when their time is over.

use std::sync::Arc;

use tokio::time::sleep;

use super::trial::{LONG, PAST, RuleVerdict, SHORT, SampleSession, answer, rule};
use crate::sessions::{MAX_RECORD_BYTES, Replaced, SessionStore};

const LOADS: &str = "what was written can be loaded";

pub(super) async fn inserted(store: &dyn SessionStore) -> RuleVerdict {
    let sample = SampleSession::new();
    let nothing = answer(store.load(&sample.key).await, "a key without a record is an answer")?;
    rule(nothing.is_none(), "there is no record under a key that was never used")?;
    sample.file(store).await?;
    let loaded = answer(store.load(&sample.key).await, LOADS)?;
    let Some(loaded) = loaded else { return rule(false, "a record that was inserted is there") };
    rule(loaded.record == sample.record, "a record is loaded octet by octet as it was written")?;
    rule(loaded.user == sample.user, "a record is loaded with the user that it was filed under")?;
    let expires = loaded.expires;
    rule(expires <= LONG && expires + PAST * 4 > LONG, "a record says how long it is kept")?;

    let again = SampleSession { record: vec![1], ..SampleSession::of(sample.user) };
    let again = SampleSession { key: sample.key, ..again };
    rule(again.insert(store).await.is_err(), "a key that is in use is refused by insert")?;
    let still = answer(store.load(&sample.key).await, LOADS)?;
    rule(
        still.is_some_and(|still| still.record == sample.record),
        "a refused insert changes nothing",
    )?;

    let largest = SampleSession { record: vec![0xa5; MAX_RECORD_BYTES], ..SampleSession::new() };
    largest.file(store).await?;
    let loaded = answer(store.load(&largest.key).await, LOADS)?;
    let is_whole = loaded.is_some_and(|loaded| loaded.record == largest.record);
    rule(is_whole, "a record of MAX_RECORD_BYTES is kept whole")
}

pub(super) async fn replaced(store: &dyn SessionStore) -> RuleVerdict {
    let sample = SampleSession::new();
    let none = answer(store.replace(&sample.key, 1, b"x", LONG).await, "replace answers")?;
    rule(none == Replaced::Gone, "replace never creates: Gone under a key that was never used")?;
    rule(
        answer(store.load(&sample.key).await, LOADS)?.is_none(),
        "replace never creates: nothing is there afterwards",
    )?;
    sample.file(store).await?;
    let first = version(store, &sample).await?;
    let done = answer(store.replace(&sample.key, first, b"two", LONG).await, "replace answers")?;
    let Replaced::Done(second) = done else {
        return rule(false, "replace writes where the version is the one that was read");
    };
    rule(second != first, "every write gives another version")?;
    rule(version(store, &sample).await? == second, "replace says the version that is loaded next")?;
    let changed = answer(store.replace(&sample.key, first, b"no", LONG).await, "replace answers")?;
    rule(changed == Replaced::Changed, "replace says Changed where the version is another one")?;
    let loaded = answer(store.load(&sample.key).await, LOADS)?;
    rule(
        loaded.is_some_and(|loaded| loaded.record == b"two" && loaded.user == sample.user),
        "a replace that is refused changes nothing, and one that is done keeps the user",
    )?;
    let emptied = answer(store.replace(&sample.key, second, b"", LONG).await, "replace answers")?;
    rule(matches!(emptied, Replaced::Done(_)), "an empty record is a record")?;
    let loaded = answer(store.load(&sample.key).await, LOADS)?;
    rule(loaded.is_some_and(|loaded| loaded.record.is_empty()), "an empty record is loaded as one")
}

pub(super) async fn removed(store: &dyn SessionStore) -> RuleVerdict {
    let sample = SampleSession::new();
    let nothing = answer(store.remove(&sample.key).await, "remove answers without a record")?;
    rule(nothing.is_none(), "remove says that there was nothing")?;
    sample.file(store).await?;
    let first = version(store, &sample).await?;
    let done = answer(store.replace(&sample.key, first, b"newest", LONG).await, "replace answers")?;
    let Replaced::Done(second) = done else {
        return rule(false, "replace writes where the version is the one that was read");
    };
    let removed = answer(store.remove(&sample.key).await, "a record can be removed")?;
    rule(
        removed.is_some_and(|removed| removed.record == b"newest" && removed.user == sample.user),
        "remove says what was removed: the newest record, and whose it was",
    )?;
    rule(answer(store.load(&sample.key).await, LOADS)?.is_none(), "what was removed is gone")?;
    let listed = answer(store.list(&sample.user).await, "a list without sessions is an answer")?;
    rule(listed.is_empty(), "what was removed is not listed")?;
    for version in [first, second] {
        let gone =
            answer(store.replace(&sample.key, version, b"x", LONG).await, "replace answers")?;
        rule(gone == Replaced::Gone, "replace never brings back what was removed")?;
    }
    let touched = answer(store.touch(&sample.key, LONG, b"").await, "touch answers")?;
    rule(!touched, "touch never brings back what was removed")?;
    rule(answer(store.load(&sample.key).await, LOADS)?.is_none(), "what was removed stays gone")
}

pub(super) async fn expired(store: &dyn SessionStore) -> RuleVerdict {
    let sample = SampleSession { expires: SHORT, ..SampleSession::new() };
    sample.file(store).await?;
    let version = version(store, &sample).await?;
    sleep(PAST).await;
    rule(
        answer(store.load(&sample.key).await, LOADS)?.is_none(),
        "a record is gone when its time is over",
    )?;
    let listed = answer(store.list(&sample.user).await, "list answers")?;
    rule(listed.is_empty(), "a session whose time is over is not listed")?;
    let gone = answer(store.replace(&sample.key, version, b"x", LONG).await, "replace answers")?;
    rule(gone == Replaced::Gone, "replace never brings back what has expired")?;
    let touched = answer(store.touch(&sample.key, LONG, b"").await, "touch answers")?;
    rule(!touched, "touch never brings back what has expired")?;
    let removed = answer(store.remove(&sample.key).await, "remove answers")?;
    rule(removed.is_none(), "remove says nothing of what has expired")
}

pub(super) async fn put_off(store: &dyn SessionStore) -> RuleVerdict {
    let sample = SampleSession { expires: SHORT, ..SampleSession::new() };
    sample.file(store).await?;
    let before = version(store, &sample).await?;
    let touched = answer(store.touch(&sample.key, LONG, b"seen").await, "touch answers")?;
    rule(touched, "touch finds a record that is there")?;
    rule(version(store, &sample).await? == before, "touch leaves the version as it is")?;
    answer(store.touch(&sample.key, SHORT, b"seen").await, "touch answers")?;
    answer(store.replace(&sample.key, before, b"new", SHORT).await, "replace answers")?;
    sleep(PAST).await;
    let loaded = answer(store.load(&sample.key).await, LOADS)?;
    let Some(loaded) = loaded else {
        return rule(false, "touch puts off the end of a record, and nothing shortens it again");
    };
    rule(loaded.record == b"new", "what is put off is the record that is there")?;
    rule(
        loaded.expires > LONG - PAST * 10,
        "a record says how long it is kept once it is put off",
    )?;
    let members = answer(store.list(&sample.user).await, "list answers")?;
    rule(members.iter().any(|member| member.note == b"seen"), "touch writes the note")
}

/// Twenty at once: one has written.
pub(super) async fn replaced_at_once(store: &Arc<dyn SessionStore>) -> RuleVerdict {
    let sample = SampleSession::new();
    sample.file(&**store).await?;
    let version = version(&**store, &sample).await?;
    let writers: Vec<_> = (0..20_u8)
        .map(|number| {
            let (store, key) = (Arc::clone(store), sample.key);
            tokio::spawn(async move { store.replace(&key, version, &[number], LONG).await })
        })
        .collect();
    let mut done = Vec::new();
    for (number, writer) in (0_u8..).zip(writers) {
        let Ok(answered) = writer.await else { return rule(false, "replace does not panic") };
        if let Replaced::Done(_) = answer(answered, "replace answers")? {
            done.push(number);
        }
    }
    let loaded = answer(store.load(&sample.key).await, LOADS)?;
    let is_winners = loaded.is_some_and(|loaded| loaded.record == done);
    rule(done.len() == 1 && is_winners, "of many who replace one version, one does")
}

pub(super) async fn version(
    store: &dyn SessionStore,
    sample: &SampleSession,
) -> Result<u64, super::SessionStoreFault> {
    let loaded = answer(store.load(&sample.key).await, LOADS)?;
    rule(loaded.is_some(), "a record that was written is there")?;
    Ok(loaded.map_or(0, |loaded| loaded.version))
}
