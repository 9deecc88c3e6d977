//! What a skin answered.

use http::HeaderMap;

pub(crate) const MISSING: &str =
    r#"{"error":"missing_token","message":"A bearer token is required."}"#;
pub(crate) const MALFORMED: &str =
    r#"{"error":"invalid_request","message":"The token of the request is malformed."}"#;
pub(crate) const REFUSED: &str =
    r#"{"error":"invalid_token","message":"The token is not accepted."}"#;
pub(crate) const FORBIDDEN: &str =
    r#"{"error":"insufficient_scope","message":"The token does not allow this."}"#;
pub(crate) const STEP_UP: &str = r#"{"error":"insufficient_user_authentication","message":"A newer or stronger sign-in is required."}"#;
pub(crate) const UNAVAILABLE: &str =
    r#"{"error":"temporarily_unavailable","message":"The token cannot be checked at the moment."}"#;

/// What a handler of the tests says to a request without a token that it lets in.
pub(crate) const NO_USER: &str = "no user";

/// Status, headers but for those of the framework's own, body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Answer {
    /// The handler was reached and said this.
    pub(crate) fn said(body: impl Into<String>) -> Self {
        Self { status: 200, headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn challenge(status: u16, www_authenticate: &str, body: &str) -> Self {
        let headers = vec![
            ("cache-control", "no-store".to_owned()),
            ("content-type", "application/json".to_owned()),
            ("www-authenticate", www_authenticate.to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
        ];
        Self { status, headers, body: body.to_owned() }
    }

    pub(crate) fn unavailable() -> Self {
        let mut answer = Self::challenge(503, "", UNAVAILABLE);
        answer.headers[2] = ("retry-after", "5".to_owned());
        answer
    }

    pub(crate) fn server_error(body: &str) -> Self {
        Self::without_challenge(500, body)
    }

    /// A refusal that RFC 6750 has no words for.
    pub(crate) fn without_challenge(status: u16, body: &str) -> Self {
        let mut answer = Self::challenge(status, "", body);
        answer.headers.remove(2);
        answer
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// The sentence of the body.
    pub(crate) fn message(&self) -> &str {
        let (_, rest) = self.body.split_once(r#""message":""#).unwrap();
        rest.strip_suffix(r#""}"#).unwrap()
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    pub(crate) fn is_malformed(&self) -> bool {
        self.status == 400
    }

    pub(crate) fn is_success(&self) -> bool {
        self.status == 200
    }

    /// The handlers of the tests answer in plain text, and frameworks add such headers to that as
    /// they like: of a 200 only the body counts.
    pub(crate) fn of(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let body = String::from_utf8(body.to_vec()).unwrap();
        if status == 200 {
            return Self::said(body);
        }
        let ours = [
            "cache-control",
            "content-type",
            "retry-after",
            "www-authenticate",
            "x-content-type-options",
        ];
        let theirs = ["content-length", "date"];
        for name in headers.keys() {
            let name = name.as_str();
            assert!(ours.contains(&name) || theirs.contains(&name), "{name}");
        }
        let headers = ours.into_iter().flat_map(|name| {
            headers
                .get_all(name)
                .iter()
                .map(move |value| (name, value.to_str().unwrap().to_owned()))
        });
        Self { status, headers: headers.collect(), body }
    }
}
