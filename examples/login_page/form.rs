//! The fields of a form, and what one page of a sign-in passes on to the next.

use std::collections::BTreeMap;

use cognito_auth::direct::{OneTimeCode, Password};
use serde::Deserialize;

use super::page::escape;

/// The fields of a form or of a query.
#[derive(Deserialize, Default)]
#[serde(transparent)]
pub(crate) struct Fields(BTreeMap<String, String>);

impl Fields {
    /// A field without the space around it; empty where it is missing.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// A password, with the space around it.
    pub(crate) fn password(&self, name: &str) -> Password {
        Password::from(self.0.get(name).map_or("", String::as_str))
    }

    /// A code, without the spaces that apps and mail programs show in it.
    pub(crate) fn code(&self) -> OneTimeCode {
        OneTimeCode::from(self.get("code").replace(' ', ""))
    }

    /// The fields whose names begin so: the rest of the name, and the value.
    pub(crate) fn below(&self, prefix: &str) -> Vec<(&str, &str)> {
        let fields = self.0.iter();
        let named = fields.filter_map(|(name, value)| Some((name.strip_prefix(prefix)?, value)));
        named.map(|(name, value)| (name, value.trim())).collect()
    }

    pub(crate) fn passed_on(&self) -> PassedOn {
        PassedOn { return_to: self.0.get("return_to").filter(|path| !path.is_empty()).cloned() }
    }
}

/// What each page of a sign-in passes on to the next one, in hidden fields.
#[derive(Clone, Default)]
pub(crate) struct PassedOn {
    /// Where the browser goes afterwards. `BrowserSessions::begin` ignores what is no path of this site.
    pub(crate) return_to: Option<String>,
}

impl PassedOn {
    pub(crate) fn hidden(&self) -> String {
        self.return_to.as_deref().map(|path| hidden("return_to", path)).unwrap_or_default()
    }

    /// For a link to another page: `?return_to=…`, or nothing.
    pub(crate) fn query(&self) -> String {
        let Some(path) = &self.return_to else { return String::new() };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        format!("?{}", query.append_pair("return_to", path).finish())
    }
}

pub(crate) fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value))
}
