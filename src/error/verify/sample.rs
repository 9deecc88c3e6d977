//! A value for each field of an error, for tests that need one error of each code.

use std::time::Duration;

use crate::error::{KeysUnavailable, Part, RevocationError, Unreachable};

pub(super) const PARTS: [Part; 3] = [Part::Header, Part::Payload, Part::Signature];

pub(super) trait Sample {
    fn sample(part: Part) -> Self;
}

impl Sample for Part {
    fn sample(part: Part) -> Self {
        part
    }
}

impl Sample for usize {
    fn sample(_: Part) -> Self {
        1
    }
}

impl Sample for Duration {
    fn sample(_: Part) -> Self {
        Self::from_secs(1)
    }
}

impl Sample for Box<str> {
    fn sample(_: Part) -> Self {
        "sample".into()
    }
}

impl Sample for &'static str {
    fn sample(_: Part) -> Self {
        "sample"
    }
}

impl Sample for KeysUnavailable {
    fn sample(_: Part) -> Self {
        Self::Unreachable(Unreachable::Timeout)
    }
}

impl Sample for RevocationError {
    fn sample(_: Part) -> Self {
        Self::new("no answer in time")
    }
}
