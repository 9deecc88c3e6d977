//! Bounds, and what expires.

use super::*;
use crate::sessions::id::PublicSessionId;

fn key(number: u64) -> SessionKey {
    let mut bytes = [0; 32];
    bytes[24..].copy_from_slice(&number.to_be_bytes());
    bytes[0] = number as u8;
    SessionKey::from_bytes(bytes)
}

fn user(number: u8) -> UserIndex {
    UserIndex::from_bytes([number; 32])
}

async fn insert(
    store: &MemorySessions,
    number: u64,
    bytes: usize,
    seconds: u64,
) -> Result<(), SessionStoreError> {
    let (key, user, record) = (key(number), user(number as u8), vec![7; bytes]);
    let id = PublicSessionId::from_bytes([number as u8; 16]);
    let expires = Duration::from_secs(seconds);
    store.insert(NewSession::new(&key, &user, id, &record, expires)).await
}

#[tokio::test(start_paused = true)]
async fn a_full_store_drops_the_expired_and_no_session_that_is_alive() {
    let store = MemorySessions::with_limits(3, usize::MAX);
    for (number, seconds) in [(1, 10), (2, 20), (3, 1000)] {
        insert(&store, number, 10, seconds).await.unwrap();
    }
    let error = insert(&store, 4, 10, 10).await.unwrap_err();
    assert_eq!(error, SessionStoreError::Full);
    assert_eq!(error.code(), "store_full");
    assert_eq!(store.len(), 3);
    tokio::time::advance(Duration::from_secs(10)).await;
    insert(&store, 4, 10, 1000).await.unwrap();
    assert_eq!(insert(&store, 5, 10, 10).await, Err(SessionStoreError::Full));
    assert!(store.load(&key(2)).await.unwrap().is_some());
    assert!(store.load(&key(1)).await.unwrap().is_none());
}

