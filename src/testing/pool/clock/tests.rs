//! Tests of `testing::pool::clock`.

use super::*;

#[test]
fn it_moves_ahead_and_does_not_overflow() {
    let clock = Clock::default();
    let before = clock.since_epoch();
    clock.advance(Duration::from_secs(3600));
    assert!(clock.since_epoch() >= before + Duration::from_secs(3600));
    clock.advance(Duration::MAX);
    clock.advance(Duration::MAX);
    assert!(clock.since_epoch() >= before);
}
