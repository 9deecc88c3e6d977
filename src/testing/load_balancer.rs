//! [`LocalLoadBalancer`]: what an Application Load Balancer, or Verified Access, tells an application of its
//! users, without AWS.

mod key_server;
mod signing_key;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::{Value, json};

use crate::alb::{AlbVerifier, AlbVerifierBuilder};
use crate::keys::Curve;
use crate::pool::UserPool;
use crate::testing::local_pool::builder::StartError;
use key_server::LocalKeyServer;
use signing_key::EllipticSigningKey;

/// How long its tokens are valid, as those of Verified Access.
const LIFETIME: Duration = Duration::from_secs(120);

const ACCOUNT: &str = "eu-west-1:123456789012";
const KEY_ID: &str = "12345678-1234-1234-1234-123456789012";

/// A load balancer that has signed users in, for tests: it signs the header field with their claims, and serves its
/// public key on loopback. It passes no requests on: a test sets the field of its own request. Cheap to clone; the
/// key server stops when the last clone is dropped.
///
/// ```
/// use cognito_auth::UserPool;
/// use cognito_auth::testing::LocalLoadBalancer;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// let balancer = LocalLoadBalancer::start(&pool, "1example23456789abcdefghij")?;
/// // The verifier of your service, for this load balancer.
/// let verifier = balancer.verifier().build()?;
///
/// let alice = serde_json::json!({"sub": "a1", "username": "alice", "email_verified": "true"});
/// let mut headers = http::HeaderMap::new();
/// headers.insert(verifier.header_field(), balancer.token(&alice).parse()?);
/// assert_eq!(verifier.user_of(&headers).await?.username(), Some("alice"));
///
/// let forged = balancer.forged_token(&alice);
/// assert_eq!(verifier.verify(&forged).await.unwrap_err().code(), "signature_invalid");
/// # Ok(())
/// # }
/// ```
///
/// The key is generated when the load balancer starts, and does not leave the process. Do not start it under paused
/// tokio time: the verifier's request for the key would time out at once.
#[derive(Clone)]
pub struct LocalLoadBalancer(Arc<LocalSigner>);

struct LocalSigner {
    key: EllipticSigningKey,
    stranger: EllipticSigningKey,
    arn: String,
    issuer: String,
    /// `None` for Verified Access.
    client_id: Option<String>,
    key_server: LocalKeyServer,
}

impl LocalLoadBalancer {
    /// Starts an Application Load Balancer that signs users of this pool in with this app client.
    ///
    /// # Errors
    /// [`StartError::Listen`]; [`StartError::Config`] without a crypto backend.
    pub fn start(pool: &UserPool, client_id: impl Into<String>) -> Result<Self, StartError> {
        let arn = format!(
            "arn:aws:elasticloadbalancing:{ACCOUNT}:loadbalancer/app/local/0123456789abcdef"
        );
        let issuer = pool.issuers().first().cloned().unwrap_or_default();
        Self::started(arn, issuer, Some(client_id.into()))
    }

