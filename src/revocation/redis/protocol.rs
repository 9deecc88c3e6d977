//! What may be believed, confirmed and forgotten: the decisions of the protocol, as pure functions.
//!
//! Nothing but `std` is imported here, and no clock is read: a model of many processes and servers
//! includes this file as it is, and checks these very functions.

/// The id of a line of the log: milliseconds by Redis' clock, and a number within them.
///
/// An id alone proves nothing. After a fail-over that lost the last lines, a primary whose clock is
/// behind gives the same ids to other lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LineId(pub(crate) u64, pub(crate) u64);

/// What no other line has: 64 random bits of the call that wrote it, and a number within the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Nonce(pub(crate) u64, pub(crate) u32);

/// One line of the log. Each line names the one before it, and is written once: so a place stands
/// for the whole history up to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) id: LineId,
    pub(crate) nonce: Nonce,
}

/// Which data of Redis it is: a new epoch begins where Redis was emptied or lost one of the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Epoch(pub(crate) u64);

/// A place, and the data that it is a place in: how far a process has read, or where the log ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Position {
    pub(crate) epoch: Epoch,
    pub(crate) place: Place,
}

/// A line, as far as its place in the chain goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) epoch: Epoch,
    pub(crate) place: Place,
    /// The line before; `None` where an epoch begins.
    pub(crate) after: Option<Place>,
}

/// Why the log cannot be followed from here: everything has to be compared again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Break {
    /// The place that was read to is not in the log's history: Redis was emptied, or went back.
    DataLost,
    /// Lines are missing between that place and what the log still has.
    Gap,
}

/// Reads the log line by line, and says when the copy is complete.
///
/// Only the publish script says where the log ends: it begins with a write, so no replica answers
/// it. A read alone proves nothing, since a replica that hears no news answers it, too. `asked` is
/// the moment before the script was sent: as of then the copy is complete, once exactly the line
/// that the script named was reached. `M` is that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct LogReader<M> {
    here: Position,
    open: Option<(Position, M)>,
}

impl<M: Copy> LogReader<M> {
    /// A reader that has everything up to here: the end of the log before all entries were read.
    pub(crate) fn at(here: Position) -> Self {
        Self { here, open: None }
    }

    pub(crate) fn here(&self) -> Position {
        self.here
    }

    /// Whether an end was named that is not reached yet: what the log has is then read at once.
    pub(crate) fn has_more_to_read(&self) -> bool {
        self.open.is_some()
    }

    /// The publish script's answer. `Some` when the copy is complete as of that moment already.
    pub(crate) fn told_end(&mut self, end: Position, asked: M) -> Result<Option<M>, Break> {
        self.open = None;
        if end == self.here {
            return Ok(Some(asked));
        }
        if end.epoch != self.here.epoch || end.place.id <= self.here.place.id {
            return Err(Break::DataLost);
        }
        self.open = Some((end, asked));
        Ok(None)
    }

    /// The next line that was read. `Some` when the copy is complete as of that moment with it.
    pub(crate) fn take(&mut self, line: &Link) -> Result<Option<M>, Break> {
        if line.epoch != self.here.epoch {
            return Err(Break::DataLost);
        }
        if line.after != Some(self.here.place) {
            return Err(Break::Gap);
        }
        self.here.place = line.place;
        match self.open {
            Some((end, asked)) if end.place == line.place => {
                self.open = None;
                Ok(Some(asked))
            }
            // The end that a primary named is not in this chain.
            Some((end, _)) if end.place.id <= line.place.id => Err(Break::DataLost),
            _ => Ok(None),
        }
    }

    /// The log was read, and nothing follows this place.
    pub(crate) fn nothing_follows(&self) -> Result<(), Break> {
        if self.has_more_to_read() { Err(Break::Gap) } else { Ok(()) }
    }
}

/// What is known of an entry that was written here, until it is confirmed.
///
/// An acknowledgement is not enough: Redis may acknowledge, fail over without its last moments, and
/// end just where this process has read to. Confirmed is what was acknowledged *and* read back:
/// should Redis go behind that, it shows, and everything is compared. An entry that is not
/// acknowledged is written again with the next question for the end of the log; all that are not
/// confirmed are written again over each new connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Sent {
    NotAcknowledged,
    /// Redis had it when the log ended there. `round`: how many times the end had been asked for
    /// when the acknowledgement came.
    Acknowledged {
        end: Place,
        round: u64,
    },
}

