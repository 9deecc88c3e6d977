//! The pool as an [`IdentityProvider`] in memory: the rules of its endpoints, without HTTP.

use std::time::Duration;

use async_trait::async_trait;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};

use super::LocalUserPool;
use crate::error::{AnswerProblem, AuthError, Refusal, RefusalCode, Unreachable};
use crate::idp::form::{Client, check_token};
use crate::idp::token::Grant;
use crate::idp::user_info::source_of;
use crate::idp::{
    AuthCode, IdentityProvider, SignIn, SignInRequest, TokenResponseChecks, Tokens, UserInfo,
    UserInfoSource,
};
use crate::secret::{AccessToken, ClientSecret, IdToken, RefreshToken};
use crate::testing::fault::{Endpoint, Fault};
use crate::testing::http::domain::response::INVALID_REDIRECT;
use crate::testing::http::domain::user_info::{openid_holder, user_info_claims};
use crate::testing::http::domain::{revoke, token};
use crate::testing::http::json_api::{get_user, global_sign_out};
use crate::testing::tokens::holder::TokenHolder;
use crate::testing::tokens::issue::IssuedTokens;

/// For the pool's own client. A fault becomes the error that it would be over HTTP:
/// [`Fault::Hang`] is [`Unreachable::Timeout`], at once.
#[async_trait]
impl IdentityProvider for LocalUserPool {
    fn sign_in(&self, request: SignInRequest) -> Result<SignIn, AuthError> {
        request.start_at(&self.core.user_pool, &self.client_id(), self.core.clock.now())
    }

    async fn auth_with_code(&self, code: AuthCode) -> Result<Tokens, AuthError> {
        code.check_issued_to(&self.core.user_pool, &self.client_id())?;
        let tokens = self.grant(Grant::AuthorizationCode(&code)).await?;
        let (pool, client_id) = (&self.core.user_pool, self.client_id());
        let checks = TokenResponseChecks::for_code(pool, &client_id, &code);
        let error = match checks.check_at(tokens, self.core.clock.now()) {
            Ok(tokens) => return Ok(tokens),
            Err(error) => error,
        };
        let (error, unused) = error.into_parts();
        if let Some(unused) = unused {
            // The error is the sign-in's, whether or not this succeeds.
            self.revoke(&unused).await.ok();
        }
        Err(error)
    }

    async fn user_info_with_token(&self, token: &AccessToken) -> Result<UserInfo, AuthError> {
        let source = source_of(token, &self.core.user_pool)?;
        if source == UserInfoSource::GetUser {
            self.arrive(Endpoint::GetUser).await?;
            let (state, now) = self.core.enter();
            let holder =
                get_user::user_of(&state, now, token.expose()).map_err(|error| error.refusal())?;
            return Ok(from_get_user(&holder));
        }
        self.arrive(Endpoint::UserInfo).await?;
        let (state, now) = self.core.enter();
        let holder = openid_holder(&state, now, token.expose()).map_err(|description| {
            Refusal::new(RefusalCode::InvalidToken).with_description(description)
        })?;
        Ok(from_user_info(&holder))
    }

    async fn logout_with_token(&self, token: &AccessToken) -> Result<(), AuthError> {
        check_token("the access token", token.expose())?;
        self.arrive(Endpoint::GlobalSignOut).await?;
        let (mut state, now) = self.core.enter();
        global_sign_out::sign_out(&mut state, now, token.expose())
            .map_err(|error| error.refusal().into())
    }

    async fn refresh(&self, token: &RefreshToken) -> Result<Tokens, AuthError> {
        let tokens = self.grant(Grant::RefreshToken(token)).await?;
        let (pool, client_id) = (&self.core.user_pool, self.client_id());
        let checks = TokenResponseChecks::for_refresh(pool, &client_id);
        let mut tokens = checks.check_at(tokens, self.core.clock.now())?;
        tokens.refresh_token.get_or_insert_with(|| token.clone());
        Ok(tokens)
    }

    async fn revoke(&self, token: &RefreshToken) -> Result<(), AuthError> {
        check_token("the refresh token", token.expose())?;
        self.arrive(Endpoint::Revoke).await?;
        let Some(client) = self.own_client() else { return Ok(()) };
        let (mut state, _) = self.core.enter();
        revoke::revoke(&mut state, &client, token.expose()).map_err(refused)
    }

