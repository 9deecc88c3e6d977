//! Authenticator apps: AssociateSoftwareToken and VerifySoftwareToken, within a sign-in and after it.

use serde::Serialize;
use url::form_urlencoded;

use super::{DirectSignIn, input};
use crate::error::{AnswerProblem, AuthError, Refusal, RefusalCode};
use crate::idp::HandsOut;
use crate::idp::form::check_token;
use crate::idp::json_api::{self, Operation};
use crate::idp::response::ProviderResponse;
use crate::secret::{AccessToken, ChallengeSession, OneTimeCode, TotpSecret};

const ASSOCIATE_SOFTWARE_TOKEN: Operation = Operation {
    name: "AssociateSoftwareToken",
    target: "AWSCognitoIdentityProviderService.AssociateSoftwareToken",
    is_idempotent: false,
};

const VERIFY_SOFTWARE_TOKEN: Operation = Operation {
    name: "VerifySoftwareToken",
    target: "AWSCognitoIdentityProviderService.VerifySoftwareToken",
    is_idempotent: false,
};

/// Whose authenticator app it is.
pub(super) enum TotpHolder<'a> {
    User(&'a AccessToken),
    Session(Option<&'a ChallengeSession>),
}

impl TotpHolder<'_> {
    fn parts(&self) -> Result<(Option<&str>, Option<&str>), AuthError> {
        match self {
            Self::User(token) => {
                check_token("the access token", token.expose())?;
                Ok((Some(token.expose()), None))
            }
            Self::Session(session) => Ok((None, session.map(ChallengeSession::expose))),
        }
    }
}

/// Gets a key; with it the session to go on with.
pub(super) async fn associate(
    direct: &DirectSignIn,
    holder: &TotpHolder<'_>,
) -> Result<(TotpSecret, Option<ChallengeSession>), AuthError> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct AssociateBody<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        access_token: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        session: Option<&'a str>,
    }
    let (access_token, session) = holder.parts()?;
    let body = json_api::body(&AssociateBody { access_token, session })?;
    let client = &direct.client;
    client.json_call(ASSOCIATE_SOFTWARE_TOKEN, body, HandsOut::Nothing, associated).await
}

/// Reads the answer of AssociateSoftwareToken.
pub(crate) fn associated(
    answer: &ProviderResponse,
) -> Result<(TotpSecret, Option<ChallengeSession>), AuthError> {
    if answer.status != 200 {
        return Err(json_api::error(answer));
    }
    let problem = || answer.undecodable(AnswerProblem::MemberMissing);
    let members = answer.members().ok_or_else(problem)?;
    let text = |name| members.optional_text(name).map_err(|_| problem());
    let secret = text("SecretCode")?.filter(|secret| is_base32(secret)).ok_or_else(problem)?;
    let session = text("Session")?.map(|session| ChallengeSession::new(&*session));
    Ok((TotpSecret::new(&*secret), session))
}

/// API reference, `SecretCodeType`, with an upper bound. Cognito's have 16 characters at least, moto's have 12.
fn is_base32(secret: &str) -> bool {
    (8..=256).contains(&secret.len()) && secret.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Registers the app by its first code; returns the session to go on with.
pub(super) async fn verify(
    direct: &DirectSignIn,
    holder: &TotpHolder<'_>,
    code: &OneTimeCode,
    device_name: Option<&str>,
) -> Result<Option<ChallengeSession>, AuthError> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct VerifyBody<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        access_token: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        session: Option<&'a str>,
        user_code: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        friendly_device_name: Option<&'a str>,
    }
    input::six_digits(code)?;
    device_name.map_or(Ok(()), |name| input::text("the device's name", name))?;
    let (access_token, session) = holder.parts()?;
    let (user_code, friendly_device_name) = (code.expose(), device_name);
    let body = VerifyBody { access_token, session, user_code, friendly_device_name };
    let client = &direct.client;
    let body = json_api::body(&body)?;
    client.json_call(VERIFY_SOFTWARE_TOKEN, body, HandsOut::Nothing, verified).await
}

/// Reads the answer of VerifySoftwareToken.
pub(crate) fn verified(answer: &ProviderResponse) -> Result<Option<ChallengeSession>, AuthError> {
    if answer.status != 200 {
        return Err(json_api::error(answer));
    }
    let problem = || answer.undecodable(AnswerProblem::MemberMissing);
    let members = answer.members().ok_or_else(problem)?;
    let text = |name| members.optional_text(name).map_err(|_| problem());
    match text("Status")?.as_deref() {
        Some("SUCCESS") => {}
        Some("ERROR") => return Err(Refusal::new(RefusalCode::SoftwareTokenRejected).into()),
        _ => return Err(problem()),
    }
    Ok(text("Session")?.map(|session| ChallengeSession::new(&*session)))
}

impl DirectSignIn {
    /// The address that an authenticator app reads from a QR code. The key is in it. Cognito's codes are the
    /// default of these apps: SHA-1, six digits, 30 seconds.
    ///
    /// ```
    /// use cognito_auth::direct::{DirectSignIn, TotpSecret};
    ///
    /// let secret = TotpSecret::new("JBSWY3DPEHPK3PXP");
    /// let uri = DirectSignIn::totp_uri(&secret, "My Shop", "alice@example.com");
    /// assert_eq!(
    ///     uri,
    ///     "otpauth://totp/My%20Shop:alice%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=My%20Shop"
    /// );
    /// ```
    pub fn totp_uri(secret: &TotpSecret, issuer: &str, account: &str) -> String {
        // Apps show a `+` as it is.
        let encode = |text: &str| -> String {
            let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
            encoded.replace('+', "%20")
        };
        let (issuer, account) = (encode(issuer), encode(account));
        format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}", secret.expose())
    }
}
