//! A peer over a real socket that keeps connections, and ends them at the moment of their next use.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What it does with the second request of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Second {
    Answer,
    /// The request is read, and the connection ends.
    End,
    /// As `End`, by a reset.
    Reset,
    /// A byte of an answer follows in time, then the end.
    EndInTheBody,
}

pub struct KeptAlive {
    pub origin: String,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    requests: Mutex<Vec<String>>,
}

impl KeptAlive {
    /// Answers the first request of each connection with 200 and this body.
    pub async fn start(body: String, second: Second) -> Self {
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        Self::start_then(answer.clone(), second, answer).await
    }

    /// Answers so on the first connection, and otherwise on the later ones. Both are whole answers.
    pub async fn start_then(first: String, second: Second, later: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Seen::default());
        let noted = seen.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let is_first = noted.connections.fetch_add(1, Ordering::SeqCst) == 0;
                let answer = if is_first { first.clone() } else { later.clone() };
                tokio::spawn(serve(stream, answer, second, noted.clone()));
            }
        });
        Self { origin, seen }
    }

    pub fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// Heads and bodies, those that were not answered included.
    pub fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, answer: String, second: Second, seen: Arc<Seen>) {
    let mut used = false;
    while let Some(request) = read_request(&mut stream).await {
        seen.requests.lock().unwrap().push(request);
        match second {
            Second::End if used => return,
            Second::Reset if used => return stream.set_zero_linger().unwrap(),
            Second::EndInTheBody if used => {
                let part = &answer[..answer.len() - 1];
                return stream.write_all(part.as_bytes()).await.unwrap();
            }
            _ => stream.write_all(answer.as_bytes()).await.unwrap(),
        }
        used = true;
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let (mut read, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        read.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&read).into_owned();
        let Some(head) = text.find("\r\n\r\n") else { continue };
        let lower = text.to_ascii_lowercase();
        let announced = lower.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        if read.len() >= head + 4 + announced.map_or(0, |length| length.parse().unwrap()) {
            return Some(text);
        }
    }
}
