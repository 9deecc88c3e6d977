//! Which failures are worth another attempt, and for how long.

use super::*;
use crate::revocation::redis::ConnectionSettings;

fn connector(url: &str) -> Connector {
    Connector::new(ConnectionSettings::new(url)).unwrap()
}

fn cluster() -> Connector {
    connector("redis+cluster://127.0.0.1:1")
}

fn at(port: u16) -> RedisAddress {
    RedisAddress::new("127.0.0.1", port)
}

fn sent(fault: RedisFault) -> FailedCall {
    FailedCall::Sent { fault, is_old: true, ask: None }
}

fn unsent(port: u16) -> FailedCall {
    FailedCall::Unsent { to: at(port), fault: RedisFault::Connect }
}

#[test]
fn what_was_cut_off_is_sent_again_once_the_connection_was_old_and_the_result_is_the_same() {
    for (is_old, retry, is_sent_again) in [
        (true, CallRetry::SameResult, true),
        (true, CallRetry::OtherResult, false),
        (false, CallRetry::SameResult, false),
        (false, CallRetry::OtherResult, false),
    ] {
        let failed = FailedCall::Sent { fault: RedisFault::CutOff, is_old, ask: None };
        let pause = CallAttempts::default().pause(&cluster(), vec![failed], retry);
        let expected = if is_sent_again { Ok(Duration::ZERO) } else { Err(RedisFault::CutOff) };
        assert_eq!(pause, expected, "{is_old} {retry:?}");
    }
}

#[test]
fn any_other_failure_of_what_was_sent_is_the_answer() {
    for fault in [RedisFault::Timeout, RedisFault::Refused, RedisFault::Permission] {
        let both = vec![sent(RedisFault::Moving), sent(fault)];
        let pause = CallAttempts::default().pause(&cluster(), both, CallRetry::SameResult);
        assert_eq!(pause, Err(fault));
    }
}

/// All those of one list, and no other: a cluster may name new ones again and again.
#[test]
fn servers_that_are_not_reached_are_looked_for_in_one_attempt_alone() {
    let mut attempts = CallAttempts::default();
    let mut pause = |failed| attempts.pause(&cluster(), failed, CallRetry::OtherResult);
    assert_eq!(pause(vec![sent(RedisFault::Moving)]), Ok(Duration::ZERO));
    assert_eq!(pause(vec![unsent(1), unsent(2)]), Ok(Duration::ZERO));
    assert_eq!(pause(vec![unsent(3)]), Err(RedisFault::Connect));
    assert_eq!(attempts.was_not_reached(&at(2)), Some(RedisFault::Connect));
    assert_eq!(attempts.was_not_reached(&at(3)), None);
    // There is no other server than the one of the URL.
    let one = connector("redis://127.0.0.1:1");
    let failed = CallAttempts::default().pause(&one, vec![unsent(1)], CallRetry::SameResult);
    assert_eq!(failed, Err(RedisFault::Connect));
}

#[test]
fn the_pauses_of_all_servers_of_a_list_are_one() {
    // The first five pauses of a call are as long as half of this.
    let timeout = Duration::from_millis(600);
    let pauses = |servers: usize| -> Vec<Duration> {
        let mut settings = ConnectionSettings::new("redis+cluster://127.0.0.1:1");
        settings.timeout = timeout;
        let (connector, mut attempts) =
            (Connector::new(settings).unwrap(), CallAttempts::default());
        let mut pauses = Vec::new();
        loop {
            let failed = (0..servers).map(|_| sent(RedisFault::Moving)).collect();
            match attempts.pause(&connector, failed, CallRetry::SameResult) {
                Ok(pause) => pauses.push(pause),
                Err(RedisFault::Moving) => return pauses,
                Err(fault) => panic!("{fault:?}"),
            }
        }
    };
    let (one, many) = (pauses(1), pauses(6));
    assert_eq!(one, many);
    assert_eq!(one, [0, 20, 40, 80].map(Duration::from_millis));
    assert_eq!(one.iter().sum::<Duration>() + Duration::from_millis(160), timeout / 2);
}

#[test]
fn the_next_attempt_goes_to_the_servers_that_were_named() {
    let mut attempts = CallAttempts::default();
    let named = |slot| FailedCall::Sent {
        fault: RedisFault::NotPrimary,
        is_old: false,
        ask: Some((slot, at(slot))),
    };
    let pause = attempts.pause(&cluster(), vec![named(4), named(5)], CallRetry::OtherResult);
    assert_eq!(pause, Ok(Duration::ZERO));
    assert_eq!(attempts.ask, HashMap::from([(4, at(4)), (5, at(5))]));
}

#[test]
fn a_connection_that_ended_leaves_open_whether_a_call_was_executed() {
    for (failed, expected) in [
        (sent(RedisFault::CutOff), true),
        (sent(RedisFault::NotPrimary), false),
        (sent(RedisFault::Moving), false),
        (unsent(1), false),
    ] {
        assert_eq!(failed.may_have_been_executed(), expected);
    }
}
