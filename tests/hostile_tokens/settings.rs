//! Settings that would let in what the rows refuse.

use std::time::Duration;

use cognito_auth::{ConfigError, JwtVerifier, JwtVerifierBuilder, UserPool};

use crate::support::{CLIENT_ID, POOL_ID};

fn builder() -> JwtVerifierBuilder {
    JwtVerifier::builder(&UserPool::new(POOL_ID).unwrap()).client_id(CLIENT_ID)
}

/// An entry of a sign-out outlives its tokens by ten minutes at each end.
#[test]
fn the_leeway_is_ten_minutes_at_most() {
    let minutes = Duration::from_secs(600);
    builder().leeway(minutes).build().unwrap();
    for beyond in [minutes + Duration::from_nanos(1), minutes + minutes, Duration::MAX] {
        let error = builder().leeway(beyond).build().unwrap_err();
        assert!(matches!(error, ConfigError::OutOfRange { setting: "leeway", .. }), "{error:?}");
    }
}

#[test]
fn debug_of_a_builder_shows_the_pool_and_the_rules() {
    let shown = format!("{:?}", builder().require_scope("orders/read"));
    for part in ["JwtVerifierBuilder { pool: ", POOL_ID, "Rs256", "orders/read"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}
