//! A user pool: its id, the issuers of its tokens, its addresses.

mod address;
mod domain;
mod id;
mod issuer;
mod name;
mod partition;
mod settings;

use serde::Deserialize;
use url::Url;

use crate::error::{ConfigError, RequiredSetting, UrlProblem};

pub(crate) use address::parse as parse_address;
pub use id::UserPoolId;
pub use issuer::IssuerKind;
pub use name::PoolName;
pub use partition::Partition;

/// A Cognito user pool: its id, the issuers its tokens may name, and its addresses.
///
/// ```
/// use cognito_auth::UserPool;
///
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?
///     .with_domain("https://my-app.auth.eu-west-1.amazoncognito.com")?;
/// assert_eq!(pool.id().region(), "eu-west-1");
/// assert_eq!(
///     pool.jwks_uri().as_str(),
///     "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123/.well-known/jwks.json",
/// );
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
///
/// A pool has two hosts (Cognito Developer Guide, "User pool endpoints"): `cognito-idp.<region>…` with
/// the JSON API and the keys, and the pool's *domain* with the hosted pages and the OAuth endpoints. The
/// domain is needed only to sign users in, and is set with [`with_domain`](Self::with_domain).
///
/// Every address can be replaced, for emulators and for FIPS endpoints. Plain `http` is accepted for
/// `localhost` and loopback addresses only.
///
/// # Replicas in other Regions
///
/// A replica of a multi-Region pool has the pool's id, clients and keys, and its updated issuers name
/// the primary Region in every Region (Developer Guide, "Multi-Region user pools"). So switch such a
/// pool to the updated issuer; the id and the accepted issuers stay the same here. A service in the
/// Region of a replica may send its requests there:
///
/// ```
/// use cognito_auth::UserPool;
///
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?
///     .with_idp_endpoint("https://cognito-idp.eu-central-1.amazonaws.com")?
///     .with_jwks_uri(
///         "https://cognito-idp.eu-central-1.amazonaws.com/eu-west-1_AbCdEf123/.well-known/jwks.json",
///     )?;
/// assert_eq!(
///     pool.issuers()[1],
///     "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123",
/// );
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "settings::UserPoolSettings")]
pub struct UserPool {
    id: UserPoolId,
    issuers: Vec<String>,
    idp_endpoint: Url,
    jwks_uri: Url,
    domain: Option<Url>,
}

impl UserPool {
    /// The pool with this id, at Cognito's own addresses.
    ///
    /// Both kinds of issuer are accepted: they name the same pool and the same keys, and after a pool
    /// is switched from one to the other there are unexpired tokens of both.
    ///
    /// # Errors
    /// [`ConfigError::UserPoolId`] when the text is no user pool id; [`ConfigError::Region`] when its
    /// Region is in no [`Partition`].
    pub fn new(id: &str) -> Result<Self, ConfigError> {
        let id = UserPoolId::parse(id)?;
        let host = format!("cognito-idp.{}.{}", id.region(), id.partition().dns_suffix());
        let idp_endpoint = address::parse("idp_endpoint", &format!("https://{host}"))?;
        let jwks_uri =
            address::parse("jwks_uri", &format!("https://{host}/{id}/.well-known/jwks.json"))?;
        let issuers = [IssuerKind::Original, IssuerKind::Updated].map(|kind| id.issuer(kind));
        Ok(Self { id, issuers: issuers.into(), idp_endpoint, jwks_uri, domain: None })
    }

    /// Sets the pool's domain, the host of the login page and the OAuth endpoints: a prefix domain
    /// (`https://<prefix>.auth.<region>.amazoncognito.com`) or a custom one.
    ///
    /// # Errors
    /// [`ConfigError::Url`] or [`ConfigError::InsecureUrl`] when it is not a valid address; also when
    /// its path is that of a page, such as `/login`, when it is a prefix domain of another Region than
    /// the pool's, or the address of the API.
    pub fn with_domain(mut self, domain: &str) -> Result<Self, ConfigError> {
        self.domain = Some(domain::domain(&self.id, domain)?);
        Ok(self)
    }

    /// Accepts one kind of issuer only. Default: both.
    pub fn with_issuer_kind(mut self, kind: IssuerKind) -> Self {
        self.issuers = vec![self.id.issuer(kind)];
        self
    }

    /// Replaces the accepted issuers, for an emulator or an issuer of your own. They are compared byte
    /// by byte
    /// ([RFC 8725 §3.8](https://www.rfc-editor.org/rfc/rfc8725#section-3.8)).
    ///
    /// # Errors
    /// [`ConfigError::Missing`] without any; [`ConfigError::Url`] or [`ConfigError::InsecureUrl`]
    /// when one is not a valid address, such as one with a line feed at its end.
    pub fn with_issuers<I: Into<String>>(
        mut self,
        issuers: impl IntoIterator<Item = I>,
    ) -> Result<Self, ConfigError> {
        self.issuers = issuers.into_iter().map(Into::into).collect();
        if self.issuers.is_empty() {
            return Err(ConfigError::Missing { setting: RequiredSetting::Issuers });
        }
        for issuer in &self.issuers {
            // The URL parser strips white space; the comparison with `iss` does not.
            if !issuer.bytes().all(|b| b.is_ascii_graphic()) {
                let reason = UrlProblem::NotEncoded;
                return Err(ConfigError::Url { setting: "issuer", reason });
            }
            address::parse("issuer", issuer)?;
        }
        Ok(self)
    }

