//! The types of `alb`.

use cognito_auth::alb::*;
use cognito_auth::testing::LocalLoadBalancer;

use super::Has;
#[allow(unused_imports)]
use super::Lacks as _;
#[allow(unused_imports)]
use std::panic::{RefUnwindSafe, UnwindSafe};

types! {
    AlbClaims;
    AlbVerifier: "UnwindSafe RefUnwindSafe";
    AlbVerifierBuilder: "UnwindSafe RefUnwindSafe";
    LocalLoadBalancer: "the backend's";
}
