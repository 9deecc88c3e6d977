//! [`Endpoint`] and [`Fault`]: the failures that a test can inject.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// An endpoint of a user pool, or an operation of the JSON API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// `GET /oauth2/authorize`.
    Authorize,
    /// `GET` and `POST /login`.
    Login,
    /// `GET` and `POST` of the pages beside `/login`: `/signup`, `/confirm`, `/forgotPassword`,
    /// `/confirmForgotPassword`, `/challenge`, `/passkey`, `/passkeys/add`.
    HostedPage,
    /// `POST /oauth2/token`.
    Token,
    /// `GET /oauth2/userInfo`.
    UserInfo,
    /// `POST /oauth2/revoke`.
    Revoke,
    /// `GET /logout`.
    Logout,
    /// `GET /<pool>/.well-known/jwks.json`.
    Jwks,
    /// `GET /<pool>/.well-known/openid-configuration`.
    Discovery,
    /// GetUser of the JSON API.
    GetUser,
    /// GlobalSignOut of the JSON API.
    GlobalSignOut,
    /// RevokeToken of the JSON API.
    RevokeToken,
    /// GetTokensFromRefreshToken of the JSON API.
    GetTokensFromRefreshToken,
    /// InitiateAuth of the JSON API.
    InitiateAuth,
    /// RespondToAuthChallenge of the JSON API.
    RespondToAuthChallenge,
    /// SignUp of the JSON API.
    SignUp,
    /// ConfirmSignUp of the JSON API.
    ConfirmSignUp,
    /// ResendConfirmationCode of the JSON API.
    ResendConfirmationCode,
    /// ForgotPassword of the JSON API.
    ForgotPassword,
    /// ConfirmForgotPassword of the JSON API.
    ConfirmForgotPassword,
    /// ChangePassword of the JSON API.
    ChangePassword,
    /// UpdateUserAttributes of the JSON API.
    UpdateUserAttributes,
    /// DeleteUserAttributes of the JSON API.
    DeleteUserAttributes,
    /// GetUserAttributeVerificationCode of the JSON API.
    GetUserAttributeVerificationCode,
    /// VerifyUserAttribute of the JSON API.
    VerifyUserAttribute,
    /// SetUserMFAPreference of the JSON API.
    SetUserMfaPreference,
    /// GetUserAuthFactors of the JSON API.
    GetUserAuthFactors,
    /// AssociateSoftwareToken of the JSON API.
    AssociateSoftwareToken,
    /// VerifySoftwareToken of the JSON API.
    VerifySoftwareToken,
    /// DeleteUser of the JSON API.
    DeleteUser,
    /// ConfirmDevice of the JSON API.
    ConfirmDevice,
    /// GetDevice of the JSON API.
    GetDevice,
    /// ListDevices of the JSON API.
    ListDevices,
    /// UpdateDeviceStatus of the JSON API.
    UpdateDeviceStatus,
    /// ForgetDevice of the JSON API.
    ForgetDevice,
    /// StartWebAuthnRegistration of the JSON API.
    StartWebAuthnRegistration,
    /// CompleteWebAuthnRegistration of the JSON API.
    CompleteWebAuthnRegistration,
    /// ListWebAuthnCredentials of the JSON API.
    ListWebAuthnCredentials,
    /// DeleteWebAuthnCredential of the JSON API.
    DeleteWebAuthnCredential,
}

/// How a request to a local user pool fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A response with this status and an empty body. A number that is not an HTTP status becomes 500.
    Status(u16),
    /// A response with this status, and HTML in place of JSON.
    Html(u16),
    /// The response to a request over a quota: 400 with `TooManyRequestsException` at the JSON API, 429
    /// elsewhere.
    Throttle,
    /// No response, until the caller's time limit ends the request.
    Hang,
    /// Half of the response, then the connection ends.
    CutOff,
    /// The correct response, after this delay.
    Slow(Duration),
}

/// The faults that were ordered, and how often each endpoint was asked.
#[derive(Default)]
pub(crate) struct FaultPlan(Mutex<Plan>);

#[derive(Default)]
struct Plan {
    requests: HashMap<Endpoint, usize>,
    faults: Vec<PlannedFault>,
}

struct PlannedFault {
    /// `None` for any endpoint.
    endpoint: Option<Endpoint>,
    left: usize,
    fault: Fault,
}

impl FaultPlan {
    /// Counts a request, and gives the fault that it meets: the oldest one that fits.
    pub(crate) fn next(&self, endpoint: Endpoint) -> Option<Fault> {
        let mut plan = self.lock();
        *plan.requests.entry(endpoint).or_default() += 1;
        let fits =
            |planned: &&mut PlannedFault| planned.endpoint.is_none_or(|wanted| wanted == endpoint);
        let planned = plan.faults.iter_mut().find(fits)?;
        planned.left -= 1;
        let fault = planned.fault;
        plan.faults.retain(|planned| planned.left > 0);
        Some(fault)
    }

    /// Counts a request that meets no fault.
    pub(crate) fn count(&self, endpoint: Endpoint) {
        *self.lock().requests.entry(endpoint).or_default() += 1;
    }

    pub(crate) fn add(&self, endpoint: Option<Endpoint>, times: usize, fault: Fault) {
        if times > 0 {
            self.lock().faults.push(PlannedFault { endpoint, left: times, fault });
        }
    }

    pub(crate) fn requests(&self, endpoint: Endpoint) -> usize {
        self.lock().requests.get(&endpoint).copied().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
