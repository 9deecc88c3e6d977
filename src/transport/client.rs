//! The client: sends a request once, or once more where its connection was an old one.

use std::sync::OnceLock;
use std::time::Duration;

use tokio::time::Instant;

use super::{Roots, Transport, is_https, lost, opened};
use crate::error::Unreachable;

/// How often a request may arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// A code is spent by the first arrival, and a refresh token may be.
    AtMostOnce,
    /// A second arrival changes nothing: the request is sent once more, on a connection of its own,
    /// where it went out on a used one that ended before an answer began. The peer closed it while
    /// the request was on its way, which is no sign of anything wrong.
    Idempotent,
}

/// In a response's extensions: its request was sent twice, and the first one may have arrived.
#[derive(Clone)]
pub(crate) struct SentTwice;

/// An HTTP client. Connections are kept for a moment and used again.
pub(crate) struct HttpClient {
    pub(super) pooled: reqwest::Client,
    /// Keeps no connections; made when it is first needed.
    pub(super) unpooled: OnceLock<Option<reqwest::Client>>,
    pub(super) transport: Transport,
    pub(super) roots: Roots,
    /// There are no root certificates, neither the system's nor added ones.
    pub(super) lacks_roots: bool,
}

impl HttpClient {
    /// Sends a request; `timeout` is for all of it, the answer's body and a second try included.
    pub(crate) async fn send(
        &self,
        mut request: reqwest::Request,
        timeout: Duration,
        delivery: Delivery,
    ) -> Result<reqwest::Response, Unreachable> {
        let proxy = self.transport.proxy.as_ref();
        if self.lacks_roots && (is_https(request.url()) || proxy.is_some_and(is_https)) {
            return Err(Unreachable::NoRootCertificates);
        }
        let started = Instant::now();
        *request.timeout_mut() = Some(timeout);
        let again = match delivery {
            Delivery::AtMostOnce => None,
            Delivery::Idempotent => request.try_clone(),
        };
        let (answer, opened) = opened::noting(self.pooled.execute(request)).await;
        let how = match answer {
            Ok(response) => return Ok(response),
            Err(error) => lost::unreachable(&error, proxy.is_some()),
        };
        let (Unreachable::CutOff, false, Some(mut again)) = (how, opened, again) else {
            return Err(how);
        };
        let Some(client) = self.unpooled() else { return Err(how) };
        *again.timeout_mut() = Some(timeout.saturating_sub(started.elapsed()));
        let answer = client.execute(again).await;
        let mut answer = answer.map_err(|error| lost::unreachable(&error, proxy.is_some()))?;
        answer.extensions_mut().insert(SentTwice);
        Ok(answer)
    }

    pub(crate) fn get(&self, url: url::Url) -> reqwest::Request {
        reqwest::Request::new(reqwest::Method::GET, url)
    }

    fn unpooled(&self) -> Option<&reqwest::Client> {
        let set_up = || self.transport.set_up(self.roots, false).ok();
        self.unpooled.get_or_init(set_up).as_ref()
    }
}
