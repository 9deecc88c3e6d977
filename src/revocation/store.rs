//! [`RevocationStore`]: what a verifier asks about every token, and a sign-out writes to.

use std::fmt;

use async_trait::async_trait;

use super::{Revocation, TokenIdentity};
use crate::error::RevocationError;

/// Remembers what was revoked until no token that it could hit is alive.
///
/// # A store of your own
///
/// It writes the pool, the target and the moment of each [`Revocation`], keeps the later moment where
/// there is one already, and forgets an entry when it has [expired](Revocation::expires_at), not before.
/// To look a token up it says which moment is stored under each target that
/// [`TokenIdentity::is_hit_by`] asks for, in the token's pool. A store that cannot write
/// answers with an error: a sign-out that was not stored must not look like one that was.
///
/// The same over a map, where a database would be asked:
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Mutex;
///
/// use async_trait::async_trait;
/// use cognito_auth::revocation::{
///     Revocation, RevocationStatus, RevocationStore, Target, TokenIdentity,
/// };
/// use cognito_auth::{PoolName, RevocationError};
///
/// /// Pool, kind and id; and the moment.
/// type Rows = HashMap<(String, &'static str, String), u64>;
///
/// #[derive(Debug, Default)]
/// struct Table(Mutex<Rows>);
///
/// /// `None` for a kind that a later version has added: `revoke` refuses it.
/// fn key(pool: &PoolName, target: Target<'_>) -> Option<(String, &'static str, String)> {
///     let (kind, id) = match target {
///         Target::Token(id) => ("token", id),
///         Target::Session(id) => ("session", id),
///         Target::User(id) => ("user", id),
///         Target::GlobalSignOut(id) => ("global sign-out", id),
///         _ => return None,
///     };
///     Some((pool.as_str().to_owned(), kind, id.to_owned()))
/// }
///
/// #[async_trait]
/// impl RevocationStore for Table {
///     /// Nothing is cached: the table is asked about every token.
///     fn status_now(&self, _: &TokenIdentity<'_>) -> RevocationStatus {
///         RevocationStatus::Unknown
///     }
///
///     async fn is_revoked(&self, token: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
///         let rows = self.0.lock().map_err(|_| RevocationError::new("the table is locked"))?;
///         Ok(token.is_hit_by(|target| rows.get(&key(token.pool, target)?).copied()))
///     }
///
///     async fn revoke(&self, revocation: &Revocation) -> Result<(), RevocationError> {
///         let mut rows = self.0.lock().map_err(|_| RevocationError::new("the table is locked"))?;
///         let key = key(revocation.pool(), revocation.target())
///             .ok_or_else(|| RevocationError::new("the table has no row for this kind"))?;
///         let at = rows.entry(key).or_default();
///         *at = revocation.at().max(*at);
///         Ok(())
///     }
/// }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use cognito_auth::{UserPool, revocation::TokenKind};
/// # let (name, table) = (UserPool::new("eu-west-1_AbCdEf123")?.name(), Table::default());
/// # table.revoke(&Revocation::user(&name, "s", 100)).await?;
/// # table.revoke(&Revocation::user(&name, "s", 50)).await?;
/// # let token = |at| TokenIdentity::new(&name, "t", TokenKind::Access, "s", at);
/// # table.revoke(&Revocation::global_sign_out(&name, "s", 100)).await?;
/// # assert!(table.is_revoked(&token(100)).await? && !table.is_revoked(&token(101)).await?);
/// # Ok(())
/// # }
/// ```
///
/// `tests/revocation_model.rs` in this crate's repository has a store of this kind, and histories of
/// sign-ins and sign-outs that tell whether one is right.
#[async_trait]
pub trait RevocationStore: fmt::Debug + Send + Sync {
    /// What kind of store it is: a word for metrics. Default `custom`.
    fn name(&self) -> &'static str {
        "custom"
    }

    /// Whether [`status_now`](Self::status_now) would find every token live at this moment, whatever it is: a
    /// verifier then has nothing to look up. Default `false`, which is never wrong.
    fn is_empty(&self) -> bool {
        false
    }

    /// The answer, as far as it is at hand. Never waits: this runs on every request.
    fn status_now(&self, token: &TokenIdentity<'_>) -> RevocationStatus;

    /// The answer, whatever it takes. Asked only after [`status_now`](Self::status_now) said
    /// [`Unknown`](RevocationStatus::Unknown).
    ///
    /// # Errors
    /// When the store cannot be asked: the verifier then answers "cannot tell", a 503.
    async fn is_revoked(&self, token: &TokenIdentity<'_>) -> Result<bool, RevocationError>;

    /// The entry of this store that hits the token: the user's, if there is one from the token's
    /// `iat` or later, else its session's, else its own. A sign-out asks for it, since a token
    /// that is revoked already does not sign its user out once more; a request does not. The token's
    /// text is empty here.
    ///
    /// What is known from the issuer is no entry. Default `None`: a sign-out is then written anew, for
    /// a token that [`status_now`](Self::status_now) did not know either. A store that says more has a sign-out
    /// that failed at one of several stores made up for in full, and keeps a token that is revoked, and
    /// lacks a scope besides, from signing its user out anew.
    ///
    /// # Errors
    /// When the store cannot be asked.
    async fn find_entry(
        &self,
        token: &TokenIdentity<'_>,
    ) -> Result<Option<Revocation>, RevocationError> {
        let _ = token;
        Ok(None)
    }

    /// Takes an entry. When this returns, the next [`status_now`](Self::status_now) here knows of it.
    ///
    /// # Errors
    /// When the entry could not be stored: a sign-out has then failed.
    async fn revoke(&self, revocation: &Revocation) -> Result<(), RevocationError>;
}

/// What a store can say without waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RevocationStatus {
    /// Nothing hits the token.
    Live,
    /// An entry hits the token.
    Revoked,
    /// The store has to be asked.
    Unknown,
}
