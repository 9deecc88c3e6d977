//! What to ask of the authorize endpoint.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use url::Url;

use super::pending::PendingSignIn;
use super::pkce::{code_challenge, random_text};
use super::{SignIn, check_redirect_uri};
use crate::error::{AuthError, ConfigError, InputProblem};
use crate::pool::UserPool;
use crate::secret::CodeVerifier;

/// The longest value of an optional parameter, in bytes: an address line has to hold them all.
const MAX_VALUE_BYTES: usize = 1024;

/// How long a sign-in may take: the longest that Cognito lets a challenge of one take
/// (AuthSessionValidity, 3 to 15 minutes), and what load balancers and frameworks allow.
const VALID_FOR: Duration = Duration::from_secs(15 * 60);

/// As long as the login page's own cookie lives.
const MOST_VALID_FOR: Duration = Duration::from_secs(60 * 60);

/// The parameters of a sign-in (Cognito Developer Guide, "Authorize endpoint"). Only the redirect URI is
/// required.
///
/// ```
/// use cognito_auth::SignInRequest;
///
/// let request = SignInRequest::new("https://app.example.com/auth/callback")
///     .identity_provider("Google")
///     .login_hint("bob@example.com");
/// # let _ = request;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRequest {
    redirect_uri: String,
    scopes: Vec<String>,
    options: Vec<(&'static str, String)>,
    max_age: Option<Duration>,
    issuer_required: bool,
    valid_for: Duration,
}

impl SignInRequest {
    /// The scopes that a sign-in requests by default: `openid` (an ID token, and userInfo), `email`, and
    /// `aws.cognito.signin.user.admin` (GetUser and GlobalSignOut).
    ///
    /// Cognito refuses GlobalSignOut without the last one. It also allows the holder of the access token to
    /// change the user's attributes and MFA settings, and to delete the user: do not give such a token to
    /// third parties. The app client has to allow all three, or the sign-in fails with `invalid_scope`.
    pub const DEFAULT_SCOPES: [&str; 3] = ["openid", "email", "aws.cognito.signin.user.admin"];

    /// A sign-in that ends at this redirect URI: byte for byte one of the app client's callback
    /// URLs. Absolute, at most 1024 characters, no fragment; `https`, plain `http` to a loopback
    /// address, or an application's own scheme.
    pub fn new(redirect_uri: impl Into<String>) -> Self {
        Self {
            redirect_uri: redirect_uri.into(),
            scopes: Self::DEFAULT_SCOPES.map(str::to_owned).into(),
            options: Vec::new(),
            max_age: None,
            issuer_required: false,
            valid_for: VALID_FOR,
        }
    }

    /// Requests these scopes instead of [`DEFAULT_SCOPES`](Self::DEFAULT_SCOPES). With an empty list,
    /// Cognito grants every scope that the app client allows.
    ///
    /// Without `openid` there is no ID token, and `email`, `phone` and `profile` are refused.
    /// Without `aws.cognito.signin.user.admin`,
    /// [`logout_with_token`](crate::IdentityProvider::logout_with_token) is refused, and
    /// [`revoke`](crate::IdentityProvider::revoke) is the way to end a session.
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Skips the page on which the user chooses a provider, and uses this one: `COGNITO`, `Google`,
    /// `Facebook`, `LoginWithAmazon`, `SignInWithApple`, or the name of a SAML or OIDC provider.
    pub fn identity_provider(self, name: impl Into<String>) -> Self {
        self.option("identity_provider", name)
    }

    /// Skips the page on which the user chooses a provider, and uses the one with this identifier, for
    /// example an e-mail domain.
    pub fn idp_identifier(self, identifier: impl Into<String>) -> Self {
        self.option("idp_identifier", identifier)
    }

    /// Fills in the user name; forwarded to OIDC providers and Google.
    pub fn login_hint(self, hint: impl Into<String>) -> Self {
        self.option("login_hint", hint)
    }

    /// The language of the login page, such as `de` or `pt-BR`. Managed login only.
    pub fn lang(self, lang: impl Into<String>) -> Self {
        self.option("lang", lang)
    }

    /// The parameter `prompt`: `none`, or one or more of `login`, `select_account` and `consent`, separated
    /// by spaces. Managed login only. With `none`, when no user is signed in, the callback is the refusal
    /// `login_required`.
    pub fn prompt(self, prompt: impl Into<String>) -> Self {
        self.option("prompt", prompt)
    }

    /// The one resource server that the access token is for
    /// ([RFC 8707](https://www.rfc-editor.org/rfc/rfc8707)); its `aud` is then this text.
    pub fn resource(self, resource: impl Into<String>) -> Self {
        self.option("resource", resource)
    }

    /// The requested authentication context classes, such as `urn:cognito:loa:2`. Lower feature tiers of
    /// Cognito ignore the parameter: check `acr` in the ID token.
    pub fn acr_values(self, values: impl Into<String>) -> Self {
        self.option("acr_values", values)
    }

    /// The longest allowed time since the user signed in. Lower feature tiers of Cognito ignore the
    /// parameter, so `auth_time` of the ID token is compared when the code is exchanged, with a minute of
    /// leeway. Needs the scope `openid`.
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// Refuses callbacks without the parameter `iss`: for a provider other than Cognito whose metadata have
    /// `authorization_response_iss_parameter_supported`
    /// ([RFC 9207 §2.4](https://www.rfc-editor.org/rfc/rfc9207#section-2.4)). By default `iss` may be
    /// missing, since Cognito sends none; a wrong `iss` is always refused.
    pub fn require_issuer(mut self) -> Self {
        self.issuer_required = true;
        self
    }

