//! The model's scripts against the real ones on a real Redis: the same calls, also ones that stop
//! half-way, the same losses, and after each step the same set, the same log, the same answer.

use std::collections::HashMap;
use std::io::{BufReader, Read as _, Write as _};
use std::net::TcpStream;

use cognito_auth_model::NEW;
use cognito_auth_model::redis::{AHEAD, LIFETIME, NOW, Publish, Server as Model};

use crate::alike::{Names, text};
use crate::server::{Reply, Server, read_reply};

const PUBLISH: &str = include_str!("../../src/revocation/redis/wire/publish.lua");
const QUESTION: &str = include_str!("../../src/revocation/redis/wire/question.lua");

/// Lets so many effects pass and then raises an error, as a command does that fails.
const STOP: &str = "local genuine, left = redis, tonumber(table.remove(ARGV))
local redis = {pcall = genuine.pcall, call = function(command, ...)
  local second = select(2, ...)
  if (command == 'XADD' and second ~= 'NOMKSTREAM') or (command == 'ZADD' and second ~= 'XX')
    or (command == 'ZREM' and second ~= '-') then
    if left == 0 then error('stopped') end
    left = left - 1
  end
  return genuine.call(command, ...)
end}
";

/// A unit of the model's clocks, in seconds: more than the test takes.
const UNIT: i64 = 10_000;

pub const ENTRIES: [&str; 3] = ["t:a", "s:b", "u:c"];

pub struct Both {
    connection: TcpStream,
    pub keys: [String; 2],
    began: i64,
    pub model: Model,
    /// The server that may take over, as it was.
    replica: Model,
    calls: u64,
    nonces: u8,
    epochs: u8,
    pub epoch_names: Names,
    pub nonce_names: Names,
    pub ids: HashMap<String, String>,
}

/// A sequence of numbers that looks like chance, and is the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len() as u64) as usize]
    }
}

#[test]
fn a_thousand_sequences_end_alike() {
    let Some(server) = Server::start(&[]) else { return };
    let (mut calls, mut stops) = (0, 0);
    for case in 0..1000 {
        let mut both = Both::new(&server, case);
        let mut chance = Chance(case);
        for step in 0..12 {
            match chance.below(13) {
                0 => both.lose(chance.one_of(&[[true, true], [true, false], [false, true]])),
                1 => both.remove(chance.below(3) as usize),
                2 => both.replicate(),
                3 => both.fail_over([true, true]),
                4 => both.fail_over(chance.one_of(&[[true, false], [false, true]])),
                _ => stops += u32::from(!both.publish(&mut chance)),
            }
            both.ask(&mut chance);
            both.look(&format!("case {case}, step {step}"));
        }
        calls += both.calls;
    }
    assert!(calls > 5000 && stops > 500, "{calls} calls, {stops} of them stopped");
}

impl Both {
    fn new(server: &Server, case: u64) -> Self {
        let connection = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        let keys = ["set", "log"].map(|key| format!("{{{case}}}:{key}"));
        let mut both = Self {
            connection,
            keys,
            began: 0,
            model: Model::new(),
            replica: Model::new(),
            calls: 0,
            nonces: 0,
            epochs: 0,
            epoch_names: Names::default(),
            nonce_names: Names::default(),
            ids: HashMap::new(),
        };
        let Reply::List(time) = both.call(&["TIME"]) else { panic!("TIME") };
        both.began = text(&time[0]).parse().unwrap();
        both
    }

    pub fn call(&mut self, arguments: &[&str]) -> Reply {
        let mut request = format!("*{}\r\n", arguments.len());
        for argument in arguments {
            request += &format!("${}\r\n{argument}\r\n", argument.len());
        }
        self.connection.write_all(request.as_bytes()).unwrap();
        let bytes = BufReader::new(&self.connection).bytes();
        read_reply(&mut bytes.map_while(Result::ok)).unwrap()
    }

    /// A moment of the model, in seconds since 1970.
    fn real(&self, moment: u8) -> i64 {
        self.began + (i64::from(moment) - i64::from(NOW)) * UNIT
    }

    pub fn model_of(&self, moment: i64) -> u8 {
        u8::try_from((moment - self.began) / UNIT + i64::from(NOW)).unwrap()
    }

