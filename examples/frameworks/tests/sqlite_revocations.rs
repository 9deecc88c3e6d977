//! The store over SQLite keeps the rules of revocation stores, and a verifier goes by it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, UNIX_EPOCH};

use cognito_auth::testing::{LocalUser, LocalUserPool, StoreUnderTest, revocation_store};
use cognito_auth::{JwtVerifier, TokenVerifier, VerifyError};
use frameworks::sqlite_revocations::SqliteRevocations;
use rusqlite::Connection;

/// A folder that goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Relaxed);
        let name = format!("sqlite-revocations-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self, number: u32) -> PathBuf {
        self.0.join(format!("{number}.db"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn it_keeps_every_rule() {
    let (folder, stories) = (Folder::new(), AtomicU32::new(0));
    revocation_store(async |_| {
        let file = folder.file(stories.fetch_add(1, Relaxed));
        let now = Arc::new(AtomicU64::new(1_767_225_600));
        let open = || {
            let now = Arc::clone(&now);
            let store = SqliteRevocations::open(&file).unwrap();
            store.clock(move || UNIX_EPOCH + Duration::from_secs(now.load(Relaxed)))
        };
        let (one, two) = (open(), open());
        let (counted, started) = (two.clone(), now.load(Relaxed));
        StoreUnderTest::new(Arc::new(one))
            .second_handle(Arc::new(two))
            .clock(started, move |time| {
                now.fetch_add(time.as_secs(), Relaxed);
                std::future::ready(())
            })
            .entries(move || counted.count().unwrap())
            .disconnect(move || {
                let file = Connection::open(&file).unwrap();
                file.execute_batch("DROP TABLE revocations").unwrap();
            })
    })
    .await;
}

/// What one process signed out is refused by another, which starts later.
#[tokio::test]
async fn a_sign_out_holds_in_another_process() {
    let folder = Folder::new();
    let pool = LocalUserPool::start().await.unwrap();
    pool.add_user(LocalUser::new("alice", "Passw0rd!"));
    let verifier = || {
        let store = SqliteRevocations::open(folder.file(0)).unwrap();
        let builder = JwtVerifier::builder(&pool.user_pool()).client_id(pool.client_id());
        builder.revocations(Arc::new(store)).build().unwrap()
    };
    let (one, token) = (verifier(), pool.access_token("alice"));
    let claims = one.verify_access(token.expose()).await.unwrap();
    one.sign_out(&claims).await.unwrap();
    assert_eq!(verifier().verify_access(token.expose()).await, Err(VerifyError::Revoked));
}
