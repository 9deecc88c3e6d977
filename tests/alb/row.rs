//! One row of the corpus.
#![allow(dead_code, reason = "another target takes the tokens alone")]

use std::time::{Duration, UNIX_EPOCH};

use cognito_auth::alb::{AlbVerifier, AlbVerifierBuilder};
use wiremock::MockServer;

use crate::forge::{Forge, IDENTITY_CENTER, Service};
use crate::support::{CLIENT_ID, ISSUER, NOW};

type Make = Box<dyn Fn(Forge) -> String>;

/// A name, a way to spoil a good token, and what becomes of it.
pub struct Row {
    pub name: String,
    /// The code of the refusal; `None`: accepted.
    pub expected: Option<&'static str>,
    pub services: &'static [Service],
    /// The refusal is one of what was signed, so that a key is fetched first.
    pub is_signed: bool,
    make: Make,
}

pub fn refused<T: Into<String>>(
    name: impl Into<String>,
    code: &'static str,
    make: impl Fn(Forge) -> T + 'static,
) -> Row {
    row(name.into(), Some(code), make)
}

pub fn accepted<T: Into<String>>(
    name: impl Into<String>,
    make: impl Fn(Forge) -> T + 'static,
) -> Row {
    row(name.into(), None, make)
}

fn row<T: Into<String>>(
    name: String,
    expected: Option<&'static str>,
    make: impl Fn(Forge) -> T + 'static,
) -> Row {
    let make = Box::new(move |forge| make(forge).into());
    Row { name, expected, services: &Service::ALL, is_signed: false, make }
}

impl Row {
    /// For load balancers only.
    pub fn load_balancer(self) -> Self {
        Self { services: &[Service::LoadBalancer], ..self }
    }

    /// For Verified Access only.
    pub fn verified_access(self) -> Self {
        Self { services: &[Service::VerifiedAccess], ..self }
    }

    /// Refused for what was signed.
    pub fn signed(self) -> Self {
        Self { is_signed: true, ..self }
    }

    pub fn token(&self, service: Service) -> String {
        (self.make)(Forge::good(service))
    }
}

/// For the good tokens, at [`NOW`], with the keys of this server.
pub fn verifier(service: Service, server: &MockServer) -> AlbVerifierBuilder {
    let builder = AlbVerifier::builder(service.arn())
        .issuer(ISSUER)
        .key_endpoint(server.uri())
        .clock(|| UNIX_EPOCH + Duration::from_secs(NOW));
    match service {
        Service::LoadBalancer => builder.client_id(CLIENT_ID),
        Service::VerifiedAccess => builder.issuer(IDENTITY_CENTER),
    }
}
