//! [`Target`]: the token, the session or the user that an entry of a revocation store names.

use std::fmt;

/// The token, the session or the user that an entry names.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Target<'a> {
    /// The token with this `jti`.
    Token(&'a str),
    /// The tokens of the sign-in with this `origin_jti`.
    Session(&'a str),
    /// The tokens of the user with this `sub`.
    User(&'a str),
    /// The sign-out of the user with this `sub` at the issuer. It hits no token: it limits which tokens
    /// the user's entry hits.
    GlobalSignOut(&'a str),
}

/// What kind of [`Target`] an entry has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(crate) enum TargetKind {
    Token,
    Session,
    User,
    GlobalSignOut,
}

/// A person's identity is not for logs.
impl fmt::Debug for Target<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token(_) => "Token",
            Self::Session(_) => "Session",
            Self::User(_) => "User",
            Self::GlobalSignOut(_) => "GlobalSignOut",
        })
    }
}
