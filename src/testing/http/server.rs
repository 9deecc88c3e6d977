//! The pool on a loopback address, over HTTP/1.1.
//!
//! The server has a thread and a runtime of its own: a test that blocks its runtime, or pauses its
//! time, does not stop the pool.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;
use std::{fmt, io};

use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::testing::fault::{Endpoint, Fault};
use crate::testing::http::domain::response::{domain, page};
use crate::testing::http::json_api::dispatch::is_operation;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::response::api_error;
use crate::testing::http::route::{endpoint_of, is_at_idp, respond, too_large, with_request_id};
use crate::testing::pool::state::Core;

/// The largest request body: larger than any request of the contract.
const MAX_BODY_BYTES: usize = 64 * 1024;
/// For a whole request head, and for a whole body.
const READ_TIMEOUT: Duration = Duration::from_secs(10);
/// How long requests under way may take when the server stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(1);

/// A running server. It stops when this is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    stop: watch::Sender<bool>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Server {
    /// Serves `core` on a listener that is bound already.
    pub(crate) fn start(listener: TcpListener, core: Arc<Core>) -> io::Result<Self> {
        let address = listener.local_addr()?;
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _context = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let (stop, stopped) = watch::channel(false);
        let thread = std::thread::Builder::new()
            .name("local-user-pool".to_owned())
            .spawn(move || runtime.block_on(serve(listener, core, stopped)))?;
        Ok(Self { address, stop, thread: Mutex::new(Some(thread)) })
    }

    /// Stops listening, lets requests under way finish for a second, and waits for that.
    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic in the server has been reported by its thread already.
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

async fn serve(
    listener: tokio::net::TcpListener,
    core: Arc<Core>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, Arc::clone(&core), stopped.clone()));
                }
                // Out of file handles, for instance, of which a connection that ends frees one.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = connections.join_next() => {}
            () = until_stopped(&mut stopped) => break,
        }
    }
    drop(listener);
    let all_done = async { while connections.join_next().await.is_some() {} };
    // A connection that is not done by then is cut off when the runtime is dropped.
    let _ = tokio::time::timeout(STOP_TIMEOUT, all_done).await;
}

async fn connection(
    stream: tokio::net::TcpStream,
    core: Arc<Core>,
    mut stopped: watch::Receiver<bool>,
) {
    // Without this a response may wait for an acknowledgement; it is complete either way.
    let _ = stream.set_nodelay(true);
    let hang = stopped.clone();
    let service = service_fn(move |request| handle(Arc::clone(&core), request, hang.clone()));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(READ_TIMEOUT)
        .max_buf_size(MAX_BODY_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    tokio::select! {
        // A connection that ended in an error needs no answer.
        _ = connection.as_mut() => {}
        () = until_stopped(&mut stopped) => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// An error means that the pool was dropped, which stops it too.
async fn until_stopped(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

async fn handle(
    core: Arc<Core>,
    request: Request<Incoming>,
    mut stopped: watch::Receiver<bool>,
) -> Result<Response<SentBody>, Infallible> {
    let endpoint = endpoint_of(&request);
    let fault = endpoint.and_then(|endpoint| core.faults.next(endpoint));
    let faulty = match (fault, endpoint) {
        (Some(Fault::Status(status)), _) => Some(domain(status_code(status), "")),
        (Some(Fault::Html(status)), _) => {
            Some(page(status_code(status), "<html><body>Something went wrong</body></html>".into()))
        }
        (Some(Fault::Throttle), Some(endpoint)) => Some(throttled(endpoint)),
        (Some(Fault::Hang), _) => {
            until_stopped(&mut stopped).await;
            return Ok(Response::new(SentBody::cut_off(b"")));
        }
        (Some(Fault::CutOff), _) => return Ok(Response::new(SentBody::cut_off(b"{\"access_to"))),
        (Some(Fault::Slow(delay)), _) => {
            tokio::time::sleep(delay).await;
            None
        }
        (Some(Fault::Throttle), None) | (None, _) => None,
    };
    if let Some(response) = faulty {
        let response = with_request_id(&core, response, endpoint.is_some_and(is_at_idp));
        return Ok(response.map(SentBody::whole));
    }
    let (head, body) = request.into_parts();
    let body = tokio::time::timeout(READ_TIMEOUT, Limited::new(body, MAX_BODY_BYTES).collect());
    let response = match body.await {
        Ok(Ok(body)) => respond(&core, &Request::from_parts(head, body.to_bytes().to_vec())),
        Ok(Err(_)) => too_large(),
        Err(_) => domain(StatusCode::REQUEST_TIMEOUT, ""),
    };
    Ok(response.map(SentBody::whole))
}

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn throttled(endpoint: Endpoint) -> Response<Vec<u8>> {
    if is_operation(endpoint) {
        api_error(&ApiError::throttled())
    } else {
        domain(StatusCode::TOO_MANY_REQUESTS, "")
    }
}

/// A body that is sent whole, or promises more than it sends.
struct SentBody {
    data: Option<Bytes>,
    missing: u64,
    /// hyper sends what it was given only when the body is pending once.
    flushed: bool,
}

impl SentBody {
    fn whole(body: Vec<u8>) -> Self {
        let data = Some(body.into()).filter(|body: &Bytes| !body.is_empty());
        Self { data, missing: 0, flushed: true }
    }

    fn cut_off(start: &'static [u8]) -> Self {
        let data = Some(Bytes::from_static(start)).filter(|body| !body.is_empty());
        Self { data, missing: 64, flushed: false }
    }
}

impl Body for SentBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.data.is_none() && !self.flushed {
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(match self.data.take() {
            Some(data) => Some(Ok(Frame::data(data))),
            None if self.missing > 0 => Some(Err(io::ErrorKind::ConnectionAborted.into())),
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none() && self.missing == 0
    }

    fn size_hint(&self) -> SizeHint {
        let data = self.data.as_ref().map_or(0, |data| data.len() as u64);
        SizeHint::with_exact(data + self.missing)
    }
}
