//! Which failures leave the shared connection open.

use super::*;

#[test]
fn a_complete_answer_leaves_the_connection_open_and_a_failure_does_not() {
    let another = RedisAddress { host: "127.0.0.1".into(), port: 1 };
    for (fault, ask, is_open) in [
        (RedisFault::DataLost, None, true),
        (RedisFault::Permission, None, true),
        (RedisFault::Moving, None, true),
        (RedisFault::NotPrimary, Some(&another), true),
        (RedisFault::NotPrimary, None, false),
        (RedisFault::CutOff, None, false),
        (RedisFault::Timeout, None, false),
        (RedisFault::Answer, None, false),
        (RedisFault::Refused, None, false),
        (RedisFault::Login, None, false),
    ] {
        assert_eq!(leaves_connection_open(fault, ask), is_open, "{fault:?} {ask:?}");
    }
}