    /// The longest time from the start of the sign-in to the callback; after that the callback is refused
    /// ([`AuthError::SignInExpired`]). Default 15 minutes, the longest time that Cognito allows for a
    /// challenge of a sign-in; 1 minute to 1 hour, the lifetime of the login page's cookie. Rounded down to
    /// seconds.
    pub fn valid_for(mut self, valid_for: Duration) -> Self {
        self.valid_for = valid_for;
        self
    }

    fn option(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.options.retain(|(known, _)| *known != name);
        self.options.push((name, value.into()));
        self
    }

    /// Starts the sign-in at this pool, for this app client, by this machine's clock, as
    /// [`IdentityProvider::sign_in`](crate::IdentityProvider::sign_in) does.
    ///
    /// # Errors
    /// [`AuthError::Config`] when the pool has no domain, or the redirect URI is invalid;
    /// [`AuthError::Input`] when another value cannot be sent, or [`valid_for`](Self::valid_for) is out of
    /// its range.
    pub fn start(self, pool: &UserPool, client_id: &str) -> Result<SignIn, AuthError> {
        self.start_at(pool, client_id, SystemTime::now())
    }

    /// As [`start`](Self::start), at this time: for an [`IdentityProvider`](crate::IdentityProvider) with a
    /// clock of its own.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_at(
        self,
        pool: &UserPool,
        client_id: &str,
        now: SystemTime,
    ) -> Result<SignIn, AuthError> {
        self.check()?;
        let now = now.duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
        let pending = PendingSignIn {
            state: random_text()?,
            code_verifier: CodeVerifier::from(random_text()?),
            nonce: random_text()?,
            redirect_uri: self.redirect_uri.clone(),
            issuers: pool.issuers().to_vec(),
            client_id: client_id.to_owned(),
            expires_at: now.saturating_add(self.valid_for.as_secs()),
            max_age: self.max_age,
            openid: self.asks_for_openid(),
            issuer_required: self.issuer_required,
        };
        let mut url = pool.authorize_endpoint()?;
        self.write(&mut url, client_id, &pending);
        Ok(SignIn { url, pending })
    }

    fn check(&self) -> Result<(), AuthError> {
        check_redirect_uri(&self.redirect_uri)
            .map_err(|reason| ConfigError::Url { setting: "redirect_uri", reason })?;
        check_scopes(self.scopes.iter().map(String::as_str))?;
        for (name, value) in &self.options {
            let refused = |reason| Err(AuthError::Input { what: name, reason });
            if value.is_empty() || value.len() > MAX_VALUE_BYTES {
                return refused(InputProblem::ParameterLength);
            }
            if value.chars().any(char::is_control) {
                return refused(InputProblem::ControlCharacter);
            }
            if *name == "prompt" && value != "none" && value.split(' ').any(|word| word == "none") {
                return refused(InputProblem::NoneWithOthers);
            }
            if *name == "resource" && !is_resource(value) {
                return refused(InputProblem::NotAResource);
            }
        }
        if !(Duration::from_secs(60)..=MOST_VALID_FOR).contains(&self.valid_for) {
            let reason = InputProblem::NotValidFor;
            return Err(AuthError::Input { what: "valid_for", reason });
        }
        if self.max_age.is_some() && !self.scopes.is_empty() && !self.asks_for_openid() {
            let reason = InputProblem::NoOpenidScope;
            return Err(AuthError::Input { what: "max_age", reason });
        }
        Ok(())
    }

    /// By name: which scopes come of none at all is Cognito's business.
    fn asks_for_openid(&self) -> bool {
        self.scopes.iter().any(|scope| scope == "openid")
    }

    fn write(&self, url: &mut Url, client_id: &str, pending: &PendingSignIn) {
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", &self.redirect_uri);
        if !self.scopes.is_empty() {
            query.append_pair("scope", &self.scopes.join(" "));
        }
        query
            .append_pair("state", &pending.state)
            .append_pair("nonce", &pending.nonce)
            .append_pair("code_challenge", &code_challenge(&pending.code_verifier))
            .append_pair("code_challenge_method", "S256");
        for (name, value) in &self.options {
            query.append_pair(name, value);
        }
        if let Some(max_age) = self.max_age {
            query.append_pair("max_age", &max_age.as_secs().to_string());
        }
    }
}

/// A scope is printable ASCII without space, `"` and `\`
/// ([RFC 6749 §3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)); Cognito has at most 50
/// for a client, of at most 256 characters.
pub(crate) fn check_scopes<'a>(scopes: impl Iterator<Item = &'a str>) -> Result<(), AuthError> {
    let refused = |reason| Err(AuthError::Input { what: "the scopes", reason });
    for (count, scope) in scopes.enumerate() {
        let fits = |b: u8| b.is_ascii_graphic() && b != b'"' && b != b'\\';
        if scope.is_empty() || scope.len() > 256 || !scope.bytes().all(fits) {
            return refused(InputProblem::NotAScope);
        }
        if count >= 50 {
            return refused(InputProblem::TooManyScopes);
        }
    }
    Ok(())
}

fn is_resource(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| url.fragment().is_none())
}
