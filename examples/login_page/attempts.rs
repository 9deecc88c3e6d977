//! A limit of attempts by the browser's address: Cognito has one for each user, and one for the whole pool, which a
//! single visitor could use up.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::App;
use super::page::Said;
use super::recent::Recent;

/// Forms of one address in a minute. Many users may share one.
const MOST_ATTEMPTS: u32 = 60;
const MINUTE: Duration = Duration::from_secs(60);

/// Where there are more, the oldest start anew.
const MOST_ADDRESSES: usize = 100_000;

pub(crate) struct Attempts {
    /// The header with the browser's address, which a proxy in front of the site sets.
    header: Option<HeaderName>,
    /// The attempts of an address since its minute began.
    counts: Mutex<Recent<IpAddr, u32>>,
}

impl Attempts {
    pub(crate) fn new(header: Option<HeaderName>) -> Self {
        Self { header, counts: Mutex::new(Recent::new(MINUTE, MOST_ADDRESSES)) }
    }

    /// The browser's address: by the header, or else that of the connection. Some proxies add a line to one that
    /// the browser sent: several lines are none.
    pub(crate) fn address(&self, request: &Parts) -> Option<IpAddr> {
        match &self.header {
            Some(name) => {
                let mut lines = request.headers.get_all(name).iter();
                let only = lines.next().filter(|_| lines.next().is_none())?;
                only.to_str().ok()?.trim().parse().ok()
            }
            None => request.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip()),
        }
    }

    /// How long this address has to wait, if it has to.
    fn count(&self, address: Option<IpAddr>, now: Instant) -> Option<Duration> {
        // Requests without an address have one count for all of them.
        let address = network(address.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)));
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let (began, attempts) = counts.entry(address, now);
        *attempts = attempts.saturating_add(1);
        (*attempts > MOST_ATTEMPTS).then(|| MINUTE.saturating_sub(now.duration_since(*began)))
    }
}

/// One subscriber has a whole /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

/// Counts the forms that take a name, a password or a code.
pub(crate) async fn limit(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    if let Some(wait) = app.attempts.count(app.attempts.address(&parts), Instant::now()) {
        return app.frame.refused(&Said {
            status: StatusCode::TOO_MANY_REQUESTS,
            text: "There were too many attempts from here. Please wait a minute.".to_owned(),
            retry_after: Some(wait.as_secs().max(1)),
        });
    }
    next.run(Request::from_parts(parts, body)).await
}
