//! An app and its tests against the local pool, without an AWS account, a network or real time.
//!
//! ```sh
//! cargo test --features axum,testing --example test_your_app
//! ```

use axum::Router;
use axum::routing::get;
use cognito_auth::bearer::JwtBearer;
use cognito_auth::web::AuthRejection;
use cognito_auth::{AccessClaims, JwtVerifier, VerifyError};

/// The app without its user pool, which the caller chooses.
fn app(bearer: JwtBearer) -> Router {
    Router::new().route("/admin", get(admin)).with_state(bearer)
}

async fn admin(claims: AccessClaims) -> Result<String, AuthRejection> {
    if !claims.in_group("admins") {
        return Err(VerifyError::GroupMissing.into());
    }
    Ok(format!("welcome, {}", claims.username().unwrap_or("machine")))
}

fn main() -> Result<(), cognito_auth::ConfigError> {
    let pool = cognito_auth::UserPool::new("eu-west-1_AbCdEf123")?;
    let bearer = JwtBearer::new(JwtVerifier::new(&pool, "1example23456789abcdefghij")?);
    let _app = app(bearer);
    println!("run the tests: cargo test --features axum,testing --example test_your_app");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::Body;
    use axum::http::Request;
    use cognito_auth::testing::{Endpoint, Fault, LocalUser, LocalUserPool, TokenSpec};
    use tower::ServiceExt;

    use super::*;

    /// A pool with an administrator and a user, and an app that accepts its tokens by the pool's clock.
    async fn start() -> (LocalUserPool, Router) {
        let pool = LocalUserPool::start().await.unwrap();
        pool.add_user(LocalUser::new("alice", "Passw0rd!23").group("admins"));
        pool.add_user(LocalUser::new("bob", "Passw0rd!23"));
        let verifier = JwtVerifier::builder(&pool.user_pool())
            .client_id(pool.client_id())
            .clock(pool.clock())
            .build()
            .unwrap();
        (pool, app(JwtBearer::new(verifier)))
    }

    async fn status(app: &Router, token: &str) -> u16 {
        let request = Request::get("/admin").header("authorization", format!("Bearer {token}"));
        let request = request.body(Body::empty()).unwrap();
        app.clone().oneshot(request).await.unwrap().status().as_u16()
    }

    #[tokio::test]
    async fn administrators_are_let_in_and_users_are_not() {
        let (pool, app) = start().await;
        assert_eq!(status(&app, pool.access_token("alice").expose()).await, 200);
        assert_eq!(status(&app, pool.access_token("bob").expose()).await, 403);
    }

    #[tokio::test]
    async fn a_token_that_says_so_is_not_enough() {
        let (pool, app) = start().await;
        let forged = TokenSpec::access("bob").groups(["admins"]).signed_by_stranger();
        assert_eq!(status(&app, &pool.token(&forged)).await, 401);
        assert_eq!(status(&app, pool.id_token("alice").expose()).await, 401);
    }

    #[tokio::test]
    async fn tokens_expire() {
        let (pool, app) = start().await;
        let token = pool.access_token("alice");
        pool.advance(Duration::from_secs(2 * 60 * 60));
        assert_eq!(status(&app, token.expose()).await, 401);
    }

    #[tokio::test]
    async fn without_keys_no_request_is_let_in_and_no_token_is_called_invalid() {
        let (pool, app) = start().await;
        pool.fail_next_at(Endpoint::Jwks, 1, Fault::Status(500));
        assert_eq!(status(&app, pool.access_token("alice").expose()).await, 503);
    }
}
