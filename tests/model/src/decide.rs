//! The decisions of the protocol: the functions that the library runs, and what the first version or
//! a mutant does in their place.

use crate::process::{Age, MAX_LAG, Waiting};
use crate::protocol::{
    self, Counted, Epoch, LineId, Link, LogReader, Moment, Nonce, Position, Sent,
};
use crate::redis::{AHEAD, LIFETIME, Line, Place};
use crate::rules::Rules;

fn place(place: Place) -> protocol::Place {
    protocol::Place { id: LineId(place.id.into(), 0), nonce: Nonce(place.nonce.into(), 0) }
}

fn position(epoch: u8, at: Place) -> Position {
    Position { epoch: Epoch(epoch.into()), place: place(at) }
}

/// What a step of the reader comes to.
pub enum Read {
    On,
    Complete,
    Broken,
}

impl<E> From<Result<Option<()>, E>> for Read {
    fn from(answer: Result<Option<()>, E>) -> Self {
        match answer {
            Ok(None) => Self::On,
            Ok(Some(())) => Self::Complete,
            Err(_) => Self::Broken,
        }
    }
}

/// How far a process has read, and the end that it is to reach.
#[derive(Clone, Copy)]
pub struct Reading {
    pub epoch: u8,
    pub here: Place,
    pub end: Option<Place>,
}

impl Reading {
    /// The library's own reader, in this state.
    fn reader(self) -> LogReader<()> {
        let mut reader = LogReader::at(position(self.epoch, self.here));
        if let Some(end) = self.end {
            let open = reader.told_end(position(self.epoch, end), ());
            debug_assert_eq!(open, Ok(None), "an end that is open is ahead");
        }
        reader
    }

    /// The publish script says where the log ends.
    pub fn told_end(self, rules: Rules, epoch: u8, end: Place) -> Read {
        if !rules.claims_need_a_primary {
            let ahead = self.epoch == epoch && self.here.id <= end.id;
            return if ahead { Read::On } else { Read::Broken };
        }
        LogReader::at(position(self.epoch, self.here)).told_end(position(epoch, end), ()).into()
    }

    pub fn take(self, line: &Line) -> Read {
        let after = line.after.map(place);
        let link = Link { epoch: Epoch(line.epoch.into()), place: place(line.place), after };
        self.reader().take(&link).into()
    }

    pub fn nothing_follows(self) -> Read {
        self.reader().nothing_follows().map(|()| None).into()
    }
}

/// Rounds are told apart only as far as it matters: the one of the question whose end is reached, and
/// those before it.
const THIS_ROUND: u64 = 1;

fn sent(waiting: Waiting) -> Option<Sent> {
    Some(match waiting {
        Waiting::Not => return None,
        Waiting::ForAcknowledgement => Sent::NotAcknowledged,
        Waiting::ForPlace { end, asked_since } => {
            let round = if asked_since { THIS_ROUND - 1 } else { THIS_ROUND };
            Sent::Acknowledged { end: place(end), round }
        }
    })
}

/// Whether Redis may lack an entry of this process when the answer to the last question is reached.
pub fn may_be_missing(waiting: Waiting) -> bool {
    sent(waiting).is_some_and(|sent| sent.may_be_missing(THIS_ROUND))
}

/// What becomes of an entry that waits, now that the log was read up to a place. `complete`: the
/// copy has become complete with it.
pub fn read_up_to(rules: Rules, waiting: Waiting, here: Place, complete: bool) -> Waiting {
    let sent = match waiting {
        Waiting::Not => return waiting,
        Waiting::ForPlace { end, .. } if !rules.confirmed_by_place => {
            return if end.id <= here.id { Waiting::Not } else { waiting };
        }
        Waiting::ForAcknowledgement | Waiting::ForPlace { .. } => sent(waiting),
    };
    let Some(sent) = sent else { return waiting };
    match sent.read_up_to(place(here), complete.then_some(THIS_ROUND)) {
        None => Waiting::Not,
        Some(Sent::NotAcknowledged) => Waiting::ForAcknowledgement,
        Some(Sent::Acknowledged { .. }) => waiting,
    }
}

/// Whether the copy may drop an entry.
pub fn may_be_dropped(rules: Rules, moment: u8, redis_clock: u8, own_clock: u8) -> bool {
    let own_clock = if rules.both_clocks { own_clock } else { AHEAD };
    let ends_at = u64::from(moment + LIFETIME);
    protocol::may_be_dropped(ends_at, redis_clock.into(), own_clock.into())
}

/// From when on an entry's end counts as not reached by either clock.
pub fn undisputed_from(redis_clock: u8, own_clock: u8) -> u8 {
    protocol::undisputed_from(redis_clock.into(), own_clock.into()) as u8
}

/// Whether Redis and the copy have the same, by their numbers.
pub fn count(copy: u32, unconfirmed: u32, redis: u32) -> Counted {
    protocol::count(copy.into(), unconfirmed.into(), redis.into(), 0)
}

/// Whether a copy that was complete so long ago is believed.
pub fn is_believed(rules: Rules, age: Age) -> bool {
    const COMPLETE: u64 = 100;
    let end = Moment { monotonic: COMPLETE, wall: COMPLETE }.plus(MAX_LAG.into());
    let monotonic = COMPLETE + u64::from(age.monotonic);
    let wall = COMPLETE.saturating_add_signed(age.wall.into());
    let wall = if rules.two_clocks_of_belief { wall } else { 0 };
    Moment { monotonic, wall }.is_before(end)
}

/// Whether a question counts that a server has answered.
pub fn question_counts(rules: Rules, is_primary: bool) -> bool {
    is_primary || !rules.questions_need_a_primary
}
