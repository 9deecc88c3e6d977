//! A redis-server of one's own, on loopback, and a client that knows nothing of the library's.

// The path is written out for those who include this file.
#[path = "clock.rs"]
pub mod clock;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::example::skip;
use clock::Clock;

/// An argument in whose place a free port is given.
pub const ANY_PORT: &str = "a free port";

pub struct Server {
    child: Option<Child>,
    pub port: u16,
    folder: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(&'static str, PathBuf)>,
}

/// An answer of Redis.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    Text(String),
    Number(i64),
    Nothing,
    Error(String),
    List(Vec<Reply>),
}

impl Server {
    /// `None` where there is no redis-server, said loudly.
    pub fn start(arguments: &[&str]) -> Option<Self> {
        Self::start_with(arguments, Vec::new())
    }

    /// One that goes by this clock.
    pub fn start_at(clock: &Clock, arguments: &[&str]) -> Option<Self> {
        Self::start_with(arguments, clock.environment().to_vec())
    }

    /// One that watches others, with these lines of configuration.
    pub fn start_sentinel(lines: &[&str]) -> Option<Self> {
        let file = std::env::temp_dir().join(format!(
            "cognito-auth-sentinel-{}-{}.conf",
            free_port(),
            std::process::id()
        ));
        std::fs::write(&file, lines.join("\n")).unwrap();
        Self::start_with(&[file.to_str().unwrap(), "--sentinel"], Vec::new())
    }

