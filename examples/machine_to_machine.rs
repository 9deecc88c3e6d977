//! A service that calls another one without a user: client credentials
//! ([RFC 6749 §4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)), with a cached token. Cognito
//! bills each token request and limits their rate.
//!
//! ```sh
//! cargo run --example machine_to_machine
//! ```
//!
//! Settings: see `shared/settings.rs`; a pool of Cognito needs its domain, and a client with a secret.

#[path = "shared/settings.rs"]
mod settings;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cognito_auth::{
    AccessToken, AuthError, CognitoClient, IdentityProvider, JwtVerifier, TokenVerifier,
};
use settings::{LOCAL_MACHINE, Problem, Settings};
use tokio::sync::Mutex;

/// How long before its expiry a token is replaced: longer than a call takes, and than clocks differ.
const MARGIN: Duration = Duration::from_secs(60);

/// The service's own token.
struct OwnToken {
    cognito: Arc<dyn IdentityProvider>,
    scopes: Vec<String>,
    kept: Mutex<Option<(AccessToken, Instant)>>,
}

impl OwnToken {
    fn new(cognito: impl IdentityProvider + 'static, scopes: &[&str]) -> Self {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        Self { cognito: Arc::new(cognito), scopes, kept: Mutex::default() }
    }

    /// The cached token, or a new one. The lock is held during the request, so that concurrent callers
    /// wait for the same token.
    async fn get(&self) -> Result<AccessToken, AuthError> {
        let mut kept = self.kept.lock().await;
        if let Some((token, good_until)) = kept.as_ref()
            && Instant::now() < *good_until
        {
            return Ok(token.clone());
        }
        let asked_at = Instant::now();
        let scopes: Vec<&str> = self.scopes.iter().map(String::as_str).collect();
        let tokens = self.cognito.client_credentials(&scopes).await?;
        // Without `expires_in` the token is used once.
        let lifetime = tokens.expires_in.unwrap_or_default().saturating_sub(MARGIN);
        *kept = Some((tokens.access_token.clone(), asked_at + lifetime));
        Ok(tokens.access_token)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            problem.exit_code()
        }
    }
}

async fn run() -> Result<(), Problem> {
    let settings = Settings::from_environment(|name| std::env::var(name).ok()).await?;
    let (client_id, secret) = match settings.local {
        Some(_) => (LOCAL_MACHINE.0.to_owned(), LOCAL_MACHINE.1.into()),
        None => {
            let missing = || Problem::Missing(vec!["COGNITO_CLIENT_SECRET"]);
            (settings.client_id, settings.client_secret.ok_or_else(missing)?)
        }
    };
    let cognito = CognitoClient::builder(&settings.pool, &client_id);
    let own_token = OwnToken::new(cognito.client_secret(secret).build()?, &[]);
    // The called service: tokens of client credentials have to be accepted explicitly.
    let verifier = JwtVerifier::builder(&settings.pool)
        .client_id(&client_id)
        .accept_client_credentials()
        .build()?;

    let distrust = |error: &dyn std::error::Error| Problem::Other(error.to_string());
    for call in ["first", "second"] {
        let token = own_token.get().await.map_err(|error| distrust(&error))?;
        let verified = TokenVerifier::verify_access(&verifier, token.expose()).await;
        let claims = verified.map_err(|error| distrust(&error))?;
        let scopes: Vec<&str> = claims.scopes().collect();
        println!("{call} call as {}, scopes: {}", claims.client_id(), scopes.join(" "));
    }
    if let Some(local) = &settings.local {
        let requests = local.requests(cognito_auth::testing::Endpoint::Token);
        println!("tokens fetched: {requests}");
    }
    Ok(())
}
