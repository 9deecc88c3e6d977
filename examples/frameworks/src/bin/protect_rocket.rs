//! Protected routes with Rocket: a request guard over `JwtBearer`.

use cognito_auth::{AccessClaims, bearer::Challenge, bearer::JwtBearer};
use frameworks::settings::{Problem, Settings};
use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use rocket::fairing::AdHoc;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{Build, Response, Rocket, State, get, http::Status, outcome::try_outcome, routes};

/// The request guard. A type of this crate, since `FromRequest` cannot be implemented for `AccessClaims`.
struct Bearer(AccessClaims);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Bearer {
    type Error = ();
    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let bearer = try_outcome!(request.guard::<&State<JwtBearer>>().await);
        // Rocket's header values may hold bytes that `HeaderValue` does not accept.
        let value = |field| HeaderValue::from_str(field).unwrap_or(HeaderValue::from_static(""));
        let fields = request.headers().get("authorization");
        let headers: HeaderMap = fields.map(|field| (AUTHORIZATION, value(field))).collect();
        match bearer.access(&headers).await {
            Ok(credentials) => Outcome::Success(Self(credentials.into_claims())),
            Err(challenge) => {
                let status = Status::new(challenge.status().as_u16());
                request.local_cache(|| Some(challenge));
                Outcome::Error((status, ()))
            }
        }
    }
}

/// Answers a refused request with the challenge, in place of Rocket's page for its status.
async fn refuse<'r>(request: &'r Request<'_>, response: &mut Response<'r>) {
    let refused = |one: &Challenge| one.status().as_u16() == response.status().code;
    let challenge = request.local_cache(|| None::<Challenge>).as_ref().filter(|one| refused(one));
    let Some(challenge) = challenge else { return };
    let (parts, body) = challenge.clone().into_response().into_parts();
    for (name, value) in &parts.headers {
        response.set_raw_header(name.to_string(), value.to_str().unwrap_or_default().to_owned());
    }
    response.set_sized_body(body.len(), std::io::Cursor::new(body));
}

#[get("/hello")]
fn hello(bearer: Bearer) -> String {
    format!("hello {}", bearer.0.username().unwrap_or("machine"))
}

fn app(bearer: JwtBearer) -> Rocket<Build> {
    let refusals = AdHoc::on_response("refusals", |to, answer| Box::pin(refuse(to, answer)));
    rocket::build().manage(bearer).attach(refusals).mount("/", routes![hello])
}

#[rocket::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let settings = Settings::from_environment(|name| std::env::var(name).ok()).await?;
    app(settings.bearer().map_err(Problem::from)?).launch().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rocket::http::Header;
    use rocket::local::asynchronous::Client;

    #[get("/maybe")]
    fn maybe(bearer: Option<Bearer>) -> &'static str {
        if bearer.is_some() { "with a token" } else { "without" }
    }

    #[tokio::test]
    async fn a_route_for_all_visitors_answers_for_itself() {
        let settings = Settings::from_environment(|_| None).await.unwrap();
        let app = app(settings.bearer().unwrap()).mount("/", routes![maybe]);
        let client = Client::untracked(app).await.unwrap();
        let answer = client.get("/maybe").dispatch().await;
        assert!(answer.headers().get_one("www-authenticate").is_none());
        assert_eq!(answer.into_string().await.unwrap(), "without");
    }

    #[tokio::test]
    async fn only_with_a_token() {
        let settings = Settings::from_environment(|_| None).await.unwrap();
        let token = settings.local.as_ref().unwrap().access_token("alice");
        let client = Client::untracked(app(settings.bearer().unwrap())).await.unwrap();
        let refused = client.get("/hello").dispatch().await;
        assert_eq!(refused.status(), Status::Unauthorized);
        assert_eq!(refused.headers().get_one("www-authenticate"), Some("Bearer"));
        let body = r#"{"error":"missing_token","message":"A bearer token is required."}"#;
        assert_eq!(refused.into_string().await.unwrap(), body);
        let field = Header::new("authorization", format!("Bearer {}", token.expose()));
        let hello = client.get("/hello").header(field).dispatch().await;
        assert_eq!(hello.into_string().await.unwrap(), "hello alice");
        for field in ["Bearer a b", "Bearer \u{fc}"] {
            let field = Header::new("authorization", field);
            let refused = client.get("/hello").header(field).dispatch().await;
            assert_eq!(refused.status(), Status::BadRequest);
            let challenge = refused.headers().get_one("www-authenticate");
            assert_eq!(challenge, Some(r#"Bearer error="invalid_request""#));
        }
        assert_eq!(client.get("/nothing").dispatch().await.status(), Status::NotFound);
    }
}
