//! Tests of `logout::queue`.

use std::time::Duration;

use super::*;
use crate::error::Unreachable;
use crate::secret::RefreshToken;

fn waiting(user: usize, seconds: u64) -> WaitingCall {
    with_token(user, seconds, "r")
}

fn with_token(user: usize, seconds: u64, token: &str) -> WaitingCall {
    let lifetime = Duration::from_secs(seconds);
    let call = Call::of_token(user.to_string(), RefreshToken::new(token), lifetime);
    WaitingCall::new(call, AuthError::Unreachable(Unreachable::Connect))
}

#[test]
fn one_call_for_a_user_and_no_more_than_the_most() {
    let mut queue = Queue::default();
    for _ in 0..3 {
        for user in 0..MOST_CALLS {
            assert!(queue.insert(waiting(user, 60)));
        }
    }
    assert!(!queue.insert(waiting(MOST_CALLS, 60)));
    assert_eq!((queue.calls.len(), queue.numbers.len()), (MOST_CALLS, MOST_CALLS));
    // In the order in which they came, and with the later end.
    assert!(queue.insert(waiting(0, 600)) && queue.insert(waiting(0, 6)));
    let first = queue.first().0.unwrap();
    assert_eq!((first.key.as_str(), first.lifetime.as_secs()), ("0", 600));
    // Its place is not taken while the call is made.
    assert!(!queue.insert(waiting(MOST_CALLS, 60)));
    queue.failed(&first, &AuthError::Unreachable(Unreachable::Connect));
    assert_eq!(queue.len(), MOST_CALLS);
    assert_eq!(queue.first().0.unwrap().key, "1");
    assert!(queue.finish(&first, true).is_some());
    assert!(queue.insert(waiting(MOST_CALLS, 60)));
}

#[test]
fn long_tokens_take_no_more_bytes_than_the_most() {
    let mut queue = Queue::default();
    let long = "r".repeat(64 * 1024);
    let taken = (0..MOST_CALLS).take_while(|user| queue.insert(with_token(*user, 60, &long)));
    let taken = taken.count();
    assert!((MOST_BYTES / long.len() / 2..=MOST_BYTES / long.len()).contains(&taken));
    assert!(queue.bytes <= MOST_BYTES);
    // What has its place keeps it, whatever would replace it.
    assert!(queue.insert(with_token(0, 600, &long.repeat(2))));
    assert!(queue.bytes <= MOST_BYTES);
    while let Some(call) = queue.first().0 {
        queue.finish(&call, true);
    }
    assert_eq!((queue.bytes, queue.len(), queue.numbers.len()), (0, 0, 0));
}

#[test]
fn expired_calls_are_given_up_without_a_call() {
    let mut queue = Queue::default();
    for user in 0..3 {
        queue.insert(waiting(user, 0));
    }
    queue.insert(waiting(3, 60));
    let (first, expired) = queue.first();
    assert_eq!((first.unwrap().key.as_str(), expired, queue.len()), ("3", 3, 1));
}

#[test]
fn a_call_that_was_replaced_or_forgotten_does_not_end_the_other() {
    let mut queue = Queue::default();
    queue.insert(waiting(0, 60));
    let first = queue.first().0.unwrap();
    queue.insert(with_token(0, 600, "s"));
    assert!(queue.finish(&first, false).is_none());
    assert!(!queue.of(&first).unwrap().may_have_arrived);
    assert!(queue.finish(&first, true).is_none());
    assert!(queue.of(&first).unwrap().may_have_arrived);
    queue.remove(&first).unwrap();
    assert!(queue.finish(&first, true).is_none());
}
