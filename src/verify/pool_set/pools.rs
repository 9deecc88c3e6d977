//! The pools of a set at one moment, and which of them judges a token.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Part, VerifyError};
use crate::jwt::{self, Buffer, DEFAULT_MAX_TOKEN_BYTES, decode};
use crate::keys::Algorithm;
use crate::verify::JwtVerifier;
use crate::verify::checklist::TokenHead;

/// Up to so many verifiers are asked whether they remember a token, before its issuer is read: asking
/// one takes a tenth of the time that reading does.
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

    pub(super) fn verifiers(&self) -> &[JwtVerifier] {
        &self.verifiers
    }

    /// The longest token that one of the pools looks at.
    pub(super) fn max_token_bytes(&self) -> usize {
        let bounds = self.verifiers.iter().map(JwtVerifier::max_token_bytes);
        bounds.max().unwrap_or(DEFAULT_MAX_TOKEN_BYTES)
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The issuer only chooses who judges: the verifier looks at all of the token again. A verifier that
    /// accepted the token before is the one that its issuer chose then.
    pub(super) fn verifier_for(&self, token: &str) -> Result<JwtVerifier, VerifyError> {
        if self.verifiers.len() <= FEW_POOLS
            && let Some(verifier) = self.verifiers.iter().find(|one| one.remembers(token))
        {
            return Ok(verifier.clone());
        }
        let limit = self.max_token_bytes();
        let mut payload = Buffer::new();
        if let Ok(head) = TokenHead::read(token, limit, &mut payload, |_| Ok(()))
            && let Ok(Some(issuer)) = head.unverified_claims.text("iss")
            && let Some(verifier) = self.by_issuer.get(issuer.as_ref())
        {
            return Ok(verifier.clone());
        }
        // No verifier judges it. The code is the one that some pool of the set would give; where there
        // is no pool at all, one of Cognito's.
        let algorithms = match self.algorithms.as_slice() {
            [] => &[Algorithm::Rs256],
            algorithms => algorithms,
        };
        let is_allowed = |name: &str| algorithms.iter().any(|one| one.as_str() == name);
        let head = TokenHead::read(token, limit, &mut payload, |header| {
            jwt::read_key_id(header, is_allowed)
        })?;
        decode(head.parts.signature, Part::Signature)?;
        Err(VerifyError::IssuerNotAllowed)
    }
}
