//! Tests of `revocation::memory`.

use super::*;
use crate::revocation::TokenKind;
use std::sync::LazyLock;

static POOL: LazyLock<PoolName> = LazyLock::new(|| PoolName::from_stored("p"));

fn token(issued_at: u64) -> TokenIdentity<'static> {
    let mut token = TokenIdentity::new(&POOL, "t", TokenKind::Access, "s", issued_at);
    (token.jti, token.origin_jti) = (Some("j"), Some("o"));
    token
}

#[tokio::test]
async fn each_kind_of_entry_hits_what_it_names() {
    for (revocation, issued_at, expected) in [
        (Revocation::token(&*POOL, "j", 100), 100, RevocationStatus::Revoked),
        (Revocation::token(&*POOL, "other", 100), 100, RevocationStatus::Live),
        (Revocation::session(&*POOL, "o", 100), 200, RevocationStatus::Revoked),
        (Revocation::session(&*POOL, "j", 100), 100, RevocationStatus::Live),
        (Revocation::user(&*POOL, "s", 100), 99, RevocationStatus::Revoked),
        (Revocation::user(&*POOL, "s", 100), 100, RevocationStatus::Revoked),
        (Revocation::user(&*POOL, "s", 100), 101, RevocationStatus::Live),
        (Revocation::user(&*POOL, "j", 100), 99, RevocationStatus::Live),
    ] {
        let store = MemoryRevocations::new();
        assert!(store.is_empty());
        assert_eq!(store.status_now(&token(issued_at)), RevocationStatus::Live);
        store.revoke(&revocation).await.unwrap();
        assert!(!store.is_empty());
        assert_eq!(store.status_now(&token(issued_at)), expected, "{revocation:?}");
    }
}

#[tokio::test]
async fn in_the_second_of_the_sign_out_a_new_sign_in_is_not_hit() {
    use RevocationStatus::{Live, Revoked};
    let store = MemoryRevocations::new();
    store.revoke(&Revocation::user(&*POOL, "s", 100)).await.unwrap();
    for (issued_at, auth_time, expected) in [
        (99, Some(99), Revoked),
        (99, Some(100), Revoked), // an issuer that contradicts itself
        (100, Some(7), Revoked),  // refreshed
        (100, Some(99), Revoked),
        (100, None, Revoked),
        (100, Some(100), Live),
        (100, Some(101), Live),
        (101, Some(101), Live),
        (101, Some(100), Revoked), // refreshed, and the sign-in may have been just before
        (101, Some(7), Revoked),   // refreshed
        (101, None, Live),
    ] {
        let status = store.status_now(&of_user(issued_at, auth_time));
        assert_eq!(status, expected, "{issued_at} {auth_time:?}");
    }
}

fn of_user(issued_at: u64, auth_time: Option<u64>) -> TokenIdentity<'static> {
    let mut token = TokenIdentity::new(&POOL, "t", TokenKind::Access, "s", issued_at);
    token.auth_time = auth_time;
    token
}

#[tokio::test]
async fn what_is_issued_after_the_issuer_was_told_is_not_hit() {
    use RevocationStatus::{Live, Revoked};
    let user = Revocation::user(&*POOL, "s", 100);
    let told = |at| Revocation::global_sign_out(&*POOL, "s", at);
    for (entries, issued_at, expected) in [
        // The login page's cookie had an old password.
        (vec![user.clone(), told(100)], 101, Live),
        (vec![told(100), user.clone()], 101, Live),
        (vec![user.clone(), told(150)], 151, Live),
        // What came of a refresh token before it died.
        (vec![user.clone(), told(150)], 150, Revoked),
        (vec![user.clone(), told(150)], 101, Revoked),
        // Signed out again, and the issuer was not told that time.
        (vec![user.clone(), told(99)], 101, Revoked),
        (vec![user.clone(), told(99)], 151, Revoked),
        // Another user's.
        (vec![user.clone(), Revocation::global_sign_out(&*POOL, "t", 150)], 151, Revoked),
        // A session of whatever name: an application may take the name from a request.
        (vec![user.clone(), Revocation::session(&*POOL, "GlobalSignOut of s", 150)], 151, Revoked),
        (vec![user.clone(), Revocation::session(&*POOL, "s", 150)], 151, Revoked),
        // Alone it hits nothing.
        (vec![told(150)], 100, Live),
    ] {
        let store = MemoryRevocations::new();
        for entry in &entries {
            store.revoke(entry).await.unwrap();
        }
        let token = of_user(issued_at, Some(7));
        let status = store.status_now(&token);
        assert_eq!(status, expected, "{entries:?}, issued at {issued_at}");
        assert_eq!(store.find(&token), (status == Revoked).then_some(user.clone()));
    }
}

#[tokio::test]
async fn a_moment_in_the_far_future_ends_nothing() {
    let store = MemoryRevocations::new();
    store.revoke(&Revocation::session(&*POOL, "o", unix_now())).await.unwrap();
    store.revoke(&Revocation::user(&*POOL, "banned", u64::MAX)).await.unwrap();
    assert_eq!(store.status_now(&token(0)), RevocationStatus::Revoked);
}

/// T15: an issuer chooses the ids of its tokens.
#[tokio::test]
async fn an_entry_hits_tokens_of_its_own_pool_alone() {
    use RevocationStatus::{Live, Revoked};
    let other = PoolName::from_stored("another");
    for entry in [
        Revocation::token(&*POOL, "j", 100),
        Revocation::session(&*POOL, "o", 100),
        Revocation::user(&*POOL, "s", 100),
    ] {
        let store = MemoryRevocations::new();
        store.revoke(&entry).await.unwrap();
        let (ours, mut theirs) = (token(99), token(99));
        theirs.pool = &other;
        assert_eq!(
            (store.status_now(&ours), store.status_now(&theirs)),
            (Revoked, Live),
            "{entry:?}"
        );
        assert!(!store.is_revoked(&theirs).await.unwrap());
        assert_eq!(store.find_entry(&theirs).await, Ok(None));
        assert_eq!(store.find_entry(&ours).await.unwrap().unwrap().pool(), &*POOL);
    }
}

#[tokio::test(start_paused = true)]
async fn a_pool_without_entries_takes_no_room() {
    let (store, day) = (MemoryRevocations::new(), 2 * 86_400);
    let long_ago = unix_now() - day;
    for number in 0..100 {
        let pool = PoolName::from_stored(&format!("pool-{number}"));
        store.revoke(&Revocation::session(&pool, "o", long_ago)).await.unwrap();
    }
    assert_eq!((store.len(), store.read().len()), (100, 100));
    tokio::time::advance(std::time::Duration::from_secs(day)).await;
    store.revoke(&Revocation::session(&*POOL, "o", unix_now())).await.unwrap();
    assert_eq!((store.len(), store.read().len()), (1, 1));
}

#[tokio::test]
async fn debug_counts_and_names_no_user() {
    let store = MemoryRevocations::new();
    store.revoke(&Revocation::user(&*POOL, "alice", 1000)).await.unwrap();
    assert_eq!(format!("{store:?}"), "MemoryRevocations { entries: 1 }");
}
