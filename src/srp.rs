//! SRP as Cognito has it, for users and for remembered devices: both halves.
//!
//! The exchange is that of [RFC 5054 §2.5](https://www.rfc-editor.org/rfc/rfc5054#section-2.5) with
//! SHA-256, in the 3072-bit group of [RFC 3526 §4](https://www.rfc-editor.org/rfc/rfc3526#section-4) with
//! the generator 2. Numbers are hashed in the padded form of [`pad`], and the key comes out of HKDF
//! ([RFC 5869](https://www.rfc-editor.org/rfc/rfc5869)).
//!
//! The arithmetic with secrets takes the same time for all of them. The length of what is hashed depends
//! on the secret number's leading zeros; all lengths that occur take the same number of SHA-256 blocks,
//! but for one number in 2^64. The compiler may leave copies of numbers on the stack, and the arithmetic
//! leaves some in freed memory; the values that are kept, and the octets that are hashed, are wiped.

#[cfg(any(feature = "direct", test))]
mod client;
#[cfg(any(feature = "direct", test))]
mod device;
mod group;
mod identity;
pub(crate) mod pad;
#[cfg(any(feature = "testing", test))]
mod server;
mod shared_key;
#[cfg(any(feature = "direct", test))]
mod timestamp;

#[cfg(any(feature = "direct", test))]
pub(crate) use client::ClientExchange;
#[cfg(any(feature = "direct", test))]
pub(crate) use device::{DeviceVerifier, new_device_password};
pub(crate) use identity::SrpIdentity;
#[cfg(any(feature = "testing", test))]
pub(crate) use server::{PasswordVerifier, ServerExchange};
#[cfg(any(feature = "testing", test))]
pub(crate) use shared_key::SharedKey;
#[cfg(any(feature = "direct", test))]
pub(crate) use timestamp::timestamp;

#[cfg(test)]
mod tests;
