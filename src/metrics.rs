//! What is counted: one function for each thing. Without the feature `metrics` they do nothing.
//!
//! Labels are words of this crate's own code (uses of a token, names of stores, `code()` of an
//! error), so that there are at most as many series as there are words. Nothing that comes with a
//! token, and no pool or client, is ever one.

// With the feature on, the compiler finds what is not used.
#![cfg_attr(not(feature = "metrics"), allow(dead_code))]

#[cfg(not(feature = "metrics"))]
mod disabled;
#[cfg(feature = "metrics")]
mod facade;
#[cfg(feature = "metrics")]
mod verifications;

use std::time::Duration;

#[cfg(not(feature = "metrics"))]
use disabled::{count, set};
#[cfg(feature = "metrics")]
use facade::{count, set};

#[cfg(not(feature = "metrics"))]
pub(crate) use disabled::{Look, Verifications, refused};
#[cfg(feature = "metrics")]
pub(crate) use verifications::{Look, Verifications, refused};

/// A name is part of the product: dashboards and alerts are made of them.
struct Metric {
    name: &'static str,
    help: &'static str,
}

const VERIFICATIONS: Metric = Metric {
    name: "cognito_auth_verifications_total",
    help: "Tokens that were verified: accepted, or why not.",
};
const CACHE_LOOKUPS: Metric = Metric {
    name: "cognito_auth_token_cache_lookups_total",
    help: "Tokens that were looked for among those accepted before.",
};
const REVOCATION_LOOKUPS: Metric = Metric {
    name: "cognito_auth_revocation_lookups_total",
    help: "Answers of revocation stores: cached, or asked for.",
};
#[cfg(feature = "redis")]
const REVOCATION_LAG: Metric = Metric {
    name: "cognito_auth_revocation_lag_seconds",
    help: "Time since the copy of Redis' revocations was last known to be complete.",
};
const JWKS_FETCHES: Metric =
    Metric { name: "cognito_auth_jwks_fetches_total", help: "Fetches of an issuer's keys." };
const JWKS_AGE: Metric = Metric {
    name: "cognito_auth_jwks_age_seconds",
    help: "Age of the cached keys when the last fetch ended: zero where it succeeded.",
};
const REQUESTS: Metric = Metric {
    name: "cognito_auth_cognito_requests_total",
    help: "Requests to Cognito, by operation.",
};
const SIGN_INS: Metric = Metric {
    name: "cognito_auth_sign_ins_total",
    help: "Sign-ins that came back from the login page, by outcome.",
};
const SIGN_OUTS: Metric = Metric {
    name: "cognito_auth_sign_outs_total",
    help: "Sign-outs, in the revocation stores here and at Cognito.",
};

const SIGN_OUT_RETRIES: Metric = Metric {
    name: "cognito_auth_sign_out_retries_total",
    help: "Sign-outs that Cognito could not be told of at once.",
};

#[cfg(feature = "sessions")]
const SESSION_EVENTS: Metric = Metric {
    name: "cognito_auth_session_events_total",
    help: "What happened to browser sessions, and to requests that have one.",
};

/// Where a sign-out was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignOutAt {
    Local,
    Cognito,
}

/// The state of a sign-out whose GlobalSignOut failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Retry {
    /// It will be retried.
    Queued,
    /// It will not be retried: the queue is full, or there is no runtime.
    NotQueued,
    /// A retry succeeded.
    Told,
    /// The response to a request was lost, and Cognito now says that the token is revoked.
    ToldPerhaps,
    /// The retries ended without success.
    GivenUp,
}

/// A token of a load balancer or of Verified Access was verified; the error's code, if it was refused.
#[cfg(feature = "alb")]
pub(crate) fn signed_user_verified(signer: &'static str, refusal: Option<&'static str>) {
    count(&VERIFICATIONS, &[("token_use", signer), ("result", refusal.unwrap_or("accepted"))]);
}

/// A fetch of keys ended; the error's code, if it had one.
pub(crate) fn jwks_fetched(error: Option<&'static str>) {
    count(&JWKS_FETCHES, &[("result", error.unwrap_or("ok"))]);
}

/// The age of the cached keys after a fetch. Set then and not by a timer: while no token arrives nothing is
/// fetched, and old keys are no fault.
pub(crate) fn jwks_age(age: Duration) {
    set(&JWKS_AGE, age.as_secs_f64());
}

/// A request to Cognito was answered, or was not; the error's code, if there was one.
pub(crate) fn requested(operation: &'static str, error: Option<&'static str>) {
    count(&REQUESTS, &[("operation", operation), ("result", error.unwrap_or("ok"))]);
}

/// A sign-in came to its end; the error's code, if it failed.
pub(crate) fn signed_in(error: Option<&'static str>) {
    count(&SIGN_INS, &[("result", error.unwrap_or("ok"))]);
}

/// Something happened to a browser session; why, where there are several reasons.
#[cfg(feature = "sessions")]
pub(crate) fn session(event: &'static str, reason: &'static str) {
    count(&SESSION_EVENTS, &[("event", event), ("reason", reason)]);
}

/// A sign-out was made; the error's code, if it failed.
pub(crate) fn signed_out(at: SignOutAt, error: Option<&'static str>) {
    let at = match at {
        SignOutAt::Local => "here",
        SignOutAt::Cognito => "cognito",
    };
    count(&SIGN_OUTS, &[("at", at), ("result", error.unwrap_or("ok"))]);
}

/// A sign-out that Cognito could not be told of got so far.
pub(crate) fn sign_out_retried(retry: Retry) {
    let result = match retry {
        Retry::Queued => "queued",
        Retry::NotQueued => "not_queued",
        Retry::Told => "told",
        Retry::ToldPerhaps => "told_perhaps",
        Retry::GivenUp => "given_up",
    };
    count(&SIGN_OUT_RETRIES, &[("result", result)]);
}

/// A store without a cached answer was asked; `None` when it could not tell.
pub(crate) fn revocation_asked(store: &'static str, revoked: Option<bool>) {
    let result = match revoked {
        Some(true) => "revoked",
        Some(false) => "live",
        None => "unavailable",
    };
    count(&REVOCATION_LOOKUPS, &[("store", store), ("asked", "yes"), ("result", result)]);
}

/// How far the copy of Redis' revocations is behind.
#[cfg(feature = "redis")]
pub(crate) fn revocation_lag(lag: Duration) {
    set(&REVOCATION_LAG, lag.as_secs_f64());
}
