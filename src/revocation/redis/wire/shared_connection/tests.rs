//! When a connection is shared, given up and replaced; numbers stand for connections.

use super::*;
use crate::revocation::redis::wire::settings::ConnectionSettings;

fn connector(timeout: Duration) -> Connector {
    let mut settings = ConnectionSettings::new("redis+cluster://127.0.0.1:1");
    settings.timeout = timeout;
    Connector::new(settings).unwrap()
}

fn patient() -> Connector {
    connector(Duration::from_secs(30))
}

fn begun(connector: &Connector, began: Instant) -> OngoingCall<'_> {
    OngoingCall { began, ..OngoingCall::begin(connector) }
}

async fn lend<'a>(
    shared: &'a SharedConnection<u32>,
    call: OngoingCall<'a>,
    next: u32,
) -> LentConnection<'a, u32> {
    shared.lend(call, async { Ok(next) }).await.unwrap()
}

/// The connection that the next call has: the one that is open, or this one.
async fn next(shared: &SharedConnection<u32>, connector: &Connector, next: u32) -> u32 {
    let lent = lend(shared, OngoingCall::begin(connector), next).await;
    let connection = lent.connection;
    lent.keep();
    connection
}

/// Two moments: one that no test reaches, and one that is as long ago as a call waits in vain.
fn later_and_long_ago() -> (Instant, Instant) {
    (Instant::now() + Duration::from_secs(60), Instant::now() - SILENCE)
}

#[test]
fn a_connection_is_used_again_within_fifteen_seconds_of_an_answer() {
    let ago = |idle| SignsOfLife::new(Instant::now() - idle);
    assert!(ago(LONGEST_IDLE - Duration::from_secs(10)).may_be_reused());
    let mut idle = ago(LONGEST_IDLE + Duration::from_nanos(1));
    assert!(!idle.may_be_reused());
    idle.has_not_answered(Instant::now());
    assert!(!idle.may_be_reused(), "a call without an answer shows nothing");
    idle.has_answered();
    assert!(idle.may_be_reused());
    idle.is_given_up = true;
    idle.has_answered();
    assert!(!idle.may_be_reused());
}

#[test]
fn silence_begins_with_the_first_call_that_no_answer_came_after() {
    let seconds = |number| Duration::from_secs(10_u64 * number);
    let now = Instant::now();
    let mut signs = SignsOfLife::new(now - seconds(9));
    // Between this many tens of seconds and one more.
    let silence = |signs: &mut SignsOfLife, asked| {
        signs.has_not_answered(now - seconds(asked)).as_secs() / 10
    };
    assert_eq!(silence(&mut signs, 5), 5);
    assert_eq!(silence(&mut signs, 2), 5, "since the call before");
    assert_eq!(silence(&mut signs, 7), 7, "it asked earlier, and left later");
    signs.has_answered();
    signs.answered = now - seconds(4);
    assert_eq!(silence(&mut signs, 2), 2);
    assert_eq!(silence(&mut signs, 8), 4, "another call was answered meanwhile");
}

#[test]
fn a_call_runs_out_after_half_a_second_or_the_time_limit_of_the_store() {
    let millisecond = Duration::from_millis(1);
    for (connector, limit) in
        [(patient(), SILENCE), (connector(10 * millisecond), 10 * millisecond)]
    {
        let now = Instant::now();
        assert_eq!(begun(&connector, now).longest_silence(), SILENCE.min(connector.timeout() / 2));
        assert!(begun(&connector, now - limit).has_run_out());
        assert!(!begun(&connector, now - limit + Duration::from_secs(60)).has_run_out());
    }
}

#[tokio::test]
async fn a_connection_is_old_to_the_calls_that_began_after_it_was_opened() {
    let (connector, shared) = (patient(), SharedConnection::default());
    let [first, second] = [(); 2].map(|()| OngoingCall::begin(&connector));
    let opened = lend(&shared, first, 1).await;
    assert!(!opened.is_old);
    opened.keep();
    let by_another = lend(&shared, second, 2).await;
    assert_eq!((by_another.connection, by_another.is_old), (1, false));
    by_another.keep();
    let later = lend(&shared, OngoingCall::begin(&connector), 3).await;
    assert_eq!((later.connection, later.is_old), (1, true));
}

