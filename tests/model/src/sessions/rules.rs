//! Which defences are on: the protocol as it is, and mutants that lack one.

/// Each field is one defence of the protocol. All on: [`COMPLETE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// One machine at a time refreshes a session: the store lends the right to.
    pub lease: bool,
    /// The record is loaded again under the lease.
    pub reload: bool,
    /// Nothing is sent once the lease may have ended.
    pub lease_is_checked: bool,
    /// Only the owner of a lease gives it back.
    pub owner_gives_back: bool,
    /// The lease is renewed for as long as new tokens are not written.
    pub lease_until_written: bool,
    /// A record is replaced by its version.
    pub compare_and_set: bool,
    /// No version is given twice, whatever the store has lost.
    pub versions_are_new: bool,
    /// A record that is not there is not created by being replaced.
    pub replace_never_creates: bool,
    /// Another one's tokens are not written over.
    pub theirs_stay: bool,
    /// A record that changed, and still has the tokens that were sent from, is written over.
    pub sent_from_is_replaced: bool,
    /// New tokens that were dropped for another one's are not revoked.
    pub dropped_are_not_revoked: bool,
    /// New tokens that the store does not take are kept, and written later.
    pub written_later: bool,
    /// New tokens of a session that was ended meanwhile are revoked.
    pub late_tokens_are_revoked: bool,
    /// The record is loaded again when its refresh token is refused.
    pub refusal_looks_again: bool,
    /// A refused session ends by the version that was sent from.
    pub ends_by_version: bool,
}

/// The protocol as it is.
pub const COMPLETE: Rules = Rules {
    lease: true,
    reload: true,
    lease_is_checked: true,
    owner_gives_back: true,
    lease_until_written: true,
    compare_and_set: true,
    versions_are_new: true,
    replace_never_creates: true,
    theirs_stay: true,
    sent_from_is_replaced: true,
    dropped_are_not_revoked: true,
    written_later: true,
    late_tokens_are_revoked: true,
    refusal_looks_again: true,
    ends_by_version: true,
};
