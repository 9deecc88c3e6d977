//! The types of Cognito's client, and of client secrets that rotate.

use cognito_auth::*;

use super::Has;
#[allow(unused_imports)]
use super::Lacks as _;
#[allow(unused_imports)]
use std::panic::{RefUnwindSafe, UnwindSafe};

types! {
    Actor;
    AuthCode;
    BeforeRequest<'static>: "UnwindSafe RefUnwindSafe";
    Callback;
    ClientSecretFile;
    dyn ClientSecretProvider: "Unpin UnwindSafe RefUnwindSafe";
    CognitoClient: "UnwindSafe RefUnwindSafe";
    CognitoClientBuilder: "UnwindSafe RefUnwindSafe";
    CognitoSession;
    CognitoSessionKind;
    CognitoSessionList;
    ExchangedToken;
    AccessOrIdToken;
    LinkedSessions;
    MachineTokens: "UnwindSafe RefUnwindSafe";
    PendingSignIn;
    SignIn;
    SignInRequest;
    TokenExchange;
    Tokens;
    UserInfo;
    UserInfoSource;
}
