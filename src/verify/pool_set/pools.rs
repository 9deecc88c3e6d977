//! The pools of a set at one moment, and which of them judges a token.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Part, VerifyError};
use crate::json::with_plain_slashes;
use crate::jwt::{self, Buffer, MAX_TOKEN_BYTES, Parts, decode, members};
use crate::keys::Algorithm;
use crate::verify::JwtVerifier;

/// Up to so many verifiers are asked whether they know a token, before its issuer is read: to ask one
/// takes a tenth of the time that the reading does.
const FEW_POOLS: usize = 4;

#[derive(Default)]
pub(super) struct Pools {
    /// No other moment of a set has it; zero for a set to which nothing was ever added.
    number: u64,
    by_issuer: HashMap<String, JwtVerifier>,
    /// Each of them once.
    verifiers: Vec<JwtVerifier>,
    /// Each algorithm that a pool of the set has, once. For tokens of no pool: they are refused with
    /// the code that some pool would give them.
    algorithms: Vec<Algorithm>,
}

impl From<HashMap<String, JwtVerifier>> for Pools {
    fn from(by_issuer: HashMap<String, JwtVerifier>) -> Self {
        let (mut verifiers, mut algorithms) = (Vec::new(), Vec::new());
        for (issuer, verifier) in &by_issuer {
            if verifier.issuers().first() == Some(issuer) {
                verifiers.push(verifier.clone());
            }
            if !algorithms.contains(&verifier.algorithm()) {
                algorithms.push(verifier.algorithm());
            }
        }
        static LAST: AtomicU64 = AtomicU64::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed) + 1;
        Self { number, by_issuer, verifiers, algorithms }
    }
}

impl Pools {
    pub(super) fn by_issuer(&self) -> &HashMap<String, JwtVerifier> {
        &self.by_issuer
    }

    /// The longest token that one of the pools looks at.
    pub(super) fn max_token_bytes(&self) -> usize {
        let bounds = self.verifiers.iter().map(JwtVerifier::max_token_bytes);
        bounds.max().unwrap_or(MAX_TOKEN_BYTES)
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The issuer only chooses who judges: the verifier looks at all of the token again. Who has
    /// accepted the token before is the one that its issuer chose then.
    pub(super) fn judge_of(&self, token: &str) -> Result<JwtVerifier, VerifyError> {
        if self.verifiers.len() <= FEW_POOLS
            && let Some(verifier) = self.verifiers.iter().find(|one| one.remembers(token))
        {
            return Ok(verifier.clone());
        }
        let parts = Parts::split_within(token, self.max_token_bytes())?;
        self.verifier_for(parts.payload).or_else(|refusal| {
            // A verifier looks at the header first and at the issuer last: one token, one code.
            // Where there is no pool at all, the code is as from one of Cognito's.
            let algorithms = match self.algorithms.as_slice() {
                [] => &[Algorithm::Rs256],
                algorithms => algorithms,
            };
            jwt::read_key_id(parts.header, |name| {
                algorithms.iter().any(|algorithm| algorithm.as_str() == name)
            })?;
            if refusal == VerifyError::IssuerNotAllowed {
                decode(parts.signature, Part::Signature)?;
            }
            Err(refusal)
        })
    }

    fn verifier_for(&self, payload: &str) -> Result<JwtVerifier, VerifyError> {
        let mut buffer = Buffer::new();
        let payload = with_plain_slashes(buffer.decode(payload, Part::Payload)?);
        let unverified_claims = members(payload, Part::Payload)?;
        let Ok(Some(issuer)) = unverified_claims.text("iss") else {
            return Err(VerifyError::IssuerNotAllowed);
        };
        self.by_issuer.get(issuer.as_ref()).cloned().ok_or(VerifyError::IssuerNotAllowed)
    }
}
