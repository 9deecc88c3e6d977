//! The application's own sign-in page, in place of Cognito's.

use http::request::Parts;
use url::form_urlencoded;

use super::login::seconds;
use super::query::parameter;
use super::{BrowserSessions, acr};

impl BrowserSessions {
    /// The application's own sign-in page, with the parameters that it understands.
    pub(super) fn own_page_address(&self, path: &str, request: &Parts) -> String {
        let query = request.uri.query().unwrap_or_default().as_bytes();
        let mut passed = form_urlencoded::Serializer::new(String::new());
        let return_to = parameter(query, "return_to").map(|asked| self.return_to(Some(&asked)));
        let max_age = parameter(query, "max_age").filter(|age| seconds(age).is_some());
        let acr = parameter(query, "acr").filter(|acr| acr::is_acr_values(acr));
        for (name, value) in [("return_to", return_to), ("max_age", max_age), ("acr", acr)] {
            passed.extend_pairs(value.map(|value| (name, value)));
        }
        match passed.finish() {
            query if query.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }
}
