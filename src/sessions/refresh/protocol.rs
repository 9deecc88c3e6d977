//! The decisions of a refresh: pure, and without anything of this crate, so that a model can run them
//! in every order of events.
//!
//! Every session is refreshed once over all machines: by whom the store has lent the right to, in the
//! order *lend, load again, send, replace, give back*. A lease is not enough by itself, since a machine can
//! be stopped for longer than it; so a record is replaced by its version alone, and a refused refresh ends
//! a session only where its record is still the one that was sent from.

/// Times of a session's tokens, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenTimes {
    pub(crate) issued_at: u64,
    pub(crate) expires_at: u64,
    /// When they were taken from the provider, by the clock of the machine that did.
    pub(crate) refreshed_at: u64,
}

/// Whether a session's tokens have to be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Not yet.
    None,
    /// Beside the request, which does not wait for it.
    Soon,
    /// The access token has expired: the request waits.
    Now,
}

/// Tokens that came less than this many seconds ago are not replaced again: a machine whose clock is
/// five minutes ahead would do so at every request.
pub(crate) const FRESH_FOR: u64 = 30;

/// `ahead` is how long before the end it is time, at most half of the token's life. `jitter` (0 to 255)
/// takes up to a sixth of it away, so that sessions that began together are not refreshed together.
pub(crate) fn need(times: TokenTimes, now: u64, ahead: u64, jitter: u8) -> Need {
    let life = times.expires_at.saturating_sub(times.issued_at);
    let left = times.expires_at.saturating_sub(now);
    let ahead = ahead.min(life / 2);
    let ahead = ahead - ahead * u64::from(jitter) / (6 * 255);
    if left > ahead || now.abs_diff(times.refreshed_at) < FRESH_FOR {
        return Need::None;
    }
    if left == 0 { Need::Now } else { Need::Soon }
}

/// What to do once the right to refresh was lent, and the record was loaded again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterReload {
    /// The session was ended meanwhile.
    SignedOut,
    /// Another one has refreshed it: use that.
    UseTheirs,
    /// Send the refresh token that was just loaded.
    Send,
}

/// `loaded` is the version of the record now, and whether its tokens are fresh; `None` without a record.
pub(crate) fn after_reload(known_version: u64, loaded: Option<(u64, bool)>) -> AfterReload {
    match loaded {
        None => AfterReload::SignedOut,
        Some((version, true)) if version != known_version => AfterReload::UseTheirs,
        Some(_) => AfterReload::Send,
    }
}

/// How much of the lease has to be left before something is sent, in milliseconds, by a clock that was
/// read before the lease was asked for.
pub(crate) const LEAST_LEASE: u64 = 3000;

/// Whether there is time to send, for the one who may stop for a moment right before.
pub(crate) fn may_send(lease_left: u64) -> bool {
    lease_left >= LEAST_LEASE
}

/// What the provider said to a refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// New tokens; or, where the rest of the answer is of no use, at least a new refresh token.
    Granted,
    /// The refresh token was refused: revoked, expired, used before.
    UserRefused,
    /// This service was refused: a wrong client secret, say.
    Misconfigured,
    /// The request was not sent, or the provider has said that it did nothing.
    NotDone,
    /// No whole answer came: the token may have been rotated.
    Unknown,
}

/// What to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterCall {
    /// Replace the record.
    Store,
    /// Send the same token once more, at once: within the grace time of the rotation it still works.
    Repeat,
    /// Look at the record: another one may have refreshed it, and spent this token.
    LookAgain,
    /// Leave the session as it is. Also where the answer is unknown: the record still has the token that was
    /// sent, so the next try is a repeat with it, on whichever machine. No mark in the record says so: it
    /// would decide nothing, and be one more write at a moment in which something fails.
    Keep,
}

/// `sent` counts how often the token was sent, this time included.
pub(crate) fn after_call(outcome: Outcome, sent: u32) -> AfterCall {
    match outcome {
        Outcome::Granted => AfterCall::Store,
        Outcome::UserRefused => AfterCall::LookAgain,
        Outcome::Unknown if sent < 2 => AfterCall::Repeat,
        Outcome::Unknown | Outcome::Misconfigured | Outcome::NotDone => AfterCall::Keep,
    }
}

/// What to do with a session whose refresh token was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterRefusal {
    /// It was ended already.
    SignedOut,
    /// Its record is another one by now: that one's token was not refused.
    UseTheirs,
    /// Its record is the one that was sent from: it ends, if it still is when that is written.
    End,
}

/// `loaded` is the version of the record now.
pub(crate) fn after_refusal(sent_version: u64, loaded: Option<u64>) -> AfterRefusal {
    match loaded {
        None => AfterRefusal::SignedOut,
        Some(version) if version == sent_version => AfterRefusal::End,
        Some(_) => AfterRefusal::UseTheirs,
    }
}

/// What came of replacing the record by its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Write {
    Done,
    Changed,
    Gone,
    /// The store did not answer: it may have been written.
    Unknown,
}

/// What to do then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterWrite {
    Done,
    /// The session was ended while the provider was asked: end what it has begun, too.
    SignedOut,
    /// Load the record, and go by [`after_conflict`].
    LookAtTheirs,
    /// Write the same again.
    Repeat,
}

pub(crate) fn after_write(write: Write) -> AfterWrite {
    match write {
        Write::Done => AfterWrite::Done,
        Write::Gone => AfterWrite::SignedOut,
        Write::Changed => AfterWrite::LookAtTheirs,
        Write::Unknown => AfterWrite::Repeat,
    }
}

/// Whose tokens a record has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Ours: it was written, and the answer was lost.
    Ours,
    /// Those that were sent from: something else in the record was changed.
    SentFrom,
    /// Another one's.
    Theirs,
}

/// By who has refreshed: the one in the record that is there, the one who asks, and the one in the record
/// that was sent from.
pub(crate) fn whose<O: PartialEq>(there: &O, ours: &O, sent_from: &O) -> Whose {
    match there {
        there if there == ours => Whose::Ours,
        there if there == sent_from => Whose::SentFrom,
        _ => Whose::Theirs,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterConflict {
    SignedOut,
    /// It was our own write.
    Done,
    /// Ours is dropped, and **not** revoked: that would end the whole sign-in, theirs too.
    UseTheirs,
    /// Write ours over the record of this version.
    Replace(u64),
}

/// `there` is the version of the record now, and whose tokens are in it.
///
/// Another one's tokens are never written over, whatever their times say: they may be what came of ours.
/// That is so where our write has arrived and its answer was lost, and the other one has refreshed from
/// it since: our refresh token is spent then.
pub(crate) fn after_conflict(there: Option<(u64, Whose)>) -> AfterConflict {
    match there {
        None => AfterConflict::SignedOut,
        Some((_, Whose::Ours)) => AfterConflict::Done,
        Some((_, Whose::Theirs)) => AfterConflict::UseTheirs,
        Some((version, Whose::SentFrom)) => AfterConflict::Replace(version),
    }
}

#[cfg(test)]
#[path = "protocol/tests.rs"]
mod tests;
