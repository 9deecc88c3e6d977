//! The token up to its signature: form, header, payload. Nothing here takes a key, or waits.

use super::padding::PartDecoder;
use super::signer_arn::SignerService;
use crate::claims::AcceptedClients;
use crate::claims::rules::is_expired;
use crate::error::{Part, VerifyError};
use crate::json::Members;
use crate::jwt::{DEFAULT_MAX_TOKEN_BYTES, Parts, check_header, members};

/// What a token has to be like.
#[derive(Debug)]
pub(super) struct SignedByRules {
    pub(super) service: SignerService,
    pub(super) signers: Vec<String>,
    pub(super) issuers: Vec<String>,
    /// `None` for a service whose tokens name no client.
    pub(super) clients: Option<AcceptedClients>,
    /// In seconds.
    pub(super) leeway: u64,
}

/// A token whose form and header are good. It is **not** verified: the signature was not checked.
pub(super) struct UnverifiedToken<'a> {
    pub(super) signing_input: &'a str,
    pub(super) signature: Vec<u8>,
    pub(super) payload: Vec<u8>,
    pub(super) header: SignerHeader,
}

/// The members of a header that fit the rules.
pub(super) struct SignerHeader {
    pub(super) key_id: String,
    pub(super) signer: String,
    pub(super) issuer: String,
    pub(super) client_id: Option<String>,
    pub(super) expires_at: u64,
}

impl SignedByRules {
    /// Everything that can be said of a token without a key. Signer, issuer, client and expiry are members of
    /// the header: a stranger's token, or an old one, causes no fetch.
    pub(super) fn read<'a>(
        &self,
        token: &'a str,
        now: u64,
    ) -> Result<UnverifiedToken<'a>, VerifyError> {
        let parts = Parts::split_within(token, DEFAULT_MAX_TOKEN_BYTES)?;
        let mut decoder = PartDecoder::default();
        let header = decoder.decode(parts.header, Part::Header)?;
        let header = self.accept_header(&members(&header, Part::Header)?)?;
        let payload = decoder.decode(parts.payload, Part::Payload)?;
        members(&payload, Part::Payload)?;
        let signature = decoder.decode(parts.signature, Part::Signature)?;
        if signature.len() != self.service.curve().signature_bytes() {
            return Err(VerifyError::SignatureInvalid);
        }
        self.check_expiry(header.expires_at, now)?;
        Ok(UnverifiedToken { signing_input: parts.signing_input, signature, payload, header })
    }

    fn accept_header(&self, header: &Members<'_>) -> Result<SignerHeader, VerifyError> {
        let algorithm = self.service.curve().algorithm();
        let key_id = check_header(header, |name| name == algorithm)?;
        let key_id = key_id.filter(|key_id| is_uuid(key_id)).ok_or(VerifyError::KeyIdUnusable)?;
        // A member of another type is none of those that are accepted.
        let text = |name| header.text(name).ok().flatten().map(std::borrow::Cow::into_owned);
        let signer = text("signer").filter(|signer| self.signers.contains(signer));
        let signer = signer.ok_or(VerifyError::SignerNotAllowed)?;
        let issuer = text("iss").filter(|issuer| self.issuers.contains(issuer));
        let issuer = issuer.ok_or(VerifyError::IssuerNotAllowed)?;
        let client_id = match &self.clients {
            Some(clients) => {
                let client_id = text("client").filter(|client_id| clients.allow(client_id));
                Some(client_id.ok_or(VerifyError::ClientNotAllowed)?)
            }
            None => None,
        };
        let expires_at =
            seconds(header, "exp")?.ok_or(VerifyError::ClaimMissing { claim: "exp" })?;
        Ok(SignerHeader { key_id, signer, issuer, client_id, expires_at })
    }

    pub(super) fn check_expiry(&self, expires_at: u64, now: u64) -> Result<(), VerifyError> {
        if is_expired(expires_at, now, self.leeway) {
            let ago = std::time::Duration::from_secs(now.saturating_sub(expires_at));
            return Err(VerifyError::Expired { ago });
        }
        Ok(())
    }
}

/// A time; `None` where it is missing.
pub(super) fn seconds(json: &Members<'_>, claim: &'static str) -> Result<Option<u64>, VerifyError> {
    json.seconds(claim).map_err(|_| VerifyError::ClaimMalformed { claim })
}

/// The form of every key id that AWS documents, in lower case: it becomes a part of an address, and each spelling
/// would be a key of its own.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

#[cfg(test)]
mod tests;
