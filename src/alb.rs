//! The users of an Application Load Balancer that signs them in, and of AWS Verified Access.
//!
//! Both sign users in themselves and tell the application who they are, in a header field with a token of their
//! own: `x-amzn-oidc-data` and `x-amzn-ava-user-context`. [`AlbVerifier`] verifies it. What to set up at AWS, and
//! when this is not enough: [the guide](crate::guide::behind_a_load_balancer).

#[cfg(feature = "axum")]
mod axum;
mod builder;
mod claims;
mod fetch;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod padding;
mod signer_arn;
mod signer_keys;
mod token;

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use http::HeaderMap;

use crate::bearer::Challenge;
use crate::claims::rules::is_ahead;
use crate::error::{ConfigError, Part, VerifyError};
use crate::jwt::members;
use crate::metrics;
use crate::pool::UserPool;
pub use builder::AlbVerifierBuilder;
pub use claims::AlbClaims;
use signer_keys::SignerKeys;
use token::{SignedByRules, UnverifiedToken, seconds};

/// Verifies the tokens that an Application Load Balancer, or AWS Verified Access, adds to each request. Cheap to
/// clone; clones share the keys.
///
/// ```
/// use cognito_auth::UserPool;
/// use cognito_auth::alb::AlbVerifier;
/// use cognito_auth::bearer::Challenge;
///
/// let load_balancer =
///     "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/my-app/50dc6c495c0c9188";
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// let verifier = AlbVerifier::new(load_balancer, &pool, "1example23456789abcdefghij")?;
///
/// async fn hello(verifier: &AlbVerifier, headers: &http::HeaderMap) -> Result<String, Challenge> {
///     let user = verifier.user_of(headers).await?;
///     Ok(format!("hello {}", user.username().unwrap_or(user.sub())))
/// }
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
///
/// What is checked, in this order: size; three parts of canonical base64url, all of them padded or none; header
/// (`alg` is the signer's: ES256 of a load balancer, ES384 of Verified Access; no extension, no embedded key; a
/// key id that is a UUID; `signer`, `iss`, `client` and `exp`); payload; key; signature; `iss`, `exp` and `nbf` of
/// the payload, where it has them; `sub`. The load balancers of all customers in a Region sign with the same
/// keys, so `signer` is what tells yours from an attacker's.
///
/// # Keys
///
/// Each key is fetched by its id, from the address of the signer's Region, and cached for an hour. After that the
/// requests that need it wait until it is fetched again, all of them for the same fetch; while that fails, the old
/// key is used, for at most 24 hours after it was fetched. So a key that AWS has withdrawn is used for an hour at
/// most, and in an outage of the key server for a day. 404 means that there is no such key, and so does 403 if the
/// server has sent another key in the last hour: the token is refused (401). Every other answer means that the token
/// could not be checked (503).
///
/// A token causes a fetch only if all members of its header are right and it has not expired; key ids that are not
/// known cause ten fetches at once and then one a second, so made-up tokens cannot cause more. At most 16 keys are
/// kept.
///
/// **A header is not secret, and is not signed until a key is there:** a client that reaches the application directly
/// can send made-up key ids and use up these fetches. Keys that are cached are not affected. But a process that has
/// just started, or the first request after AWS has a new key, then cannot fetch the good key: requests of signed-in
/// users get 503 for as long as the flood lasts. So let the application accept traffic from the load balancer alone
/// ([how](crate::guide::behind_a_load_balancer#when-the-token-is-not-enough)).
///
/// There are no revocations here: the load balancer ends a user's session, and the tokens end within minutes.
#[derive(Clone)]
pub struct AlbVerifier(Arc<AlbVerification>);

struct AlbVerification {
    rules: SignedByRules,
    keys: Arc<SignerKeys>,
    clock: Option<OwnTime>,
}

/// A clock of the caller's own.
type OwnTime = Arc<dyn Fn() -> SystemTime + Send + Sync>;

impl AlbVerifier {
    /// A verifier for a load balancer that signs the users of a Cognito pool in: its ARN, the pool, and the app
    /// client that the load balancer has.
    ///
    /// # Errors
    /// See [`AlbVerifierBuilder::build`].
    pub fn new(
        load_balancer_arn: &str,
        pool: &UserPool,
        client_id: impl Into<String>,
    ) -> Result<Self, ConfigError> {
        Self::builder(load_balancer_arn).pool(pool).client_id(client_id).build()
    }

