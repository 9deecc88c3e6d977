//! What an authenticator sends, read and verified: the registration of a passkey, and the proof of one
//! ([WebAuthn, level 2](https://www.w3.org/TR/webauthn-2/)).
//!
//! Keys are those of ES256 only, and attestation statements are not looked at: the options ask for neither
//! more.

mod authenticator_data;
mod cbor;
pub(crate) mod ceremony;
mod client_data;
mod signature;
