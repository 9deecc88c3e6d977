//! Users, and which of their attributes a token shows.

use std::collections::BTreeMap;
use std::fmt;

use subtle::ConstantTimeEq;

/// A user of a [`LocalUserPool`](super::LocalUserPool).
///
/// ```
/// use cognito_auth::testing::LocalUser;
///
/// let alice = LocalUser::new("alice", "Passw0rd!")
///     .email("alice@example.com")
///     .email_verified(true)
///     .group("admins")
///     .attribute("custom:tenant", "acme");
/// ```
#[derive(Clone)]
pub struct LocalUser {
    pub(crate) username: String,
    password: String,
    pub(crate) sub: Option<String>,
    pub(crate) groups: Vec<String>,
    attributes: BTreeMap<String, String>,
}

impl LocalUser {
    /// A user without attributes and groups. Any password is accepted.
    pub fn new(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            username: username.into(),
            password: password.into(),
            sub: None,
            groups: Vec::new(),
            attributes: BTreeMap::new(),
        }
    }

    /// Sets the `sub`. Without this it is random.
    pub fn subject(mut self, sub: impl Into<String>) -> Self {
        self.sub = Some(sub.into());
        self
    }

    /// Sets the e-mail address.
    pub fn email(self, email: impl Into<String>) -> Self {
        self.attribute("email", email)
    }

    /// Sets `email_verified`: a boolean in ID tokens, a text everywhere else, as in Cognito.
    pub fn email_verified(self, verified: bool) -> Self {
        self.attribute("email_verified", verified.to_string())
    }

    /// Sets an attribute, such as `name` or `custom:tenant`. As in Cognito, every value is a text.
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.insert(name.into(), value.into());
        self
    }

    /// Adds the user to a group.
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.groups.push(group.into());
        self
    }

    pub(crate) fn has_password(&self, password: &str) -> bool {
        self.password.as_bytes().ct_eq(password.as_bytes()).into()
    }

    /// SRP is computed with it: Cognito keeps a verifier in its place.
    pub(crate) fn password(&self) -> &str {
        &self.password
    }

    /// Every attribute, as GetUser lists them. `sub` is not in here.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The attributes that these scopes show at userInfo and in an ID token of the domain: with
    /// `openid` alone every one, else those of `profile` (custom ones included), `email` and
    /// `phone` (Developer Guide, "Scopes, M2M, and resource servers").
    pub(crate) fn attributes_for<'a>(
        &'a self,
        scopes: &'a [String],
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let asked = |scope: &str| scopes.iter().any(|asked| asked == scope);
        let (profile, email, phone) = (asked("profile"), asked("email"), asked("phone"));
        let everything = !profile && !email && !phone;
        self.attributes().filter(move |(name, _)| {
            everything
                || match *name {
                    "email" | "email_verified" => email,
                    "phone_number" | "phone_number_verified" => phone,
                    _ => profile,
                }
        })
    }
}

impl fmt::Debug for LocalUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalUser").field("username", &self.username).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(scopes: &[&str]) -> Vec<String> {
        let user = LocalUser::new("alice", "hush")
            .email("alice@example.com")
            .email_verified(false)
            .attribute("phone_number", "+15555550100")
            .attribute("custom:tenant", "acme");
        let scopes: Vec<String> = scopes.iter().map(|&scope| scope.to_owned()).collect();
        user.attributes_for(&scopes).map(|(name, _)| name.to_owned()).collect()
    }

    #[test]
    fn scopes_choose_the_attributes() {
        let all = ["custom:tenant", "email", "email_verified", "phone_number"];
        assert_eq!(shown(&["openid"]), all);
        assert_eq!(shown(&["openid", "aws.cognito.signin.user.admin"]), all);
        assert_eq!(shown(&["openid", "email"]), ["email", "email_verified"]);
        assert_eq!(shown(&["openid", "profile"]), ["custom:tenant"]);
        assert_eq!(shown(&["openid", "phone", "profile"]), ["custom:tenant", "phone_number"]);
    }

    #[test]
    fn debug_shows_no_password() {
        let shown = format!("{:?}", LocalUser::new("alice", "hush"));
        assert_eq!(shown, r#"LocalUser { username: "alice", .. }"#);
    }
}
