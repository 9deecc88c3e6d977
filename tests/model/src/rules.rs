//! Which defences are on: the protocol as it is, the one before it, and mutants that lack a single
//! defence.

/// Each field is one defence of the protocol. All on: [`NEW`]; all off: [`OLD`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// A question is answered by a primary alone (its script begins with a write).
    pub questions_need_a_primary: bool,
    /// The copy is complete only by the answer of the publish script, and not by a read.
    pub claims_need_a_primary: bool,
    /// The script writes the line of the log before the entry of the set.
    pub log_before_set: bool,
    /// A line has a nonce, and names that of the line before.
    pub nonces: bool,
    /// An entry is confirmed by passing the very place of its acknowledgement, and not by any
    /// larger id.
    pub confirmed_by_place: bool,
    /// Redis' clock and the caller's both have to say so before anything ends.
    pub both_clocks: bool,
    /// A process whose copy holds more than Redis writes it back.
    pub write_back: bool,
    /// The copy is believed as long as the monotonic clock and the wall clock both allow.
    pub two_clocks_of_belief: bool,
    /// The end of the follower's runtime ends the belief at once.
    pub end_is_noticed: bool,
    /// A call from within a runtime starts a follower that has ended.
    pub follower_restarts: bool,
    /// `ASK` is followed by one call, and never by a follower.
    pub ask_is_for_one_call: bool,
}

const fn all(on: bool) -> Rules {
    Rules {
        questions_need_a_primary: on,
        claims_need_a_primary: on,
        log_before_set: on,
        nonces: on,
        confirmed_by_place: on,
        both_clocks: on,
        write_back: on,
        two_clocks_of_belief: on,
        end_is_noticed: on,
        follower_restarts: on,
        ask_is_for_one_call: on,
    }
}

/// The protocol as it is.
pub const NEW: Rules = all(true);

/// The protocol of the first version: set first and then the log, ids without nonces, one clock, and
/// whatever answers counts.
pub const OLD: Rules = all(false);
