//! The decisions of a refresh: pure functions without types of this crate, so that a model can run them
//! in every order of events.
//!
//! A session is refreshed once, on all machines together, by the owner of a lease from the store, in
//! this order: *lend, load again, send, replace, release*. A lease alone is not enough, because a
//! machine can be stopped for longer than it lasts. So a record is replaced only by its version, and a
//! refused refresh ends a session only if its record is still the one whose token was sent.

/// Times of a session's tokens, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenTimes {
    pub(crate) issued_at: u64,
    pub(crate) expires_at: u64,
    /// When the provider issued them, by the clock of the machine that asked.
    pub(crate) refreshed_at: u64,
}

/// Whether a session's tokens have to be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Not yet.
    None,
    /// In the background: the request does not wait for it.
    Soon,
    /// The access token has expired: the request waits.
    Now,
}

/// Tokens that are younger than this many seconds are not replaced: a machine whose clock is five
/// minutes ahead would otherwise refresh at every request.
pub(crate) const FRESH_FOR: u64 = 30;

/// `ahead` is how long before the expiry the refresh is due, at most half of the token's lifetime.
/// `jitter` (0 to 255) shortens it by up to a sixth, so that sessions that began together are not
/// refreshed together.
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

/// What to do after the lease was granted and the record was loaded again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterReload {
    /// The session was ended meanwhile.
    SignedOut,
    /// Another process has refreshed the session: use its tokens.
    UseTheirs,
    /// Send the refresh token that was just loaded.
    Send,
}

/// `loaded` is the record's version now, and whether its tokens are fresh; `None` without a record.
pub(crate) fn after_reload(known_version: u64, loaded: Option<(u64, bool)>) -> AfterReload {
    match loaded {
        None => AfterReload::SignedOut,
        Some((version, true)) if version != known_version => AfterReload::UseTheirs,
        Some(_) => AfterReload::Send,
    }
}

/// How much of the lease has to be left when a request is sent, in milliseconds, by a clock that was
/// read before the lease was requested.
pub(crate) const LEAST_LEASE: u64 = 3000;

/// Whether there is time to send a request, even if the process is stopped for a moment before.
pub(crate) fn may_send(lease_left: u64) -> bool {
    lease_left >= LEAST_LEASE
}

/// The outcome of a refresh at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// New tokens; or at least a new refresh token, if the rest of the answer cannot be used.
    Granted,
    /// The refresh token was refused: revoked, expired, or used before.
    UserRefused,
    /// This service was refused, for example for a wrong client secret.
    Misconfigured,
    /// The request was not sent, or the provider answered that it did nothing.
    NotDone,
    /// No complete answer arrived: the token may have been rotated.
    Unknown,
}

/// What to do after the request to the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterCall {
    /// Replace the record.
    Store,
    /// Send the same token again, at once: within the grace time of the rotation it is still accepted.
    Repeat,
    /// Load the record: another process may have refreshed the session, and used up this token.
    LookAgain,
    /// Leave the session unchanged. Also if the outcome is unknown: the record still has the token that was
    /// sent, so the next try repeats it, on any machine. The record has no mark of it, which would decide
    /// nothing, and be one more write at a moment in which something fails.
    Keep,
}

/// `sent` is how often the token was sent, this time included.
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
    /// It has ended already.
    SignedOut,
    /// Its record has changed: the new record's token was not refused.
    UseTheirs,
    /// Its record is unchanged: end the session, if the record is still unchanged when that is written.
    End,
}

/// `loaded` is the record's version now.
pub(crate) fn after_refusal(sent_version: u64, loaded: Option<u64>) -> AfterRefusal {
    match loaded {
        None => AfterRefusal::SignedOut,
        Some(version) if version == sent_version => AfterRefusal::End,
        Some(_) => AfterRefusal::UseTheirs,
    }
}

/// The result of replacing the record by its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Write {
    Done,
    Changed,
    Gone,
    /// The store did not answer: the record may have been written.
    Unknown,
}

/// What to do after replacing the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterWrite {
    Done,
    /// The session was ended while the provider was asked: end the new tokens, too.
    SignedOut,
    /// Load the record, and decide by [`after_conflict`].
    LookAtTheirs,
    /// Write the same record again.
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

/// Which refresh wrote the tokens of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// This one: the record was written, and the store's answer was lost.
    Ours,
    /// The tokens are those that were sent from: another part of the record was changed.
    SentFrom,
    /// Another refresh.
    Theirs,
}

/// By the owner of the refresh: in the record that is loaded, of this refresh, and in the record that
/// was sent from.
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
    /// The record has this refresh's tokens.
    Done,
    /// Drop this refresh's tokens, and do **not** revoke them: that would end the whole sign-in, the
    /// other tokens included.
    UseTheirs,
    /// Write this refresh's tokens over the record of this version.
    Replace(u64),
}

/// `there` is the record's version now, and whose tokens it has.
///
/// Tokens of another refresh are never overwritten, whatever their times are: they may descend from
/// this refresh's. That is the case if this refresh's write arrived, its answer was lost, and the other
/// process has refreshed since: this refresh token is used up then.
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
