//! What has ended by a clock that was set, and is still here.

use super::*;

/// After a clock was set back it may take long until what is held has ended again.
#[test]
fn what_is_held_is_looked_through_once_a_second() {
    let mut told = EntrySetFixture::new();
    told.sign_out("a");
    told.set_clock(ENTRY_LIFETIME as i64);
    told.entries.expire(told.clock, told.now);
    told.set_clock(-(ENTRY_LIFETIME as i64));
    told.now += LIFETIME;
    told.entries.expire(told.clock, told.now);
    assert_eq!(told.entries.next_release, Some(told.now + RELEASE_PAUSE));
    assert!(told.hits("a"));
}

/// What is renewed while it is held stands there out of date. The clock is set ahead again and again, so that all
/// that is out of date is there.
#[test]
fn what_is_out_of_date_goes_where_it_is_held_too() {
    const SESSIONS: usize = 500;
    let mut told = EntrySetFixture::new();
    for _ in 0..3 {
        (0..SESSIONS).for_each(|session| told.sign_out(&session.to_string()));
        told.set_clock(2 * ENTRY_LIFETIME as i64);
    }
    let standing = told.standing();
    assert!(told.len() == SESSIONS && standing <= 2 * SESSIONS + SPARE, "{standing}");
    assert_eq!(standing, told.entries.standings);
}
