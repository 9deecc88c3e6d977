//! Tests of `sessions::redis::attempts`.

use super::*;
use crate::revocation::redis::ConnectionSettings;

#[test]
fn what_was_cut_off_before_it_was_sent_is_sent_in_any_case() {
    let url = "redis+cluster://127.0.0.1:1";
    let connector = Connector::new(ConnectionSettings::new(url)).unwrap();
    for (was_sent, retry, is_sent_again) in [
        (false, CallRetry::SameResult, true),
        (false, CallRetry::OtherResult, true),
        (true, CallRetry::SameResult, true),
        (true, CallRetry::OtherResult, false),
    ] {
        let unsent = FailedCall::unsent(RedisFault::CutOff);
        let failed = FailedCall { was_sent, may_be_sent_again: true, ..unsent };
        let pause = CallAttempts::default().pause(&connector, &failed, retry);
        assert_eq!(pause, is_sent_again.then_some(Duration::ZERO), "{was_sent} {retry:?}");
    }
}
