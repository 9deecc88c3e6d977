//! What is remembered of refreshes, for how long, and what makes room.

use tokio::time::advance;

use super::*;

fn key(number: usize) -> SessionKey {
    let mut bytes = [0; 32];
    bytes[24..].copy_from_slice(&(number as u64).to_be_bytes());
    SessionKey::from_bytes(bytes)
}

fn tokens(version: u64, owner: u8, bytes: usize) -> Unwritten {
    let refreshed_by = LeaseOwner([owner; 16]);
    let record = Record { refreshed_by, ..Record::sample() };
    Unwritten { version, record: Arc::new(record), bytes }
}

#[tokio::test(start_paused = true)]
async fn what_is_over_makes_room_before_anything_else_does() {
    let mut remembered = Remembered::default();
    for number in 0..MOST {
        let time = Duration::from_secs(if number % 2 == 0 { 1 } else { 2 });
        remember(&mut remembered, key(number), time, number);
        assert_eq!(remembered.len(), number + 1);
    }
    advance(Duration::from_secs(1)).await;
    remember(&mut remembered, key(MOST), HOLD, MOST);
    assert_eq!(remembered.len(), MOST / 2 + 1);
    assert!(!remembered.contains_key(&key(0)));
    assert!((1..MOST).step_by(2).all(|number| remembered.contains_key(&key(number))));
}

#[tokio::test(start_paused = true)]
async fn without_room_one_entry_makes_room_for_the_new_one() {
    let mut remembered = Remembered::default();
    for number in 0..MOST + 2 {
        remember(&mut remembered, key(number), HOLD, ());
        assert!(remembered.contains_key(&key(number)));
    }
    assert_eq!(remembered.len(), MOST);
}

#[tokio::test(start_paused = true)]
async fn a_failure_and_an_extension_are_held_for_five_seconds() {
    let refreshes = Refreshes::default();
    let failure = RefreshFailure::Unavailable("unreachable");
    refreshes.hold(key(1), failure);
    assert!(refreshes.may_touch(&key(1)));
    advance(HOLD - Duration::from_millis(1)).await;
    assert_eq!(refreshes.held(&key(1)), Some(failure));
    assert_eq!(refreshes.held(&key(2)), None);
    assert!(!refreshes.may_touch(&key(1)));
    advance(Duration::from_millis(1)).await;
    assert_eq!(refreshes.held(&key(1)), None);
    assert!(lock(&refreshes.held).is_empty(), "it takes no room any more");
    assert!(refreshes.may_touch(&key(1)));
    assert!(!refreshes.may_touch(&key(1)));
}

#[test]
fn tokens_that_wait_are_bounded_in_count_and_in_bytes() {
    let refreshes = Refreshes::default();
    let half = MOST_UNWRITTEN_BYTES / 2;
    assert!(refreshes.keep_unwritten(key(1), tokens(1, 1, half)));
    assert!(refreshes.keep_unwritten(key(2), tokens(1, 1, half)), "exactly full");
    assert!(!refreshes.keep_unwritten(key(3), tokens(1, 1, 1)));
    assert!(refreshes.unwritten(&key(3), 1).is_none());
    // The session would end without its newest tokens.
    assert!(refreshes.keep_unwritten(key(2), tokens(2, 1, half + 1)));
    assert!(refreshes.unwritten(&key(2), 2).is_some());

    let refreshes = Refreshes::default();
    for number in 0..MOST {
        assert!(lock(&refreshes.unwritten).insert(key(number), tokens(1, 1, 0)).is_none());
    }
    assert!(!refreshes.keep_unwritten(key(MOST), tokens(1, 1, 0)));
    refreshes.is_written(&key(0), LeaseOwner([1; 16]));
    assert!(refreshes.keep_unwritten(key(MOST), tokens(1, 1, 0)));
    assert!(!refreshes.keep_unwritten(key(0), tokens(1, 1, 0)));
}

#[test]
fn tokens_wait_for_their_version_and_their_own_refresh() {
    let refreshes = Refreshes::default();
    assert!(refreshes.keep_unwritten(key(1), tokens(7, 1, 100)));
    assert!(refreshes.unwritten(&key(1), 7).is_some());
    assert!(refreshes.unwritten(&key(1), 8).is_none());
    assert!(refreshes.unwritten(&key(2), 7).is_none());
    refreshes.is_written(&key(1), LeaseOwner([2; 16]));
    assert!(refreshes.unwritten(&key(1), 7).is_some(), "a later refresh's");
    refreshes.is_written(&key(1), LeaseOwner([1; 16]));
    assert!(refreshes.unwritten(&key(1), 7).is_none());
}

#[test]
fn one_refresh_of_a_session_runs_at_a_time() {
    let refreshes = Refreshes::default();
    let start = || watch::channel(None);
    let (running, receiver) = start();
    let joined = refreshes.join(key(1), || receiver);
    let again = refreshes.join(key(1), || panic!("it runs already"));
    assert!(joined.same_channel(&again));
    let (_other, receiver) = start();
    assert!(!refreshes.join(key(2), || receiver).same_channel(&joined));
    // Its runtime has ended.
    drop(running);
    let (next, receiver) = start();
    assert!(!refreshes.join(key(1), || receiver).same_channel(&joined));
    refreshes.finish(&key(1));
    let (_third, receiver) = start();
    let third = refreshes.join(key(1), || receiver);
    assert!(!third.same_channel(&next.subscribe()));
}
