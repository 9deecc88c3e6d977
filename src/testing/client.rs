//! App clients: their secrets, addresses and scopes.

use std::fmt;

use subtle::ConstantTimeEq;

/// The scope that lets a token read and change its own user: GetUser and GlobalSignOut need it.
pub(crate) const USER_ADMIN: &str = "aws.cognito.signin.user.admin";

/// An app client of a [`LocalUserPool`](super::LocalUserPool).
///
/// ```
/// use cognito_auth::testing::LocalClient;
///
/// let client = LocalClient::public("1example23456789abcdefghij")
///     .redirect_uri("http://localhost:3000/auth/callback")
///     .logout_uri("http://localhost:3000/");
/// ```
#[derive(Clone)]
pub struct LocalClient {
    pub(crate) id: String,
    pub(crate) secret: Option<String>,
    /// One that is accepted too, until it is deleted.
    pub(crate) old_secret: Option<String>,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) logout_uris: Vec<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) signs_users_in: bool,
    /// `None`: all of them.
    auth_flows: Option<Vec<String>>,
    pub(crate) prevents_user_existence_errors: bool,
}

impl LocalClient {
    /// A client without a secret. Its scopes are `openid`, `email`, `phone`, `profile` and
    /// `aws.cognito.signin.user.admin`.
    pub fn public(id: impl Into<String>) -> Self {
        let scopes = ["openid", "email", "phone", "profile", USER_ADMIN];
        Self {
            id: id.into(),
            secret: None,
            old_secret: None,
            redirect_uris: Vec::new(),
            logout_uris: Vec::new(),
            scopes: scopes.map(str::to_owned).into(),
            signs_users_in: true,
            auth_flows: None,
            prevents_user_existence_errors: true,
        }
    }

    /// A client with a secret.
    pub fn confidential(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { secret: Some(secret.into()), ..Self::public(id) }
    }

    /// A client for the client credentials grant only. Set [`scopes`](Self::scopes) of a resource server,
    /// such as `api/read`.
    pub fn machine(id: impl Into<String>, secret: impl Into<String>) -> Self {
        let client = Self::confidential(id, secret);
        Self { scopes: Vec::new(), signs_users_in: false, ..client }
    }

    /// Adds an allowed callback URL. Compared byte by byte.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.push(uri.into());
        self
    }

    /// Adds an allowed sign-out URL. Compared byte by byte.
    pub fn logout_uri(mut self, uri: impl Into<String>) -> Self {
        self.logout_uris.push(uri.into());
        self
    }

    /// Replaces the enabled scopes.
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Restricts the flows of InitiateAuth to these, in the words of Cognito's `ExplicitAuthFlows`, such as
    /// `ALLOW_USER_SRP_AUTH`. Default: all of them. At Cognito the default is `ALLOW_REFRESH_TOKEN_AUTH`,
    /// `ALLOW_USER_SRP_AUTH` and `ALLOW_CUSTOM_AUTH`.
    pub fn auth_flows<S: Into<String>>(mut self, flows: impl IntoIterator<Item = S>) -> Self {
        self.auth_flows = Some(flows.into_iter().map(Into::into).collect());
        self
    }

    /// Sets `PreventUserExistenceErrors`: whether the JSON API answers for a user who does not exist as it
    /// does after a wrong password or a wrong code. Default: `true`, as for clients of Cognito's console.
    pub fn prevent_user_existence_errors(mut self, prevent: bool) -> Self {
        self.prevents_user_existence_errors = prevent;
        self
    }

    /// Whether InitiateAuth may use this flow.
    pub(crate) fn allows_flow(&self, flow: &str) -> bool {
        let allowed = |flows: &Vec<String>| {
            flows.iter().any(|allowed| allowed.strip_prefix("ALLOW_") == Some(flow))
        };
        self.signs_users_in && self.auth_flows.as_ref().is_none_or(allowed)
    }

    /// The scopes of resource servers among the enabled ones: `<resource server>/<scope>`.
    pub(crate) fn custom_scopes(&self) -> Vec<String> {
        self.scopes.iter().filter(|scope| scope.contains('/')).cloned().collect()
    }

    /// The enabled scopes that a user's token can have.
    pub(crate) fn user_scopes(&self) -> Vec<String> {
        if self.signs_users_in { self.scopes.clone() } else { Vec::new() }
    }

    pub(crate) fn may_act_for_itself(&self) -> bool {
        self.secret.is_some() && self.scopes.iter().any(|scope| scope.contains('/'))
    }

    /// Whether this is the secret; for a public client whether none came.
    pub(crate) fn accepts(&self, secret: Option<&str>) -> bool {
        match secret {
            None => self.secret.is_none(),
            Some(secret) => {
                self.secrets().any(|own| own.as_bytes().ct_eq(secret.as_bytes()).into())
            }
        }
    }

    /// At Cognito a client has at most two.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.secret.iter().chain(&self.old_secret).map(String::as_str)
    }
}

impl fmt::Debug for LocalClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalClient").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", LocalClient::confidential("id", "hush"));
        assert_eq!(shown, r#"LocalClient { id: "id", .. }"#);
    }
}
