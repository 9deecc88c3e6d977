//! [`RevocationStore`]: the trait of the stores that a verifier asks and a sign-out writes to.

use std::fmt;

use async_trait::async_trait;

use super::{Revocation, TokenIdentity};
use crate::error::RevocationError;

/// Stores revocation entries until every token that they could hit has expired. A verifier asks the store
/// about every token, and a sign-out writes to it.
///
/// # A store of your own
///
/// These are the rules for an implementation:
///
/// - [`revoke`](Self::revoke) writes [pool](Revocation::pool), [target](Revocation::target) and
///   [moment](Revocation::at). Of two entries with the same pool and target the later moment counts.
///   An entry that cannot be written is an error, so that a sign-out that was not stored is reported as
///   failed.
/// - An entry is kept until it has [expired](Revocation::expires_at), which is
///   [`ENTRY_LIFETIME`](super::ENTRY_LIFETIME) after its moment, and is dropped some time later.
/// - A look-up finds the moment that is stored under each of the token's
///   [targets](TokenIdentity::targets), in the token's pool, and passes it to
///   [`TokenIdentity::is_hit_by`], which decides. Ids are compared byte for byte.
/// - When the database cannot be reached, the answer is an error ("cannot tell", a 503) and never "live".
///
/// `testing::revocation_store` (feature `testing`) tests a store with sequences of sign-outs and
/// verifications, and names the rule that the store breaks. The file
/// `examples/frameworks/src/sqlite_revocations.rs` of the repository is a store over SQLite that passes.
///
/// A store over a map, which stands for a table of a database:
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Mutex;
///
/// use cognito_auth::revocation::{
///     Revocation, RevocationStatus, RevocationStore, Target, TokenIdentity,
/// };
/// use cognito_auth::{PoolName, RevocationError, async_trait};
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
#[async_trait]
pub trait RevocationStore: fmt::Debug + Send + Sync {
    /// The kind of store in one word, for the label `store` of metrics. Default `custom`.
    fn name(&self) -> &'static str {
        "custom"
    }

    /// Whether [`status_now`](Self::status_now) would return [`Live`](RevocationStatus::Live) for every token
    /// at this moment: a verifier then skips the look-up. Default `false`, which is always correct.
    fn is_empty(&self) -> bool {
        false
    }

    /// The status of a token from memory; [`Unknown`](RevocationStatus::Unknown) if the database has to be
    /// asked. It must not block, since it runs for every request.
    fn status_now(&self, token: &TokenIdentity<'_>) -> RevocationStatus;

    /// Whether a token is revoked, from the database. Called only after [`status_now`](Self::status_now)
    /// returned [`Unknown`](RevocationStatus::Unknown).
    ///
    /// # Errors
    /// When the store cannot be asked: the verifier then answers "cannot tell", a 503.
    async fn is_revoked(&self, token: &TokenIdentity<'_>) -> Result<bool, RevocationError>;

    /// The entry of this store that hits the token, by the rule of [`TokenIdentity::is_hit_by`]: the user's, if
    /// that one does or is from the token's `iat` or later, else its session's, else its own. Only a sign-out
    /// asks for it: a token that is revoked already does not sign its user out a second time. The token's text
    /// is empty here, and it may be a token that was not issued: by the times of a later token of an earlier
    /// sign-in, a sign-out finds out whether a [`Target::GlobalSignOut`](super::Target::GlobalSignOut) is stored.
    ///
    /// A verdict of the issuer is not an entry. Default `None`: a sign-out with a revoked token then writes
    /// its entries again, with a new moment, and a second GlobalSignOut, which Cognito refuses, is reported as
    /// refused. If an entry is returned, a sign-out that failed at one of
    /// several stores is completed with its first moment, and a token that is revoked and also lacks a
    /// required scope does not sign its user out again.
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

    /// Writes an entry. Once it has returned `Ok`, [`status_now`](Self::status_now) of this handle does
    /// not return [`Live`](RevocationStatus::Live) for a token that the entry hits.
    ///
    /// # Errors
    /// When the entry could not be stored: a sign-out has then failed.
    async fn revoke(&self, revocation: &Revocation) -> Result<(), RevocationError>;
}

/// The answer of a store that does not wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RevocationStatus {
    /// No entry hits the token.
    Live,
    /// An entry hits the token.
    Revoked,
    /// The database has to be asked: [`RevocationStore::is_revoked`].
    Unknown,
}
