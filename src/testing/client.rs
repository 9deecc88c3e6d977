//! App clients: who they are, what they may ask for.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use subtle::ConstantTimeEq;

use crate::testing::http::form::Form;
use crate::testing::http::json_api::secret_hash::secret_hash;
use crate::error::RefusalCode;

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
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) logout_uris: Vec<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) signs_users_in: bool,
}

impl LocalClient {
    /// A client without a secret: for apps that cannot keep one, and for services that rely on
    /// PKCE. Its scopes are `openid`, `email`, `phone`, `profile` and
    /// `aws.cognito.signin.user.admin`.
    pub fn public(id: impl Into<String>) -> Self {
        let scopes = ["openid", "email", "phone", "profile", USER_ADMIN];
        Self {
            id: id.into(),
            secret: None,
            redirect_uris: Vec::new(),
            logout_uris: Vec::new(),
            scopes: scopes.map(str::to_owned).into(),
            signs_users_in: true,
        }
    }

    /// A client with a secret.
    pub fn confidential(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { secret: Some(secret.into()), ..Self::public(id) }
    }

    /// A client for the client-credentials grant alone. It needs scopes of a resource server, such
    /// as `api/read`.
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
        match (&self.secret, secret) {
            (None, None) => true,
            (Some(own), Some(secret)) => own.as_bytes().ct_eq(secret.as_bytes()).into(),
            _ => false,
        }
    }

    /// Whether this is the SECRET_HASH of the JSON API for this user.
    pub(crate) fn accepts_hash(&self, username: &str, hash: &str) -> bool {
        let own = self.secret.as_deref().map(|secret| secret_hash(secret, username, &self.id));
        own.is_some_and(|own| own.as_bytes().ct_eq(hash.as_bytes()).into())
    }
}

impl fmt::Debug for LocalClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalClient").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Finds the client of a request to the token or revocation endpoint: HTTP Basic, or `client_id`
/// and `client_secret` in the body ([RFC 6749 §2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)).
pub(crate) fn authenticate<'a>(
    clients: &'a [LocalClient],
    headers: &HeaderMap,
    form: &Form,
) -> Result<&'a LocalClient, RefusalCode> {
    let refused = RefusalCode::InvalidClient;
    let find = |id: &str| clients.iter().find(|client| client.id == id).ok_or(refused);
    let mut authorizations = headers.get_all(AUTHORIZATION).iter();
    let Some(authorization) = authorizations.next() else {
        let client = find(form.get("client_id").ok_or(RefusalCode::InvalidRequest)?)?;
        let accepted = client.accepts(form.get("client_secret"));
        return if accepted { Ok(client) } else { Err(refused) };
    };
    if authorizations.next().is_some() {
        return Err(refused);
    }
    let credentials = authorization.to_str().ok().and_then(basic).ok_or(refused)?;
    let (id, secret) = credentials.split_once(':').ok_or(refused)?;
    // RFC 6749 wants both form-encoded, Cognito's guide shows both as they are.
    let (decoded_id, decoded_secret) = (form_decoded(id), form_decoded(secret));
    let client = find(id).or_else(|_| find(&decoded_id))?;
    let same_id = form.get("client_id").is_none_or(|id| id == client.id);
    let accepted = client.accepts(Some(secret)) || client.accepts(Some(&decoded_secret));
    if same_id && accepted { Ok(client) } else { Err(refused) }
}

fn basic(header: &str) -> Option<String> {
    let (scheme, credentials) = header.split_once(' ')?;
    let is_basic = scheme.eq_ignore_ascii_case("basic");
    let decoded = STANDARD.decode(credentials.trim_start_matches(' ')).ok()?;
    String::from_utf8(decoded).ok().filter(|_| is_basic)
}

fn form_decoded(text: &str) -> String {
    url::form_urlencoded::parse(format!("x={}", text.replace('&', "%26")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clients() -> Vec<LocalClient> {
        vec![LocalClient::public("public"), LocalClient::confidential("with+secret", "s3cr+t")]
    }

    fn who(authorization: Option<&str>, body: &str) -> Result<String, RefusalCode> {
        let mut headers = HeaderMap::new();
        if let Some(value) = authorization {
            headers.insert(AUTHORIZATION, value.parse().unwrap());
        }
        let form = Form::parse(body.as_bytes()).unwrap();
        authenticate(&clients(), &headers, &form).map(|client| client.id.clone())
    }

    #[test]
    fn a_client_shows_its_secret_in_the_header_or_in_the_body() {
        let raw = format!("Basic {}", STANDARD.encode("with+secret:s3cr+t"));
        let encoded = format!("basic  {}", STANDARD.encode("with%2Bsecret:s3cr%2Bt"));
        assert_eq!(who(Some(&raw), "").as_deref(), Ok("with+secret"));
        assert_eq!(who(Some(&encoded), "client_id=with%2Bsecret").as_deref(), Ok("with+secret"));
        let body = "client_id=with%2Bsecret&client_secret=s3cr%2Bt";
        assert_eq!(who(None, body).as_deref(), Ok("with+secret"));
        assert_eq!(who(None, "client_id=public").as_deref(), Ok("public"));
    }

    #[test]
    fn everything_else_is_refused() {
        let wrong = format!("Basic {}", STANDARD.encode("with+secret:no"));
        let public = format!("Basic {}", STANDARD.encode("public:"));
        let right = format!("Basic {}", STANDARD.encode("with+secret:s3cr+t"));
        for (header, body) in [
            (Some(wrong.as_str()), ""),
            (Some(public.as_str()), ""),
            (Some(right.as_str()), "client_id=public"),
            (Some("Basic !"), "client_id=public"),
            (Some("Bearer abc"), "client_id=public"),
            (None, "client_id=unknown"),
            (None, "client_id=with%2Bsecret"),
            (None, "client_id=with%2Bsecret&client_secret=no"),
            (None, "client_id=public&client_secret=any"),
        ] {
            assert_eq!(who(header, body), Err(RefusalCode::InvalidClient), "{header:?} {body}");
        }
        assert_eq!(who(None, ""), Err(RefusalCode::InvalidRequest));
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", LocalClient::confidential("id", "hush"));
        assert_eq!(shown, r#"LocalClient { id: "id", .. }"#);
    }
}
