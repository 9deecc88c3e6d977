//! What stands between a process and Redis, and misbehaves.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub struct Proxy {
    pub port: u16,
    state: Arc<State>,
}

struct State {
    target: AtomicU16,
    /// Nothing is passed on, in either direction, and nothing is closed.
    stalled: watch::Sender<bool>,
    /// Raised to pass on nothing more over the connections that are open, without closing them.
    forgotten: AtomicUsize,
    /// Raised to cut every connection that is open.
    cuts: watch::Sender<usize>,
    refusing: AtomicBool,
    /// Bytes from Redis that still pass before the connection is cut; negative for no bound.
    budget: AtomicI64,
    /// Bytes from Redis that pass over the next connection before nothing more does; negative for no bound.
    hold_next: AtomicI64,
    /// The command that connections are cut at, and what was sent over each of them until then.
    cut_at: Mutex<Option<&'static str>>,
    cut_off: Mutex<Vec<String>>,
    /// The command whose answers are lost, and how many of them.
    lose: Mutex<Option<(&'static str, usize)>>,
    connections: AtomicUsize,
    /// How many pieces were passed on, in either direction.
    pieces: AtomicUsize,
}

impl Proxy {
    pub async fn start(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            target: AtomicU16::new(target),
            stalled: watch::Sender::new(false),
            forgotten: AtomicUsize::new(0),
            cuts: watch::Sender::new(0),
            refusing: AtomicBool::new(false),
            budget: AtomicI64::new(-1),
            hold_next: AtomicI64::new(-1),
            cut_at: Mutex::default(),
            cut_off: Mutex::default(),
            lose: Mutex::default(),
            connections: AtomicUsize::new(0),
            pieces: AtomicUsize::new(0),
        });
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.connections.fetch_add(1, Ordering::SeqCst);
                if !shared.refusing.load(Ordering::SeqCst) {
                    tokio::spawn(serve(Arc::clone(&shared), stream));
                }
            }
        });
        Self { port, state }
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub fn stall(&self, stalled: bool) {
        self.state.stalled.send_replace(stalled);
    }

    /// New connections go there, as with a name that leads elsewhere; open ones stay.
    pub fn lead_to(&self, target: u16) {
        self.state.target.store(target, Ordering::SeqCst);
    }

    pub fn cut(&self) {
        self.state.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// As a firewall that has been restarted.
    pub fn forget_open_connections(&self) {
        self.state.forgotten.fetch_add(1, Ordering::SeqCst);
    }

    /// New connections are closed at once.
    pub fn refuse(&self, refusing: bool) {
        self.state.refusing.store(refusing, Ordering::SeqCst);
    }

    /// Each connection is cut after so many bytes from Redis.
    pub fn cut_after(&self, bytes: Option<i64>) {
        self.state.budget.store(bytes.unwrap_or(-1), Ordering::SeqCst);
    }

    /// Over the next connection so many bytes pass from Redis; then it stays open, and is silent.
    pub fn hold_next_after(&self, bytes: i64) {
        self.state.hold_next.store(bytes, Ordering::SeqCst);
    }

    /// Each connection is cut when this command comes over it, which is not passed on.
    pub fn cut_at(&self, command: &'static str) {
        *self.state.cut_at.lock().unwrap() = Some(command);
    }

    /// What was sent over each connection that was cut at a command.
    pub fn cut_off(&self) -> Vec<String> {
        self.state.cut_off.lock().unwrap().clone()
    }

    #[allow(dead_code, reason = "for the target `sessions` alone")]
    /// This command is passed on, so many times, and its connection is cut when Redis has answered.
    pub fn lose_answers_to(&self, command: &'static str, times: usize) {
        *self.state.lose.lock().unwrap() = Some((command, times));
    }

    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    #[allow(dead_code, reason = "for the target `sessions` alone")]
    /// Each round trip takes two, and more where it is long.
    pub fn pieces(&self) -> usize {
        self.state.pieces.load(Ordering::SeqCst)
    }
}

impl State {
    fn loses_answer_to(&self, sent: &[u8]) -> bool {
        let mut lose = self.lose.lock().unwrap();
        let Some((command, times)) = lose.as_mut().filter(|(_, times)| *times > 0) else {
            return false;
        };
        let is_it = String::from_utf8_lossy(sent).contains(*command);
        *times -= usize::from(is_it);
        is_it
    }
}

async fn serve(state: Arc<State>, client: TcpStream) {
    let target = state.target.load(Ordering::SeqCst);
    let Ok(server) = TcpStream::connect(("127.0.0.1", target)).await else { return };
    let (client_reads, client_writes) = client.into_split();
    let (server_reads, server_writes) = server.into_split();
    let mut cuts = state.cuts.subscribe();
    let before = *cuts.borrow();
    let budget = state.budget.load(Ordering::SeqCst);
    let loses = AtomicBool::new(false);
    let held = state.hold_next.swap(-1, Ordering::SeqCst);
    let answers = async {
        if held < 0 {
            return pass(&state, server_reads, client_writes, budget, Side::Server(&loses)).await;
        }
        // The writing half is kept: it would close the connection.
        let mut client_writes = client_writes;
        pass(&state, server_reads, &mut client_writes, held, Side::Server(&loses)).await;
        std::future::pending().await
    };
    tokio::select! {
        () = pass(&state, client_reads, server_writes, -1, Side::Client(&loses)) => {}
        () = answers => {}
        _ = cuts.wait_for(|cuts| *cuts != before) => {}
    }
}

/// Where the bytes come from, and whether the next answer on this connection is lost.
#[derive(Clone, Copy)]
enum Side<'a> {
    Client(&'a AtomicBool),
    Server(&'a AtomicBool),
}

async fn pass(
    state: &State,
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut budget: i64,
    side: Side<'_>,
) {
    let mut bytes = vec![0; 16 * 1024];
    let mut stalled = state.stalled.subscribe();
    let forgotten = state.forgotten.load(Ordering::SeqCst);
    let mut said = String::new();
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if stalled.wait_for(|stalled| !*stalled).await.is_err() {
            return;
        }
        if state.forgotten.load(Ordering::SeqCst) != forgotten {
            std::future::pending::<()>().await;
        }
        // No answer has the name of a command.
        if let Some(command) = *state.cut_at.lock().unwrap() {
            said.push_str(&String::from_utf8_lossy(&bytes[..count]));
            if said.contains(command) {
                state.cut_off.lock().unwrap().push(said);
                return;
            }
        }
        match side {
            Side::Client(loses) if state.loses_answer_to(&bytes[..count]) => {
                loses.store(true, Ordering::SeqCst);
            }
            Side::Server(loses) if loses.load(Ordering::SeqCst) => return,
            _ => {}
        }
        state.pieces.fetch_add(1, Ordering::SeqCst);
        let count = if budget < 0 { count } else { count.min(budget as usize) };
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
        if budget >= 0 {
            budget -= count as i64;
            if budget == 0 {
                return;
            }
        }
    }
}
