//! A gate between a process and its Redis or its user pool: what passes in one direction can be held, and
//! new connections can be led elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub(crate) struct Gate {
    pub(crate) port: u16,
    state: Arc<State>,
}

#[derive(Clone, Copy)]
pub(crate) enum Direction {
    ToServer,
    ToClient,
}

struct State {
    target: AtomicU16,
    directions: [Way; 2],
    /// Raised to end every connection that is open.
    cuts: watch::Sender<usize>,
}

#[derive(Default)]
struct Way {
    is_held: watch::Sender<bool>,
    /// Bytes that wait.
    held: AtomicUsize,
}

impl Gate {
    pub(crate) async fn start(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            target: AtomicU16::new(target),
            directions: Default::default(),
            cuts: watch::Sender::new(0),
        });
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(Arc::clone(&shared), stream));
            }
        });
        Self { port, state }
    }

    /// New connections go there; those that are open end.
    pub(crate) fn lead_to(&self, target: u16) {
        self.state.target.store(target, Ordering::SeqCst);
        self.state.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Nothing more passes in this direction, until it is let go.
    pub(crate) fn hold(&self, direction: Direction) {
        let way = &self.state.directions[direction as usize];
        way.held.store(0, Ordering::SeqCst);
        way.is_held.send_replace(true);
    }

    pub(crate) fn let_go(&self, direction: Direction) {
        self.state.directions[direction as usize].is_held.send_replace(false);
    }

    /// Waits until so many bytes are held. What is held of a process that ends is dropped.
    pub(crate) async fn holds(&self, direction: Direction, bytes: usize) {
        let deadline = Instant::now() + Duration::from_secs(60);
        let held = || self.state.directions[direction as usize].held.load(Ordering::SeqCst);
        while held() < bytes {
            assert!(Instant::now() < deadline, "{} bytes of {bytes}", held());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn serve(state: Arc<State>, client: TcpStream) {
    let mut cuts = state.cuts.subscribe();
    let before = *cuts.borrow();
    let target = state.target.load(Ordering::SeqCst);
    let Ok(server) = TcpStream::connect(("127.0.0.1", target)).await else { return };
    let (client_reads, client_writes) = client.into_split();
    let (server_reads, server_writes) = server.into_split();
    tokio::select! {
        () = pass(&state, Direction::ToServer, client_reads, server_writes) => {}
        () = pass(&state, Direction::ToClient, server_reads, client_writes) => {}
        _ = cuts.wait_for(|cuts| *cuts != before) => {}
    }
}

async fn pass(
    state: &State,
    direction: Direction,
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
) {
    let way = &state.directions[direction as usize];
    let mut is_held = way.is_held.subscribe();
    let (mut bytes, mut kept) = (vec![0; 16 * 1024], Vec::new());
    loop {
        tokio::select! {
            read = from.read(&mut bytes) => match read {
                Ok(count @ 1..) => {
                    kept.extend_from_slice(&bytes[..count]);
                    way.held.fetch_add(count, Ordering::SeqCst);
                }
                _ => return,
            },
            changed = is_held.changed() => if changed.is_err() { return },
        }
        if !*is_held.borrow_and_update() {
            if to.write_all(&kept).await.is_err() {
                return;
            }
            kept.clear();
        }
    }
}
