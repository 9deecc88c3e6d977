//! Protected routes with Actix Web.
//!
//! ```sh
//! cargo run --features actix-web,testing --example protect_actix
//! ```
//!
//! Settings: see `shared/settings.rs`. It listens on `LISTEN_ADDR`, default `127.0.0.1:3000`.

#[path = "shared/settings.rs"]
mod settings;

use actix_web::{App, HttpServer, web};
use cognito_auth::web::{ActixAuthError, OptionalBearer};
use cognito_auth::{AccessClaims, VerifyError};
use settings::{Problem, Settings};

fn routes(config: &mut web::ServiceConfig) {
    config.route("/", web::get().to(hello)).route("/orders", web::get().to(orders));
}

/// `None` for a request without a token. A request with an invalid token is refused before.
async fn hello(OptionalBearer(claims): OptionalBearer<AccessClaims>) -> String {
    let name = claims.as_ref().and_then(AccessClaims::username);
    format!("hello {}\n", name.unwrap_or("stranger"))
}

async fn orders(claims: AccessClaims) -> Result<String, ActixAuthError> {
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
    let bearer = settings.bearer()?;
    let server = HttpServer::new(move || App::new().wrap(bearer.clone()).configure(routes))
        .workers(2)
        .bind(address)?;
    for address in server.addrs() {
        settings.say_how_to_try(format_args!("http://{address}/orders"));
        println!("ready: http://{address}/");
    }
    Ok(server.run().await?)
}
