//! The types of `direct`.

use cognito_auth::direct::*;

use super::Has;
#[allow(unused_imports)]
use super::Lacks as _;
#[allow(unused_imports)]
use std::panic::{RefUnwindSafe, UnwindSafe};

types! {
    AuthFactors;
    ChallengeSession;
    CodeChallenge: "UnwindSafe RefUnwindSafe";
    CodeDelivery;
    CustomChallenge: "UnwindSafe RefUnwindSafe";
    DeviceChallenge: "UnwindSafe RefUnwindSafe";
    DeviceInfo;
    DevicePassword;
    DirectSignIn: "UnwindSafe RefUnwindSafe";
    MfaChoiceChallenge: "UnwindSafe RefUnwindSafe";
    MfaPreference;
    MfaSetting;
    MfaSetupChallenge: "UnwindSafe RefUnwindSafe";
    NewPasswordChallenge: "UnwindSafe RefUnwindSafe";
    NextStep;
    OneTimeCode;
    PasskeyChallenge: "UnwindSafe RefUnwindSafe";
    PasskeyInfo;
    Password;
    PasswordChallenge: "UnwindSafe RefUnwindSafe";
    RegisteredDevice;
    RememberedDevice;
    SignInAttempt;
    SignInChallenge: "UnwindSafe RefUnwindSafe";
    SignInChoiceChallenge: "UnwindSafe RefUnwindSafe";
    SignInFailure;
    SignUp;
    SignedUp;
    Step: "UnwindSafe RefUnwindSafe";
    TotpSecret;
    TotpSetup: "UnwindSafe RefUnwindSafe";
    UnknownChallenge: "UnwindSafe RefUnwindSafe";
    UserContext;
}
