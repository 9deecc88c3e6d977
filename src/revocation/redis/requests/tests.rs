//! After which failures the shared connection is used again.

use super::*;

#[test]
fn after_a_complete_answer_the_connection_is_used_again_and_after_a_failure_it_is_not() {
    let another = RedisAddress { host: "127.0.0.1".into(), port: 1 };
    for (fault, ask, reuse) in [
        (RedisFault::DataLost, None, Reuse::WhileNew),
        (RedisFault::Permission, None, Reuse::WhileNew),
        (RedisFault::Moving, None, Reuse::Yes),
        (RedisFault::NotPrimary, Some(&another), Reuse::Yes),
        (RedisFault::NotPrimary, None, Reuse::No),
        (RedisFault::CutOff, None, Reuse::No),
        (RedisFault::Timeout, None, Reuse::No),
        (RedisFault::Answer, None, Reuse::No),
        (RedisFault::Refused, None, Reuse::No),
        (RedisFault::Login, None, Reuse::No),
    ] {
        assert_eq!(reuse_after(fault, ask), reuse, "{fault:?} {ask:?}");
    }
}
