//! The application's own sign-in page, in place of Cognito's.

use http::request::Parts;
use url::form_urlencoded;

use super::BrowserSessions;
use super::login::{NotBegun, step_up};
use super::query::parameter;

impl BrowserSessions {
    /// The application's own sign-in page, with the parameters that it understands.
    pub(super) fn own_page_address(&self, path: &str, request: &Parts) -> Result<String, NotBegun> {
        let query = request.uri.query().unwrap_or_default().as_bytes();
        let (acr, max_age) = step_up(query)?;
        let mut passed = form_urlencoded::Serializer::new(String::new());
        let return_to = parameter(query, "return_to").map(|asked| self.return_to(Some(&asked)));
        let max_age = max_age.map(|age| age.as_secs().to_string());
        for (name, value) in [("return_to", return_to), ("max_age", max_age), ("acr", acr)] {
            passed.extend_pairs(value.map(|value| (name, value)));
        }
        Ok(match passed.finish() {
            query if query.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        })
    }
}
