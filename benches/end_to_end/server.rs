//! The server: one route for each way to check a token.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use cognito_auth::bearer::JwtBearer;
use cognito_auth::keys::StaticKeySet;
use cognito_auth::revocation::{MemoryRevocations, RedisRevocations, Revocation, RevocationStore};
use cognito_auth::{AccessClaims, JwtVerifierBuilder, UserPool};

use crate::REVOCATIONS;
use crate::by_hand::ByHand;
use crate::support::{CLIENT_ID, ISSUER, POOL_ID};
use crate::world::builder;

/// Prints its address, then serves until the process is killed.
pub fn serve(folder: &Path, tokens: usize, redis: Option<&str>) {
    let jwks = std::fs::read_to_string(folder.join("jwks.json")).unwrap();
    // The default has room for 10,000.
    let verifier = |jwks: &str| match tokens {
        ..5000 => verifier(jwks),
        _ => verifier(jwks).cache_size(2 * tokens),
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let mut app = Router::new()
            .route("/open", get(open))
            .merge(protected("/seen", verifier(&jwks)))
            .merge(protected("/new", verifier(&jwks).without_cache()))
            .merge(protected("/memory", verifier(&jwks).revocations(memory().await)))
            .merge(
                Router::new()
                    .route("/by-hand", get(by_hand))
                    .with_state(Arc::new(ByHand::new(&jwks, ISSUER, CLIENT_ID))),
            );
        if let Some(url) = redis {
            let store = Arc::new(RedisRevocations::new(&pool(), url).unwrap());
            store.wait_until_in_step(Duration::from_secs(60)).await.unwrap();
            assert_eq!(store.health().entries, REVOCATIONS);
            app = app.merge(protected("/redis", verifier(&jwks).revocations(store)));
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}", listener.local_addr().unwrap());
        axum::serve(listener, app).await.unwrap();
    });
}

fn pool() -> UserPool {
    UserPool::new(POOL_ID).unwrap()
}

fn verifier(jwks: &str) -> JwtVerifierBuilder {
    builder(&pool()).keys(StaticKeySet::from_jwks_json(jwks).unwrap())
}

async fn memory() -> Arc<MemoryRevocations> {
    let store = Arc::new(MemoryRevocations::new());
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    for number in 0..REVOCATIONS {
        let at = now.as_secs() - (number % 3600) as u64;
        let id = format!("7c5f0f0e-0000-4000-8000-{number:012x}");
        store.revoke(&Revocation::session(&pool(), id, at)).await.unwrap();
    }
    store
}

fn protected(path: &str, verifier: JwtVerifierBuilder) -> Router {
    async fn handler(claims: AccessClaims) -> String {
        claims.sub().to_owned()
    }
    Router::new().route(path, get(handler)).with_state(JwtBearer::new(verifier.build().unwrap()))
}

/// The answer has the length of the other routes' answers.
async fn open() -> String {
    "11111111-2222-4333-8444-555555555555".to_owned()
}

async fn by_hand(
    State(verifier): State<Arc<ByHand>>,
    headers: HeaderMap,
) -> Result<String, StatusCode> {
    let field = headers.get(AUTHORIZATION).and_then(|field| field.to_str().ok());
    let token = field.and_then(|field| field.strip_prefix("Bearer "));
    let claims = token.and_then(|token| verifier.verify(token));
    claims.map(|claims| claims.sub).ok_or(StatusCode::UNAUTHORIZED)
}
