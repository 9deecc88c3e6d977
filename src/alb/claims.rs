//! [`AlbClaims`]: the user of a verified token.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use serde::de::DeserializeOwned;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::token::{SignerHeader, seconds};
use crate::claims::system_time;
use crate::error::VerifyError;
use crate::json::Members;

/// The claims of a verified token of an Application Load Balancer, or of Verified Access: the user that it has
/// signed in. Only an [`AlbVerifier`](super::AlbVerifier) creates them. Cheap to clone.
///
/// The payload has what the identity provider's userInfo endpoint says of the user. With a Cognito user pool
/// that is `sub`, `username`, `email` and the other attributes that the app client may read; it has **no groups
/// and no scopes**: those are in the access token, in `x-amzn-oidc-accesstoken`
/// ([how to read it](crate::guide::behind_a_load_balancer#the-access-token)).
#[derive(Clone, PartialEq, Eq)]
pub struct AlbClaims(Arc<UserPayload>);

#[derive(PartialEq, Eq)]
struct UserPayload {
    payload: String,
    sub: String,
    username: Option<String>,
    name: Option<String>,
    email: Option<String>,
    email_verified: Option<bool>,
    signer: String,
    issuer: String,
    client_id: Option<String>,
    expires_at: u64,
}

impl AlbClaims {
    /// Reads the payload of a token whose signature held.
    pub(super) fn read(payload: &[u8], header: SignerHeader) -> Result<Self, VerifyError> {
        let malformed = |claim| VerifyError::ClaimMalformed { claim };
        let claims = Members::parse(payload).map_err(|_| malformed("(payload)"))?;
        let text = |of: Option<&Members<'_>>, name: &str, claim| {
            let text = of.map_or(Ok(None), |of| of.optional_text(name));
            text.map(|text| text.map(String::from)).map_err(|_| malformed(claim))
        };
        // With IAM Identity Center, whose issuer is an ARN, Verified Access has the user in an object of its own:
        // then everything is read there. A claim from one place and its verification from another would be a
        // statement that no provider has made.
        let user = header.issuer.starts_with("arn:").then(|| object(&claims, "user"));
        let user = user.transpose().map_err(|()| malformed("user"))?.flatten();
        let (sub, username, email, email_verified) = match &user {
            Some(user) => {
                let email = object(user, "email").map_err(|()| malformed("email"))?;
                (
                    text(Some(user), "user_id", "sub")?,
                    text(Some(user), "user_name", "username")?,
                    text(email.as_ref(), "address", "email")?,
                    email.as_ref().and_then(|email| email.raw("verified")),
                )
            }
            None => (
                text(Some(&claims), "sub", "sub")?,
                text(Some(&claims), "username", "username")?,
                text(Some(&claims), "email", "email")?,
                claims.raw("email_verified"),
            ),
        };
        let sub = sub.ok_or(VerifyError::ClaimMissing { claim: "sub" })?;
        if sub.is_empty() {
            return Err(malformed("sub"));
        }
        let expires_at = seconds(&claims, "exp")?.unwrap_or(u64::MAX);
        Ok(Self(Arc::new(UserPayload {
            sub,
            username,
            name: text(Some(&claims), "name", "name")?,
            email,
            email_verified: email_verified.map(|raw| matches!(raw, "true" | "\"true\"")),
            payload: claims.as_json().to_owned(),
            signer: header.signer,
            issuer: header.issuer,
            client_id: header.client_id,
            expires_at: header.expires_at.min(expires_at),
        })))
    }

    /// `sub`: the user's stable id, never empty. With IAM Identity Center `user.user_id`. It is unique among the
    /// users of one issuer alone: with more than one, key users by [`issuer`](Self::issuer) and `sub`.
    pub fn sub(&self) -> &str {
        &self.0.sub
    }

    /// `username`, as Cognito has it: the name that the user signs in with. With IAM Identity Center
    /// `user.user_name`. A display name: another issuer, or later the same one, may give it to another user, so key
    /// users by [`issuer`](Self::issuer) and [`sub`](Self::sub).
    pub fn username(&self) -> Option<&str> {
        self.0.username.as_deref()
    }

    /// `name`, where the identity provider says it.
    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// `email`, where the identity provider says it. Whether the address is the user's:
    /// [`email_verified`](Self::email_verified).
    pub fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// `email_verified`, where the payload has it: `true` and `"true"` (which Cognito's userInfo endpoint
    /// writes) are `true`, everything else is `false`. With IAM Identity Center `user.email.verified`: it is always
    /// read where the address is.
    pub fn email_verified(&self) -> Option<bool> {
        self.0.email_verified
    }

    /// `exp`: when the token ends, the earlier one of header and payload. It is a matter of minutes, and says
    /// nothing about the user's session at the load balancer, which signs a new token for each request.
    pub fn expires_at(&self) -> SystemTime {
        system_time(self.0.expires_at)
    }

    /// `iss` of the header: the identity provider that signed the user in. A user is identified by issuer and
    /// [`sub`](Self::sub) together.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// `client` of the header: the app client that the load balancer signs users in with. `None` with Verified
    /// Access, whose tokens name none.
    pub fn client_id(&self) -> Option<&str> {
        self.0.client_id.as_deref()
    }

    /// `signer` of the header: the ARN of the load balancer or of the Verified Access instance.
    pub fn signer(&self) -> &str {
        &self.0.signer
    }

    pub(super) fn ends_at(&self) -> u64 {
        self.0.expires_at
    }

    /// All claims of the payload, in a type of your own.
    ///
    /// # Errors
    /// [`VerifyError::ClaimMalformed`] when they do not fit the type.
    pub fn custom<T: DeserializeOwned>(&self) -> Result<T, VerifyError> {
        serde_json::from_str(&self.0.payload)
            .map_err(|_| VerifyError::ClaimMalformed { claim: "(custom)" })
    }
}

/// The members of an object that may be left out, or be `null`.
fn object<'a>(members: &Members<'a>, name: &str) -> Result<Option<Members<'a>>, ()> {
    let text = members.raw(name).filter(|_| members.given(name));
    text.map(|text| Members::parse(text.as_bytes())).transpose().map_err(drop)
}

/// The payload's JSON object. The token is not in it, and there is no `Deserialize`: claims come from a verified
/// token alone.
impl Serialize for AlbClaims {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let claims: Map<String, Value> =
            serde_json::from_str(&self.0.payload).map_err(S::Error::custom)?;
        claims.serialize(serializer)
    }
}

// E-mail address and name are personal data.
impl fmt::Debug for AlbClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AlbClaims")
            .field("sub", &self.0.sub)
            .field("issuer", &self.0.issuer)
            .field("signer", &self.0.signer)
            .finish_non_exhaustive()
    }
}