#[tokio::test]
async fn a_connection_that_failed_is_not_used_again_and_its_successor_is() {
    let (connector, shared) = (patient(), SharedConnection::default());
    let lent = async |number| lend(&shared, OngoingCall::begin(&connector), number).await;
    let [one, same] = [lent(1).await, lent(2).await];
    assert_eq!((one.connection, same.connection), (1, 1));
    one.after_failure(Reuse::No);
    assert_eq!(next(&shared, &connector, 3).await, 3);
    // It failed for another call, too, which says so late.
    same.after_failure(Reuse::No);
    assert_eq!(next(&shared, &connector, 4).await, 3);
    let own = LentConnection::of_one_call(9, OngoingCall::begin(&connector));
    assert!(!own.is_old);
    own.after_failure(Reuse::No);
    assert_eq!(next(&shared, &connector, 5).await, 3);
}

#[tokio::test]
async fn a_connection_that_refuses_is_used_again_while_it_is_new() {
    let connector = patient();
    let second = Duration::from_secs(1);
    for (opened_before, reuse, expected) in [
        (Duration::ZERO, Reuse::WhileNew, 1),
        (second, Reuse::WhileNew, 2),
        (second, Reuse::Yes, 1),
        (Duration::ZERO, Reuse::No, 2),
    ] {
        let shared = SharedConnection::default();
        lend(&shared, OngoingCall::begin(&connector), 1).await.keep();
        let slot = Arc::clone(&shared.lock());
        slot.lock().await.as_mut().unwrap().opened -= opened_before;
        lend(&shared, OngoingCall::begin(&connector), 2).await.after_failure(reuse);
        assert_eq!(next(&shared, &connector, 2).await, expected, "{opened_before:?} {reuse:?}");
    }
}

/// The lock of its slot is held meanwhile: by a call that has just taken it, or opens another one.
#[tokio::test]
async fn a_connection_is_given_up_without_its_lock() {
    let (connector, shared) = (patient(), SharedConnection::default());
    let lent = lend(&shared, OngoingCall::begin(&connector), 1).await;
    let slot = Arc::clone(&shared.lock());
    let held = slot.lock().await;
    lent.after_failure(Reuse::No);
    drop(held);
    assert_eq!(next(&shared, &connector, 2).await, 2);
}

