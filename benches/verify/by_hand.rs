//! The same verification written by hand with jsonwebtoken, with its best settings: keys by id, a typed struct.

use std::collections::HashMap;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;

#[derive(Deserialize)]
// Not every claim is read, nor by each bench that a handler reads.
#[allow(dead_code)]
pub struct Claims {
    pub sub: String,
    iss: String,
    client_id: String,
    token_use: String,
    scope: String,
    pub username: String,
    #[serde(rename = "cognito:groups")]
    groups: Vec<String>,
    jti: String,
    origin_jti: String,
    exp: u64,
    iat: u64,
    auth_time: u64,
}

impl Claims {
    pub fn has_scope(&self, wanted: &str) -> bool {
        self.scope.split(' ').any(|scope| scope == wanted)
    }
}

pub struct ByHand {
    keys: HashMap<String, DecodingKey>,
    validation: Validation,
    client_id: String,
}

impl ByHand {
    pub fn new(jwks: &str, issuer: &str, client_id: &str) -> Self {
        let set: JwkSet = serde_json::from_str(jwks).unwrap();
        let keys = set
            .keys
            .iter()
            .map(|key| (key.common.key_id.clone().unwrap(), DecodingKey::from_jwk(key).unwrap()));
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[issuer]);
        validation.validate_aud = false;
        validation.leeway = 0;
        Self { keys: keys.collect(), validation, client_id: client_id.to_owned() }
    }

    pub fn verify(&self, token: &str) -> Option<Claims> {
        let key = self.keys.get(&decode_header(token).ok()?.kid?)?;
        let claims: Claims = decode(token, key, &self.validation).ok()?.claims;
        let allowed = claims.client_id == self.client_id
            && claims.token_use == "access"
            && claims.has_scope("orders/read")
            && claims.groups.iter().any(|group| group == "admins" || group == "owners");
        allowed.then_some(claims)
    }
}
