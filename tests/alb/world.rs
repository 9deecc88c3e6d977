//! The keys of all tokens, and the servers that have them.
#![allow(dead_code, reason = "another target takes the tokens alone")]

use std::net::TcpListener;
use std::sync::OnceLock;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::forge::{KEY_ID, OTHER_KEY_ID, Service};
use crate::support::Signer;

/// Every key of the corpus.
pub struct World {
    /// By service.
    keys: [EcdsaKeyPair; 2],
    /// Not known at the key server, or under another id.
    strangers: [EcdsaKeyPair; 2],
    pub rsa: Signer,
    /// Where `jku` and `x5u` point to.
    trap: TcpListener,
}

pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let generate = || {
            [&ECDSA_P256_SHA256_FIXED_SIGNING, &ECDSA_P384_SHA384_FIXED_SIGNING]
                .map(|algorithm| EcdsaKeyPair::generate(algorithm).unwrap())
        };
        let trap = TcpListener::bind("127.0.0.1:0").unwrap();
        trap.set_nonblocking(true).unwrap();
        World { keys: generate(), strangers: generate(), rsa: Signer::new(KEY_ID), trap }
    })
}

impl World {
    pub fn key(&self, service: Service) -> &EcdsaKeyPair {
        &self.keys[service as usize]
    }

    pub fn stranger(&self, service: Service) -> &EcdsaKeyPair {
        &self.strangers[service as usize]
    }

    pub fn public_der(&self, service: Service) -> Vec<u8> {
        self.key(service).public_key().as_der().unwrap().as_ref().to_vec()
    }

    pub fn public_pem(&self, service: Service) -> String {
        pem(&self.public_der(service))
    }

    pub fn stranger_pem(&self, service: Service) -> String {
        pem(self.stranger(service).public_key().as_der().unwrap().as_ref())
    }

    /// A key server with the service's key under [`KEY_ID`], and under other names what a token may not lead to.
    pub async fn serve(&self, service: Service) -> MockServer {
        let server = MockServer::start().await;
        for (key_id, body) in
            [(KEY_ID, self.public_pem(service)), (OTHER_KEY_ID, self.stranger_pem(service))]
        {
            Mock::given(method("GET"))
                .and(path(format!("/{key_id}")))
                .respond_with(ResponseTemplate::new(200).set_body_string(body))
                .mount(&server)
                .await;
        }
        server
    }

    /// An address that no verification may call.
    pub fn trap_address(&self) -> String {
        format!("http://{}/key", self.trap.local_addr().unwrap())
    }

    pub fn trap_was_called(&self) -> bool {
        self.trap.accept().is_ok()
    }
}

pub fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
}