#[tokio::test]
async fn a_connection_that_was_not_opened_is_opened_by_the_next_call() {
    let (connector, shared) = (patient(), SharedConnection::default());
    let failed = shared.lend(OngoingCall::begin(&connector), async { Err(RedisFault::Connect) });
    assert_eq!(failed.await.map(|_: LentConnection<'_, u32>| ()), Err(RedisFault::Connect));
    assert_eq!(next(&shared, &connector, 1).await, 1);
}

/// As if it had answered a while ago, and not so long that it is not used again.
fn backdate(shared: &SharedConnection<u32>) {
    let slot = Arc::clone(&shared.lock());
    let slot = slot.try_lock().unwrap();
    lock(&slot.as_ref().unwrap().signs).answered -= LONGEST_IDLE / 2;
}

#[tokio::test]
async fn a_caller_that_leaves_has_waited_in_vain_only_after_a_while() {
    let (connector, shared) = (patient(), SharedConnection::default());
    assert_eq!(next(&shared, &connector, 1).await, 1);
    let (later, long_ago) = later_and_long_ago();
    let asked = async |since| {
        backdate(&shared);
        let mut lent = lend(&shared, OngoingCall::begin(&connector), 2).await;
        assert_eq!(lent.connection, 1);
        lent.since = since;
        lent
    };
    drop(asked(later).await);
    assert_eq!(next(&shared, &connector, 2).await, 1);
    // It had its answer.
    asked(long_ago).await.keep();
    assert_eq!(next(&shared, &connector, 2).await, 1);
    drop(asked(long_ago).await);
    assert_eq!(next(&shared, &connector, 2).await, 2);
}

/// Credentials, or the connection, took most of the call's time.
#[tokio::test]
async fn a_connection_is_not_given_up_because_the_call_is_old() {
    let (connector, shared) = (patient(), SharedConnection::default());
    let (later, long_ago) = later_and_long_ago();
    for round in ["opened by it", "opened before"] {
        let now = Instant::now();
        let mut lent = lend(&shared, begun(&connector, long_ago), 1).await;
        assert!(lent.since >= now, "{round}");
        lent.since = later;
        drop(lent);
        assert_eq!(next(&shared, &connector, 2).await, 1, "{round}");
    }
}

/// None of them waits for as long as it takes to know that the connection is dead.
#[tokio::test]
async fn callers_who_leave_early_give_up_a_silent_connection_together() {
    let (connector, shared) = (patient(), SharedConnection::default());
    assert_eq!(next(&shared, &connector, 1).await, 1);
    let began = Instant::now();
    loop {
        let lent = lend(&shared, OngoingCall::begin(&connector), 2).await;
        if lent.connection == 2 {
            break;
        }
        assert!(began.elapsed() < LONGEST_IDLE, "it was given up for another reason");
        tokio::time::sleep(Duration::from_millis(10)).await;
        drop(lent);
    }
    assert!(began.elapsed() >= SILENCE);
}

/// The connection of a call that was opening it when its slot was replaced.
#[tokio::test]
async fn a_connection_of_a_replaced_slot_is_given_up_alone() {
    let (connector, shared) = (patient(), SharedConnection::default());
    let stuck = Arc::clone(&shared.lock());
    let late = shared.lend(OngoingCall::begin(&connector), async {
        shared.replace(&stuck);
        assert_eq!(next(&shared, &connector, 1).await, 1);
        Ok(2)
    });
    late.await.unwrap().after_failure(Reuse::No);
    assert_eq!(next(&shared, &connector, 3).await, 1);
}

/// Polls it once, and drops it.
async fn leave(waiting: impl Future) {
    let mut waiting = std::pin::pin!(waiting);
    std::future::poll_fn(|context| {
        assert!(waiting.as_mut().poll(context).is_pending());
        std::task::Poll::Ready(())
    })
    .await;
}

#[tokio::test]
async fn a_slot_that_callers_have_waited_for_in_vain_is_replaced_once() {
    let (connector, shared) = (patient(), SharedConnection::default());
    let (later, long_ago) = later_and_long_ago();
    let stuck = Arc::clone(&shared.lock());
    let _held = stuck.lock().await;
    let waiter = |since| {
        let call = OngoingCall::begin(&connector);
        SlotWaiter { shared: &shared, slot: &stuck, call, since, has_lock: false }
    };
    drop(waiter(later));
    assert!(Arc::ptr_eq(&stuck, &shared.lock()), "it had no time at all");
    drop(waiter(long_ago));
    assert_eq!(next(&shared, &connector, 2).await, 2);
    // Another one that waited for the same slot.
    drop(waiter(long_ago));
    assert_eq!(next(&shared, &connector, 3).await, 2);
}

#[tokio::test]
async fn a_slot_is_replaced_by_how_long_it_was_waited_for_and_not_by_the_age_of_the_call() {
    let (connector, shared) = (patient(), SharedConnection::default());
    let (_, long_ago) = later_and_long_ago();
    let stuck = Arc::clone(&shared.lock());
    let _held = stuck.lock().await;
    let now = Instant::now();
    leave(lend(&shared, begun(&connector, long_ago), 1)).await;
    assert!(Arc::ptr_eq(&stuck, &shared.lock()) || now.elapsed() >= SILENCE);
    let waiting = lend(&shared, OngoingCall::begin(&connector), 1);
    assert!(timeout(SILENCE + Duration::from_millis(10), waiting).await.is_err());
    assert!(!Arc::ptr_eq(&stuck, &shared.lock()));
}

#[tokio::test]
async fn a_slot_that_is_locked_for_the_time_of_the_store_is_replaced() {
    let (connector, shared) = (connector(Duration::from_millis(10)), SharedConnection::default());
    let stuck = Arc::clone(&shared.lock());
    let _held = stuck.lock().await;
    let in_vain = shared.lend(OngoingCall::begin(&connector), async { Ok(1) }).await;
    assert_eq!(in_vain.map(|_| ()), Err(RedisFault::Timeout));
    assert_eq!(next(&shared, &connector, 2).await, 2);
}

#[tokio::test]
async fn servers_are_in_doubt_when_a_caller_has_waited_for_the_answer_in_vain() {
    let connector = patient();
    let doubt = || connector.topology().last_doubt();
    let (now, long_ago) = (Instant::now() + Duration::from_secs(60), Instant::now() - SILENCE);
    let pending = || std::future::pending::<Result<(), RedisFault>>();
    let none = doubt();
    assert_eq!(begun(&connector, long_ago).answer_of(async { Ok(7) }).await, Ok(7));
    leave(begun(&connector, now).answer_of(pending())).await;
    assert_eq!(doubt(), none);
    leave(begun(&connector, long_ago).answer_of(pending())).await;
    assert!(doubt() > none);
}
