//! [`CameFrom`]: the page that a sign-in leads back to.

use http::request::Parts;
use http::{HeaderValue, Uri, header};
use url::{Position, Url};

use super::request_kind::is_page;
use super::requested_uri::requested_uri;
use super::return_to;

/// The page that the user was on, for a request that needs a sign-in first.
///
/// A form or a script is not requested again after the sign-in, and its address may have no page: it
/// leads back to the page that has the form or the script, which `Referer` names.
#[derive(Clone)]
pub(super) enum CameFrom {
    /// The request is for this page.
    Page(Uri),
    /// The request is of a page with this `Referer`.
    Referer(HeaderValue),
    /// The request is of a page that it does not name.
    Unnamed,
}

impl CameFrom {
    pub(super) fn of(request: &Parts) -> Self {
        if is_page(&request.method, &request.headers) {
            return Self::Page(requested_uri(request).clone());
        }
        let mut fields = request.headers.get_all(header::REFERER).iter();
        match (fields.next(), fields.next()) {
            (Some(referer), None) => Self::Referer(referer.clone()),
            _ => Self::Unnamed,
        }
    }

    /// The page's path and query. A page of another origin is not returned to. Not checked as a path to
    /// return to yet.
    pub(super) fn path(&self, site: &Url) -> String {
        let path = match self {
            Self::Page(uri) => uri.path_and_query().map(|path| path.as_str().to_owned()),
            Self::Referer(referer) => referer
                .to_str()
                .ok()
                .and_then(|referer| Url::parse(referer).ok())
                .filter(|referer| referer.origin() == site.origin())
                .map(|referer| referer[Position::BeforePath..Position::AfterQuery].to_owned()),
            Self::Unnamed => None,
        };
        path.unwrap_or_else(|| return_to::DEFAULT.to_owned())
    }
}
