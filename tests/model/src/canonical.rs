//! States that differ only in names are one state.

use crate::process::{Follower, MAX_LAG, Process, Waiting};
use crate::redis::{End, Place, Server};
use crate::slot::Slot;
use crate::system::State;

/// Names in use, and what they become: the order stays, and no number is left out.
#[derive(Default)]
struct Names(u64);

impl Names {
    fn see(&mut self, name: u8) {
        self.0 |= 1 << name;
    }

    fn renamed(&self, name: u8) -> u8 {
        // Zero is no name, and stays.
        (self.0 >> 1 << 1 & ((2 << name) - 1)).count_ones() as u8
    }

    fn count(&self) -> u8 {
        (self.0 >> 1).count_ones() as u8
    }
}

impl State {
    pub(crate) fn rename(&mut self) {
        for process in &mut self.processes {
            process.forget_the_past();
        }
        self.forget_what_is_read();
        let (mut epochs, mut nonces) = (Names::default(), Names::default());
        self.each_name(|epoch| epochs.see(*epoch), |place| nonces.see(place.nonce));
        self.each_name(
            |epoch| *epoch = epochs.renamed(*epoch),
            |place| place.nonce = nonces.renamed(place.nonce),
        );
        (self.epochs, self.nonces) = (epochs.count(), nonces.count());
    }

    /// Lines that no process will read go, except for the last one, and ids begin where the log does.
    fn forget_what_is_read(&mut self) {
        let places = self.processes.iter().flat_map(|process| {
            let from = match process.follower {
                Follower::Filling { from, .. } | Follower::WritingBack { from, .. } => Some(from),
                _ => None,
            };
            process.position.into_iter().chain(from)
        });
        let read = places.map(|place| place.id).min().unwrap_or(u8::MAX);
        for server in self.each_server() {
            let last = server.log.len().saturating_sub(1);
            let unread = server.log.iter().position(|line| line.place.id > read);
            server.log.drain(..unread.unwrap_or(last).min(last));
            if let Some(first) = server.log.first_mut() {
                first.after = first.after.filter(|_| unread.is_some());
            }
        }
        for server in self.each_server() {
            let next = server.log.last().map_or(1, |line| line.place.id + 1);
            server.least_id = if server.least_id <= next { 0 } else { server.least_id };
        }
        let mut least = u8::MAX;
        self.each_name(|_| {}, |place| least = least.min(place.id));
        if least < u8::MAX {
            self.each_name(|_| {}, |place| place.id -= least - 1);
            for server in self.each_server() {
                server.least_id = server.least_id.saturating_sub(least - 1);
            }
        }
    }

    fn each_server(&mut self) -> impl Iterator<Item = &mut Server> {
        let before = match &mut self.slot {
            Slot::Moving { before, .. } => Some(&mut **before),
            _ => None,
        };
        self.servers.iter_mut().chain(before)
    }

    fn each_name(&mut self, mut epoch: impl FnMut(&mut u8), mut place: impl FnMut(&mut Place)) {
        for server in self.each_server() {
            epoch(&mut server.epoch);
            for line in &mut server.log {
                epoch(&mut line.epoch);
                place(&mut line.place);
                line.after.as_mut().map(&mut place);
            }
        }
        for process in &mut self.processes {
            epoch(&mut process.epoch);
            process.position.as_mut().map(&mut place);
            if let Follower::Filling { from, .. } | Follower::WritingBack { from, .. } =
                &mut process.follower
            {
                place(from);
            }
            for answer in process.answers() {
                let End { epoch: of, last, .. } = &mut answer.end;
                epoch(of);
                place(last);
            }
            for waiting in &mut process.unconfirmed {
                if let Waiting::ForPlace { end, .. } = waiting {
                    place(end);
                }
            }
        }
    }
}

impl Process {
    /// What nothing depends on any more.
    fn forget_the_past(&mut self) {
        if self.belief.is_some_and(|belief| belief.age.monotonic >= MAX_LAG) {
            self.belief = None;
        }
        if let Follower::Away = self.follower
            && self.position.is_none()
        {
            self.unproven = false;
        }
    }
}
