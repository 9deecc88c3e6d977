//! [`Tokens`]: what the token endpoint issues.

use std::time::Duration;

use crate::secret::{AccessToken, IdToken, RefreshToken};

/// The tokens that the token endpoint issues
/// ([RFC 6749 §5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1)).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Tokens {
    /// The access token, for calls to services.
    pub access_token: AccessToken,
    /// The ID token, which says who signed in. `None` without the scope `openid`, and for machines.
    pub id_token: Option<IdToken>,
    /// The refresh token, to get new tokens with. `None` for machines.
    pub refresh_token: Option<RefreshToken>,
    /// The access token's lifetime. `None` if the provider did not say.
    pub expires_in: Option<Duration>,
    /// A device that the pool can remember: only after a direct sign-in, at a pool that tracks devices.
    pub new_device: Option<NewDevice>,
}

/// A device that signed in for the first time (`NewDeviceMetadata`). It is remembered once it is registered,
/// which direct sign-in does (feature `direct`).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewDevice {
    /// The key by which the device is named.
    pub key: String,
    /// The key of the group that the device belongs to.
    pub group_key: String,
}

impl NewDevice {
    /// A device, for an [`IdentityProvider`](crate::IdentityProvider) of your own.
    pub fn new(key: impl Into<String>, group_key: impl Into<String>) -> Self {
        Self { key: key.into(), group_key: group_key.into() }
    }
}

impl Tokens {
    /// An access token alone, for an [`IdentityProvider`](crate::IdentityProvider) of your own. Set the
    /// other fields by name.
    ///
    /// ```
    /// use std::time::Duration;
    /// use cognito_auth::Tokens;
    ///
    /// let mut tokens = Tokens::new("eyJraWQiOi…");
    /// tokens.expires_in = Some(Duration::from_secs(3600));
    /// ```
    pub fn new(access_token: impl Into<AccessToken>) -> Self {
        let access_token = access_token.into();
        Self {
            access_token,
            id_token: None,
            refresh_token: None,
            expires_in: None,
            new_device: None,
        }
    }
}

/// What an [`IdentityProvider`](crate::IdentityProvider) calls before each request of
/// [`refresh_after`](crate::IdentityProvider::refresh_after). After an error nothing is sent.
pub type BeforeRequest<'a> = &'a (dyn Fn() -> Result<(), crate::error::AuthError> + Send + Sync);
