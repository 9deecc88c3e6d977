//! The steps of the follower: it connects, fills the copy, reads the log, checks.

use crate::decide::{self, Read, Reading};
use crate::process::{Age, Answer, Belief, Follower, Process, Waiting, Why};
use crate::protocol::Counted;
use crate::redis::{Entries, Line, SIGNED_OUT};
use crate::slot::{Key, ReadAt};
use crate::system::{Ending, NoAnswer, Sent, State, System, each};

impl System {
    /// A call of the script; `None` where it does not end like this. Answers are taken at once: what
    /// they say does not change on the way, and what is claimed by them is claimed as of the call.
    pub(crate) fn ask(
        &self,
        state: &mut State,
        process: usize,
        server: u8,
        why: Why,
        ending: Ending,
    ) -> Option<()> {
        let asking = &mut state.processes[process];
        let entries = match (why, asking.follower) {
            (Why::NewConnection, _) => asking.waiting(|waiting| waiting != Waiting::Not),
            (Why::Check, _) => asking.waiting(|waiting| waiting == Waiting::ForAcknowledgement),
            (_, Follower::WritingBack { missing, .. }) => missing,
            _ => 0,
        };
        for waiting in &mut asking.unconfirmed {
            if let Waiting::ForPlace { asked_since, .. } = waiting {
                *asked_since = true;
            }
        }
        match self.publish(state, &Sent { process, server, entries, ending }) {
            Ok(answer) => self.take(state, process, (server, why, entries), answer),
            Err(NoAnswer::NotLikeThis) => return None,
            Err(_) => state.processes[process].fall_behind(),
        }
        Some(())
    }

    fn take(
        &self,
        state: &mut State,
        process: usize,
        (server, why, sent): (u8, Why, Entries),
        answer: Answer,
    ) {
        // What is written late counts as acknowledged: an event says so.
        state.acknowledge(sent & state.begun, answer.current);
        let taking = &mut state.processes[process];
        taking.acknowledged(sent, answer.end.last);
        match (why, taking.follower) {
            (Why::NewConnection, _) if taking.position.is_none() => taking.fill(server, &answer),
            (Why::NewConnection, _) => self.told_end(taking, server, answer, true),
            (_, Follower::WritingBack { from, .. }) => {
                taking.position = Some(from);
                taking.unproven = true;
                self.told_end(taking, server, answer, false);
            }
            _ => {
                self.drop_ended(taking, &answer);
                self.told_end(taking, server, answer, false);
            }
        }
    }

    /// The end of the log is known: it is reached already, can be reached, or everything has to be
    /// compared again.
    fn told_end(&self, process: &mut Process, server: u8, answer: Answer, is_new: bool) {
        let Some(reading) = process.reading(None) else { return };
        process.follower = Follower::Following { server, target: None };
        match reading.told_end(self.rules, answer.end.epoch, answer.end.last) {
            Read::On if self.rules.claims_need_a_primary => {
                process.follower = Follower::Following { server, target: Some(answer) };
            }
            Read::On => {}
            Read::Complete => self.complete(process, server, answer),
            Read::Broken if is_new => {
                process.belief = None;
                process.fill(server, &answer);
            }
            Read::Broken => process.log_is_broken(),
        }
    }

    /// The end that a primary named is reached.
    fn complete(&self, process: &mut Process, server: u8, answer: Answer) {
        process.follower = Follower::Following { server, target: None };
        let counted = if self.rules.write_back { count(process, &answer) } else { Counted::Agree };
        let had = process.settled();
        self.read_up_to(process, true);
        if counted == Counted::CopyLacks {
            process.log_is_broken();
            return;
        }
        let Answer { age, owed, current, .. } = answer;
        process.believe(Belief { age, owed, current, had });
        if counted == Counted::RedisLacks {
            process.fill(server, &answer);
        }
    }

    fn read_up_to(&self, process: &mut Process, complete: bool) {
        let Some(here) = process.position else { return };
        for waiting in &mut process.unconfirmed {
            *waiting = decide::read_up_to(self.rules, *waiting, here, complete);
        }
    }

    /// All of the set is read, and compared.
    pub(crate) fn scan(&self, state: &mut State, process: usize) -> Option<()> {
        let Follower::Filling { server, from, clock } = state.processes[process].follower else {
            return None;
        };
        if self.read_at(state, server, Key::Set) == ReadAt::SentElsewhere {
            state.processes[process].fall_behind();
            return Some(());
        }
        let page = state.servers[usize::from(server)].entries();
        let filling = &mut state.processes[process];
        let ended = decide::may_be_dropped(self.rules, SIGNED_OUT, clock, filling.clock);
        let missing = if ended { 0 } else { filling.copy & !page };
        filling.copy |= page;
        filling.follower = Follower::WritingBack { server, from, missing };
        Some(())
    }

