//! Tests of `sessions::cache::writes`.

use super::*;
use crate::sessions::id::PublicSessionId;
use crate::sessions::memory::MemorySessions;

#[tokio::test]
async fn every_answer_is_the_stores() {
    let memory = Arc::new(MemorySessions::new());
    let minute = Duration::from_secs(60);
    let cache = Arc::new(OpenedRecords::new(minute));
    let store = DropAfterWrite { store: memory.clone(), cache };
    assert_eq!((store.name(), store.is_shared()), (memory.name(), memory.is_shared()));
    assert_eq!(format!("{store:?}"), format!("{memory:?}"));
    let (key, other) = (SessionKey::from_bytes([1; 32]), SessionKey::from_bytes([2; 32]));
    let (user, id) = (UserIndex::from_bytes([3; 32]), PublicSessionId::from_bytes([4; 16]));
    let session = || NewSession::new(&key, &user, id, b"record", minute);
    store.insert(session()).await.unwrap();
    assert_eq!(store.insert(session()).await, Err(SessionStoreError::KeyTaken));
    let there = store.load(&key).await.unwrap().unwrap();
    assert_eq!(there.record, b"record");
    assert!(store.load(&other).await.unwrap().is_none());
    assert_eq!(store.list(&user).await.unwrap().len(), 1);
    assert_eq!(store.touch(&key, minute, b"note").await, Ok(true));
    assert_eq!(store.touch(&other, minute, b"note").await, Ok(false));
    let (one, two) = (LeaseOwner::from_bytes([5; 16]), LeaseOwner::from_bytes([6; 16]));
    assert_eq!(store.lock(&key, &one, minute).await, Ok(true));
    assert_eq!(store.lock(&key, &two, minute).await, Ok(false));
    assert_eq!(store.renew(&key, &one, minute).await, Ok(true));
    assert_eq!(store.renew(&key, &two, minute).await, Ok(false));
    store.unlock(&key, &one).await.unwrap();
    assert_eq!(store.lock(&key, &two, minute).await, Ok(true));
    assert_eq!(store.replace(&other, 1, b"", minute).await, Ok(Replaced::Gone));
    assert_eq!(store.remove_version(&other, 1).await, Ok(Removed::Gone));
    assert_eq!(store.remove(&key).await.unwrap().unwrap().record, b"record");
    store.insert(session()).await.unwrap();
    assert_eq!(store.remove_all(&user).await.unwrap().len(), 1);
    assert!(memory.load(&key).await.unwrap().is_none());
}
