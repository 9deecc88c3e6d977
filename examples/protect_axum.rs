//! Protected routes with axum.
//!
//! ```sh
//! cargo run --features axum,testing --example protect_axum
//! ```
//!
//! Settings: see `shared/settings.rs`. It listens on `LISTEN_ADDR`, default `127.0.0.1:3000`.

#[path = "shared/settings.rs"]
mod settings;

use axum::Router;
use axum::routing::get;
use cognito_auth::bearer::JwtBearer;
use cognito_auth::web::AuthRejection;
use cognito_auth::{AccessClaims, VerifyError};
use settings::{Problem, Settings};

fn app(bearer: JwtBearer) -> Router {
    Router::new().route("/", get(hello)).route("/orders", get(orders)).with_state(bearer)
}

/// `None` for a request without a token. A request with an invalid token is refused before.
async fn hello(claims: Option<AccessClaims>) -> String {
    let name = claims.as_ref().and_then(AccessClaims::username);
    format!("hello {}\n", name.unwrap_or("stranger"))
}

async fn orders(claims: AccessClaims) -> Result<String, AuthRejection> {
    if !claims.has_scope("orders/read") {
        return Err(VerifyError::ScopeMissing.into());
    }
    Ok(format!("the orders of {}\n", claims.sub()))
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    match run().await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            problem.exit_code()
        }
    }
}

async fn run() -> Result<(), Problem> {
    let settings = Settings::from_environment(|name| std::env::var(name).ok()).await?;
    let address = std::env::var("LISTEN_ADDR").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let listener = tokio::net::TcpListener::bind(address).await?;
    let home = format!("http://{}/", listener.local_addr()?);
    settings.say_how_to_try(format_args!("{home}orders"));
    println!("ready: {home}");
    Ok(axum::serve(listener, app(settings.bearer()?)).await?)
}
