//! `GET /auth/me`: who the token belongs to.

use std::collections::BTreeMap;

use http::{HeaderMap, Response, StatusCode};
use serde::Serialize;

use super::AuthEndpoints;
use super::response::{self, Failure};
use crate::bearer::challenge::{Challenge, RETRY_AFTER_UNAVAILABLE};
use crate::claims::AccessClaims;
use crate::error::AuthError;
use crate::idp::{UserInfo, UserInfoSource};

#[derive(Serialize)]
struct MeBody<'a> {
    sub: &'a str,
    username: Option<&'a str>,
    email: Option<&'a str>,
    email_verified: bool,
    groups: Vec<&'a str>,
    attributes: BTreeMap<&'a str, &'a str>,
    source: Source,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Source {
    Provider(UserInfoSource),
    Token(&'static str),
}

impl<'a> MeBody<'a> {
    fn from_provider(info: &'a UserInfo, claims: &'a AccessClaims) -> Self {
        Self {
            sub: &info.sub,
            username: Some(&info.username),
            email: info.email.as_deref(),
            email_verified: info.email_verified.unwrap_or(false),
            groups: claims.groups().collect(),
            attributes: info.attributes.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect(),
            source: Source::Provider(info.source),
        }
    }

    fn from_token(claims: &'a AccessClaims) -> Self {
        Self {
            sub: claims.sub(),
            username: claims.username(),
            email: None,
            email_verified: false,
            groups: claims.groups().collect(),
            attributes: BTreeMap::new(),
            source: Source::Token("access_token"),
        }
    }
}

impl AuthEndpoints {
    pub(super) async fn me(&self, headers: &HeaderMap) -> Response<String> {
        let credentials = match self.0.bearer.access(headers).await {
            Ok(credentials) => credentials,
            Err(challenge) => return response::not_authenticated(StatusCode::FORBIDDEN, challenge),
        };
        let claims = credentials.claims();
        match self.0.identity_provider.user_info_with_token(credentials.token()).await {
            // OpenID Connect Core §5.3.2: claims about another `sub` must not be used. The token
            // was good; it is the answer that cannot be: "cannot tell".
            Ok(info) if info.sub != claims.sub() => {
                tracing::error!(
                    target: "cognito_auth::endpoints",
                    operation = "user_info",
                    code = "sub_mismatch",
                    "the identity provider described another user than the token's",
                );
                response::unavailable(RETRY_AFTER_UNAVAILABLE)
            }
            Ok(info) => response::ok(&MeBody::from_provider(&info, claims)),
            Err(AuthError::NoUserScope) => response::ok(&MeBody::from_token(claims)),
            Err(error) => match Failure::of(&error, "user_info") {
                // Nothing is remembered of it here: "revoked", "disabled" and "deleted" can look
                // alike, and only the provider knows when one of them ends.
                Failure::Refused => {
                    let challenge = Challenge::invalid_token();
                    response::not_authenticated(StatusCode::FORBIDDEN, challenge)
                }
                Failure::Unavailable(wait) => response::unavailable(wait),
                Failure::Misconfigured => response::server_error(),
            },
        }
    }
}
