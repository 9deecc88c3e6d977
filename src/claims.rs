//! The claims of a verified token, and THE rules for them. Pure: the time is an argument.

mod access;
mod id;
mod payload;
mod registered;
pub(crate) mod rules;
mod text;

use std::panic::{RefUnwindSafe, UnwindSafe};

pub use access::AccessClaims;
pub use id::{IdClaims, IdTokenChecks};
use registered::{Registered, TokenUse};
pub(crate) use rules::{Clients, Rules};
use text::Text;

// Auto traits that claims have by what they are made of, another crate's among it.
const _: fn() = || {
    fn go_everywhere<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + 'static>() {}
    go_everywhere::<AccessClaims>();
    go_everywhere::<IdClaims>();
};

/// Methods that both kinds of claims have, over their places.
macro_rules! registered_claims {
    ($claims:ident) => {
        impl $claims {
            pub(in crate::claims) fn registered(&self) -> Registered<'_> {
                Registered { places: &self.0.places().registered, payload: self.0.payload() }
            }

            /// `iss`: the issuer, one of those that the pool accepts.
            pub fn issuer(&self) -> &str {
                self.registered().issuer()
            }

            /// `sub`: the user's id, which never changes. Do not parse it as a UUID: Cognito's are
            /// none of a known version.
            pub fn sub(&self) -> &str {
                self.registered().sub()
            }

            /// `exp`: when the token ends, in seconds since 1970.
            pub fn expires_at(&self) -> u64 {
                self.registered().expires_at()
            }

            /// `iat`: when the token was issued, in seconds since 1970.
            pub fn issued_at(&self) -> u64 {
                self.registered().issued_at()
            }

            /// `auth_time`: when the user proved who they are, in seconds since 1970. A refresh
            /// does not change it.
            pub fn auth_time(&self) -> Option<u64> {
                self.registered().auth_time()
            }

            /// `jti`: this token's id. Missing when token revocation is off at the app client.
            pub fn jti(&self) -> Option<&str> {
                self.registered().jti()
            }

            /// `origin_jti`: the sign-in that this token came from; the same after every refresh.
            pub fn origin_jti(&self) -> Option<&str> {
                self.registered().origin_jti()
            }

            /// `cognito:groups`: the user's groups, at the time the token was issued.
            pub fn groups(&self) -> impl Iterator<Item = &str> {
                self.registered().groups()
            }

            /// Whether the user is in a group.
            pub fn in_group(&self, group: &str) -> bool {
                self.registered().in_group(group)
            }

            /// What they take in memory beside their fixed part, in bytes.
            pub(crate) fn bytes(&self) -> usize {
                self.registered().bytes()
            }

            /// The payload, as it was signed but for escaped slashes.
            pub(crate) fn payload(&self) -> &str {
                self.0.payload().json()
            }

            /// All claims, in a type of the caller's: for those that a trigger of the pool adds.
            ///
            /// # Errors
            /// [`VerifyError::ClaimMalformed`] when they do not fit the type.
            pub fn custom<T: serde::de::DeserializeOwned>(&self) -> Result<T, VerifyError> {
                serde_json::from_str(self.payload())
                    .map_err(|_| VerifyError::ClaimMalformed { claim: "(custom)" })
            }
        }
    };
}
use registered_claims;