    /// A read of the log, from where it was read to.
    pub(crate) fn read(&self, state: &mut State, process: usize) -> Option<()> {
        let Follower::Following { server, .. } = state.processes[process].follower else {
            return None;
        };
        if self.read_at(state, server, Key::Log) == ReadAt::SentElsewhere {
            state.processes[process].fall_behind();
            return Some(());
        }
        let owed = state.acknowledged & !state.lost;
        let reading = &mut state.processes[process];
        let from = reading.position?;
        let log = &state.servers[usize::from(server)];
        let is_empty = log.lines_after(from.id).next().is_none();
        for line in log.lines_after(from.id) {
            if !self.take_line(reading, line) {
                reading.log_is_broken();
                return Some(());
            }
        }
        if !self.rules.claims_need_a_primary {
            self.read_up_to(reading, false);
            reading.believe(Belief {
                age: Age::default(),
                owed,
                current: true,
                had: reading.settled(),
            });
        } else if is_empty
            && let Follower::Following { target: Some(answer), .. } = reading.follower
            && let Some(here) = reading.reading(Some(answer.end.last))
            && let Read::Broken = here.nothing_follows()
        {
            reading.log_is_broken();
        }
        Some(())
    }

    /// Goes on to a line of the log, if it is the next one.
    fn take_line(&self, process: &mut Process, line: &Line) -> bool {
        // All of a read is in the copy, also when it is found on the way that it has to be filled.
        let Follower::Following { server, target } = process.follower else {
            return true;
        };
        let Some(reading) = process.reading(target.map(|answer| answer.end.last)) else {
            return false;
        };
        let outcome = reading.take(line);
        if let Read::Broken = outcome {
            return false;
        }
        process.position = Some(line.place);
        if let Some((entry, _)) = line.entry {
            process.copy |= 1 << entry;
        }
        match (outcome, target) {
            (Read::Complete, Some(answer)) => self.complete(process, server, answer),
            _ => self.read_up_to(process, false),
        }
        true
    }

    /// What has ended goes.
    fn drop_ended(&self, process: &mut Process, answer: &Answer) {
        let (redis, own) = (answer.end.clock, process.clock);
        if decide::may_be_dropped(crate::rules::NEW, SIGNED_OUT, redis, own) {
            process.copy = 0;
        }
        if decide::may_be_dropped(self.rules, SIGNED_OUT, redis, own) {
            process.unconfirmed = Default::default();
        }
    }
}

/// Whether Redis has as many entries as the copy, of those that neither clock takes for ended.
fn count(process: &Process, answer: &Answer) -> Counted {
    let on_their_way = process.waiting(decide::may_be_missing);
    let number = |entries: Entries| {
        let from = decide::undisputed_from(answer.end.clock, process.clock);
        let undisputed = SIGNED_OUT + crate::redis::LIFETIME > from;
        each(entries).filter(|_| undisputed).count() as u32
    };
    decide::count(number(process.copy), number(on_their_way), answer.end.undisputed.into())
}

impl Process {
    fn reading(&self, end: Option<crate::redis::Place>) -> Option<Reading> {
        Some(Reading { epoch: self.epoch, here: self.position?, end })
    }

    pub(crate) fn acknowledged(&mut self, entries: Entries, end: crate::redis::Place) {
        for entry in each(entries) {
            let waiting = &mut self.unconfirmed[usize::from(entry)];
            if *waiting != Waiting::Not {
                *waiting = Waiting::ForPlace { end, asked_since: false };
            }
        }
    }

    /// What the numbers can tell of: nothing while entries of its own may be on their way.
    fn settled(&self) -> Entries {
        if self.waiting(decide::may_be_missing) == 0 { self.copy } else { 0 }
    }

    /// Everything is to be compared, over this connection.
    fn fill(&mut self, server: u8, answer: &Answer) {
        self.epoch = answer.end.epoch;
        self.position = None;
        let (from, clock) = (answer.end.last, answer.end.clock);
        self.follower = Follower::Filling { server, from, clock };
    }

    fn believe(&mut self, belief: Belief) {
        self.belief = Some(belief);
        self.unproven = false;
    }

    /// The connection ends, or a call fails. There is no reading on from a fill that was not proven.
    pub(crate) fn fall_behind(&mut self) {
        self.belief = None;
        if self.unproven {
            self.position = None;
            self.unproven = false;
        }
        self.follower = Follower::Away;
    }

    fn log_is_broken(&mut self) {
        self.position = None;
        self.fall_behind();
    }
}
