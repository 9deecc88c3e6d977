//! Who has to act on an error of the identity provider.

/// The three answers. Every error has one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The user, or what the user brought, was refused.
    Refused,
    /// The settings of this service or of the app client are wrong.
    Misconfigured,
    /// The question was not answered.
    Unavailable,
}
