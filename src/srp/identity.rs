//! Whose password an exchange is about.

use crypto_bigint::U256;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::group::digest;
use super::pad::pad;

/// Whose password it is: a user of a pool, or a device of a device group.
#[derive(Clone, Copy)]
pub(crate) struct SrpIdentity<'a> {
    /// What follows the first `_` of the pool's id; for a device the device group's key.
    pub(crate) realm: &'a str,
    /// `USER_ID_FOR_SRP`; for a device its key.
    pub(crate) user_id: &'a str,
    pub(crate) password: &'a str,
}

impl SrpIdentity<'_> {
    /// `x = H(pad(salt) | H(realm | user id | ":" | password))`. The salt is a number: its octets may have
    /// zeros in front, which do not count.
    pub(super) fn x(&self, salt: &[u8]) -> Zeroizing<U256> {
        let mut inner = Sha256::new();
        for part in [self.realm, self.user_id, ":", self.password] {
            inner.update(part);
        }
        let inner: Zeroizing<[u8; 32]> = Zeroizing::new(inner.finalize().into());
        Zeroizing::new(digest(&[&pad(salt), inner.as_ref()]))
    }
}
