//! The pools of a set at one moment, and which of them judges a token.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::fast::RandomState;
use quick_cache::UnitWeighter;
use quick_cache::sync::{Cache, DefaultLifecycle};

use crate::error::{Part, VerifyError};
use crate::jwt::{self, Buffer, DEFAULT_MAX_TOKEN_BYTES, decode};
use crate::keys::Algorithm;
use crate::verify::JwtVerifier;
use crate::verify::checklist::TokenHead;

/// Up to so many verifiers are asked whether they remember a token, before its issuer is read: asking
/// one takes a tenth of the time that reading does. Of more, the one is asked that last accepted a token
/// with the same header.
const FEW_POOLS: usize = 4;

/// Headers that are kept for each pool: a pool has two keys, and twice as many during a rotation.
const HEADERS_OF_A_POOL: usize = 4;

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
    /// Which verifier last accepted a token with this header, as the token has it in base64url. It gets
    /// in with an accepted token only, so senders of other tokens cannot fill it.
    by_header: OnceLock<ByHeader>,
}

type ByHeader = Cache<Box<str>, JwtVerifier, UnitWeighter, RandomState>;

/// The verifier that judges a token.
pub(super) struct Chosen {
    pub(super) verifier: JwtVerifier,
    /// It has accepted exactly this token before.
    pub(super) remembers: bool,
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
        Self { number, by_issuer, verifiers, algorithms, by_header: OnceLock::new() }
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
    pub(super) fn verifier_for(&self, token: &str) -> Result<Chosen, VerifyError> {
        if let Some(verifier) = self.remembering(token) {
            return Ok(Chosen { verifier, remembers: true });
        }
        self.by_issuer_of(token).map(|verifier| Chosen { verifier, remembers: false })
    }

    fn remembering(&self, token: &str) -> Option<JwtVerifier> {
        if self.verifiers.len() <= FEW_POOLS {
            return self.verifiers.iter().find(|one| one.remembers(token)).cloned();
        }
        let (header, _) = token.split_once('.')?;
        let verifier = self.by_header.get()?.get(header)?;
        verifier.remembers(token).then_some(verifier)
    }

    /// Learns that this verifier accepted the token.
    pub(super) fn accepted(&self, token: &str, verifier: &JwtVerifier) {
        if self.verifiers.len() > FEW_POOLS
            && let Some((header, _)) = token.split_once('.')
        {
            let by_header = self.by_header.get_or_init(|| {
                let most = HEADERS_OF_A_POOL * self.verifiers.len();
                let (hash, lifecycle) = (RandomState::default(), DefaultLifecycle::default());
                Cache::with(most, most as u64, UnitWeighter, hash, lifecycle)
            });
            by_header.insert(header.into(), verifier.clone());
        }
    }

    fn by_issuer_of(&self, token: &str) -> Result<JwtVerifier, VerifyError> {
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
