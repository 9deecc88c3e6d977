//! A fail-over that lost the last writes: a replica is promoted that had not got them yet.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::sessions::{
    NewSession, PublicSessionId, RedisSessions, Removed, Replaced, SessionKey, SessionStore,
    UserIndex,
};

use super::app::{App, current, pool};
use super::proxy::Proxy;
use super::server::Server;

const DAY: Duration = Duration::from_secs(86_400);

/// A primary and its replica, behind one address.
struct Pair {
    old: Server,
    new: Server,
    proxy: Proxy,
}

impl Pair {
    async fn start() -> Option<Self> {
        let old = Server::start(&[])?;
        let new = tokio::task::block_in_place(|| old.replica(&[]))?;
        let proxy = Proxy::start(old.port).await;
        Some(Self { old, new, proxy })
    }

    /// From here on the replica hears of nothing.
    fn part(&self) {
        tokio::task::block_in_place(|| self.new.catch_up_with(&self.old));
        self.new.promote();
    }

    /// The address leads to the new primary. The old one is there, and no primary any more: a connection
    /// that stays open is answered by it.
    fn fail_over(&self) {
        self.old.demote();
        self.proxy.lead_to(self.new.port);
    }

    fn store(&self) -> Arc<dyn SessionStore> {
        Arc::new(RedisSessions::new(&self.proxy.url()).unwrap())
    }
}

/// A primary that counted would come to the number of the lost write again.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_was_lost_is_replaced_by_no_other_that_knows_its_version() {
    let Some(pair) = Pair::start().await else { return };
    let (one, two) = (pair.store(), pair.store());
    let (key, user) = (SessionKey::from_bytes([1; 32]), UserIndex::from_bytes([2; 32]));
    let id = PublicSessionId::from_bytes([3; 16]);
    one.insert(NewSession::new(&key, &user, id, b"first", DAY)).await.unwrap();
    let first = one.load(&key).await.unwrap().unwrap().version;
    pair.part();
    let lost = one.replace(&key, first, b"lost", DAY).await.unwrap();
    let Replaced::Done(lost) = lost else { panic!("{lost:?}") };
    pair.fail_over();

    // What was acknowledged is gone, and with it its version.
    assert_eq!(two.load(&key).await.unwrap().unwrap().record, b"first");
    let Replaced::Done(newer) = two.replace(&key, first, b"newer", DAY).await.unwrap() else {
        panic!("the new primary has the first version")
    };
    assert_eq!(one.replace(&key, lost, b"late", DAY).await, Ok(Replaced::Changed));
    assert_eq!(one.remove_version(&key, lost).await, Ok(Removed::Changed));
    let there = one.load(&key).await.unwrap().unwrap();
    assert_eq!((&*there.record, there.version), (&b"newer"[..], newer));
}

/// The record that is left has the token that was sent; it is good for the grace time.
#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_was_lost_is_made_again_within_the_grace_time() {
    for (grace, is_kept) in [(60, true), (0, false)] {
        let Some(pair) = Pair::start().await else { return };
        let pool = pool().rotation(Duration::from_secs(grace));
        let app = App::over(pool, pair.store(), |builder| builder.idle_timeout(DAY));
        let (refreshed, other) = (app.sign_in("alice").await, app.sign_in("bob").await);
        app.provider.pool.advance(Duration::from_secs(3601));
        pair.part();
        assert!(app.is_signed_in(&refreshed).await);
        let late = app.sign_in("bob").await;
        pair.fail_over();
        // Of another process: this one may have the new tokens in memory.
        let another = app.builder().idle_timeout(DAY).build().unwrap();
        for (browser, expected, what) in [
            (&refreshed, is_kept, "refreshed in the moment that was lost"),
            (&other, true, "not refreshed in that moment"),
            (&late, false, "begun in that moment"),
        ] {
            let found = current(&another, browser).await.unwrap();
            assert_eq!(found.is_some(), expected, "grace {grace}: {what}");
        }
    }
}
