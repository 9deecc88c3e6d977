//! How long the follower waits, and what it leaves behind.

use super::*;
use crate::pool::UserPool;
use crate::revocation::redis::local_copy::LocalCopy;
use crate::revocation::redis::local_copy::follower::Activity;
use crate::revocation::redis::local_copy::unconfirmed::Unconfirmed;
use crate::revocation::redis::protocol::{Epoch, Nonce, Place};
use crate::revocation::redis::wire::commands::RedisKeys;
use crate::revocation::redis::wire::connect::Connector;
use crate::revocation::redis::wire::settings::ConnectionSettings;

#[test]
fn the_pause_doubles_until_a_connection_brought_the_copy_in_step() {
    let at = |monotonic| Some(Moment { monotonic, wall: 0 });
    let milliseconds = Duration::from_millis;
    for (last, before, after, next) in [
        (50, None, None, 100),
        (100, None, None, 200),
        (800, at(1), at(1), 1000),
        (1000, at(1), at(1), 1000),
        (1000, None, at(1), 50),
        (1000, at(1), at(2), 50),
    ] {
        let told = next_pause(milliseconds(last), before, after);
        assert_eq!(told, milliseconds(next), "{last} {before:?} {after:?}");
    }
}

#[test]
fn a_pause_is_spread_by_up_to_half() {
    let second = Duration::from_secs(1);
    assert_eq!(spread(second, 0), second);
    assert_eq!(spread(second, u32::MAX), Duration::from_millis(1500));
    let middle = spread(second, 0x8000_0000);
    assert!(middle.abs_diff(Duration::from_millis(1250)) < Duration::from_micros(1), "{middle:?}");
}

#[test]
fn of_two_pages_the_last_end_counts_and_all_that_was_taken() {
    let end = |number, taken| {
        let place = Place { id: LineId(number, 0), nonce: Nonce(7, 0) };
        let at = Position { epoch: Epoch(1), place };
        LogEnd { at, clock: number, own_clock: number, taken, undisputed: number }
    };
    let both = end(3, 1000).followed_by(end(4, 5));
    assert_eq!((both.at, both.taken), (end(4, 0).at, 1005));
    assert_eq!((both.clock, both.own_clock, both.undisputed), (4, 4, 4));
}

#[test]
fn a_sign_of_life_says_that_the_follower_is_active() {
    let timeout = Duration::from_secs(1);
    let settings = ConnectionSettings::new("redis://127.0.0.1");
    let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap();
    let state = Arc::new(StoreState {
        connector: Connector::new(settings).unwrap(),
        keys: RedisKeys::of(&pool.name()),
        copy: LocalCopy::new(Duration::from_secs(2)),
        unconfirmed: Unconfirmed::default(),
        heartbeat: Duration::from_millis(500),
        activity: Activity::new(Duration::from_secs(3600), timeout),
    });
    let task = FollowTask::new(Arc::clone(&state), 1);
    assert!(state.activity.has_ended(state.copy.now()), "no sign yet");
    task.is_active();
    assert!(!state.activity.has_ended(state.copy.now()));
}
