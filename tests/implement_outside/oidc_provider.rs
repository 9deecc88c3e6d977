//! An identity provider of one's own: an OpenID provider that is not Cognito, by its metadata, over an HTTP
//! client of one's own.

use cognito_auth::{
    AccessToken, AnswerProblem, AuthCode, AuthError, IdToken, IdentityProvider, RefreshToken,
    Refusal, RefusalCode, SignIn, SignInRequest, TokenResponseChecks, Tokens, Unreachable,
    UserInfo, UserInfoSource, UserPool, async_trait,
};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;

#[derive(Debug)]
pub(crate) struct OidcProvider {
    pub(crate) http: reqwest::Client,
    /// Names the accepted issuers.
    pub(crate) pool: UserPool,
    pub(crate) client_id: String,
    pub(crate) authorization_endpoint: Url,
    pub(crate) token_endpoint: Url,
    pub(crate) userinfo_endpoint: Url,
    pub(crate) revocation_endpoint: Url,
    /// Ends every session of the token's user.
    pub(crate) logout_endpoint: Url,
}

impl OidcProvider {
    async fn send(&self, request: reqwest::RequestBuilder) -> Result<(u16, Value), AuthError> {
        let unreachable = |_: reqwest::Error| AuthError::Unreachable(Unreachable::Connect);
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        if status >= 500 {
            return Err(AuthError::ServerError { status });
        }
        let body = response.text().await.map_err(unreachable)?;
        Ok((status, serde_json::from_str(&body).unwrap_or_default()))
    }

    async fn post_form(
        &self,
        to: &Url,
        fields: &[(&str, &str)],
    ) -> Result<(u16, Value), AuthError> {
        let form = Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.http.post(to.clone());
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(form)).await
    }

    async fn with_token(
        &self,
        request: reqwest::RequestBuilder,
        token: &AccessToken,
    ) -> Result<Value, AuthError> {
        let authorization = format!("Bearer {}", token.expose());
        match self.send(request.header("authorization", authorization)).await? {
            (200, answer) => Ok(answer),
            (401, _) => Err(Refusal::new(RefusalCode::InvalidToken).into()),
            (status, _) => Err(AuthError::Undecodable {
                status,
                reason: AnswerProblem::Other("not an answer"),
            }),
        }
    }
}

#[async_trait]
impl IdentityProvider for OidcProvider {
    fn sign_in(&self, request: SignInRequest) -> Result<SignIn, AuthError> {
        let started = request.start(&self.pool, &self.client_id)?;
        let mut url = self.authorization_endpoint.clone();
        url.set_query(started.url.query());
        Ok(SignIn::new(url, started.pending))
    }

    async fn auth_with_code(&self, code: AuthCode) -> Result<Tokens, AuthError> {
        code.check_issued_to(&self.pool, &self.client_id)?;
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("client_id", &self.client_id),
            ("code", code.expose_code()),
            ("redirect_uri", code.redirect_uri()),
        ];
        fields.extend(code.code_verifier().map(|verifier| ("code_verifier", verifier.expose())));
        let (status, answer) = self.post_form(&self.token_endpoint, &fields).await?;
        if status == 400 && answer["error"] == "invalid_grant" {
            return Err(Refusal::new(RefusalCode::InvalidGrant).into());
        }
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        let undecodable = AuthError::Undecodable { status, reason: AnswerProblem::NoAccessToken };
        let mut tokens = Tokens::new(text("access_token").ok_or(undecodable)?);
        tokens.id_token = text("id_token").map(IdToken::new);
        tokens.refresh_token = text("refresh_token").map(RefreshToken::new);
        let checks = TokenResponseChecks::for_code(&self.pool, &self.client_id, &code);
        let checked = checks.check(tokens);
        if let Some(unused) = checked.as_ref().err().and_then(AuthError::new_refresh_token) {
            self.revoke(unused).await.ok();
        }
        checked
    }

    async fn user_info_with_token(&self, token: &AccessToken) -> Result<UserInfo, AuthError> {
        let request = self.http.get(self.userinfo_endpoint.clone());
        let user = self.with_token(request, token).await?;
        let text = |name: &str| user[name].as_str().unwrap_or_default().to_owned();
        let username = text("preferred_username");
        let mut info = UserInfo::new(text("sub"), username, UserInfoSource::UserInfo);
        info.email = user["email"].as_str().map(str::to_owned);
        Ok(info)
    }

    async fn logout_with_token(&self, token: &AccessToken) -> Result<(), AuthError> {
        self.with_token(self.http.post(self.logout_endpoint.clone()), token).await.map(drop)
    }

    async fn revoke(&self, token: &RefreshToken) -> Result<(), AuthError> {
        let fields = [("token", token.expose()), ("client_id", &*self.client_id)];
        let (status, _) = self.post_form(&self.revocation_endpoint, &fields).await?;
        match status {
            200 => Ok(()),
            status => Err(AuthError::Undecodable {
                status,
                reason: AnswerProblem::Other("not a revocation"),
            }),
        }
    }
}
