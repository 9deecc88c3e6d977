//! A pending sign-in as it is stored.

use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};

use super::PendingSignIn;
use crate::idp::sign_in::pkce::check_code_verifier;
use crate::idp::sign_in::redirect_uri::check_redirect_uri;
use crate::secret::{CodeVerifier, text};

/// Changes whenever what is stored means something else.
const VERSION: u8 = 1;

/// The longest state or nonce that is stored, in bytes: 256 bits in base64url are 43.
const MAX_VALUE_BYTES: usize = 64;

/// Cognito has two for a pool; more can be set for one of another kind.
const MOST_ISSUERS: usize = 32;

/// The longest issuer, and the longest client id, in bytes.
const MAX_NAME_BYTES: usize = 2048;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stored {
    version: u8,
    #[serde(deserialize_with = "text")]
    state: String,
    #[serde(serialize_with = "exposed")]
    code_verifier: CodeVerifier,
    #[serde(deserialize_with = "text")]
    nonce: String,
    redirect_uri: String,
    issuers: Vec<String>,
    client_id: String,
    expires_at: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_age: Option<Duration>,
    openid: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    issuer_required: bool,
}

/// Secrets do not serialize by themselves: this is the one place where a verifier has to.
fn exposed<S: Serializer>(verifier: &CodeVerifier, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(verifier.expose())
}

impl From<PendingSignIn> for Stored {
    fn from(pending: PendingSignIn) -> Self {
        Self {
            version: VERSION,
            state: pending.state,
            code_verifier: pending.code_verifier,
            nonce: pending.nonce,
            redirect_uri: pending.redirect_uri,
            issuers: pending.issuers,
            client_id: pending.client_id,
            expires_at: pending.expires_at,
            max_age: pending.max_age,
            openid: pending.openid,
            issuer_required: pending.issuer_required,
        }
    }
}

impl Stored {
    /// `None` for what this version would not have stored.
    pub(super) fn into_pending(self) -> Option<PendingSignIn> {
        let is_value = |text: &str| (1..=MAX_VALUE_BYTES).contains(&text.len());
        let is_name = |text: &str| (1..=MAX_NAME_BYTES).contains(&text.len());
        let is_whole = self.version == VERSION
            && is_value(&self.state)
            && is_value(&self.nonce)
            && check_code_verifier(&self.code_verifier).is_ok()
            && check_redirect_uri(&self.redirect_uri).is_ok()
            && (1..=MOST_ISSUERS).contains(&self.issuers.len())
            && self.issuers.iter().all(|issuer| is_name(issuer))
            && is_name(&self.client_id);
        is_whole.then_some(PendingSignIn {
            state: self.state,
            code_verifier: self.code_verifier,
            nonce: self.nonce,
            redirect_uri: self.redirect_uri,
            issuers: self.issuers,
            client_id: self.client_id,
            expires_at: self.expires_at,
            max_age: self.max_age,
            openid: self.openid,
            issuer_required: self.issuer_required,
        })
    }
}