    /// Replaces the address of the JSON API (GetUser, GlobalSignOut and others).
    ///
    /// # Errors
    /// [`ConfigError::Url`] or [`ConfigError::InsecureUrl`] when it is not a valid address.
    pub fn with_idp_endpoint(mut self, endpoint: &str) -> Result<Self, ConfigError> {
        self.idp_endpoint = address::parse("idp_endpoint", endpoint)?;
        let host = self.idp_endpoint.host_str().unwrap_or_default();
        if host.contains(".amazoncognito.") || self.idp_endpoint.path().ends_with(self.id.as_str())
        {
            let reason = UrlProblem::DomainForApi;
            return Err(ConfigError::Url { setting: "idp_endpoint", reason });
        }
        Ok(self)
    }

    /// Replaces the address of the JWKS document.
    ///
    /// # Errors
    /// [`ConfigError::Url`] or [`ConfigError::InsecureUrl`] when it is not a valid address.
    pub fn with_jwks_uri(mut self, jwks_uri: &str) -> Result<Self, ConfigError> {
        self.jwks_uri = address::parse("jwks_uri", jwks_uri)?;
        Ok(self)
    }

    /// The pool's id.
    pub fn id(&self) -> &UserPoolId {
        &self.id
    }

    /// The issuers that a token of this pool may name.
    pub fn issuers(&self) -> &[String] {
        &self.issuers
    }

    /// The address of the JSON API.
    pub fn idp_endpoint(&self) -> &Url {
        &self.idp_endpoint
    }

    /// The address of the JWKS document.
    pub fn jwks_uri(&self) -> &Url {
        &self.jwks_uri
    }

    /// The pool's domain, if one was set.
    pub fn domain(&self) -> Option<&Url> {
        self.domain.as_ref()
    }

    /// `<domain>/oauth2/authorize`, where a sign-in starts.
    ///
    /// # Errors
    /// [`ConfigError::Missing`] without a domain.
    pub fn authorize_endpoint(&self) -> Result<Url, ConfigError> {
        self.at_domain("/oauth2/authorize")
    }

    /// `<domain>/oauth2/token`, which exchanges codes and refresh tokens for tokens.
    ///
    /// # Errors
    /// See [`authorize_endpoint`](Self::authorize_endpoint).
    pub fn token_endpoint(&self) -> Result<Url, ConfigError> {
        self.at_domain("/oauth2/token")
    }

    /// `<domain>/oauth2/userInfo`, which returns the user's attributes for an access token.
    ///
    /// # Errors
    /// See [`authorize_endpoint`](Self::authorize_endpoint).
    pub fn user_info_endpoint(&self) -> Result<Url, ConfigError> {
        self.at_domain("/oauth2/userInfo")
    }

    /// `<domain>/oauth2/revoke`, which revokes refresh tokens.
    ///
    /// # Errors
    /// See [`authorize_endpoint`](Self::authorize_endpoint).
    pub fn revoke_endpoint(&self) -> Result<Url, ConfigError> {
        self.at_domain("/oauth2/revoke")
    }

    /// `<domain>/logout`, to which the browser is sent to end the session at the hosted login page.
    ///
    /// The parameters are Cognito's own (Developer Guide, "Logout endpoint"), not OpenID Connect's:
    /// `client_id` and `logout_uri`, which must be one of the client's *sign-out* URLs. The page clears
    /// the session cookie and revokes no token: see
    /// [`IdentityProvider::logout_with_token`](crate::IdentityProvider::logout_with_token) for that.
    ///
    /// ```
    /// # use cognito_auth::UserPool;
    /// let pool = UserPool::new("eu-west-1_AbCdEf123")?.with_domain("https://auth.example.com")?;
    /// let url = pool.logout_url("1example23456789abcdefghij", "https://app.example.com/")?;
    /// assert_eq!(
    ///     url.as_str(),
    ///     "https://auth.example.com/logout?client_id=1example23456789abcdefghij\
    ///      &logout_uri=https%3A%2F%2Fapp.example.com%2F",
    /// );
    /// # Ok::<(), cognito_auth::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// [`ConfigError::Missing`] without a domain.
    pub fn logout_url(&self, client_id: &str, logout_uri: &str) -> Result<Url, ConfigError> {
        let mut url = self.at_domain("/logout")?;
        url.query_pairs_mut()
            .append_pair("client_id", client_id)
            .append_pair("logout_uri", logout_uri);
        Ok(url)
    }

    fn at_domain(&self, path: &str) -> Result<Url, ConfigError> {
        let domain = self
            .domain
            .as_ref()
            .ok_or(ConfigError::Missing { setting: RequiredSetting::Domain })?;
        Ok(address::below(domain, path))
    }
}

/// The longest lifetime of a token that can be set at Cognito, in seconds (quota "access token
/// lifetime").
pub(crate) const MAX_TOKEN_LIFETIME: u64 = 86_400;

/// A client id is 1 to 128 letters, digits, `_` or `+` (API reference, `ClientId`); emulators and
/// other issuers add `-` and `.`.
pub(crate) fn check_client_id(client_id: &str) -> Result<(), ConfigError> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'-' | b'.');
    if client_id.is_empty() || client_id.len() > 128 || !client_id.bytes().all(fits) {
        return Err(ConfigError::ClientId);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
