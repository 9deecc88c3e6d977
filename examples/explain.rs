//! Explains why the token on standard input is refused, and what to change. The token is not printed.
//!
//! ```sh
//! COGNITO_USER_POOL_ID=… COGNITO_CLIENT_ID=… EXPECT=access REQUIRE_SCOPES='orders/read' \
//!     cargo run --example explain < token.txt
//! ```
//!
//! | variable | |
//! |---|---|
//! | `COGNITO_…` | see `shared/settings.rs` |
//! | `EXPECT` | `access` (the default) or `id` |
//! | `REQUIRE_SCOPES`, `REQUIRE_GROUPS` | separated by spaces; all of them are required |
//! | `ACCEPT_MACHINES` | `yes`: tokens of client credentials are accepted too |
//!
//! Exit codes: 0 when the token is valid, 1 when it is refused, 2 when a setting is missing, 3 when the
//! token could not be checked.

#[path = "explain/demands.rs"]
mod demands;
#[path = "explain/reason.rs"]
mod reason;
#[path = "shared/settings.rs"]
mod settings;

use std::io::Read;
use std::process::ExitCode;

use cognito_auth::unverified::DEFAULT_MAX_TOKEN_BYTES;
use demands::Demands;
use reason::Reason;
use settings::{Problem, Settings};

#[tokio::main]
async fn main() -> ExitCode {
    run().await.unwrap_or_else(|problem| {
        eprintln!("{problem}");
        problem.exit_code()
    })
}

async fn run() -> Result<ExitCode, Problem> {
    let environment = |name: &str| std::env::var(name).ok();
    let settings = Settings::of_cognito(environment)?
        .ok_or_else(|| Problem::Missing(vec!["COGNITO_USER_POOL_ID", "COGNITO_CLIENT_ID"]))?;
    let demands = Demands::from_environment(environment)?;

    // One byte more than a verifier reads, so that a longer token is refused as too large.
    let mut token = String::new();
    std::io::stdin().take(DEFAULT_MAX_TOKEN_BYTES as u64 + 2).read_to_string(&mut token)?;
    let token = token.trim();
    // A token that was copied out of a request may have the scheme before it.
    let token = token.strip_prefix("Bearer ").unwrap_or(token).trim_start();

    let Err(error) = demands.verify(&settings, token).await? else {
        println!("The token is good.");
        return Ok(ExitCode::SUCCESS);
    };
    println!("{}", Reason::of(&error, token, &settings, &demands));
    Ok(if error.is_unavailable() { ExitCode::from(3) } else { ExitCode::FAILURE })
}
