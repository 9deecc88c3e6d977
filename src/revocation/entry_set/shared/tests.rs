//! Tests of `revocation::entry_set::shared`.

use std::time::Duration;

use super::*;
use crate::pool::PoolName;
use crate::revocation::TokenKind;
use crate::revocation::entry::{ENTRY_LIFETIME, ends_at};
use crate::revocation::entry_set::RELEASE_PAUSE;

fn pool() -> PoolName {
    PoolName::from_stored("p")
}

/// Of a sign-in in the second in which it was issued.
fn token<'a>(pool: &'a PoolName, session: &'a str, issued_at: u64) -> TokenIdentity<'a> {
    let mut token = TokenIdentity::new(pool, "t", TokenKind::Access, "s", issued_at);
    (token.origin_jti, token.auth_time) = (Some(session), Some(issued_at));
    token
}

fn of_session(session: &str, at: u64) -> CompactEntry {
    CompactEntry::from(&Revocation::session(pool(), session, at))
}

#[test]
fn what_is_remembered_counts_and_hits() {
    let (set, pool) = (SharedEntrySet::new(), pool());
    assert!(set.len() == 0 && !set.hits(&token(&pool, "a", 7)));
    let sessions = [("a", 1000), ("b", 2000), ("c", 3000)];
    for (session, at) in sessions {
        set.remember(of_session(session, at));
    }
    assert_eq!((set.len(), set.alive_at(0), set.alive_at(ends_at(1000))), (3, 3, 2));
    assert_eq!(format!("{set:?}"), "SharedEntrySet { entries: 3 }");
    for (session, is_hit) in [("a", true), ("c", true), ("d", false)] {
        let token = token(&pool, session, 7);
        assert_eq!((set.hits(&token), set.find(&token).is_some()), (is_hit, is_hit), "{session}");
    }
    let entry = |(session, at)| ((TargetKind::Session, Fingerprint::of(session)), at);
    assert_eq!(set.entries(), HashMap::from(sessions.map(entry)));
}

/// A sign-out writes an entry of the session and one of the user. The user's says more, also about a token
/// of the same second, which only the session's hits.
#[test]
fn the_entry_of_the_user_is_found_up_to_its_second() {
    let (set, pool) = (SharedEntrySet::new(), pool());
    let [session, user] = [Revocation::session(&pool, "a", 100), Revocation::user(&pool, "s", 100)];
    for entry in [&session, &user] {
        set.remember(CompactEntry::from(entry));
    }
    assert!(set.find(&token(&pool, "a", 99)) == Some(user.clone()));
    assert!(set.find(&token(&pool, "a", 100)) == Some(user));
    assert!(set.find(&token(&pool, "a", 101)) == Some(Revocation::session(&pool, "a", 101)));
}

#[tokio::test(start_paused = true)]
async fn an_entry_goes_when_both_clocks_say_so_and_it_was_here_for_as_long() {
    let (set, pool, now) = (SharedEntrySet::new(), pool(), unix_now());
    let (ended, alive) = (now - ENTRY_LIFETIME - 60, now + 3600);
    set.remember(of_session("ended", ended));
    set.remember(of_session("alive", alive));
    set.expire_with_server(u64::MAX);
    assert_eq!(set.len(), 2, "it was not here for as long");
    tokio::time::advance(Duration::from_secs(ENTRY_LIFETIME)).await;
    set.expire_with_server(now - 120);
    assert_eq!(set.len(), 2, "not by the clock of the server");
    tokio::time::advance(RELEASE_PAUSE).await;
    set.expire_with_server(u64::MAX);
    assert_eq!(set.len(), 1, "one is alive by the clock of this machine");
    let is_hit = |session| set.hits(&token(&pool, session, 7));
    assert!(is_hit("alive") && !is_hit("ended"));
}

#[tokio::test(start_paused = true)]
async fn without_entries_no_lock_is_taken() {
    let set = SharedEntrySet::new();
    for (length, pause) in [(1, 0), (0, ENTRY_LIFETIME)] {
        if length > 0 {
            assert!(!set.any.load(Ordering::Acquire));
            set.remember(of_session("ended", unix_now() - ENTRY_LIFETIME - 60));
        }
        tokio::time::advance(Duration::from_secs(pause)).await;
        set.expire_with_server(u64::MAX);
        assert_eq!((set.len(), set.any.load(Ordering::Acquire)), (length, length > 0));
    }
}
