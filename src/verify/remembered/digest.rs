//! The identity of a cached token: its length, and a keyed universal hash of all its bytes.
//!
//! The hash is NH of UMAC over words of 64 bits, taken twice, the second time with the key moved on by a pair of
//! words (Black, Halevi, Krawczyk, Krovetz, Rogaway: "UMAC: Fast and Secure Message Authentication", CRYPTO '99;
//! the bounds are those of NH and of its Toeplitz extension). Two different texts of the same length have the
//! same hash with a probability of at most 2⁻¹²⁸ over the choice of the key; the zeros that fill the last words
//! do not change that, since the length is compared too.
//!
//! The bound is for texts that were chosen without knowledge of the key. The key is random, not known outside the
//! process and in no output, and no digest leaves the process. A sender learns whether a text has the digest of an
//! accepted token, and nothing else: of a digest that differs it may not show where, since single words of NH are
//! weak and would give the key away bit by bit. So digests are compared in constant time. Of so many comparisons,
//! of each text with each entry of its length and end, one succeeds with a probability of at most their number
//! times 2⁻¹²⁸.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::error::{ConfigError, ValueProblem};

/// What one step reads: two words.
const STEP_BYTES: usize = 16;

/// The key of digests. It is wiped with the last verifier that has it.
pub(super) struct DigestKey(Zeroizing<Box<[[u64; 2]]>>);

/// What a cached token is known by.
#[derive(Clone, Copy)]
pub(super) struct TokenDigest {
    bytes: u32,
    /// Two numbers of 128 bits, the lower half of each first.
    hash: [u64; 4],
}

impl TokenDigest {
    /// Whether it can be the digest of this text: compared before one is made, so that a text costs no more than
    /// the accepted token that it resembles.
    pub(super) fn has_length_of(&self, text: &[u8]) -> bool {
        self.bytes as usize == text.len()
    }
}

impl PartialEq for TokenDigest {
    fn eq(&self, other: &Self) -> bool {
        let both = self.hash.iter().zip(&other.hash);
        let difference = both.fold(0, |difference, (one, other)| difference | (one ^ other));
        self.bytes == other.bytes && bool::from(difference.ct_eq(&0))
    }
}

impl Eq for TokenDigest {}

impl DigestKey {
    /// A key for texts of at most so many bytes, that verifiers share: it is as long as such a text.
    pub(super) fn of_process(most_bytes: usize) -> Result<Arc<Self>, ConfigError> {
        static KEY: Mutex<Weak<DigestKey>> = Mutex::new(Weak::new());
        Self::shared(&KEY, most_bytes)
    }

    fn shared(known: &Mutex<Weak<Self>>, most_bytes: usize) -> Result<Arc<Self>, ConfigError> {
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = known.upgrade().filter(|key| key.most_bytes() >= most_bytes) {
            return Ok(key);
        }
        let key = Arc::new(Self::random(most_bytes)?);
        *known = Arc::downgrade(&key);
        Ok(key)
    }

    fn random(most_bytes: usize) -> Result<Self, ConfigError> {
        // A step reads the key of the next one too, and a text of whole steps has one more, of zeros.
        let steps = most_bytes / STEP_BYTES + 2;
        let mut random = Zeroizing::new(vec![0; steps * STEP_BYTES]);
        getrandom::fill(&mut random).map_err(|_| ConfigError::Value {
            setting: "the operating system's random source",
            reason: ValueProblem::NoRandomness,
        })?;
        Ok(Self(Zeroizing::new(random.as_chunks().0.iter().map(words).collect())))
    }

    /// The longest text that the key is long enough for.
    fn most_bytes(&self) -> usize {
        (self.0.len() - 1) * STEP_BYTES - 1
    }

    /// `None` for a text that is longer than the key.
    pub(super) fn digest(&self, text: &[u8]) -> Option<TokenDigest> {
        if text.len() > self.most_bytes() {
            return None;
        }
        let (steps, rest) = text.as_chunks();
        let mut last = Zeroizing::new([0; STEP_BYTES]);
        last[..rest.len()].copy_from_slice(rest);
        let (mut first, mut second) = (0_u128, 0_u128);
        let mut add = |step, keys: &[[u64; 2]]| {
            let words = words(step);
            first = first.wrapping_add(product(words, keys[0]));
            second = second.wrapping_add(product(words, keys[1]));
        };
        for (step, keys) in steps.iter().zip(self.0.windows(2)) {
            add(step, keys);
        }
        add(&last, &self.0[steps.len()..]);
        let hash = [first, first >> 64, second, second >> 64].map(|half| half as u64);
        Some(TokenDigest { bytes: text.len() as u32, hash })
    }
}

fn words(step: &[u8; STEP_BYTES]) -> [u64; 2] {
    let both = u128::from_le_bytes(*step);
    [both as u64, (both >> 64) as u64]
}

fn product(words: [u64; 2], key: [u64; 2]) -> u128 {
    u128::from(words[0].wrapping_add(key[0])) * u128::from(words[1].wrapping_add(key[1]))
}

#[cfg(test)]
mod tests;
