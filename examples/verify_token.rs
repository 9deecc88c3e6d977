//! Verifies the access token on standard input, and prints its user.
//!
//! ```sh
//! COGNITO_USER_POOL_ID=… COGNITO_CLIENT_ID=… cargo run --example verify_token < token.txt
//! ```
//!
//! Exit codes: 0 when the token is valid, 1 when it is refused, 2 when a setting is missing, 3 when the
//! token could not be checked. Settings: see `shared/settings.rs`.

#[path = "shared/settings.rs"]
mod settings;

use std::io::Read;
use std::process::ExitCode;
use std::time::UNIX_EPOCH;

use cognito_auth::JwtVerifier;
use cognito_auth::unverified::DEFAULT_MAX_TOKEN_BYTES;
use settings::{Problem, Settings};

#[tokio::main]
async fn main() -> ExitCode {
    run().await.unwrap_or_else(|problem| {
        eprintln!("{problem}");
        problem.exit_code()
    })
}

async fn run() -> Result<ExitCode, Problem> {
    let settings = Settings::of_cognito(|name| std::env::var(name).ok())?
        .ok_or_else(|| Problem::Missing(vec!["COGNITO_USER_POOL_ID", "COGNITO_CLIENT_ID"]))?;
    let verifier = JwtVerifier::new(&settings.pool, &settings.client_id)?;

    // One byte more than a verifier reads, so that a longer token is refused as too large.
    let mut token = String::new();
    std::io::stdin().take(DEFAULT_MAX_TOKEN_BYTES as u64 + 2).read_to_string(&mut token)?;

    match verifier.verify_access(token.trim()).await {
        Ok(claims) => {
            println!("good: {}", claims.sub());
            println!("username: {}", claims.username().unwrap_or("none, it is a machine's"));
            println!("scopes: {}", claims.scopes().collect::<Vec<_>>().join(" "));
            println!("groups: {}", claims.groups().collect::<Vec<_>>().join(" "));
            let expires_at = claims.expires_at().duration_since(UNIX_EPOCH);
            let expires_at = expires_at.map_or(0, |since| since.as_secs());
            println!("expires at: {expires_at} (seconds since 1970)");
            Ok(ExitCode::SUCCESS)
        }
        Err(error) if error.is_unavailable() => {
            println!("cannot tell: {error}");
            Ok(ExitCode::from(3))
        }
        Err(error) => {
            println!("refused: {error} ({})", error.code());
            Ok(ExitCode::FAILURE)
        }
    }
}