    /// A verifier for a Verified Access instance: its ARN, and the issuer of its trust provider, which is the
    /// issuer's URL, or with IAM Identity Center the trust provider's own ARN.
    ///
    /// ```
    /// use cognito_auth::alb::AlbVerifier;
    ///
    /// let instance = "arn:aws:ec2:eu-west-1:123456789012:verified-access-instance/vai-0abc123def4567890";
    /// let verifier = AlbVerifier::verified_access(instance, "https://idp.example.com")?;
    /// # Ok::<(), cognito_auth::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// See [`AlbVerifierBuilder::build`].
    pub fn verified_access(
        instance_arn: &str,
        issuer: impl Into<String>,
    ) -> Result<Self, ConfigError> {
        Self::builder(instance_arn).issuer(issuer).build()
    }

    /// Builds a verifier with settings, for the ARN of an Application Load Balancer or of a Verified Access
    /// instance: the ARN decides which algorithm and which header field.
    pub fn builder(signer_arn: &str) -> AlbVerifierBuilder {
        AlbVerifierBuilder::new(signer_arn)
    }

    /// The user of a request, from the signer's header field.
    ///
    /// # Errors
    /// The response to send: 401 without the field or with a token that is refused, 400 with more than one
    /// field, 503 where the token could not be checked. The reason is logged as that of a bearer token.
    pub async fn user_of(&self, headers: &HeaderMap) -> Result<AlbClaims, Challenge> {
        let user = self.optional_user_of(headers).await?;
        user.ok_or_else(|| Challenge::absent(self.0.rules.service.absent()))
    }

    /// As [`user_of`](Self::user_of), but `None` for a request without the field: for rules of the load balancer
    /// that let users pass who are not signed in (`OnUnauthenticatedRequest: allow`).
    ///
    /// # Errors
    /// As [`user_of`](Self::user_of), but for a missing field.
    pub async fn optional_user_of(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<AlbClaims>, Challenge> {
        let service = self.0.rules.service;
        let mut fields = headers.get_all(service.field()).iter();
        let Some(field) = fields.next() else { return Ok(None) };
        // Of two, one is a client's own.
        let token = field.to_str().ok().filter(|_| fields.next().is_none());
        let token = token.ok_or_else(|| Challenge::malformed(service.malformed()))?;
        self.verify(token.trim()).await.map(Some).map_err(Challenge::from)
    }

    /// Verifies the value of the header field.
    ///
    /// # Errors
    /// [`VerifyError`]: the token is refused, or could not be checked
    /// ([`is_unavailable`](VerifyError::is_unavailable)).
    pub async fn verify(&self, token: impl AsRef<str>) -> Result<AlbClaims, VerifyError> {
        let verdict = self.0.verify(token.as_ref()).await;
        let code = verdict.as_ref().err().map(VerifyError::code);
        metrics::signed_user_verified(self.0.rules.service.label(), code);
        verdict
    }

    /// The header field that is read: `x-amzn-oidc-data`, or `x-amzn-ava-user-context`.
    pub fn header_field(&self) -> &'static str {
        self.0.rules.service.field()
    }
}

impl AlbVerification {
    async fn verify(&self, token: &str) -> Result<AlbClaims, VerifyError> {
        let unverified = self.rules.read(token, self.now())?;
        let key = self.keys.key(&unverified.header.key_id).await;
        let key = key.map_err(VerifyError::KeysUnavailable)?.ok_or(VerifyError::UnknownKey)?;
        if !key.verifies(unverified.signing_input.as_bytes(), &unverified.signature) {
            return Err(VerifyError::SignatureInvalid);
        }
        self.accept(unverified)
    }

    /// The rules for the payload of a token whose signature held. The times are compared once more: to fetch the
    /// key took its time.
    fn accept(&self, signed: UnverifiedToken<'_>) -> Result<AlbClaims, VerifyError> {
        let now = self.now();
        {
            let claims = members(&signed.payload, Part::Payload)?;
            // The header has been checked, and the payload may not contradict it.
            let issuer = claims.optional_text("iss");
            if issuer != Ok(None) && issuer != Ok(Some(signed.header.issuer.as_str().into())) {
                return Err(VerifyError::IssuerNotAllowed);
            }
            let not_before = seconds(&claims, "nbf")?.unwrap_or_default();
            if is_ahead(not_before, now, self.rules.leeway) {
                let ahead = std::time::Duration::from_secs(not_before.saturating_sub(now));
                return Err(VerifyError::NotYetValid { ahead });
            }
        }
        let claims = AlbClaims::read(&signed.payload, signed.header)?;
        self.rules.check_expiry(claims.ends_at(), now)?;
        Ok(claims)
    }

    /// A clock before 1970 reads as 1970.
    fn now(&self) -> u64 {
        let now = self.clock.as_ref().map_or_else(SystemTime::now, |clock| clock());
        now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }
}

impl fmt::Debug for AlbVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AlbVerifier")
            .field("rules", &self.0.rules)
            .field("keys", &self.0.keys)
            .finish_non_exhaustive()
    }
}
