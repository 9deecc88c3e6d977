//! A `redis-server` process for the measurement.
// Each bench uses a part of it.
#![allow(dead_code)]

use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A redis-server on a port of its own; `None` where it is not installed.
pub struct RedisServer {
    child: Child,
    port: u16,
}

impl RedisServer {
    pub fn start() -> Option<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let mut command = Command::new("redis-server");
        command.args(["--port", &port.to_string(), "--save", "", "--bind", "127.0.0.1"]);
        let Ok(child) = command.stdout(Stdio::null()).spawn() else {
            println!("redis: left out, redis-server is not installed");
            return None;
        };
        Some(Self { child, port })
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The processor time in nanoseconds of the thread that answers all commands, from Linux.
    pub fn processor_time(&self) -> u64 {
        let process = self.child.id();
        let path = format!("/proc/{process}/task/{process}/schedstat");
        let counts = std::fs::read_to_string(path).unwrap();
        counts.split(' ').next().unwrap().parse().unwrap()
    }

    /// A part of what Redis says of itself.
    pub fn info(&self, section: &str) -> String {
        let port = self.port.to_string();
        let output = Command::new("redis-cli").args(["-p", &port, "INFO", section]).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    }

    /// Revokes this many sessions, spread over the last hour.
    pub fn fill(&self, key: &str, entries: usize) {
        let script = "for i = 0, ARGV[1] - 1 do redis.call('ZADD', KEYS[1], ARGV[2] - i % 3600, \
                      string.format('s:7c5f0f0e000040008000%012x', i)) end";
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let (entries, now) = (entries.to_string(), now.as_secs().to_string());
        let port = self.port.to_string();
        let filled = || {
            let mut command = Command::new("redis-cli");
            command.args(["-p", &port, "EVAL", script, "1", key, &entries, &now]);
            command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
        };
        while !filled() {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
