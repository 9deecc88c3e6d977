//! A build without a crypto back end: nothing can be sealed or opened.

use crate::secret::SecretOctets;

pub(in crate::sessions) const IS_THERE: bool = false;

pub(in crate::sessions) fn derive(_: &[u8], _: &[u8], _: &[u8], _: &mut [u8; 32]) -> Option<()> {
    None
}

pub(in crate::sessions) fn seal(
    _: &[u8; 32],
    _: [u8; 12],
    _: &[u8],
    _: &[u8],
    _: &mut Vec<u8>,
) -> Option<()> {
    None
}

pub(in crate::sessions) fn open(
    _: &[u8; 32],
    _: [u8; 12],
    _: &[u8],
    _: &[u8],
) -> Option<SecretOctets> {
    None
}