impl Sent {
    /// What becomes of it now that the log was read up to `here`; `None` when it is confirmed.
    ///
    /// `complete`: the round of the question whose end `here` is, if the copy has just become
    /// complete with it. What was acknowledged before that question, and was never met on the way,
    /// is not in the history of this log: the acknowledgement came from a server that lost it.
    pub(crate) fn read_up_to(self, here: Place, complete: Option<u64>) -> Option<Self> {
        match self {
            Self::Acknowledged { end, .. } if end == here => None,
            Self::Acknowledged { round, .. } if complete.is_some_and(|asked| round < asked) => {
                Some(Self::NotAcknowledged)
            }
            other => Some(other),
        }
    }

    /// Whether Redis need not have it yet, where the log ended by the answer to this question. What
    /// was acknowledged before the question was sent must be there.
    pub(crate) fn may_be_missing(self, asked: u64) -> bool {
        match self {
            Self::NotAcknowledged => true,
            Self::Acknowledged { round, .. } => round >= asked,
        }
    }
}

/// Whether an entry may be dropped: both clocks, Redis' and the caller's, have to say that it has
/// ended. A clock that is ahead ends nothing by itself.
pub(crate) fn may_be_dropped(ends_at: u64, redis_clock: u64, own_clock: u64) -> bool {
    ends_at <= redis_clock.min(own_clock)
}

/// From when on neither clock says of an entry that it has ended: such entries both sides must have.
pub(crate) fn undisputed_from(redis_clock: u64, own_clock: u64) -> u64 {
    redis_clock.max(own_clock)
}

/// What the numbers of undisputed entries say, at the moment when the copy is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    Agree,
    /// Entries left Redis otherwise than by their end: they have to be written back.
    RedisLacks,
    /// Entries came to Redis otherwise than through the log: the copy is not complete.
    CopyLacks,
}

/// Compares them. So many entries of this process [may be missing](Sent::may_be_missing) in Redis, and
/// be in the copy alone. `foreign` is what the set has and no entry can be made of: [`foreign`], since
/// all of the set was read.
pub(crate) fn count(copy: u64, may_be_missing: u64, redis: u64, foreign: u64) -> Counted {
    if copy.saturating_add(foreign) > redis.saturating_add(may_be_missing) {
        Counted::RedisLacks
    } else if redis > copy.saturating_add(foreign) {
        Counted::CopyLacks
    } else {
        Counted::Agree
    }
}

/// How much of the set is no entry, by the first count after all of the set was read: the copy has
/// every entry of it then.
pub(crate) fn foreign(copy: u64, redis: u64) -> u64 {
    redis.saturating_sub(copy)
}

/// A moment on two clocks, in nanoseconds. The monotonic one cannot be set, but stops while
/// the machine sleeps; the wall clock goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) monotonic: u64,
    pub(crate) wall: u64,
}

impl Moment {
    pub(crate) fn plus(self, nanoseconds: u64) -> Self {
        Self {
            monotonic: self.monotonic.saturating_add(nanoseconds),
            wall: self.wall.saturating_add(nanoseconds),
        }
    }

    /// Whether both clocks say so. A wall clock that was set forward costs some questions; one that
    /// was set back changes nothing.
    pub(crate) fn is_before(self, end: Self) -> bool {
        self.monotonic < end.monotonic && self.wall < end.wall
    }
}

/// Whether a follower may still speak for the copy: a newer one may have taken its place, when the
/// runtime of the older one was not driven any more.
pub(crate) fn may_claim(follower: u64, newest: u64) -> bool {
    follower == newest
}

/// Whether an error says that the server is not the primary of the data, by the first word of it.
/// The name may lead elsewhere now.
pub(crate) fn is_not_primary(code: &str) -> bool {
    const CODES: [&str; 6] = ["READONLY", "MOVED", "ASK", "MASTERDOWN", "CLUSTERDOWN", "UNBLOCKED"];
    CODES.contains(&code)
}

#[cfg(test)]
#[path = "protocol/tests.rs"]
mod tests;
