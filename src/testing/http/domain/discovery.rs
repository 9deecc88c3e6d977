//! `/<pool>/.well-known/openid-configuration`, as Cognito publishes it.

use serde::Serialize;
use url::Url;

use crate::pool::UserPool;

/// The members that Cognito has, and no others: `code_challenge_methods_supported` is missing
/// though S256 works.
#[derive(Serialize)]
pub(crate) struct Discovery<'a> {
    authorization_endpoint: Option<Url>,
    end_session_endpoint: Option<Url>,
    id_token_signing_alg_values_supported: [&'static str; 1],
    issuer: &'a str,
    jwks_uri: &'a Url,
    response_types_supported: [&'static str; 2],
    revocation_endpoint: Option<Url>,
    scopes_supported: [&'static str; 4],
    subject_types_supported: [&'static str; 1],
    token_endpoint: Option<Url>,
    token_endpoint_auth_methods_supported: [&'static str; 2],
    userinfo_endpoint: Option<Url>,
}

impl<'a> Discovery<'a> {
    /// The document of a pool, which has a domain.
    pub(crate) fn of(pool: &'a UserPool, issuer: &'a str) -> Self {
        let logout = pool.domain().and_then(|domain| domain.join("/logout").ok());
        Self {
            authorization_endpoint: pool.authorize_endpoint().ok(),
            end_session_endpoint: logout,
            id_token_signing_alg_values_supported: ["RS256"],
            issuer,
            jwks_uri: pool.jwks_uri(),
            response_types_supported: ["code", "token"],
            revocation_endpoint: pool.revoke_endpoint().ok(),
            scopes_supported: ["openid", "email", "phone", "profile"],
            subject_types_supported: ["public"],
            token_endpoint: pool.token_endpoint().ok(),
            token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
            userinfo_endpoint: pool.user_info_endpoint().ok(),
        }
    }
}
