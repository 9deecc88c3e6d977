//! Tests of `idp::retry`.

use super::*;
use crate::error::Refusal;

#[test]
fn waits_grow_to_a_minute_and_start_anew_with_an_answer() {
    let (mut delay, unanswered) = (RetryDelay::default(), AuthError::ServerError { status: 500 });
    for whole in [2, 4, 8, 16, 32, 60, 60, 60] {
        let (wait, whole) =
            (delay.next(Some(&unanswered), LONGEST_RETRY_AFTER), Duration::from_secs(whole));
        assert!(whole / 2 <= wait && wait <= whole, "{wait:?} of {whole:?}");
    }
    // Of each wait, half is left to chance.
    let waits: Vec<_> =
        (0..64).map(|_| delay.next(Some(&unanswered), LONGEST_RETRY_AFTER)).collect();
    let middle = LONGEST_WAIT * 3 / 4;
    assert!(waits.iter().any(|wait| *wait > middle) && waits.iter().any(|wait| *wait < middle));
    assert_eq!(delay.answered(), PACE);
    assert!(delay.next(None, LONGEST_RETRY_AFTER) <= FIRST_WAIT);
    for asks in [
        |retry_after| AuthError::RateLimited { retry_after },
        |retry_after| AuthError::Blocked { status: 403, retry_after },
    ] {
        let mut wait = |seconds, longest| {
            let asked = asks(Some(Duration::from_secs(seconds)));
            delay.next(Some(&asked), longest)
        };
        assert_eq!(wait(100, LONGEST_RETRY_AFTER).as_secs(), 100);
        assert_eq!(wait(u64::MAX, LONGEST_RETRY_AFTER), LONGEST_RETRY_AFTER);
        // Without time for it, the wait is the usual one: calls do not follow each other at once.
        let usual = wait(300, Duration::ZERO);
        assert!(FIRST_WAIT / 2 <= usual && usual <= LONGEST_WAIT, "{usual:?}");
    }
}

fn down() -> AuthError {
    AuthError::ServerError { status: 500 }
}

/// Calls that are never answered, until then.
struct Unanswered<'a> {
    until: Instant,
    count: &'a mut usize,
}

impl RetriedCalls for Unanswered<'_> {
    async fn make_next(&mut self) -> Option<Result<(), AuthError>> {
        if Instant::now() >= self.until {
            return None;
        }
        *self.count += 1;
        Some(Err(down()))
    }

    fn longest_retry_after(&self) -> Duration {
        longest_wait_before(self.until)
    }
}

#[tokio::test(start_paused = true)]
async fn a_revocation_is_retried_at_most_23_times() {
    for _ in 0..50 {
        let (until, mut count) = (Instant::now() + REVOCATION_RETRIED_FOR, 0);
        retry(Unanswered { until, count: &mut count }, Some(down())).await;
        let late = Instant::now() - until;
        assert!((12..=23).contains(&count) && late <= LONGEST_WAIT, "{count} {late:?}");
    }
}

/// A wait as long as a call's time, or longer: it is made once, shortly before its time is up.
#[tokio::test(start_paused = true)]
async fn a_wait_that_is_asked_for_leaves_time_for_a_call() {
    for (lifetime, asked) in [(300, 300), (60, 300), (300, u64::MAX)] {
        let (until, mut count) = (Instant::now() + Duration::from_secs(lifetime), 0);
        let asked = AuthError::RateLimited { retry_after: Some(Duration::from_secs(asked)) };
        retry(Unanswered { until, count: &mut count }, Some(asked)).await;
        assert!(count >= 1, "{lifetime}");
    }
}

/// Calls that come to this, one after the other, and when they were made.
struct Answered<'a> {
    results: Vec<Result<(), AuthError>>,
    times: &'a mut Vec<Instant>,
}

impl RetriedCalls for Answered<'_> {
    async fn make_next(&mut self) -> Option<Result<(), AuthError>> {
        self.times.push(Instant::now());
        self.results.pop()
    }

    fn longest_retry_after(&self) -> Duration {
        LONGEST_RETRY_AFTER
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_wait_is_the_one_asked_for_and_answered_calls_come_at_the_pace() {
    let (start, mut times) = (Instant::now(), Vec::new());
    let results = vec![Ok(()), Ok(()), Err(down())];
    let asked = AuthError::RateLimited { retry_after: Some(Duration::from_secs(7)) };
    retry(Answered { results, times: &mut times }, Some(asked)).await;
    let times: Vec<_> = times.iter().map(|time| (*time - start).as_millis()).collect();
    let waits: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!((times[0] / 10, waits.len()), (700, 3));
    assert!((1_990..=4_010).contains(&waits[0]), "{waits:?}");
    assert!(waits[1..].iter().all(|wait| (100..=110).contains(wait)), "{waits:?}");
}

#[test]
fn refusals_that_say_nothing_of_the_token_and_outages_are_no_answer() {
    let refused = |code| AuthError::from(Refusal::new(code));
    for (error, expected) in [
        (refused(RefusalCode::OperationNotEnabled), true),
        (refused(RefusalCode::Other), true),
        (refused(RefusalCode::InvalidClient), true),
        (refused(RefusalCode::NotAuthorized), false),
        (refused(RefusalCode::UnsupportedTokenType), false),
        (AuthError::ServerError { status: 500 }, true),
        (AuthError::RateLimited { retry_after: None }, true),
        (AuthError::Unsupported { operation: "revoke" }, false),
    ] {
        assert_eq!(is_no_answer(&error), expected, "{error:?}");
    }
}
