//! [`Reason`]: the explanation of a refusal.

use std::fmt;
use std::time::Duration;

use cognito_auth::unverified::UnverifiedJwt;
use cognito_auth::{IssuerKind, UserPool, VerifyError};
use serde::Deserialize;

use super::demands::Demands;
use super::settings::Settings;

/// Which rule failed, what was found, and what to change.
pub(crate) struct Reason {
    code: &'static str,
    found: String,
    change: String,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule: {}\nfound: {}\nchange: {}", self.code, self.found, self.change)
    }
}

/// The token's own claims, for the explanation only: the verifier has decided before.
#[derive(Default, Deserialize)]
struct Unverified {
    iss: Option<String>,
    token_use: Option<String>,
    client_id: Option<String>,
    aud: Option<serde_json::Value>,
    scope: Option<String>,
    #[serde(rename = "cognito:groups")]
    groups: Option<Vec<String>>,
}

impl Reason {
    pub(crate) fn of(
        error: &VerifyError,
        token: &str,
        settings: &Settings,
        demands: &Demands,
    ) -> Self {
        let jwt = UnverifiedJwt::parse(token).ok();
        let key_id = jwt.as_ref().and_then(UnverifiedJwt::unverified_key_id).unwrap_or_default();
        let says: Unverified = jwt.and_then(|jwt| jwt.unverified_claims().ok()).unwrap_or_default();
        let (found, change) = match error {
            VerifyError::NotThreeParts => not_three_parts(token),
            VerifyError::IssuerNotAllowed => other_issuer(&says, settings),
            VerifyError::TokenUseMismatch => other_use(&says, demands),
            VerifyError::ClientNotAllowed => other_client(&says, settings),
            VerifyError::UnknownKey => (
                format!("the pool has published no key with the id {key_id:?}"),
                "sign in again: the pool has changed its keys, or an emulator was restarted".into(),
            ),
            VerifyError::SignatureInvalid => (
                "the signature does not hold: the token was changed, or cut when it was copied"
                    .into(),
                "copy the whole token again; if it was complete, it was changed on its way here".into(),
            ),
            VerifyError::Expired { ago } => (
                format!("the token expired {} ago", duration(*ago)),
                "refresh it; how long a token lives is set in the user pool: App clients, your \
                 client, Edit, \"Access token expiration\" or \"ID token expiration\""
                    .into(),
            ),
            VerifyError::NotYetValid { ahead } | VerifyError::IssuedInFuture { ahead } => (
                format!("the token becomes valid {} from now", duration(*ahead)),
                "set this machine's clock".into(),
            ),
            VerifyError::ScopeMissing => missing_scope(&says, demands),
            VerifyError::GroupMissing => missing_group(&says, demands),
            VerifyError::UserRequired => (
                "the token is a machine's (client credentials), and a user's is required".into(),
                "sign a user in; or accept machines: accept_client_credentials(), here \
                 ACCEPT_MACHINES=yes"
                    .into(),
            ),
            VerifyError::KeysUnavailable(reason) => (
                format!("the pool's keys are not available ({reason})"),
                format!("check that this machine can reach {}", settings.pool.jwks_uri()),
            ),
            VerifyError::AudienceNotAllowed => other_audience(&says),
            VerifyError::LifetimeTooLong { limit } => (
                format!("the token was made to live longer than {}", duration(*limit)),
                "take a token from the user pool, which issues none with a longer lifetime; in a test \
                 that makes its own tokens, set `exp` to an hour after `iat`"
                    .into(),
            ),
            VerifyError::TooOld { age, limit } => (
                format!("the sign-in was {} ago", duration(*age)),
                format!(
                    "sign in again: the password must have been typed within {}; a refresh does \
                     not count as a sign-in",
                    duration(*limit)
                ),
            ),
            other => (other.to_string(), other.remedy().to_owned()),
        };
        Self { code: error.code(), found, change }
    }
}

fn not_three_parts(token: &str) -> (String, String) {
    match token.split('.').count() {
        5 => (
            "five parts: an encrypted token, as Cognito's refresh tokens are".into(),
            "send the access token; the refresh token is for the token endpoint alone".into(),
        ),
        parts => (
            format!("{parts} part(s) where a JWT has three"),
            "copy the token again, whole and without anything else".into(),
        ),
    }
}

