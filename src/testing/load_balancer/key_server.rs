//! The server of public keys, in a thread of its own.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// A request line and a few header fields.
const MAX_REQUEST_BYTES: usize = 8 * 1024;
const TIMEOUT: Duration = Duration::from_secs(5);

/// Answers one request of each connection. It stops when this is dropped.
pub(super) struct LocalKeyServer {
    address: SocketAddr,
    shared: Arc<ServedKeys>,
}

struct ServedKeys {
    /// By path.
    keys: BTreeMap<String, String>,
    requests: AtomicUsize,
    is_over: AtomicBool,
}

impl LocalKeyServer {
    pub(super) fn start(keys: BTreeMap<String, String>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(ServedKeys {
            keys,
            requests: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
        });
        let served = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("local-load-balancer".to_owned())
            .spawn(move || served.serve(&listener))?;
        Ok(Self { address, shared })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::SeqCst)
    }
}

impl Drop for LocalKeyServer {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        // The thread waits for a connection.
        drop(TcpStream::connect_timeout(&self.address, TIMEOUT));
    }
}

impl ServedKeys {
    fn serve(&self, listener: &TcpListener) {
        for stream in listener.incoming() {
            if self.is_over.load(Ordering::SeqCst) {
                return;
            }
            // A client that leaves is told nothing.
            let _ = stream.and_then(|stream| self.answer(stream));
        }
    }

    fn answer(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        let (mut head, mut piece) = (Vec::new(), [0; 1024]);
        while !head.ends_with(b"\r\n\r\n") && head.len() < MAX_REQUEST_BYTES {
            match stream.read(&mut piece)? {
                0 => return Ok(()),
                length => head.extend_from_slice(&piece[..length]),
            }
        }
        self.requests.fetch_add(1, Ordering::SeqCst);
        let head = String::from_utf8_lossy(&head);
        let mut words = head.split(' ');
        let key = match (words.next(), words.next()) {
            (Some("GET"), Some(path)) => self.keys.get(path),
            _ => None,
        };
        let (status, body) = key.map_or(("404 Not Found", ""), |pem| ("200 OK", pem.as_str()));
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 {status}\r\ncontent-type: binary/octet-stream\r\ncontent-length: {length}\r\n\
             connection: close\r\n\r\n{body}"
        )
    }
}
