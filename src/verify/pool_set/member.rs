//! [`PoolMember`]: a verifier in a set.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::verify::JwtVerifier;

/// A pool of a set, from the moment that its verifier was added until that verifier is removed or replaced.
pub(super) struct PoolMember {
    pub(super) verifier: JwtVerifier,
    has_left: AtomicBool,
}

impl PoolMember {
    pub(super) fn new(verifier: JwtVerifier) -> Arc<Self> {
        Arc::new(Self { verifier, has_left: AtomicBool::new(false) })
    }

    /// Whether it judges no token any more.
    pub(super) fn has_left(&self) -> bool {
        self.has_left.load(Ordering::Acquire)
    }

    /// From now on it judges no token.
    pub(super) fn leave(&self) {
        self.has_left.store(true, Ordering::Release);
    }
}
