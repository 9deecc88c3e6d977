//! Protected routes with Rocket: a request guard over `JwtBearer`.

use cognito_auth::AccessClaims;
use cognito_auth::bearer::{Challenge, JwtBearer};
use frameworks::settings::{Problem, Settings};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use rocket::http::{Header, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::Responder;
use rocket::{Build, Response, Rocket, catch, catchers, get, routes};

/// Who is let in. A type of one's own: a guard cannot be written for another crate's.
struct Bearer(AccessClaims);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Bearer {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let Some(bearer) = request.rocket().state::<JwtBearer>() else {
            return Outcome::Error((Status::InternalServerError, ()));
        };
        let mut headers = HeaderMap::new();
        for field in request.headers().get("authorization") {
            // Rocket's fields may hold what HTTP's may not.
            let value = HeaderValue::from_str(field).unwrap_or(HeaderValue::from_static(""));
            headers.append(AUTHORIZATION, value);
        }
        match bearer.access(&headers).await {
            Ok(credentials) => Outcome::Success(Self(credentials.into_claims())),
            Err(challenge) => {
                request.local_cache(|| Some(challenge));
                Outcome::Error((Status::new(challenge.status().as_u16()), ()))
            }
        }
    }
}

/// The answer to whoever the guard did not let in; without a challenge, the status alone.
struct Refused(Status, Option<Challenge>);

impl<'r> Responder<'r, 'static> for Refused {
    fn respond_to(self, _: &'r Request<'_>) -> rocket::response::Result<'static> {
        let mut response = Response::build();
        response.status(self.0);
        if let Some(challenge) = self.1 {
            let (parts, body) = challenge.into_response().into_parts();
            for (name, value) in &parts.headers {
                let value = value.to_str().unwrap_or_default().to_owned();
                response.header(Header::new(name.to_string(), value));
            }
            response.sized_body(body.len(), std::io::Cursor::new(body));
        }
        response.ok()
    }
}

#[catch(default)]
fn refused(status: Status, request: &Request<'_>) -> Refused {
    Refused(status, *request.local_cache(|| None::<Challenge>))
}

#[get("/hello")]
fn hello(bearer: Bearer) -> String {
    format!("hello {}", bearer.0.username().unwrap_or("machine"))
}

fn app(bearer: JwtBearer) -> Rocket<Build> {
    rocket::build().manage(bearer).mount("/", routes![hello]).register("/", catchers![refused])
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
    use rocket::local::asynchronous::Client;

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
        assert_eq!(client.get("/nothing").dispatch().await.status(), Status::NotFound);
    }
}
