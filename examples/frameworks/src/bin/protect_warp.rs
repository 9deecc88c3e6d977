//! Protected routes with warp: a filter over `JwtBearer`.

use std::convert::Infallible;

use cognito_auth::AccessClaims;
use cognito_auth::bearer::{Challenge, JwtBearer};
use frameworks::settings::{Problem, Settings};
use warp::http::{HeaderMap, Response};
use warp::reject::Reject;
use warp::{Filter, Rejection, Reply};

#[derive(Debug)]
struct Refused(Challenge);

impl Reject for Refused {}

/// The filter that verifies the token.
fn access(bearer: JwtBearer) -> impl Filter<Extract = (AccessClaims,), Error = Rejection> + Clone {
    warp::header::headers_cloned().and_then(move |headers: HeaderMap| {
        let bearer = bearer.clone();
        async move {
            match bearer.access(&headers).await {
                Ok(credentials) => Ok(credentials.into_claims()),
                Err(challenge) => Err(warp::reject::custom(Refused(challenge))),
            }
        }
    })
}

/// Answers a refused request with the challenge; other rejections are passed on.
async fn recover(rejection: Rejection) -> Result<Response<String>, Rejection> {
    match rejection.find::<Refused>() {
        Some(Refused(challenge)) => Ok(challenge.clone().into_response()),
        None => Err(rejection),
    }
}

fn app(bearer: JwtBearer) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    let hello = |claims: AccessClaims| async move {
        Ok::<_, Infallible>(format!("hello {}", claims.username().unwrap_or("machine")))
    };
    warp::path!("hello").and(access(bearer)).and_then(hello).recover(recover)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let settings = Settings::from_environment(|name| std::env::var(name).ok()).await?;
    let app = app(settings.bearer().map_err(Problem::from)?);
    warp::serve(app).run(([127, 0, 0, 1], 3000)).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_with_a_token() {
        let settings = Settings::from_environment(|_| None).await.unwrap();
        let token = settings.local.as_ref().unwrap().access_token("alice");
        let app = app(settings.bearer().unwrap());
        let refused = warp::test::request().path("/hello").reply(&app).await;
        assert_eq!(
            (refused.status().as_u16(), &refused.headers()["www-authenticate"]),
            (401, &"Bearer".parse().unwrap())
        );
        let field = format!("Bearer {}", token.expose());
        let hello =
            warp::test::request().path("/hello").header("authorization", field).reply(&app).await;
        assert_eq!(hello.body(), "hello alice");
        assert_eq!(warp::test::request().path("/nothing").reply(&app).await.status(), 404);
    }
}
