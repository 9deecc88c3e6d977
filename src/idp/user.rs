//! [`UserInfo`]: the user of an access token.

use std::collections::BTreeMap;

use serde::Serialize;

/// The user of an access token, in the same form from GetUser and from userInfo.
///
/// Cognito sends every attribute as a text, also booleans and numbers. `email_verified` is parsed here;
/// `attributes` has the texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UserInfo {
    /// The user's id, which never changes and is never reused.
    pub sub: String,
    /// The name that the user signs in with; `<provider>_<id>` for federated users.
    pub username: String,
    /// The e-mail address, if the app client may read it.
    pub email: Option<String>,
    /// Whether the address was verified.
    pub email_verified: Option<bool>,
    /// Every attribute by its name, `custom:…` included, as the text that Cognito sent.
    pub attributes: BTreeMap<String, String>,
    /// Which of the two answered.
    pub source: UserInfoSource,
}

impl UserInfo {
    /// A user without attributes, for an [`IdentityProvider`](crate::IdentityProvider) of your own. Set
    /// the other fields by name.
    ///
    /// ```
    /// use cognito_auth::{UserInfo, UserInfoSource};
    ///
    /// let mut alice = UserInfo::new("a33408e2-…", "alice", UserInfoSource::GetUser);
    /// alice.email = Some("alice@example.com".to_owned());
    /// ```
    pub fn new(
        sub: impl Into<String>,
        username: impl Into<String>,
        source: UserInfoSource,
    ) -> Self {
        Self {
            sub: sub.into(),
            username: username.into(),
            email: None,
            email_verified: None,
            attributes: BTreeMap::new(),
            source,
        }
    }

    /// An attribute by its name, such as `name` or `custom:tenant`.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// Where a [`UserInfo`] came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UserInfoSource {
    /// The JSON API's GetUser.
    GetUser,
    /// The pool's domain, `/oauth2/userInfo`.
    UserInfo,
}