fn other_issuer(says: &Unverified, settings: &Settings) -> (String, String) {
    let accepted = settings.pool.issuers().join(" or ");
    let issuer = says.iss.as_deref().unwrap_or_default();
    let kinds = [(IssuerKind::Original, "original"), (IssuerKind::Updated, "updated")];
    let kind = kinds.iter().find(|(kind, _)| {
        let pool = UserPool::new(settings.pool.id().as_ref());
        pool.is_ok_and(|pool| pool.with_issuer_kind(*kind).issuers() == [issuer])
    });
    match kind {
        Some((_, name)) => (
            format!("the pool's {name} issuer, {issuer}, and only {accepted} is accepted"),
            "accept both kinds (leave COGNITO_ISSUER unset), or change the user pool's issuer"
                .into(),
        ),
        None => (
            format!("the issuer {issuer:?}, and only {accepted} is accepted"),
            "the token is another pool's: check COGNITO_USER_POOL_ID, its region included; for an \
             emulator set COGNITO_ISSUER"
                .into(),
        ),
    }
}

fn other_use(says: &Unverified, demands: &Demands) -> (String, String) {
    let expected = if demands.id_token { "ID" } else { "access" };
    let found = match says.token_use.as_deref() {
        Some("id") => "an ID token".to_owned(),
        Some("access") => "an access token".to_owned(),
        other => format!("token_use {other:?}"),
    };
    let member = if demands.id_token { "id_token" } else { "access_token" };
    (
        format!("{found}, and an {expected} token is expected"),
        format!("nothing in the user pool: send `{member}` of the token endpoint's answer"),
    )
}

fn other_client(says: &Unverified, settings: &Settings) -> (String, String) {
    let client = match (&says.client_id, &says.aud) {
        (Some(client), _) => format!("{client:?}"),
        (None, Some(audience)) => audience.to_string(),
        (None, None) => "none".to_owned(),
    };
    (
        format!("the app client {client}, and only {:?} is accepted", settings.client_id),
        "nothing in the user pool: set COGNITO_CLIENT_ID to the client that signs in, or accept \
         both with client_id(), once for each"
            .into(),
    )
}

fn other_audience(says: &Unverified) -> (String, String) {
    let audience = says.aud.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
    (
        format!("the audience {audience}, and it is not this service's"),
        "where the token is bound to this service, name it: resource(); else ask for a \
         token without `resource`, or with this service's"
            .into(),
    )
}

fn missing_scope(says: &Unverified, demands: &Demands) -> (String, String) {
    let scope = says.scope.as_deref().unwrap_or_default();
    let missing = demands.scopes.iter().filter(|wanted| !scope.split(' ').any(|s| s == **wanted));
    let missing: Vec<_> = missing.map(String::as_str).collect();
    let change = if scope == "aws.cognito.signin.user.admin" {
        "sign in through the pool's login page: InitiateAuth gives no other scope than this one"
    } else {
        "allow the scope in the user pool (App clients, your client, Login pages, \"Custom \
         scopes\") and ask for it when signing in: SignInRequest::scopes"
    };
    (format!("without {}; the token has {scope:?}", missing.join(" ")), change.into())
}

fn missing_group(says: &Unverified, demands: &Demands) -> (String, String) {
    let groups = says.groups.as_deref().unwrap_or_default();
    let missing = demands.groups.iter().filter(|wanted| !groups.contains(wanted));
    let missing: Vec<_> = missing.map(String::as_str).collect();
    (
        format!("not in {}; the token has the groups {groups:?}", missing.join(", ")),
        "add the user to the group in the user pool (Groups), then sign in again or refresh: a \
         token keeps the groups it was issued with"
            .into(),
    )
}

/// The duration in the largest unit of which there are two or more.
fn duration(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..=119 => format!("{seconds} seconds"),
        seconds @ 120..=7_199 => format!("{} minutes", seconds / 60),
        seconds @ 7_200..=172_799 => format!("{} hours", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}