    async fn client_credentials(&self, scopes: &[&str]) -> Result<Tokens, AuthError> {
        self.grant(Grant::ClientCredentials(scopes)).await
    }
}

impl LocalUserPool {
    /// The form that the HTTP client would send, handed to the token endpoint's rules.
    async fn grant(&self, request: Grant<'_>) -> Result<Tokens, AuthError> {
        let (id, secret): (String, Option<ClientSecret>) = (self.client_id(), self.client_secret());
        let form = request.form(Client { id: &id, secret: secret.as_ref() })?;
        self.arrive(Endpoint::Token).await?;
        let mut headers = HeaderMap::new();
        let media_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(CONTENT_TYPE, media_type);
        if let Some(authorization) = form.authorization {
            headers.insert(AUTHORIZATION, authorization);
        }
        let (mut state, now) = self.core.enter();
        let grant = token::grant_for(&mut state, now, &headers, form.body.as_bytes());
        grant.map(tokens).map_err(refused)
    }

    /// Counts a request, and fails with the fault that is planned for it.
    async fn arrive(&self, endpoint: Endpoint) -> Result<(), AuthError> {
        match self.core.faults.next(endpoint) {
            None => Ok(()),
            Some(Fault::Slow(delay)) => {
                tokio::time::sleep(delay).await;
                Ok(())
            }
            Some(fault) => Err(error_of(fault, endpoint)),
        }
    }
}

/// The error that the HTTP client makes of a fault.
fn error_of(fault: Fault, endpoint: Endpoint) -> AuthError {
    let refusal = |code| AuthError::from(Refusal::new(code));
    match fault {
        Fault::Hang => AuthError::Unreachable(Unreachable::Timeout),
        Fault::CutOff => AuthError::Unreachable(Unreachable::CutOff),
        Fault::Throttle | Fault::Status(429) | Fault::Html(429) => {
            AuthError::RateLimited { retry_after: None }
        }
        Fault::Status(status @ (403 | 405)) | Fault::Html(status @ (403 | 405)) => {
            AuthError::Blocked { status, retry_after: None }
        }
        Fault::Status(status @ 500..=599) | Fault::Html(status @ 500..=599) => {
            AuthError::ServerError { status }
        }
        // userInfo's refusals have no body: the status is all there is.
        Fault::Status(401) | Fault::Html(401) if endpoint == Endpoint::UserInfo => {
            refusal(RefusalCode::InvalidToken)
        }
        Fault::Status(400) if endpoint == Endpoint::UserInfo => {
            refusal(RefusalCode::InvalidRequest)
        }
        Fault::Status(status) | Fault::Html(status) => {
            AuthError::Undecodable { status, reason: AnswerProblem::OrderedFault }
        }
        Fault::Slow(_) => AuthError::Unreachable(Unreachable::Timeout),
    }
}

fn refused(code: RefusalCode) -> AuthError {
    let refusal = Refusal::new(code);
    AuthError::Refused(match code {
        RefusalCode::InvalidRedirect => refusal.with_description(INVALID_REDIRECT),
        _ => refusal,
    })
}

fn tokens(grant: IssuedTokens) -> Tokens {
    Tokens {
        access_token: AccessToken::new(grant.access_token),
        id_token: grant.id_token.map(IdToken::new),
        refresh_token: grant.refresh_token.map(RefreshToken::new),
        expires_in: Some(Duration::from_secs(grant.expires_in)),
        new_device: None,
    }
}

fn from_get_user(holder: &TokenHolder<'_>) -> UserInfo {
    let sub = ("sub", holder.user.sub.as_str());
    user_info(holder, holder.user.details.attributes().chain([sub]), UserInfoSource::GetUser)
}

fn from_user_info(holder: &TokenHolder<'_>) -> UserInfo {
    let claims = user_info_claims(holder);
    let texts = claims.iter().filter(|(name, _)| name != "username");
    let texts = texts.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
    user_info(holder, texts, UserInfoSource::UserInfo)
}

fn user_info<'a>(
    holder: &TokenHolder<'_>,
    attributes: impl Iterator<Item = (&'a str, &'a str)>,
    source: UserInfoSource,
) -> UserInfo {
    let attributes: std::collections::BTreeMap<String, String> =
        attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    UserInfo {
        sub: holder.user.sub.clone(),
        username: holder.user.details.username.clone(),
        email: attributes.get("email").cloned(),
        email_verified: attributes.get("email_verified").and_then(|text| text.parse().ok()),
        attributes,
        source,
    }
}
