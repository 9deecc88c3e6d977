//! A fetch that ends after the cached keys were loaded, and before one in flight is looked for.

use std::thread;

use tokio::time::advance;

use super::*;
use crate::UserPool;
use crate::keys::Algorithm;

fn snapshot(key_id: &str) -> Arc<Snapshot> {
    let modulus = format!("{}w", "_".repeat(341));
    let document =
        format!(r#"{{"keys":[{{"kty":"RSA","kid":"{key_id}","n":"{modulus}","e":"AQAB"}}]}}"#);
    let keys = jwks::read(document.as_bytes(), Algorithm::Rs256).unwrap();
    Arc::new(Snapshot { keys, fetched_at: Instant::now() })
}

/// The answer of `cached("new")` that has loaded `old`, when a fetch stores `new` before it looks for
/// one in flight. The lock that is taken here stops it between the two; the reference count of `old`
/// shows that it was loaded.
fn overtaken(keys: &RemoteKeySet, old: &Arc<Snapshot>, new: &Arc<Snapshot>) -> CachedKey {
    let shared = &keys.0;
    loop {
        shared.snapshot.store(Some(old.clone()));
        let mut fetches = shared.lock();
        let (runtime, asked) = (Handle::current(), keys.clone());
        let caller = thread::spawn(move || {
            let _inside = runtime.enter();
            asked.cached("new")
        });
        let mut saw_old = false;
        while !saw_old && !caller.is_finished() {
            shared.snapshot.store(Some(new.clone()));
            // Ours, and the caller's.
            saw_old = Arc::strong_count(old) == 2;
            if !saw_old {
                shared.snapshot.store(Some(old.clone()));
                thread::yield_now();
            }
        }
        fetches.last_attempt = Some(Instant::now());
        drop(fetches);
        let said = caller.join().unwrap();
        if saw_old {
            return said;
        }
    }
}

#[tokio::test]
async fn a_key_that_came_between_two_looks_is_found() {
    tokio::time::pause();
    let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap();
    let keys = RemoteKeySet::new(&pool).unwrap();
    let (old, new) = (snapshot("old"), snapshot("new"));
    let said = overtaken(&keys, &old, &new);
    assert!(matches!(&said, CachedKey::Found(key) if key.key_id() == "new"), "{said:?}");

    // The same where what was seen is too old to answer.
    advance(keys.0.settings.max_stale).await;
    let said = overtaken(&keys, &old, &snapshot("new"));
    assert!(matches!(&said, CachedKey::Found(key) if key.key_id() == "new"), "{said:?}");
}
