//! Responses of the pool's domain: header sets, redirects, JSON, pages.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, LOCATION, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use crate::error::RefusalCode;
use crate::testing::http::response::{HttpResponse, put};

/// What the domain sends with everything, `Strict-Transport-Security` aside: over plain http a
/// browser must ignore it ([RFC 6797 §8.1](https://www.rfc-editor.org/rfc/rfc6797#section-8.1)).
const DOMAIN_HEADERS: [(&str, &str); 7] = [
    ("cache-control", "no-cache, no-store, max-age=0, must-revalidate"),
    ("pragma", "no-cache"),
    ("expires", "0"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("x-xss-protection", "1; mode=block"),
    ("server", "Server"),
];

const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
                           frame-ancestors 'none'";

/// A response of the pool's domain.
pub(crate) fn domain(status: StatusCode, body: impl Into<Vec<u8>>) -> HttpResponse {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    for (name, value) in DOMAIN_HEADERS {
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

/// `302` with `Location`. A target that is no header value cannot come from a registered URI.
pub(crate) fn redirect(target: &str) -> HttpResponse {
    let mut response = domain(StatusCode::FOUND, "");
    put(&mut response, LOCATION, target);
    response
}

/// A page without scripts and without anything from elsewhere.
///
/// The policy has no `form-action`: Chromium applies it to every redirect after the form was sent,
/// and where the app sends the browser after its callback is the app's own affair.
pub(crate) fn page(status: StatusCode, html: String) -> HttpResponse {
    let mut response = domain(status, html);
    put(&mut response, CONTENT_TYPE, "text/html; charset=utf-8");
    put(&mut response, HeaderName::from_static("content-security-policy"), PAGE_POLICY);
    put(&mut response, HeaderName::from_static("referrer-policy"), "no-referrer");
    put(&mut response, CACHE_CONTROL, "no-store");
    response
}

/// A page with the one script that has this nonce
/// ([CSP §2.3.1](https://www.w3.org/TR/CSP3/#grammardef-nonce-source)), and nothing from elsewhere.
pub(crate) fn page_with_script(status: StatusCode, html: String, nonce: &str) -> HttpResponse {
    let mut response = page(status, html);
    let policy = format!("{PAGE_POLICY}; script-src 'nonce-{nonce}'");
    put(&mut response, HeaderName::from_static("content-security-policy"), &policy);
    response
}

/// JSON of the OAuth endpoints.
pub(crate) fn oauth(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    let mut response = domain(status, serde_json::to_vec(body).unwrap_or_default());
    put(&mut response, CONTENT_TYPE, "application/json;charset=UTF-8");
    response
}

/// An error of the OAuth endpoints ([RFC 6749 §5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)),
/// usually without a description.
pub(crate) fn oauth_error(status: StatusCode, code: RefusalCode) -> HttpResponse {
    #[derive(Serialize)]
    struct OAuthErrorBody {
        error: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        error_description: Option<&'static str>,
    }

    let body = match code {
        RefusalCode::InvalidRedirect => OAuthErrorBody {
            error: RefusalCode::UnauthorizedClient.as_str(),
            error_description: Some(INVALID_REDIRECT),
        },
        code => OAuthErrorBody { error: code.as_str(), error_description: None },
    };
    oauth(status, &body)
}

/// The one description that is part of the contract.
pub(crate) const INVALID_REDIRECT: &str = "invalid_redirect";

/// userInfo's challenge: Cognito sends it without a scheme word in front.
pub(crate) fn challenge(status: StatusCode, error: &str, description: &str) -> HttpResponse {
    let mut response = domain(status, "");
    let value = format!("error=\"{error}\", error_description=\"{description}\"");
    put(&mut response, WWW_AUTHENTICATE, &value);
    response
}
