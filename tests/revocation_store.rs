//! The suite for revocation stores passes the store in memory and one written outside of the crate,
//! and names the rule that a store with one defect breaks.
#![allow(clippy::unwrap_used)]

#[path = "revocation_store/table.rs"]
mod table;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cognito_auth::revocation::MemoryRevocations;
use cognito_auth::testing::{StoreUnderTest, revocation_store};
use table::{Database, Defect, Table};
use tokio::runtime::Builder;

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test(start_paused = true)]
async fn the_store_in_memory_passes() {
    revocation_store(async |_| {
        let store = Arc::new(MemoryRevocations::new());
        let counted = Arc::clone(&store);
        // Far enough back that no history gets to the present: the store trusts no clock alone.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() - 60 * DAY;
        StoreUnderTest::new(store.clone())
            .second_handle(store)
            .clock(now.as_secs(), tokio::time::advance)
            .entries(move || counted.len())
    })
    .await;
}

/// Without a clock, a second handle or a count, with the clock of the system.
#[tokio::test]
async fn what_is_not_handed_over_is_not_tested() {
    revocation_store(async |_| StoreUnderTest::new(Arc::new(MemoryRevocations::new()))).await;
    let shown = format!("{:?}", StoreUnderTest::new(Arc::new(MemoryRevocations::new())));
    assert_eq!(shown, "StoreUnderTest { handles: [MemoryRevocations { entries: 0 }], .. }");
}

async fn play(defect: Option<Defect>) {
    revocation_store(async move |_| {
        let database = Arc::new(Database::new(1_767_225_600));
        let [one, two] = [(); 2].map(|()| Arc::new(Table::new(Arc::clone(&database), defect)));
        let [clock, counted, gone] = [(); 3].map(|()| Arc::clone(&database));
        StoreUnderTest::new(one)
            .second_handle(two)
            .clock(database.now(), move |time| {
                clock.advance(time);
                std::future::ready(())
            })
            .entries(move || counted.len())
            .disconnect(move || gone.disconnect())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_store_outside_of_the_crate_passes() {
    play(None).await;
}

#[test]
fn the_rule_that_a_defect_breaks_is_named() {
    for (defect, rule) in [
        (Defect::RefusesSessions, "revoke takes every entry"),
        (
            Defect::OneTableForAllKinds,
            "an entry hits the token, the session or the user that it names",
        ),
        (Defect::ComparesWithoutCase, "ids are compared byte for byte"),
        (
            Defect::MomentOfTheUserIsExclusive,
            "a new sign-in in the second of the sign-out is not hit",
        ),
        (Defect::IgnoresAuthTime, "a new sign-in in the second of the sign-out is not hit"),
        (Defect::IgnoresRefreshed, "a sign-in up to the moment is hit, however late the token"),
        (Defect::HitsWholeUser, "a user's entry hits what was issued up to its moment"),
        (Defect::IgnoresGlobalSignOut, "what is issued after GlobalSignOut is not hit"),
        (Defect::MixesPools, "an entry hits tokens of its own pool alone"),
        (Defect::LastWriteCounts, "of two entries with the same target the later moment counts"),
        (Defect::ForgetsAfterADay, "an entry is kept for ENTRY_LIFETIME"),
        (Defect::ForgetsNothing, "an entry that has expired is dropped when another is written"),
        (Defect::AppendsAlways, "an entry that is written twice is kept once"),
        (Defect::IsAlwaysEmpty, "is_empty holds only where no token is hit"),
        (Defect::CachesLive, "status_now says what is_revoked says, or Unknown"),
        (Defect::FindsTokenFirst, "find_entry names the entry that hits: user, session, token"),
        (Defect::FindsIssuedBefore, "find_entry names the entry that hits: user, session, token"),
        (Defect::KeepsToItself, "handles of one engine see each other's entries"),
        (Defect::LosesWrites, "what cannot be written or asked is an error"),
        (Defect::LiveWhenUnavailable, "what cannot be written or asked is an error"),
    ] {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        let played = || runtime.unwrap().block_on(play(Some(defect)));
        let panic = catch_unwind(AssertUnwindSafe(played)).expect_err(&format!("{defect:?}"));
        let message = panic.downcast_ref::<String>().unwrap();
        let named = format!("the store breaks the rule \"{rule}\": ");
        assert!(message.starts_with(&named), "{defect:?}: {message}");
    }
}
