//! The examples as programs of their own: the server, and others by name.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

pub struct Example {
    child: Child,
    pub home: String,
    /// What it printed up to the line that says it is ready.
    pub said: Vec<String>,
}

impl Example {
    /// The example server.
    pub fn program() -> Option<PathBuf> {
        Self::named("server")
    }

    /// Where cargo put the program: beside the folder of this test.
    pub fn named(name: &str) -> Option<PathBuf> {
        let test = std::env::current_exe().unwrap();
        let program = test.parent()?.parent()?.join("examples").join(name);
        if program.exists() {
            return Some(program);
        }
        skip(&format!(
            "the example {name} is not built: run a plain `cargo test`, or `cargo build --examples`"
        ));
        None
    }

    /// With no setting of this process's environment.
    pub fn command(program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("LISTEN_ADDR", "127.0.0.1:0");
        command
    }

    pub fn start() -> Option<Self> {
        Self::start_named("server")
    }

    pub fn start_named(name: &str) -> Option<Self> {
        Some(Self::run(&mut Self::command(&Self::named(name)?)))
    }

    /// Runs it until it says that it is ready.
    pub fn run(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut said = Vec::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let ready = line.strip_prefix("ready: ").map(str::to_owned);
            said.push(line);
            if let Some(home) = ready {
                return Self { child, home, said };
            }
        }
        let status = child.wait().unwrap();
        panic!("{command:?} ended without being ready: {status}, {said:?}");
    }

    /// As a machine that loses its power.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ctrl-C. The program `kill` is in a package of its own, the shell has one built in.
    pub fn interrupt(&mut self) -> ExitStatus {
        let kill = format!("kill -INT {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says loudly that a test did not run; a failure where CI says that everything is there. Past the
/// test harness, which keeps to itself what a test that passes has printed.
pub fn skip(why: &str) {
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "skipped under CI=true: {why}");
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}
