//! The types of the operations of Cognito alone, and of client secrets that rotate.

use cognito_auth::*;

use super::Has;
#[allow(unused_imports)]
use super::Lacks as _;
#[allow(unused_imports)]
use std::panic::{RefUnwindSafe, UnwindSafe};

types! {
    Actor;
    dyn ClientSecretProvider: "Unpin UnwindSafe RefUnwindSafe";
    ClientSecretFile;
    CognitoSession;
    CognitoSessionKind;
    ExchangedToken;
    ExchangedTokenKind;
    LinkedSessions;
    TokenExchange;
}
