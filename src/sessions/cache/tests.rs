//! What the cache of opened records finds, keeps and drops.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::time::advance;

use super::kept::{MOST_BYTES, MOST_ENTRIES};
use super::*;
use crate::sessions::record::Record;

const SECOND: Duration = Duration::from_secs(1);

fn opened(app_data: usize, expires: Duration) -> Opened {
    let record = Record { app_data: vec![0; app_data], ..Record::sample() };
    Opened { record: Arc::new(record), version: 1, expires }
}

struct Fixture {
    cache: Arc<OpenedRecords>,
    user: UserIndex,
}

impl Fixture {
    fn new() -> Self {
        Self { cache: Arc::new(OpenedRecords::new(SECOND)), user: UserIndex::of("client", "sub") }
    }

    fn keep(&self, cookie: &Arc<SessionCookie>, opened: &Opened) {
        let load = self.cache.begin(&cookie.key());
        self.cache.keep(&load, cookie, opened, self.user);
    }

    fn keep_new(&self) -> Arc<SessionCookie> {
        let cookie = cookie();
        self.keep(&cookie, &opened(0, 60 * SECOND));
        cookie
    }

    fn has(&self, cookie: &SessionCookie) -> bool {
        self.cache.find(&cookie.value()).is_some()
    }

    fn len(&self) -> usize {
        self.cache.kept.read().unwrap().len()
    }
}

fn cookie() -> Arc<SessionCookie> {
    Arc::new(SessionCookie::random().unwrap())
}

#[tokio::test(start_paused = true)]
async fn the_whole_cookie_finds_it_and_no_part_of_it() {
    let fixture = Fixture::new();
    let cookie = fixture.keep_new();
    let value = cookie.value();
    assert!(fixture.has(&SessionCookie::parse(&value).unwrap()));
    for octet in 0..64 {
        let text = value.strip_prefix("v1.").unwrap();
        let mut octets = URL_SAFE_NO_PAD.decode(text).unwrap();
        octets[octet] ^= 1;
        let other = SessionCookie::of(octets.try_into().unwrap());
        assert!(!fixture.has(&other), "octet {octet}");
    }
    for other in ["", " ", &value[1..], &format!("{}=", &*value), &value.replacen("v1", "v2", 1)] {
        assert!(fixture.cache.find(other).is_none(), "{other}");
    }
    // None of them took its place.
    assert!(fixture.has(&cookie));
}

#[tokio::test(start_paused = true)]
async fn an_entry_is_used_for_its_time_from_before_the_store_was_asked() {
    let fixture = Fixture::new();
    let cookie = cookie();
    let load = fixture.cache.begin(&cookie.key());
    advance(SECOND / 4).await;
    fixture.cache.keep(&load, &cookie, &opened(0, 60 * SECOND), fixture.user);
    advance(SECOND / 2).await;
    let (_, found) = fixture.cache.find(&cookie.value()).unwrap();
    assert_eq!(found.expires, 60 * SECOND - SECOND * 3 / 4);
    advance(SECOND / 4).await;
    assert!(!fixture.has(&cookie));
    // A store that took longer than that.
    let load = fixture.cache.begin(&cookie.key());
    advance(SECOND).await;
    fixture.cache.keep(&load, &cookie, &opened(0, 60 * SECOND), fixture.user);
    assert!(!fixture.has(&cookie));
}

#[tokio::test(start_paused = true)]
async fn a_record_is_not_used_beyond_its_end_in_the_store() {
    let fixture = Fixture::new();
    let cookie = cookie();
    fixture.keep(&cookie, &opened(0, SECOND / 10));
    assert!(fixture.has(&cookie));
    advance(SECOND / 10).await;
    assert!(!fixture.has(&cookie));
}

