//! Stories by name, counted: what was told, and which one a test fell over.

use std::io::Write;

use cognito_auth::{AuthError, VerifyError};

/// The deviations of each peer, and how many stories it has.
pub const README: &str = include_str!("README.md");

pub struct Stories {
    peer: &'static str,
    passed: usize,
    current: Option<&'static str>,
    /// Those that were begun.
    pub told: Vec<&'static str>,
}

impl Stories {
    pub fn with(peer: &'static str) -> Self {
        Self { peer, passed: 0, current: None, told: Vec::new() }
    }

    /// The one before has passed: nothing in it panicked.
    pub fn begin(&mut self, story: &'static str) {
        self.passed += usize::from(self.current.is_some());
        self.current = Some(story);
        self.told.push(story);
    }

    /// Says how many passed, past the test harness, which would keep it to itself. As many as the
    /// README has: a story that is gone is noticed.
    pub fn end(mut self) {
        self.passed += usize::from(self.current.take().is_some());
        let said = format!("{}: {} stories passed", self.peer, self.passed);
        let _ = writeln!(std::io::stderr(), "{said}");
        assert!(README.contains(&said), "tests/interop/README.md does not say: {said}");
    }
}

impl Drop for Stories {
    fn drop(&mut self) {
        if let Some(story) = self.current {
            eprintln!("{}: FAILED AFTER {}: {story}", self.peer, self.passed);
        }
    }
}

/// The word of a "no" (a 401): the same question will not be answered otherwise later.
#[track_caller]
pub fn refused<T>(outcome: Result<T, AuthError>) -> &'static str {
    let error = outcome.err().expect("a refusal");
    assert!(error.is_refusal() && !error.is_unavailable(), "{error:?}: {error}");
    error.code()
}

/// The word of a setting that is wrong (a 500): the user is not refused.
#[track_caller]
pub fn ours<T>(outcome: Result<T, AuthError>) -> &'static str {
    let error = outcome.err().expect("a wrong setting");
    assert!(error.is_misconfiguration() && !error.is_refusal(), "{error:?}: {error}");
    error.code()
}

/// What could not be told (a 503), in the words that a log has.
#[track_caller]
pub fn cannot_tell<T>(outcome: Result<T, AuthError>) -> String {
    let error = outcome.err().expect("no answer");
    assert!(error.is_unavailable() && !error.is_refusal(), "{error:?}: {error}");
    error.to_string()
}

/// The word for a token that is bad (a 401).
#[track_caller]
pub fn bad<T>(outcome: Result<T, VerifyError>) -> &'static str {
    let error = outcome.err().expect("a bad token");
    assert!(!error.is_unavailable(), "{error:?}: {error}");
    error.code()
}

/// The peer's own words in a refusal.
#[track_caller]
pub fn words<T>(outcome: Result<T, AuthError>) -> String {
    match outcome.err() {
        Some(AuthError::Refused(refusal)) => refusal.description().unwrap_or_default().to_owned(),
        other => panic!("not a refusal of the peer: {other:?}"),
    }
}
