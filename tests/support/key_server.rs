//! A key server on loopback that misbehaves on order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What the key server does with a connection.
#[derive(Clone)]
pub enum Answer {
    Jwks(String),
    /// The whole response, head included.
    Raw(Vec<u8>),
    /// Takes the request, and gives this response once it is notified.
    Held(Arc<Notify>, Vec<u8>),
    /// Takes the request and says nothing.
    Hang,
    /// Sends these bytes over and over until the peer has had enough.
    Endless(Vec<u8>),
    /// Sends a head, then one byte now and then.
    Trickle,
    /// Closes without a word.
    Close,
}

/// A key server on loopback that counts the connections it gets, one for each request, and keeps
/// what they say.
pub struct KeyServer {
    pub address: std::net::SocketAddr,
    answer: Arc<Mutex<Answer>>,
    requests: Arc<AtomicUsize>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl KeyServer {
    pub async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answer = Arc::new(Mutex::new(answer));
        let requests = Arc::new(AtomicUsize::new(0));
        let heads = Arc::new(Mutex::new(Vec::new()));
        let (current, counter, seen) = (answer.clone(), requests.clone(), heads.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                let answer = current.lock().unwrap().clone();
                tokio::spawn(serve(stream, answer, seen.clone()));
            }
        });
        Self { address, answer, requests, heads }
    }

    pub fn answer(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// The heads of the requests that arrived, from the request line to the empty line.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    pub fn uri(&self) -> String {
        format!("http://{}/keys", self.address)
    }
}

async fn serve(mut stream: TcpStream, answer: Answer, heads: Arc<Mutex<Vec<String>>>) {
    let (mut head, mut piece) = (Vec::new(), [0; 4096]);
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut piece).await {
            Ok(length) if length > 0 => head.extend_from_slice(&piece[..length]),
            _ => return,
        }
    }
    heads.lock().unwrap().push(String::from_utf8(head).unwrap());
    match answer {
        Answer::Jwks(body) => {
            let _ = stream.write_all(&jwks_response(&body)).await;
        }
        Answer::Raw(response) => {
            let _ = stream.write_all(&response).await;
        }
        Answer::Held(release, response) => {
            release.notified().await;
            let _ = stream.write_all(&response).await;
        }
        Answer::Hang => {
            let _ = stream.read(&mut piece).await;
        }
        Answer::Endless(bytes) => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await;
            while stream.write_all(&bytes).await.is_ok() {}
        }
        Answer::Trickle => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await;
            while stream.write_all(b" ").await.is_ok() {
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            }
        }
        Answer::Close => {}
    }
}

/// What [`Answer::Jwks`] is answered with.
pub fn jwks_response(jwks: &str) -> Vec<u8> {
    response("200 OK", "application/json", jwks.as_bytes())
}

pub fn response(status: &str, content_type: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}