#[tokio::test(start_paused = true)]
async fn a_write_drops_it_and_what_is_being_loaded() {
    let fixture = Fixture::new();
    let (one, other) = (fixture.keep_new(), fixture.keep_new());
    fixture.cache.drop_session(&one.key());
    assert!(!fixture.has(&one));
    assert!(fixture.has(&other));
    // Loaded before the write, and kept after it.
    let load = fixture.cache.begin(&one.key());
    fixture.cache.drop_session(&one.key());
    fixture.cache.keep(&load, &one, &opened(0, 60 * SECOND), fixture.user);
    assert!(!fixture.has(&one));
    let load = fixture.cache.begin(&one.key());
    fixture.cache.drop_user(&fixture.user);
    fixture.cache.keep(&load, &one, &opened(0, 60 * SECOND), fixture.user);
    assert!(!fixture.has(&one) && !fixture.has(&other));
    assert_eq!(fixture.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_user_is_dropped_and_no_other_one() {
    let fixture = Fixture::new();
    let (ours, theirs) = (fixture.keep_new(), cookie());
    let load = fixture.cache.begin(&theirs.key());
    let other = UserIndex::of("client", "another");
    fixture.cache.keep(&load, &theirs, &opened(0, 60 * SECOND), other);
    fixture.cache.drop_user(&fixture.user);
    assert!(!fixture.has(&ours) && fixture.has(&theirs));
}

#[tokio::test(start_paused = true)]
async fn count_and_bytes_are_bounded_and_the_oldest_make_room() {
    let fixture = Fixture::new();
    let first = fixture.keep_new();
    for _ in 1..MOST_ENTRIES {
        fixture.keep_new();
    }
    assert!(fixture.has(&first));
    let last = fixture.keep_new();
    assert_eq!(fixture.len(), MOST_ENTRIES);
    assert!(!fixture.has(&first) && fixture.has(&last));

    let fixture = Fixture::new();
    let large = 128 * 1024;
    for _ in 0..MOST_BYTES / large + 100 {
        fixture.keep(&cookie(), &opened(large, 60 * SECOND));
    }
    let len = fixture.len();
    assert!(len * large <= MOST_BYTES && (len + 8) * large > MOST_BYTES, "{len}");
}

#[tokio::test(start_paused = true)]
async fn what_fits_exactly_is_kept() {
    let fixture = Fixture::new();
    let each = 128 * 1024;
    // All that is counted: the tokens, the application's data, and the rest.
    let opened = opened(each - 1024 - "access".len() - 200 - 300, 60 * SECOND);
    let (id_token, refresh_token) = (Some("i".repeat(200).into()), Some("r".repeat(300).into()));
    let record = Record { id_token, refresh_token, ..Record::clone(&opened.record) };
    let opened = Opened { record: Arc::new(record), ..opened };
    let first = cookie();
    fixture.keep(&first, &opened);
    for _ in 1..MOST_BYTES / each {
        fixture.keep(&cookie(), &opened);
    }
    assert!(fixture.has(&first));
    fixture.keep(&cookie(), &opened);
    assert!(!fixture.has(&first));
}

/// The time of an entry that was dropped, or that another one replaced, ends no later one.
#[tokio::test(start_paused = true)]
async fn an_entry_that_comes_again_has_its_own_time() {
    for dropped in [true, false] {
        let fixture = Fixture::new();
        let cookie = fixture.keep_new();
        advance(SECOND / 2).await;
        if dropped {
            fixture.cache.drop_session(&cookie.key());
        }
        fixture.keep(&cookie, &opened(0, 60 * SECOND));
        advance(SECOND / 2).await;
        // What is due is dropped by the next one.
        fixture.keep_new();
        assert!(fixture.has(&cookie), "{dropped}");
        advance(SECOND / 2).await;
        assert!(!fixture.has(&cookie), "{dropped}");
    }
}

/// Sessions that are written to all the time do not make the queue of times grow.
#[tokio::test(start_paused = true)]
async fn what_was_dropped_is_counted_too() {
    let fixture = Fixture::new();
    let cookie = cookie();
    for _ in 0..MOST_ENTRIES * 3 {
        fixture.keep(&cookie, &opened(0, 60 * SECOND));
        fixture.cache.drop_session(&cookie.key());
    }
    assert!(fixture.cache.kept.read().unwrap().queue_len() <= MOST_ENTRIES);
    fixture.keep(&cookie, &opened(0, 60 * SECOND));
    assert!(fixture.has(&cookie));
}

#[tokio::test(start_paused = true)]
async fn no_record_stays_in_memory_when_no_request_comes() {
    let fixture = Fixture::new();
    for _ in 0..2 {
        let opened = opened(0, 60 * SECOND);
        let record = Arc::downgrade(&opened.record);
        fixture.keep(&cookie(), &opened);
        drop(opened);
        assert!(record.upgrade().is_some());
        tokio::time::sleep(SECOND * 9 / 8 + Duration::from_millis(5)).await;
        assert!(record.upgrade().is_none());
        assert!(fixture.cache.kept.read().unwrap().is_empty());
    }
    // One that came while the first was there.
    fixture.keep_new();
    tokio::time::sleep(SECOND / 2).await;
    fixture.keep_new();
    tokio::time::sleep(SECOND * 9 / 8 + Duration::from_millis(5)).await;
    assert_eq!(fixture.cache.kept.read().unwrap().queue_len(), 0);
}

/// Of actix, say, each of whose workers has a runtime.
#[test]
fn a_runtime_that_ends_takes_no_sweep_along() {
    let fixture = Fixture::new();
    let runtime =
        || tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime().unwrap().block_on(async { fixture.keep_new() });
    runtime().unwrap().block_on(async {
        let opened = opened(0, 60 * SECOND);
        let record = Arc::downgrade(&opened.record);
        fixture.keep(&cookie(), &opened);
        drop(opened);
        tokio::time::sleep(2 * SECOND).await;
        assert!(record.upgrade().is_none());
    });
}

#[test]
fn debug_shows_the_age_alone() {
    let shown = format!("{:?}", OpenedRecords::new(SECOND));
    assert_eq!(shown, "OpenedRecords { max_age: 1s, .. }");
}
