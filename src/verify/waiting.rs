//! Verifying with what is at hand.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crate::error::{KeysUnavailable, VerifyError};

/// Whether a verification may wait for the network.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Waiting {
    Allowed,
    Never,
}

/// Runs a verification that never waits: it is done when it is first polled.
pub(super) fn at_once<C>(
    verification: impl Future<Output = Result<C, VerifyError>>,
) -> Result<C, VerifyError> {
    match pin!(verification).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(verdict) => verdict,
        Poll::Pending => Err(VerifyError::KeysUnavailable(KeysUnavailable::NotFetched)),
    }
}
