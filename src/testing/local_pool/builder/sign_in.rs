//! What sign-ins through the JSON API depend on.

use std::time::Duration;

use super::LocalUserPoolBuilder;
use crate::testing::device_tracking::DeviceTracking;
use crate::testing::mfa::MfaConfiguration;
use crate::testing::pool::state::{LocalCustomChallenge, SignInSettings};

pub(super) fn defaults() -> SignInSettings {
    SignInSettings {
        mfa: MfaConfiguration::default(),
        device_tracking: DeviceTracking::default(),
        aliases: false,
        auth_session_validity: Duration::from_secs(180),
        lockout: true,
        custom_challenge: None,
        relying_party: "localhost".to_owned(),
        required_attributes: Vec::new(),
    }
}

impl LocalUserPoolBuilder {
    /// Sets whether a second factor is asked for after a password. Default:
    /// [`MfaConfiguration::Optional`], so that the second factors of the users in a test are asked for. At
    /// Cognito the default is `OFF`.
    pub fn mfa(mut self, mfa: MfaConfiguration) -> Self {
        self.sign_in.mfa = mfa;
        self
    }

    /// Sets whether devices are remembered. Default: [`DeviceTracking::Off`], as in Cognito.
    pub fn device_tracking(mut self, tracking: DeviceTracking) -> Self {
        self.sign_in.device_tracking = tracking;
        self
    }

    /// Lets users sign in with their verified e-mail address or telephone number too, as `AliasAttributes`
    /// does. Default: with the user name only.
    pub fn aliases(mut self) -> Self {
        self.sign_in.aliases = true;
        self
    }

    /// Sets how long a challenge can be answered: 3 to 15 minutes. Default: 3 minutes, as in Cognito.
    pub fn auth_session_validity(mut self, validity: Duration) -> Self {
        self.sign_in.auth_session_validity = validity;
        self
    }

    /// Switches off the lockout after five wrong passwords or codes in a row, for a test that sends many on
    /// purpose. Default: a lockout of 1 second that doubles with each further one, up to 15 minutes, as in
    /// Cognito; it is counted on the pool's clock.
    pub fn without_lockout(mut self) -> Self {
        self.sign_in.lockout = false;
        self
    }

    /// Enables `CUSTOM_AUTH`: the challenge `CUSTOM_CHALLENGE` with these parameters and this one answer, in
    /// place of Lambda triggers that define, create and verify it. A wrong answer is asked for again, twice.
    /// Default: `CUSTOM_AUTH` is not enabled.
    pub fn custom_challenge<N: Into<String>, V: Into<String>>(
        mut self,
        parameters: impl IntoIterator<Item = (N, V)>,
        answer: impl Into<String>,
    ) -> Self {
        let pair = |(name, value): (N, V)| (name.into(), value.into());
        let parameters = parameters.into_iter().map(pair).collect();
        let answer = answer.into();
        self.sign_in.custom_challenge = Some(LocalCustomChallenge { parameters, answer });
        self
    }

    /// Sets the relying party id of passkeys: the domain name of the pages that register and use them, which
    /// may be at a subdomain. Default: `localhost`. An address such as `127.0.0.1` cannot be one
    /// ([WebAuthn §5.1.3](https://www.w3.org/TR/webauthn-2/#sctn-createCredential)).
    pub fn relying_party(mut self, id: impl Into<String>) -> Self {
        self.sign_in.relying_party = id.into();
        self
    }

    /// Sets the attributes that every user has to have, such as `email`: SignUp is refused without them, and
    /// `NEW_PASSWORD_REQUIRED` asks for those that the user lacks. Default: none.
    pub fn required_attributes<S: Into<String>>(
        mut self,
        names: impl IntoIterator<Item = S>,
    ) -> Self {
        self.sign_in.required_attributes = names.into_iter().map(Into::into).collect();
        self
    }
}
