//! The members of a JSON API request, and what is wrong with them.

use serde_json::{Map, Value};

use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::text_type::{TOKEN, TextType};

/// The members of a request.
pub(crate) struct Input(Map<String, Value>);

impl Input {
    pub(crate) fn read(body: &[u8]) -> Result<Self, ApiError> {
        serde_json::from_slice(body).map(Self).map_err(|_| ApiError::not_json())
    }

    /// The members of an object, for an operation that a page calls.
    pub(crate) fn of(members: Value) -> Self {
        match members {
            Value::Object(members) => Self(members),
            _ => Self(Map::new()),
        }
    }

    /// An object in it; an empty one where there is none.
    pub(crate) fn object(&self, name: &str) -> Self {
        self.optional_object(name).unwrap_or(Self(Map::new()))
    }

    pub(crate) fn optional_object(&self, name: &str) -> Option<Self> {
        match self.0.get(name) {
            Some(Value::Object(members)) => Some(Self(members.clone())),
            _ => None,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn boolean(&self, name: &str) -> Option<bool> {
        self.0.get(name).and_then(Value::as_bool)
    }

    /// The members whose names begin like this, without that beginning.
    pub(crate) fn with_prefix<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .iter()
            .filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str()?)))
    }

    /// A member that has to be there. Messages spell it with a small first letter.
    pub(crate) fn text(&self, name: &str, in_messages: &str) -> Result<&str, ApiError> {
        self.get(name).ok_or_else(|| ApiError::null_member(in_messages))
    }

    /// A member of this type that has to be there.
    pub(crate) fn member(&self, name: &str, kind: &TextType) -> Result<&str, ApiError> {
        let in_messages = with_small_first_letter(name);
        let value = self.text(name, &in_messages)?;
        kind.check(&in_messages, value).map(|()| value)
    }

    /// A member of this type, if it is there.
    pub(crate) fn optional_member(
        &self,
        name: &str,
        kind: &TextType,
    ) -> Result<Option<&str>, ApiError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        kind.check(&with_small_first_letter(name), value).map(|()| Some(value))
    }

    pub(crate) fn client_id(&self) -> Result<&str, ApiError> {
        let id = self.text("ClientId", "clientId")?;
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"_+".contains(&b);
        if id.is_empty() || id.len() > 128 || !id.bytes().all(fits) {
            return Err(ApiError::member_pattern("clientId", Some(id), "[\\w+]+"));
        }
        Ok(id)
    }

    /// An entry of `AuthParameters` or `ChallengeResponses`. An empty one counts as missing.
    pub(crate) fn required(&self, name: &str) -> Result<&str, ApiError> {
        let value = self.get(name).filter(|value| !value.is_empty());
        value.ok_or_else(|| ApiError::missing_parameter(name))
    }
}

/// Messages spell members so.
pub(crate) fn with_small_first_letter(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// A token of other characters than a token has is a wrong parameter, not a bad token.
pub(crate) fn check_token_pattern(name: &str, token: &str) -> Result<(), ApiError> {
    if token.is_empty() {
        return Err(ApiError::member_pattern(name, None, "[A-Za-z0-9-_=.]+"));
    }
    TOKEN.check(name, token)
}

#[cfg(test)]
mod tests;
