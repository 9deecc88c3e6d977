//! The record of a session, which the store has in encrypted form.

mod fields;

use std::fmt;

use super::id::{PublicSessionId, SessionKey, UserIndex};
use super::seal::SealingKey;
use super::session_cookie::SessionCookie;
use super::store::{LeaseOwner, MAX_RECORD_BYTES};
use crate::secret::{AccessToken, IdToken, RefreshToken, SecretOctets};
use fields::{Reader, Writer};

/// The data of a session. Times are in seconds since 1970.
#[derive(Clone)]
pub(super) struct Record {
    pub(super) access_token: AccessToken,
    pub(super) id_token: Option<IdToken>,
    pub(super) refresh_token: Option<RefreshToken>,
    pub(super) issuer: String,
    pub(super) sub: String,
    pub(super) origin_jti: Option<String>,
    /// `jti` of the access token and of the ID token, which are revoked if there is no `origin_jti`.
    pub(super) jtis: [Option<String>; 2],
    pub(super) email: Option<String>,
    /// The authentication context class of the sign-in. A refresh proves nothing anew.
    pub(super) acr: Option<String>,
    /// `iat` and `exp` of the access token.
    pub(super) issued_at: u64,
    pub(super) expires_at: u64,
    pub(super) created_at: u64,
    /// The session's absolute end.
    pub(super) ends_at: u64,
    /// When the provider issued the tokens, and under which lease they were requested.
    pub(super) refreshed_at: u64,
    pub(super) refreshed_by: LeaseOwner,
    pub(super) public_id: PublicSessionId,
    pub(super) app_data: Vec<u8>,
}

/// Why a record was not sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotSealed {
    TooLarge,
    /// No random octets, or no crypto back end.
    Failed,
}

const INFO: &[u8] = b"cognito-auth session v1";

impl Record {
    pub(super) fn user(&self, client_id: &str) -> UserIndex {
        UserIndex::of(client_id, &self.sub)
    }

    /// Seals the record for this cookie and for the app client: another application with the same store
    /// and the same user pool cannot open it.
    pub(super) fn seal(
        &self,
        cookie: &SessionCookie,
        client_id: &str,
    ) -> Result<Vec<u8>, NotSealed> {
        let text = self.write();
        let key = SealingKey::derive(cookie.secret(), b"", INFO).ok_or(NotSealed::Failed)?;
        let sealed = key.seal(&associated(client_id, &cookie.key()), &text);
        let sealed = sealed.ok_or(NotSealed::Failed)?;
        if sealed.len() > MAX_RECORD_BYTES { Err(NotSealed::TooLarge) } else { Ok(sealed) }
    }

    /// Opens the record that the store has for this cookie's key and this user. `None`: it was sealed
    /// under another secret, or for another key, client or user.
    pub(super) fn open(
        sealed: &[u8],
        cookie: &SessionCookie,
        client_id: &str,
        user: &UserIndex,
    ) -> Option<Self> {
        if sealed.len() > MAX_RECORD_BYTES {
            return None;
        }
        let key = SealingKey::derive(cookie.secret(), b"", INFO)?;
        let text = key.open(&associated(client_id, &cookie.key()), sealed)?;
        Self::read(&text).filter(|record| record.user(client_id) == *user)
    }

    pub(super) fn write(&self) -> SecretOctets {
        let mut writer = Writer::new();
        writer.text(self.access_token.expose());
        writer.optional(self.id_token.as_ref().map(IdToken::expose));
        writer.optional(self.refresh_token.as_ref().map(RefreshToken::expose));
        writer.text(&self.issuer);
        writer.text(&self.sub);
        writer.optional(self.origin_jti.as_deref());
        for jti in &self.jtis {
            writer.optional(jti.as_deref());
        }
        writer.optional(self.email.as_deref());
        writer.optional(self.acr.as_deref());
        let times =
            [self.issued_at, self.expires_at, self.created_at, self.ends_at, self.refreshed_at];
        for time in times {
            writer.number(time);
        }
        writer.bytes(self.refreshed_by.as_bytes());
        writer.bytes(self.public_id.as_bytes());
        writer.bytes(&self.app_data);
        writer.finish()
    }

    pub(super) fn read(text: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(text)?;
        let record = Self {
            access_token: reader.text()?.into(),
            id_token: reader.optional()?.map(IdToken::from),
            refresh_token: reader.optional()?.map(RefreshToken::from),
            issuer: reader.text()?.to_owned(),
            sub: reader.text()?.to_owned(),
            origin_jti: reader.optional()?.map(str::to_owned),
            jtis: [reader.optional()?.map(str::to_owned), reader.optional()?.map(str::to_owned)],
            email: reader.optional()?.map(str::to_owned),
            acr: reader.optional()?.map(str::to_owned),
            issued_at: reader.number()?,
            expires_at: reader.number()?,
            created_at: reader.number()?,
            ends_at: reader.number()?,
            refreshed_at: reader.number()?,
            refreshed_by: LeaseOwner(reader.bytes()?.try_into().ok()?),
            public_id: PublicSessionId::from_bytes(reader.bytes()?.try_into().ok()?),
            app_data: reader.bytes()?.to_vec(),
        };
        reader.is_at_end().then_some(record)
    }
}

fn associated(client_id: &str, key: &SessionKey) -> Vec<u8> {
    // The key has a fixed length, so that no two triples have the same text.
    [INFO, client_id.as_bytes(), key.as_bytes()].concat()
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("expires_at", &self.expires_at)
            .field("ends_at", &self.ends_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(any(feature = "rust-crypto", feature = "aws-lc-rs"))]
#[path = "record/tests.rs"]
mod tests;