    /// Starts a Verified Access instance with this issuer as its trust provider.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_verified_access(issuer: impl Into<String>) -> Result<Self, StartError> {
        let arn = format!("arn:aws:ec2:{ACCOUNT}:verified-access-instance/vai-0123456789abcdef0");
        Self::started(arn, issuer.into(), None)
    }

    fn started(arn: String, issuer: String, client_id: Option<String>) -> Result<Self, StartError> {
        let curve = if client_id.is_some() { Curve::P256 } else { Curve::P384 };
        let (key, stranger) =
            (EllipticSigningKey::generate(curve)?, EllipticSigningKey::generate(curve)?);
        let keys = BTreeMap::from([(format!("/{KEY_ID}"), pem(&key.public_der()))]);
        let key_server = LocalKeyServer::start(keys).map_err(StartError::Listen)?;
        Ok(Self(Arc::new(LocalSigner { key, stranger, arn, issuer, client_id, key_server })))
    }

    /// A builder of the verifier for this load balancer: its ARN, its issuer and app client, and its key.
    pub fn verifier(&self) -> AlbVerifierBuilder {
        let builder = AlbVerifier::builder(&self.0.arn)
            .issuer(&self.0.issuer)
            .key_endpoint(self.key_endpoint());
        match &self.0.client_id {
            Some(client_id) => builder.client_id(client_id),
            None => builder,
        }
    }

    /// Its ARN.
    pub fn arn(&self) -> &str {
        &self.0.arn
    }

    /// The address of its keys, for [`AlbVerifierBuilder::key_endpoint`].
    pub fn key_endpoint(&self) -> String {
        format!("http://{}", self.0.key_server.address())
    }

    /// The value of the header field for a user with these claims, valid for two minutes. `claims` is a JSON
    /// object with at least `sub`.
    pub fn token(&self, claims: &impl Serialize) -> String {
        self.sign(claims, in_seconds(LIFETIME), &self.0.key)
    }

    /// As [`token`](Self::token), of two minutes ago.
    pub fn expired_token(&self, claims: &impl Serialize) -> String {
        self.sign(claims, in_seconds(Duration::ZERO), &self.0.key)
    }

    /// As [`token`](Self::token), signed with another key, as an attacker's is who has reached the application
    /// without the load balancer.
    pub fn forged_token(&self, claims: &impl Serialize) -> String {
        self.sign(claims, in_seconds(LIFETIME), &self.0.stranger)
    }

    /// A token with this header and payload as they stand, and a good signature: for tests of tokens that no load
    /// balancer makes. The parts are padded as a load balancer does.
    pub fn sign_raw(&self, header: &str, payload: &str) -> String {
        self.encode(header, payload, &self.0.key)
    }

    /// The header that [`token`](Self::token) has at this second, as JSON.
    pub fn header(&self) -> String {
        self.header_until(in_seconds(LIFETIME)).to_string()
    }

    /// How many requests for keys have arrived.
    pub fn key_requests(&self) -> usize {
        self.0.key_server.requests()
    }

    fn header_until(&self, expires_at: u64) -> Value {
        let mut header = json!({
            "typ": "JWT", "kid": KEY_ID, "alg": self.0.key.algorithm(), "iss": self.0.issuer,
            "signer": self.0.arn, "exp": expires_at,
        });
        if let Some(client_id) = &self.0.client_id {
            header["client"] = client_id.as_str().into();
        }
        header
    }

    fn sign(&self, claims: &impl Serialize, expires_at: u64, key: &EllipticSigningKey) -> String {
        let mut claims = serde_json::to_value(claims).unwrap_or_default();
        // A load balancer adds these two to what the userInfo endpoint says.
        if let (Value::Object(claims), Some(_)) = (&mut claims, &self.0.client_id) {
            claims.entry("exp").or_insert_with(|| expires_at.into());
            claims.entry("iss").or_insert_with(|| self.0.issuer.as_str().into());
        }
        self.encode(&self.header_until(expires_at).to_string(), &claims.to_string(), key)
    }

    fn encode(&self, header: &str, payload: &str, key: &EllipticSigningKey) -> String {
        let encode = |bytes: &[u8]| match self.0.client_id {
            Some(_) => URL_SAFE.encode(bytes),
            None => URL_SAFE_NO_PAD.encode(bytes),
        };
        let signing_input = format!("{}.{}", encode(header.as_bytes()), encode(payload.as_bytes()));
        let signature = encode(&key.sign(signing_input.as_bytes()));
        format!("{signing_input}.{signature}")
    }
}

fn in_seconds(from_now: Duration) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (now + from_now).as_secs()
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let (mut lines, mut rest) = (String::new(), text.as_str());
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        lines = lines + line + "\n";
        rest = after;
    }
    format!("-----BEGIN PUBLIC KEY-----\n{lines}-----END PUBLIC KEY-----\n")
}

impl fmt::Debug for LocalLoadBalancer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalLoadBalancer")
            .field("arn", &self.0.arn)
            .field("issuer", &self.0.issuer)
            .field("key_endpoint", &self.key_endpoint())
            .finish_non_exhaustive()
    }
}
