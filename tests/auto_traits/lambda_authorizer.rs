//! The types of `lambda_authorizer`.

use cognito_auth::lambda_authorizer::*;

use super::Has;
#[allow(unused_imports)]
use super::Lacks as _;
#[allow(unused_imports)]
use std::panic::{RefUnwindSafe, UnwindSafe};

types! {
    AuthorizerContext;
    AuthorizerError;
    AuthorizerRequest;
    LambdaAuthorizer: "UnwindSafe RefUnwindSafe";
    PolicyAnswer;
    PolicyDocument;
    PolicyEffect;
    PolicyStatement;
    SimpleAnswer;
}