    /// Stops it where it is, as a machine that hangs.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    /// As [`kill`](Self::kill), for a server that others share.
    pub fn end(&self) {
        self.signal("-KILL");
    }

    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        // The program `kill` is in a package of its own, the shell has one built in.
        let kill = format!("kill {signal} {}", self.child.as_ref().unwrap().id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    fn start_with(arguments: &[&str], environment: Vec<(&'static str, PathBuf)>) -> Option<Self> {
        if Command::new("redis-server").arg("--version").output().is_err() {
            skip("redis-server is not installed: apt-get install redis-server");
            return None;
        }
        // Another program may take a port between the search for a free one and its use.
        for _ in 0..10 {
            let port = free_port();
            let folder = std::env::temp_dir()
                .join(format!("cognito-auth-redis-{port}-{}", std::process::id()));
            std::fs::create_dir_all(&folder).unwrap();
            let arguments = arguments.iter().map(|argument| match *argument {
                ANY_PORT => free_port().to_string(),
                argument => argument.to_owned(),
            });
            let (arguments, environment) = (arguments.collect(), environment.clone());
            let mut server = Self { child: None, port, folder, arguments, environment };
            if server.starts() {
                return Some(server);
            }
            // A file of configuration is for the next try.
            server.arguments.clear();
        }
        panic!("redis-server ends at once, ten times: start it by hand with {arguments:?}");
    }

    /// What follows this argument.
    pub fn argument(&self, name: &str) -> &str {
        let at = self.arguments.iter().position(|argument| argument == name).unwrap();
        &self.arguments[at + 1]
    }

    /// Starts the program again after [`kill`](Self::kill), with what is on the disk.
    pub fn run(&mut self) {
        assert!(self.starts(), "redis-server ends at once");
    }

    /// Whether it answers; `false` when it has ended, as where its port is taken.
    fn starts(&mut self) -> bool {
        let mut command = Command::new("redis-server");
        // A file of configuration comes first.
        let (file, options) = self
            .arguments
            .split_at(self.arguments.iter().position(|a| a.starts_with('-')).unwrap_or(0));
        command.args(file);
        command.args(["--bind", "127.0.0.1", "--port", &self.port.to_string()]);
        if file.is_empty() {
            command.args(["--save", ""]);
        }
        command.arg("--dir").arg(&self.folder).args(options);
        command.envs(self.environment.iter().cloned());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(command.spawn().unwrap());
        let deadline = Instant::now() + Duration::from_secs(20);
        // It may ask for a password, and it may still be loading.
        let ready = |reply: Option<Reply>| match reply {
            Some(Reply::Error(error)) => !error.starts_with("LOADING"),
            reply => reply.is_some(),
        };
        while !ready(self.try_call(&["PING"])) {
            if self.has_ended() {
                return false;
            }
            assert!(Instant::now() < deadline, "redis-server does not answer");
            std::thread::sleep(Duration::from_millis(5));
        }
        // Another one may have answered.
        !self.has_ended()
    }

    fn has_ended(&mut self) -> bool {
        self.child.as_mut().is_none_or(|child| child.try_wait().unwrap().is_some())
    }

    /// As a machine that loses its power.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// A replica that has everything that this one has.
    pub fn replica(&self, arguments: &[&str]) -> Option<Self> {
        let port = self.port.to_string();
        let mut all = vec!["--replicaof", "127.0.0.1", &port, "--repl-diskless-sync-delay", "0"];
        all.extend(arguments);
        let replica = Self::start(&all)?;
        replica.catch_up_with(self);
        Some(replica)
    }

    /// Waits until this replica has as much as its primary.
    pub fn catch_up_with(&self, primary: &Self) {
        let value = |text: &str, key: &str| {
            text.lines().find_map(|line| Some(line.strip_prefix(key)?.trim().to_owned()))
        };
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let [there, here] = [primary, self].map(|server| server.text(&["INFO", "replication"]));
            let is_up = here.contains("master_link_status:up");
            let offset = value(&there, "master_repl_offset:");
            if is_up && offset == value(&here, "slave_repl_offset:") {
                return;
            }
            assert!(Instant::now() < deadline, "it is not replicated");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn promote(&self) {
        assert_eq!(self.text(&["REPLICAOF", "NO", "ONE"]), "OK");
    }

    /// As after a fail-over that did not reach it: a replica of something that does not answer.
    pub fn demote(&self) {
        let nowhere = free_port().to_string();
        assert_eq!(self.text(&["REPLICAOF", "127.0.0.1", &nowhere]), "OK");
    }

    pub fn forget_everything(&self) {
        std::fs::remove_dir_all(&self.folder).unwrap();
        std::fs::create_dir_all(&self.folder).unwrap();
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub fn call(&self, arguments: &[&str]) -> Reply {
        self.try_call(arguments).expect("an answer of redis-server")
    }

    pub fn text(&self, arguments: &[&str]) -> String {
        match self.call(arguments) {
            Reply::Text(text) => text,
            other => panic!("{arguments:?}: {other:?}"),
        }
    }

    pub fn number(&self, arguments: &[&str]) -> i64 {
        match self.call(arguments) {
            Reply::Number(number) => number,
            other => panic!("{arguments:?}: {other:?}"),
        }
    }

    pub fn try_call(&self, arguments: &[&str]) -> Option<Reply> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
        let mut request = format!("*{}\r\n", arguments.len());
        for argument in arguments {
            request += &format!("${}\r\n{argument}\r\n", argument.len());
        }
        stream.write_all(request.as_bytes()).ok()?;
        let mut bytes = std::io::BufReader::new(stream).bytes().map_while(Result::ok);
        read_reply(&mut bytes)
    }
}

pub fn read_reply(bytes: &mut impl Iterator<Item = u8>) -> Option<Reply> {
    let kind = bytes.next()?;
    let line: Vec<u8> = bytes.by_ref().take_while(|byte| *byte != b'\n').collect();
    let line = String::from_utf8(line).ok()?.trim_end().to_owned();
    Some(match kind {
        b'+' => Reply::Text(line),
        b'-' => Reply::Error(line),
        b':' => Reply::Number(line.parse().ok()?),
        b'$' | b'*' if line == "-1" => Reply::Nothing,
        b'$' => {
            let length: usize = line.parse().ok()?;
            let text: Vec<u8> = bytes.take(length + 2).take(length + 2).collect();
            Reply::Text(String::from_utf8_lossy(&text[..length]).into_owned())
        }
        b'*' => {
            let length: usize = line.parse().ok()?;
            Reply::List((0..length).map(|_| read_reply(bytes)).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        let _ = std::fs::remove_dir_all(&self.folder);
        for file in self.arguments.iter().take_while(|argument| !argument.starts_with('-')) {
            let _ = std::fs::remove_file(file);
        }
    }
}

pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
