//! Whether a real Redis and the model's have the same, under other names.

use std::collections::HashMap;

use cognito_auth_model::redis::{End, Line, Place};

use crate::script::{Both, ENTRIES};
use crate::server::Reply;

const SEE: &str = "return {redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES'),
  redis.call('XRANGE', KEYS[2], '-', '+')}";

/// Names of the real Redis, and the numbers that the model has in their place.
#[derive(Default)]
pub struct Names(pub HashMap<String, u8>);

impl Names {
    /// Different names are different numbers, and the same name is the same number.
    pub fn agree(&mut self, name: &str, number: u8) -> bool {
        let taken = self.0.iter().any(|(other, its)| *its == number && other != name);
        !taken && *self.0.entry(name.to_owned()).or_insert(number) == number
    }
}

impl Both {
    pub fn compare(&mut self, answer: &[Reply], expected: &End) {
        let [epoch, id, nonce, Reply::Number(clock), taken, undisputed] = answer else {
            panic!("{answer:?}")
        };
        assert!(self.epoch_names.agree(text(epoch), expected.epoch), "{epoch:?} {expected:?}");
        assert!(self.nonce_names.agree(text(nonce), expected.last.nonce), "{nonce:?} {expected:?}");
        self.ids.entry(text(nonce).to_owned()).or_insert_with(|| text(id).to_owned());
        assert_eq!(self.ids[text(nonce)], text(id));
        assert_eq!(self.model_of(*clock), expected.clock);
        assert_eq!(*taken, Reply::Number(expected.taken.into()));
        assert_eq!(*undisputed, Reply::Number(expected.undisputed.into()));
    }

    /// The keys are what the model says.
    pub fn look(&mut self, at: &str) {
        let keys = self.keys.clone();
        let Reply::List(seen) = self.call(&["EVAL", SEE, "2", &keys[0], &keys[1]]) else {
            panic!("{at}")
        };
        let [Reply::List(set), Reply::List(log)] = seen.as_slice() else {
            panic!("{at}: {seen:?}")
        };
        let (mut epoch, mut moments) = (0, [0; 3]);
        for member in set.chunks_exact(2) {
            let (name, moment) = (text(&member[0]), text(&member[1]));
            if let Some(entry) = ENTRIES.iter().position(|entry| *entry == name) {
                moments[entry] = self.model_of(moment.parse::<f64>().unwrap() as i64);
            } else {
                assert_eq!((moment, epoch), ("inf", 0), "{at}: {name}");
                epoch = self.model.epoch;
                assert!(self.epoch_names.agree(name, epoch), "{at}: {name} {epoch}");
            }
        }
        assert_eq!((epoch, moments), (self.model.epoch, self.model.set), "{at}");
        assert_eq!(log.len(), self.model.log.len(), "{at}");
        for (line, expected) in log.iter().zip(self.model.log.clone()) {
            self.compare_line(line, &expected, at);
        }
    }

    fn compare_line(&mut self, line: &Reply, expected: &Line, at: &str) {
        let Reply::List(line) = line else { panic!("{at}: {line:?}") };
        let [id, Reply::List(fields)] = line.as_slice() else { panic!("{at}: {line:?}") };
        let fields: Vec<&str> = fields.iter().map(text).collect();
        let said: Vec<&str> = fields.chunks_exact(2).map(|field| field[1]).collect();
        let [epoch, after, after_nonce, nonce, entry @ ..] = said.as_slice() else {
            panic!("{at}: {fields:?}")
        };
        let Place { nonce: number, .. } = expected.place;
        assert!(self.epoch_names.agree(epoch, expected.epoch), "{at}: {fields:?} {expected:?}");
        assert!(self.nonce_names.agree(nonce, number), "{at}: {fields:?} {expected:?}");
        let first = self.ids.entry((*nonce).to_owned()).or_insert_with(|| text(id).to_owned());
        assert_eq!(first, text(id), "{at}: one line, one place");
        match expected.after {
            None => assert_eq!(*after_nonce, "-", "{at}"),
            Some(place) => {
                assert!(self.nonce_names.agree(after_nonce, place.nonce), "{at}: {expected:?}");
                assert_eq!(self.ids[*after_nonce], *after, "{at}");
            }
        }
        let entry = match entry {
            [name, moment] => {
                let number = ENTRIES.iter().position(|entry| entry == name).unwrap() as u8;
                Some((number, self.model_of(moment.parse().unwrap())))
            }
            _ => None,
        };
        assert_eq!(entry, expected.entry, "{at}");
    }
}

pub fn text(reply: &Reply) -> &str {
    let Reply::Text(text) = reply else { panic!("{reply:?}") };
    text
}
