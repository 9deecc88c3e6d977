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

use cognito_auth::{CognitoClient, JwtVerifier, MachineTokens};
use settings::{LOCAL_MACHINE, Problem, Settings};

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
    let tokens = MachineTokens::new(cognito.client_secret(secret).build()?);
    // The called service: tokens of client credentials have to be accepted explicitly.
    let verifier = JwtVerifier::builder(&settings.pool)
        .client_id(&client_id)
        .accept_client_credentials()
        .build()?;

    let distrust = |error: &dyn std::error::Error| Problem::Other(error.to_string());
    for call in ["first", "second"] {
        let token = tokens.token(&[]).await.map_err(|error| distrust(&error))?;
        let verified = verifier.verify_access(token.expose()).await;
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
