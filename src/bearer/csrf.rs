//! [`CsrfRules`]: which requests a page of another site may have caused.

use http::header::{HeaderName, ORIGIN, UPGRADE};
use http::{HeaderMap, Method};

use super::request_head::RequestHead;
use crate::error::{ConfigError, UrlProblem};

/// Distinguishes requests of the site's own pages from those that a page of another site caused, by
/// Fetch Metadata and `Origin`
/// ([OWASP](https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html)).
///
/// Applies to unsafe requests: all methods but GET, HEAD and OPTIONS, and WebSocket upgrades.
///
/// 1. `Sec-Fetch-Site: same-origin` passes. `same-site` and `cross-site` pass only where `Origin` is
///    one of the further origins; a sibling under the same domain is another site here.
///    `none` (an address typed by the user) goes on to 2.
/// 2. `Origin`, where there is one, has to be the site's own or a further one. `null` is refused.
/// 3. Without either, as from a program or a very old browser, the header `x-csrf: 1` has to be there:
///    a page of another site cannot set it without being allowed to by a preflight request.
///
/// ```
/// use cognito_auth::bearer::CsrfRules;
/// use http::Request;
///
/// let rules = CsrfRules::new("https://app.example.com")?;
/// let posted = |origin: &str| {
///     let request = Request::post("/orders").header("origin", origin).body(()).unwrap();
///     rules.check(&request.into_parts().0)
/// };
/// assert!(posted("https://app.example.com").is_ok());
/// assert!(posted("https://evil.example").is_err());
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
#[derive(Debug, Clone)]
pub struct CsrfRules {
    origin: String,
    further: Vec<String>,
    header: HeaderName,
}

/// A request that a page of another site may have caused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request may come from a page of another site")]
#[non_exhaustive]
pub struct CrossSiteRequest;

static SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The request headers that these rules read, for `Vary`.
#[cfg(feature = "sessions")]
pub(crate) const VARY: &str = "Sec-Fetch-Site, Origin, Cookie";

impl CsrfRules {
    /// The rules of the site at this origin, such as `https://app.example.com`.
    ///
    /// # Errors
    /// [`ConfigError::Url`] when it is not an origin.
    pub fn new(origin: &str) -> Result<Self, ConfigError> {
        let header = HeaderName::from_static("x-csrf");
        Ok(Self { origin: origin_of(origin)?, further: Vec::new(), header })
    }

    /// Accepts requests of pages of this origin, too.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn allow_origin(mut self, origin: &str) -> Result<Self, ConfigError> {
        self.further.push(origin_of(origin)?);
        Ok(self)
    }

    /// The name of the header for clients that send neither `Sec-Fetch-Site` nor `Origin`. Default
    /// `x-csrf`; its value is always `1`.
    pub fn header(mut self, name: HeaderName) -> Self {
        self.header = name;
        self
    }

    /// Checks a request. Safe requests always pass. One whose method is not given counts as unsafe.
    ///
    /// # Errors
    /// [`CrossSiteRequest`]: answer 403.
    pub fn check<'a>(&self, request: impl Into<RequestHead<'a>>) -> Result<(), CrossSiteRequest> {
        let request = request.into();
        let is_unsafe = request.method.is_none_or(|method| is_unsafe(method, request.headers));
        if !is_unsafe || self.passes(request.headers) { Ok(()) } else { Err(CrossSiteRequest) }
    }

    /// The header fields that are read.
    #[cfg(feature = "actix-web")]
    pub(super) fn fields(&self) -> [&HeaderName; 4] {
        [&SEC_FETCH_SITE, &ORIGIN, &UPGRADE, &self.header]
    }

    fn passes(&self, headers: &HeaderMap) -> bool {
        let origin = one(headers, &ORIGIN);
        let is_further = |origin| self.further.iter().any(|known| known == origin);
        match (one(headers, &SEC_FETCH_SITE), origin) {
            (Field::One("same-origin"), _) => true,
            (Field::One("same-site" | "cross-site"), Field::One(origin)) => is_further(origin),
            (Field::Absent | Field::One("none"), Field::One(origin)) => {
                origin == self.origin || is_further(origin)
            }
            (Field::Absent | Field::One("none"), Field::Absent) => {
                matches!(one(headers, &self.header), Field::One("1"))
            }
            _ => false,
        }
    }
}

/// Whether a request may change something. A WebSocket is opened by GET, with the cookies, and CORS
/// does not apply to it.
pub(crate) fn is_unsafe(method: &Method, headers: &HeaderMap) -> bool {
    let is_safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let fields = headers.get_all(UPGRADE).iter();
    let mut protocols = fields.flat_map(|field| field.as_bytes().split(|byte| *byte == b','));
    !is_safe || protocols.any(|name| name.trim_ascii().eq_ignore_ascii_case(b"websocket"))
}

enum Field<'a> {
    Absent,
    One(&'a str),
    Unusable,
}

fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Field<'a> {
    let mut fields = headers.get_all(name).iter();
    match (fields.next(), fields.next()) {
        (None, _) => Field::Absent,
        (Some(field), None) => field.to_str().map_or(Field::Unusable, Field::One),
        (Some(_), Some(_)) => Field::Unusable,
    }
}

/// The origin as browsers write it: scheme, host, and the port unless it is the scheme's default.
fn origin_of(text: &str) -> Result<String, ConfigError> {
    let refused = |reason| Err(ConfigError::Url { setting: "the origin", reason });
    let Ok(url) = url::Url::parse(text) else {
        return refused(UrlProblem::OriginNotAnAddress);
    };
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !matches!(url.scheme(), "http" | "https") || !is_bare || !url.username().is_empty() {
        return refused(UrlProblem::NotAnOrigin);
    }
    Ok(url.origin().ascii_serialization())
}

#[cfg(test)]
#[path = "csrf/tests.rs"]
mod tests;
