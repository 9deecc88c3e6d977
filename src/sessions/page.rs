//! [`SessionPage`]: the pages that the routes serve.

use std::fmt::Write as _;
use std::sync::Arc;

use http::{HeaderValue, StatusCode};
use url::Url;

/// A page that [`BrowserSessions`](super::BrowserSessions) serves: an error, "signed out", or the page
/// after a sign-in that continues by itself. An application can serve its own page instead
/// ([`pages`](super::BrowserSessionsBuilder::pages)), chosen by the code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionPage {
    /// A stable word: the code of the error, `signed_out` or `signed_in`.
    pub code: &'static str,
    /// The status of the response.
    pub status: StatusCode,
    /// One sentence for the user.
    pub message: &'static str,
    /// The address and the text of the page's link.
    pub link: Option<(String, &'static str)>,
    /// Whether the page goes to the link by itself.
    pub goes_on: bool,
    /// An image for the page "signed out": a browser that fetches it drops the pages that it keeps for
    /// the back button. Include it in a page of your own as `<img src="…" alt="" hidden>`.
    pub clear_image: Option<String>,
}

/// Allows no scripts, nothing from other origins, and no framing by other sites.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// The application's own pages, and the origin that their forms may redirect to: a sign-out redirects
/// to the login page, and browsers apply `form-action` to redirects.
#[derive(Clone, Default)]
pub(super) struct Pages {
    render: Option<Arc<Render>>,
    hosted: Option<String>,
}

type Render = dyn Fn(&SessionPage) -> Option<String> + Send + Sync;

impl Pages {
    pub(super) fn new(
        render: impl Fn(&SessionPage) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self { render: Some(Arc::new(render)), hosted: None }
    }

    /// Sets the address of the login page's logout.
    pub(super) fn forms_lead_to(self, address: Option<&str>) -> Self {
        let url = address.and_then(|address| Url::parse(address).ok());
        Self { hosted: url.map(|url| url.origin().ascii_serialization()), ..self }
    }

    pub(super) fn content_security_policy(&self) -> HeaderValue {
        let hosted = self.hosted.as_ref();
        let policy = hosted.map(|origin| format!("{CONTENT_SECURITY_POLICY} {origin}"));
        let policy = policy.and_then(|policy| HeaderValue::try_from(policy).ok());
        policy.unwrap_or(const { HeaderValue::from_static(CONTENT_SECURITY_POLICY) })
    }

    pub(super) fn html(&self, page: &SessionPage) -> String {
        let own = self.render.as_ref().and_then(|render| render(page));
        own.unwrap_or_else(|| page.html())
    }
}

impl SessionPage {
    pub(super) fn new(code: &'static str, status: StatusCode, message: &'static str) -> Self {
        Self { code, status, message, link: None, goes_on: false, clear_image: None }
    }

    pub(super) fn link(mut self, to: impl Into<String>, text: &'static str) -> Self {
        self.link = Some((to.into(), text));
        self
    }

    /// The plain page, which is served unless the application replaces it.
    pub fn html(&self) -> String {
        let title = if self.status.is_success() { "Sign-in" } else { "Error" };
        let mut html = String::from(HEAD);
        let link = self.link.as_ref().map(|(to, text)| (escape(to), escape(text)));
        if let Some((to, _)) = link.as_ref().filter(|_| self.goes_on) {
            // Writing to a String does not fail.
            let _ = write!(html, "<meta http-equiv=\"refresh\" content=\"0; url={to}\">");
        }
        let message = escape(self.message);
        let _ = write!(html, "<title>{title}</title></head><body><main><p>{message}</p>");
        if let Some((to, text)) = link {
            let _ = write!(html, "<p><a href=\"{to}\">{text}</a></p>");
        }
        if let Some(image) = &self.clear_image {
            let _ = write!(html, "<img src=\"{}\" alt=\"\" hidden>", escape(image));
        }
        if !self.status.is_success() {
            let _ = write!(html, "<p><small>{}</small></p>", escape(self.code));
        }
        html.push_str("</main></body></html>");
        html
    }
}

const HEAD: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
     <meta name=\"viewport\" content=\"width=device-width\">\
     <style>body{font:1rem/1.5 system-ui,sans-serif;margin:15vh auto;max-width:32rem;padding:0 1rem}\
     small{color:#666}</style>";

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
