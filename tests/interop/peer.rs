//! A peer: another project's server, as a process of its own on a port of its own.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::example::skip;

/// No peer runs longer, whatever becomes of the test that started it.
const LIFETIME: &str = "300";

/// From the start to the first answer. They take one to four seconds on an idle machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Peer {
    child: Child,
    pub port: u16,
    /// The peer's own, and its working directory: gone with the peer.
    pub folder: PathBuf,
}

/// Where `.ci/peers` installs them; `None` where it did not, said loudly.
pub fn installed() -> Option<PathBuf> {
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/peers");
    if peers.join("installed").is_file() {
        return Some(peers);
    }
    skip("the peers of tests/interop are not installed: run .ci/peers");
    None
}

/// A folder of a test's own.
pub fn folder(name: &str, port: u16) -> PathBuf {
    let process = std::process::id();
    let folder = std::env::temp_dir().join(format!("cognito-auth-{name}-{port}-{process}"));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

impl Peer {
    /// Runs a program of the peers' folder, with these arguments, and waits until something answers
    /// on the port. `{port}` in an argument or a variable is the port, `{folder}` the peer's
    /// folder, `{peers}` where the peers are installed, and `{here}` where this file is.
    pub fn start(name: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Option<Self> {
        Self::start_with(name, arguments, variables, |_| {})
    }

    /// As [`start`](Self::start), with files that the peer finds in its folder.
    pub fn start_with(
        name: &str,
        arguments: &[&str],
        variables: &[(&str, &str)],
        write_files: impl FnOnce(&Path),
    ) -> Option<Self> {
        let peers = installed()?;
        let port = free_port();
        let folder = folder(name, port);
        write_files(&folder);
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop");
        let fill = |text: &str| {
            text.replace("{port}", &port.to_string())
                .replace("{folder}", folder.to_str().unwrap())
                .replace("{peers}", peers.to_str().unwrap())
                .replace("{here}", here.to_str().unwrap())
        };
        let log = std::fs::File::create(folder.join("log")).unwrap();
        // `timeout` is in a process group of its own, with all that comes of it: it can be killed
        // as one.
        let mut command = Command::new("timeout");
        command.args(["--kill-after=1", LIFETIME]).args(arguments.iter().map(|text| fill(text)));
        command.env_remove("HTTP_PROXY").env_remove("http_proxy").env_remove("PORT");
        command.envs(variables.iter().map(|(name, value)| (*name, fill(value))));
        command.current_dir(&folder).stdin(Stdio::null());
        command.stdout(log.try_clone().unwrap()).stderr(log);
        let child = command.spawn().expect("timeout, of coreutils");
        let mut peer = Self { child, port, folder };
        peer.wait();
        Some(peer)
    }

    fn wait(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while !answers(self.port) {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "the peer ended: {ended:?}\n{}", self.log());
            assert!(Instant::now() < deadline, "the peer does not answer\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What it printed so far.
    pub fn printed(&self) -> String {
        let log = std::fs::read(self.folder.join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// The end of what it printed.
    fn log(&self) -> String {
        let log = self.printed();
        log.get(log.len().saturating_sub(4000)..).map_or_else(|| log.clone(), str::to_owned)
    }

    /// Ends the process at once, as a power failure does; later connections are refused.
    pub fn kill(&mut self) {
        // The shell has it built in, whatever packages there are.
        let kill = format!("kill -KILL -{}", self.child.id());
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            let _ = Command::new("sh").args(["-c", &kill]).status();
        }
        let _ = self.child.wait();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("what the peer printed:\n{}", self.log());
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Whether a server accepts connections and reads them. A TLS server closes on this request.
fn answers(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
    let request = b"GET /favicon.ico HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
    let heard = stream.write_all(request).and_then(|()| stream.read(&mut [0]));
    heard.map_or_else(|error| error.kind() == ErrorKind::ConnectionReset, |_| true)
}

pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
