//! jsonwebtoken's side, written the way a careful service would.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::Value;

use crate::Kind;
use crate::support::{CLIENT_ID, ISSUER, Signer};

#[derive(Deserialize)]
#[allow(dead_code)]
struct AccessToken {
    iss: String,
    sub: String,
    token_use: String,
    client_id: String,
    exp: Value,
    iat: u64,
    auth_time: Option<u64>,
    scope: Option<String>,
    username: Option<String>,
    jti: Option<String>,
    origin_jti: Option<String>,
    #[serde(rename = "cognito:groups")]
    groups: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct IdToken {
    iss: String,
    sub: String,
    token_use: String,
    exp: Value,
    iat: u64,
    auth_time: Option<u64>,
    nonce: Option<String>,
    email: Option<String>,
    azp: Option<String>,
    jti: Option<String>,
    origin_jti: Option<String>,
    #[serde(rename = "cognito:groups")]
    groups: Option<Vec<String>>,
    #[serde(rename = "cognito:username")]
    username: Option<String>,
}

/// How jsonwebtoken is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setup {
    /// As the examples of many services have it: issuer, audience, and claims of any shape.
    Plain,
    /// With everything that it can demand, typed claims, and the checks that Cognito's
    /// documentation asks for written out.
    Strict,
}

use Setup::Plain;

pub struct Theirs {
    key: DecodingKey,
}

impl Theirs {
    pub fn new(signer: &Signer) -> Self {
        let jwk = serde_json::from_value(signer.jwk()).unwrap();
        Self { key: DecodingKey::from_jwk(&jwk).unwrap() }
    }

    pub fn verdict(&self, setup: Setup, kind: Kind, token: &str) -> String {
        match self.try_verdict(setup, kind, token) {
            Ok(None) => "accepted".to_owned(),
            Ok(Some(check)) => check.to_owned(),
            Err(error) => {
                let name = format!("{:?}", error.kind());
                name.split(['(', ' ']).next().unwrap().to_owned()
            }
        }
    }

    /// The name of the check that was written out and failed.
    fn try_verdict(
        &self,
        setup: Setup,
        kind: Kind,
        token: &str,
    ) -> jsonwebtoken::errors::Result<Option<&'static str>> {
        if jsonwebtoken::decode_header(token)?.kid.as_deref() != Some("k1") {
            return Ok(Some("kid"));
        }
        let mut validation = Validation::new(Algorithm::RS256);
        validation.leeway = 0;
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[CLIENT_ID]);
        if setup == Plain {
            jsonwebtoken::decode::<Value>(token, &self.key, &validation)?;
            return Ok(None);
        }
        validation.validate_nbf = true;
        if kind == Kind::Access {
            validation.set_required_spec_claims(&["exp", "iss", "sub"]);
            let claims = jsonwebtoken::decode::<AccessToken>(token, &self.key, &validation)?.claims;
            let checks = [
                ("token_use", claims.token_use == "access"),
                ("client", claims.client_id == CLIENT_ID),
                ("sub", !claims.sub.is_empty() && claims.sub != claims.client_id),
            ];
            return Ok(checks.into_iter().find(|(_, holds)| !holds).map(|(name, _)| name));
        }
        validation.set_required_spec_claims(&["exp", "iss", "sub", "aud"]);
        let claims = jsonwebtoken::decode::<IdToken>(token, &self.key, &validation)?.claims;
        let checks = [
            ("token_use", claims.token_use == "id"),
            ("client", claims.azp.is_none_or(|party| party == CLIENT_ID)),
            ("sub", !claims.sub.is_empty()),
        ];
        Ok(checks.into_iter().find(|(_, holds)| !holds).map(|(name, _)| name))
    }
}
