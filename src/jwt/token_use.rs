//! [`TokenUse`]: the two kinds of token.

/// `token_use`: what Cognito issued the token for. Both kinds have the same issuer and are signed with
/// keys of the same set, so no other claim distinguishes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenUse {
    Access,
    Id,
}