#[tokio::test]
async fn bytes_are_bounded_too() {
    let store = MemorySessions::with_limits(usize::MAX, 2 * (1000 + OVERHEAD_BYTES));
    insert(&store, 1, 1000, 10).await.unwrap();
    insert(&store, 2, 1000, 10).await.unwrap();
    assert_eq!(insert(&store, 3, 0, 10).await, Err(SessionStoreError::Full));
    // New tokens of an existing session are never refused.
    let version = store.load(&key(1)).await.unwrap().unwrap().version;
    let grown = store.replace(&key(1), version, &[7; 5000], Duration::from_secs(10)).await;
    assert!(matches!(grown, Ok(Replaced::Done(_))));
    assert_eq!(insert(&store, 3, 0, 10).await, Err(SessionStoreError::Full));
    store.remove(&key(1)).await.unwrap().unwrap();
    insert(&store, 3, 1000, 10).await.unwrap();
    store.remove(&key(2)).await.unwrap().unwrap();
    store.remove(&key(3)).await.unwrap().unwrap();
    assert_eq!((store.len(), store.room.bytes()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn what_has_expired_takes_no_room_for_long() {
    let store = MemorySessions::new();
    for number in 0..2000 {
        insert(&store, number, 10, 1).await.unwrap();
    }
    tokio::time::advance(Duration::from_secs(2)).await;
    for number in 2000..4000 {
        insert(&store, number, 10, 1000).await.unwrap();
    }
    assert_eq!(store.len(), 2000);
    let listed: usize = store.users.iter().map(|users| users.lock().unwrap().len()).sum();
    assert_eq!(listed, 2000);
}

#[tokio::test]
async fn a_key_that_is_taken_stays_with_its_user() {
    let store = MemorySessions::new();
    insert(&store, 1, 10, 10).await.unwrap();
    for other in [user(2), user(1)] {
        let (key, id) = (key(1), PublicSessionId::from_bytes([2; 16]));
        let session = NewSession::new(&key, &other, id, b"record", Duration::from_secs(10));
        assert_eq!(store.insert(session).await, Err(SessionStoreError::KeyTaken));
    }
    assert_eq!(store.list(&user(1)).await.unwrap().len(), 1);
    assert!(store.list(&user(2)).await.unwrap().is_empty());
    assert_eq!(store.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_note_takes_room_as_its_record_does() {
    let store = MemorySessions::new();
    insert(&store, 1, 1000, 10).await.unwrap();
    assert_eq!(store.room.bytes(), 1000 + OVERHEAD_BYTES);
    let time = Duration::from_secs(5);
    assert!(store.touch(&key(1), time, &[7; 300]).await.unwrap());
    assert_eq!(store.room.bytes(), 1300 + OVERHEAD_BYTES);
    // Neither shortens its time.
    let stored = store.load(&key(1)).await.unwrap().unwrap();
    assert_eq!(stored.expires, 2 * time);
    let replaced = store.replace(&key(1), stored.version, b"new", time).await.unwrap();
    assert!(matches!(replaced, Replaced::Done(version) if version > stored.version));
    assert_eq!(store.load(&key(1)).await.unwrap().unwrap().expires, 2 * time);
    assert!(store.touch(&key(1), 3 * time, b"note").await.unwrap());
    let stored = store.load(&key(1)).await.unwrap().unwrap();
    assert_eq!(stored.expires, 3 * time);
    store.replace(&key(1), stored.version, b"newer", 4 * time).await.unwrap();
    assert_eq!(store.load(&key(1)).await.unwrap().unwrap().expires, 4 * time);
    assert_eq!(store.list(&user(1)).await.unwrap()[0].note, b"note");
    store.remove(&key(1)).await.unwrap().unwrap();
    assert_eq!(store.room.bytes(), 0);
}

/// Of the shard of its own key, and of another one: both by the key.
#[tokio::test(start_paused = true)]
async fn an_insert_drops_eight_expired_sessions_of_each_of_two_shards() {
    let of_shard = |shard: u8, number: u8, other: u8| {
        let mut bytes = [number; 32];
        (bytes[0], bytes[1]) = (shard, other);
        SessionKey::from_bytes(bytes)
    };
    let ours = user(1);
    for (own, other) in [(5 + SHARDS as u8, 9), (9, 5 + SHARDS as u8)] {
        let store = MemorySessions::new();
        let insert = async |key: &SessionKey, seconds| {
            let id = PublicSessionId::from_bytes([1; 16]);
            let expires = Duration::from_secs(seconds);
            store.insert(NewSession::new(key, &ours, id, b"record", expires)).await.unwrap();
        };
        for number in 0..12 {
            insert(&of_shard(5, number, 1), 1).await;
        }
        tokio::time::advance(Duration::from_secs(1)).await;
        insert(&of_shard(own, 100, other), 10).await;
        assert_eq!(store.len(), 12 - EXPIRED_PER_INSERT + 1, "{own} {other}");
        assert_eq!(store.members(&ours).len(), store.len());
    }
}

#[tokio::test(start_paused = true)]
async fn at_its_end_it_is_gone_for_every_call() {
    let store = MemorySessions::new();
    for number in 1..=4 {
        insert(&store, number, 10, 10).await.unwrap();
    }
    let version = store.load(&key(1)).await.unwrap().unwrap().version;
    tokio::time::advance(Duration::from_secs(10)).await;
    let time = Duration::from_secs(10);
    assert!(store.load(&key(1)).await.unwrap().is_none());
    assert_eq!(store.replace(&key(1), version, b"new", time).await, Ok(Replaced::Gone));
    assert_eq!(store.touch(&key(1), time, b"note").await, Ok(false));
    assert_eq!(store.remove_version(&key(1), version).await, Ok(Removed::Gone));
    assert!(store.list(&user(1)).await.unwrap().is_empty());
    assert!(store.remove(&key(1)).await.unwrap().is_none());
    assert!(store.remove_all(&user(2)).await.unwrap().is_empty());
    // Its key is free again.
    insert(&store, 3, 10, 10).await.unwrap();
    assert!(store.load(&key(3)).await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_was_not_given_back_takes_no_room() {
    let store = MemorySessions::new();
    let time = Duration::from_secs(6);
    for number in 0..100 {
        let owner = LeaseOwner::from_bytes([number as u8; 16]);
        assert!(store.lock(&key(number), &owner, time).await.unwrap());
        assert!(store.renew(&key(number), &owner, time).await.unwrap());
    }
    tokio::time::advance(time).await;
    let owner = LeaseOwner::from_bytes([9; 16]);
    for number in 0..SHARDS as u64 {
        assert!(store.lock(&key(number), &owner, time).await.unwrap());
        store.unlock(&key(number), &owner).await.unwrap();
    }
    let held: usize = store.leases.iter().map(|leases| leases.lock().unwrap().len()).sum();
    assert_eq!(held, 0);
}

#[tokio::test]
async fn debug_counts_and_names_no_user() {
    let store = MemorySessions::new();
    insert(&store, 1, 10, 10).await.unwrap();
    assert!(!store.is_empty());
    assert_eq!(format!("{store:?}"), "MemorySessions { sessions: 1, .. }");
}

#[test]
fn it_says_that_it_is_of_this_process() {
    let store = MemorySessions::new();
    assert_eq!((store.name(), store.is_shared(), store.is_empty()), ("memory", false, true));
    let shared = std::sync::Arc::new(store);
    assert_eq!((shared.name(), shared.is_shared()), ("memory", false));
}
