//! The members of a JSON API request, and what is wrong with them.

use serde_json::{Map, Value};

use crate::testing::http::json_api::error::ApiError;

/// The members of a request.
pub(crate) struct Input(Map<String, Value>);

impl Input {
    pub(crate) fn read(body: &[u8]) -> Result<Self, ApiError> {
        serde_json::from_slice(body).map(Self).map_err(|_| ApiError::not_json())
    }

    /// An object in it; an empty one where there is none.
    pub(crate) fn object(&self, name: &str) -> Self {
        match self.0.get(name) {
            Some(Value::Object(members)) => Self(members.clone()),
            _ => Self(Map::new()),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A member that has to be there. Messages spell it with a small first letter.
    pub(crate) fn text(&self, name: &str, in_messages: &str) -> Result<&str, ApiError> {
        self.get(name).ok_or_else(|| ApiError::null_member(in_messages))
    }

    pub(crate) fn client_id(&self) -> Result<&str, ApiError> {
        let id = self.text("ClientId", "clientId")?;
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"_+".contains(&b);
        if id.is_empty() || id.len() > 128 || !id.bytes().all(fits) {
            return Err(ApiError::member_pattern("clientId", Some(id), "[\\w+]+"));
        }
        Ok(id)
    }

    pub(crate) fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name).ok_or_else(|| ApiError::missing_parameter(name))
    }
}

/// A token of other characters than a token has is a wrong parameter, not a bad token.
pub(crate) fn check_token_pattern(name: &str, token: &str) -> Result<(), ApiError> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_=.".contains(&b);
    if token.is_empty() || !token.bytes().all(fits) {
        return Err(ApiError::member_pattern(name, None, "[A-Za-z0-9-_=.]+"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R11.
    #[test]
    fn null_is_missing() {
        let input = Input::read(br#"{"Text":null,"Object":null}"#).unwrap();
        assert_eq!(input.get("Text"), None);
        assert_eq!(input.text("Text", "text").unwrap_err(), ApiError::null_member("text"));
        assert_eq!(input.object("Object").get("Text"), None);
        assert_eq!(input.required("Text").unwrap_err(), ApiError::missing_parameter("Text"));
    }
}
