//! aliri, whose claims implement a trait of its own.

use aliri::jwt::{
    Audiences, BasicHeaders, CoreClaims, CoreHeaders, CoreValidator, HasAlgorithm, Issuer,
    IssuerRef, SubjectRef, Validated,
};
use aliri::{Jwks, JwtRef, jwa};
use aliri_clock::UnixTime;

use super::Claims;
use crate::support::ISSUER;

impl CoreClaims for Claims {
    fn nbf(&self) -> Option<UnixTime> {
        None
    }

    fn exp(&self) -> Option<UnixTime> {
        Some(UnixTime(self.exp))
    }

    fn aud(&self) -> &Audiences {
        &self.no_audience
    }

    fn iss(&self) -> Option<&IssuerRef> {
        Some(IssuerRef::from_str(&self.iss))
    }

    fn sub(&self) -> Option<&SubjectRef> {
        Some(SubjectRef::from_str(&self.sub))
    }
}

pub fn aliri(jwks: &str) -> impl Fn(&str) -> bool + use<> {
    let keys: Jwks = serde_json::from_str(jwks).expect("a JWKS");
    let validator = CoreValidator::default()
        .add_approved_algorithm(jwa::Algorithm::RS256)
        .require_issuer(Issuer::from(ISSUER.to_owned()));
    move |token| {
        let Ok(parts) = JwtRef::from_str(token).decompose::<BasicHeaders>() else { return false };
        let header = parts.untrusted_header();
        let Some(key) = header.kid().and_then(|id| keys.get_key_by_id(id, header.alg())) else {
            return false;
        };
        let valid: Result<Validated<Claims>, _> = parts.verify(key, &validator);
        valid.is_ok_and(|valid| valid.claims().allowed())
    }
}
