//! Where other people's clients are installed, and how a script that uses one is run.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::example::skip;

/// For one script: far more than any of them takes.
const PATIENCE: Duration = Duration::from_secs(180);

/// The folder that `.ci/peers` fills.
pub struct Peers(PathBuf);

impl Peers {
    /// `None` where nothing is installed, said loudly.
    pub fn installed() -> Option<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/peers");
        if !folder.join("installed").exists() {
            skip("other people's clients are not installed: run .ci/peers");
            return None;
        }
        if std::process::Command::new("node").arg("--version").output().is_err() {
            skip("node is not installed: apt-get install nodejs");
            return None;
        }
        Some(Self(folder))
    }

    /// Whether this package of npm is among them; said loudly where it is not.
    pub fn have(&self, package: &str) -> bool {
        let is_there = self.0.join("node_modules").join(package).is_dir();
        if !is_there {
            skip(&format!("{package} is not installed: run .ci/peers"));
        }
        is_there
    }

    /// Whether this package of PyPI is among them; said loudly where it is not.
    pub fn have_python(&self, package: &str) -> bool {
        let is_there = std::fs::read_dir(self.0.join("venv/lib")).is_ok_and(|versions| {
            let mut folders = versions.flatten().map(|version| version.path());
            folders.any(|folder| folder.join("site-packages").join(package).is_dir())
        });
        if !is_there {
            skip(&format!("{package} is not installed: run .ci/peers"));
        }
        is_there
    }

    /// Runs a script of `clients/` to its end, and returns what it printed. It sees these settings
    /// and nothing else of this process's environment.
    pub async fn run(&self, script: &str, settings: &[(&str, String)]) -> String {
        let mut command = self.command(script, settings);
        command.stderr(Stdio::piped());
        let ended = tokio::time::timeout(PATIENCE, command.output()).await;
        let output = ended.unwrap_or_else(|_| panic!("{script} does not end")).unwrap();
        let (said, complained) = (text(output.stdout), text(output.stderr));
        assert!(output.status.success(), "{script}: {}\n{said}\n{complained}", output.status);
        said
    }

    /// Starts a script that goes on, and returns the first line that it prints.
    pub async fn start(&self, script: &str, settings: &[(&str, String)]) -> (Child, String) {
        let mut child = self.command(script, settings).spawn().unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        said.read_line(&mut line).await.unwrap();
        assert!(!line.is_empty(), "{script} ended");
        (child, line.trim_end().to_owned())
    }

    /// The script comes by standard input: Node looks for packages around the folder that it runs
    /// in then, and Python does not take a script for the package that it is named after.
    fn command(&self, script: &str, settings: &[(&str, String)]) -> Command {
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/interop_clients/clients")
            .join(script);
        let kind = script.extension().and_then(|extension| extension.to_str());
        let mut command = match kind {
            Some("py") => Command::new(self.0.join("venv/bin/python")),
            Some("sh") => Command::new("sh"),
            _ => Command::new("node"),
        };
        if kind == Some("mjs") {
            command.arg("--input-type=module");
        }
        command.arg(if kind == Some("sh") { "-s" } else { "-" });
        command.current_dir(&self.0).stdin(File::open(script).unwrap());
        command.env_clear().envs(settings.iter().map(|(name, value)| (name, value)));
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.stdout(Stdio::piped()).kill_on_drop(true);
        command
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}
