//! What stops the checklist before its end, and what is known after a wait.

use super::clock::ClockReading;
use crate::error::{KeysUnavailable, VerifyError};
use crate::keys::VerifyingKey;
use crate::metrics::Look;

/// Why the checklist ended before its end.
pub(super) enum NotVerified<C> {
    /// The verdict.
    Refused(VerifyError),
    /// The key with this id has to be fetched; the reason is for those who cannot wait for it.
    KeyNeeded { key_id: String, reason: KeysUnavailable },
    /// Everything up to here held; the store at this place has to be asked.
    RevocationUnknown { signed: Signed<C>, store: usize },
}

/// The claims of a token whose signature holds.
pub(super) struct Signed<C> {
    pub(super) claims: C,
    /// The key, where the signature was checked just now; `None` where that was done before.
    pub(super) key: Option<VerifyingKey>,
    /// The moment by which the times were judged.
    pub(super) read: ClockReading,
}

/// What the network said while this verification waited for it.
pub(super) struct Waited<C> {
    /// The key that was asked for when the checklist ended in [`NotVerified::KeyNeeded`].
    pub(super) fetched: Option<VerifyingKey>,
    /// What was signed when the checklist ended in [`NotVerified::RevocationUnknown`].
    pub(super) signed: Option<Signed<C>>,
    /// The places of the stores that were asked, and said that the token is live.
    pub(super) live: Vec<usize>,
    /// This is not the first look.
    pub(super) is_over: bool,
    /// The look at the cached revocations was counted.
    pub(super) revocations_counted: bool,
    /// What was found in memory, to be counted with the verdict.
    pub(super) look: Look,
}

impl<C> Waited<C> {
    pub(super) fn new() -> Self {
        Self {
            fetched: None,
            signed: None,
            live: Vec::new(),
            is_over: false,
            revocations_counted: false,
            look: Look::default(),
        }
    }
}

impl<C> From<VerifyError> for NotVerified<C> {
    fn from(error: VerifyError) -> Self {
        Self::Refused(error)
    }
}