    /// Says whether the script came to its end.
    fn publish(&mut self, chance: &mut Chance) -> bool {
        self.calls += 1;
        let moments = [NOW - LIFETIME, NOW - LIFETIME + 1, NOW, NOW + 1];
        let number = chance.below(4);
        let entries: Vec<(u8, u8)> =
            (0..number).map(|_| (chance.below(3) as u8, chance.one_of(&moments))).collect();
        let caller_clock = chance.one_of(&[NOW - LIFETIME, NOW, NOW, AHEAD]);
        let stop_after = chance.one_of(&[0, 1, 2, 3, 4, u8::MAX, u8::MAX, u8::MAX]);
        let call = Publish {
            caller_clock,
            new_epoch: self.epochs + 1,
            nonce: self.nonces + 1,
            log_length: 100_000,
            entries: &entries,
            stop_after,
        };
        let (effects, expected) = self.model.publish(NEW, &call);
        self.nonces += effects.lines;
        self.epochs += 1;

        let (script, keys) = (format!("{STOP}{PUBLISH}"), self.keys.clone());
        let mut arguments = vec!["EVAL", &script, "2", &keys[0], &keys[1]];
        let values = [
            format!("e:{:016x}", self.calls),
            (i64::from(LIFETIME) * UNIT).to_string(),
            "100000".to_owned(),
            self.real(caller_clock).to_string(),
            format!("{:016x}", self.calls),
        ];
        arguments.extend(values.iter().map(String::as_str));
        let moments: Vec<String> =
            entries.iter().map(|(_, at)| self.real(*at).to_string()).collect();
        for ((entry, _), at) in entries.iter().zip(&moments) {
            arguments.extend([ENTRIES[usize::from(*entry)], at]);
        }
        let stop_after = stop_after.to_string();
        arguments.push(&stop_after);
        match (self.call(&arguments), expected) {
            (Reply::List(answer), Ok(end)) => {
                self.compare(&answer, &end);
                true
            }
            (Reply::Error(error), Err(_)) if error.contains("stopped") => false,
            (reply, expected) => panic!("{reply:?}, and not {expected:?}"),
        }
    }

    fn ask(&mut self, chance: &mut Chance) {
        let names: Vec<(String, u8)> =
            self.epoch_names.0.iter().map(|(name, number)| (name.clone(), *number)).collect();
        for (name, epoch) in names {
            let asked = chance.below(3) as u8;
            let expected = self.model.question(epoch, &[asked]);
            let key = self.keys[0].clone();
            let reply =
                self.call(&["EVAL", QUESTION, "1", &key, &name, ENTRIES[usize::from(asked)]]);
            let Reply::List(moments) = reply else { panic!("{reply:?}") };
            let there = match &moments[1] {
                Reply::Nothing => 0,
                moment => self.model_of(text(moment).parse::<f64>().unwrap() as i64),
            };
            let answer = (moments[0] != Reply::Nothing).then(|| vec![there]);
            assert_eq!(answer, expected, "{moments:?}");
        }
    }

    fn lose(&mut self, [set, log]: [bool; 2]) {
        self.model.lose(set, log);
        let keys = self.keys.clone();
        for (key, lost) in keys.iter().zip([set, log]) {
            if lost {
                self.call(&["DEL", key]);
            }
        }
    }

    fn remove(&mut self, entry: usize) {
        self.model.set[entry] = 0;
        let key = self.keys[0].clone();
        self.call(&["ZREM", &key, ENTRIES[entry]]);
    }

    fn replicate(&mut self) {
        self.replica = self.model.clone();
        for key in self.keys.clone() {
            let replica = format!("{key}:replica");
            self.call(&["DEL", &replica]);
            self.call(&["COPY", &key, &replica]);
        }
    }

    /// Both keys are as they were; or one of them, brought back alone.
    fn fail_over(&mut self, [set, log]: [bool; 2]) {
        let (model, replica) = (&mut self.model, &mut self.replica);
        if set {
            std::mem::swap(&mut model.set, &mut replica.set);
            std::mem::swap(&mut model.epoch, &mut replica.epoch);
        }
        if log {
            std::mem::swap(&mut model.log, &mut replica.log);
        }
        for (key, _) in self.keys.clone().iter().zip([set, log]).filter(|(_, swapped)| *swapped) {
            let [replica, between] = ["replica", "between"].map(|name| format!("{key}:{name}"));
            for (from, to) in [(key, &between), (&replica, key), (&between, &replica)] {
                self.call(&["RENAME", from, to]);
            }
        }
    }
}
