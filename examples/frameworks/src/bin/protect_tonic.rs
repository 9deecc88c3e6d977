//! A gRPC service that only takes access tokens, with tonic.
//!
//! By the tower layer and not by a `tonic::service::Interceptor`, which is a synchronous function and
//! cannot wait for a key fetch or a revocation store. With `JwtVerifier::verify_access_now` it would
//! answer `Unavailable` where this layer waits.

use cognito_auth::AccessClaims;
use cognito_auth::bearer::JwtBearer;
use cognito_auth::web::RequireAccessLayer;
use frameworks::settings::{Problem, Settings};
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Request, Response, Status};
use tower::util::MapResponseLayer;

mod generated {
    include!(concat!(env!("OUT_DIR"), "/example.Greeter.rs"));
}
use generated::greeter_server::{Greeter, GreeterServer};

struct Hello;

#[tonic::async_trait]
impl Greeter for Hello {
    async fn hello(&self, request: Request<String>) -> Result<Response<String>, Status> {
        let claims = request.extensions().get::<AccessClaims>();
        let claims = claims.ok_or_else(|| Status::internal("not behind RequireAccessLayer"))?;
        let name = claims.username().unwrap_or("machine");
        Ok(Response::new(format!("{}, {name}", request.get_ref())))
    }
}

async fn serve(incoming: TcpIncoming, bearer: JwtBearer) -> Result<(), tonic::transport::Error> {
    tonic::transport::Server::builder()
        .layer(MapResponseLayer::new(add_grpc_status))
        .layer(RequireAccessLayer::new(bearer))
        .add_service(GreeterServer::new(Hello))
        .serve_with_incoming(incoming)
        .await
}

/// Adds the gRPC status to a refusal, which has an HTTP status only.
fn add_grpc_status<B>(mut response: http::Response<B>) -> http::Response<B> {
    let code = match response.status().as_u16() {
        400 => Code::InvalidArgument,
        401 => Code::Unauthenticated,
        403 => Code::PermissionDenied,
        503 => Code::Unavailable,
        _ => return response,
    };
    response.headers_mut().insert(Status::GRPC_STATUS, (code as i32).into());
    response
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let settings = Settings::from_environment(|name| std::env::var(name).ok()).await?;
    let incoming = TcpIncoming::bind(([127, 0, 0, 1], 50051).into())?;
    println!("ready: http://{}/", incoming.local_addr()?);
    serve(incoming, settings.bearer().map_err(Problem::from)?).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cognito_auth::JwtVerifier;
    use cognito_auth::testing::{Endpoint, Fault, TokenSpec};
    use generated::greeter_client::GreeterClient;

    /// Calls a service that is protected by `bearer`; the greeting, or the code of the gRPC status.
    async fn say(bearer: JwtBearer, token: Option<&str>) -> Result<String, Code> {
        let incoming = TcpIncoming::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let home = format!("http://{}", incoming.local_addr().unwrap());
        tokio::spawn(serve(incoming, bearer));
        let mut client = GreeterClient::connect(home).await.unwrap();
        let mut request = Request::new("hello".to_owned());
        if let Some(token) = token {
            let value = format!("Bearer {token}").parse().unwrap();
            request.metadata_mut().insert("authorization", value);
        }
        client.hello(request).await.map(Response::into_inner).map_err(|status| status.code())
    }

    #[tokio::test]
    async fn only_with_a_token() {
        let settings = Settings::from_environment(|_| None).await.unwrap();
        let pool = settings.local.clone().unwrap();
        let bearer = settings.bearer().unwrap();

        let token = pool.access_token("alice");
        let token = Some(token.expose());
        assert_eq!(say(bearer.clone(), token).await, Ok("hello, alice".to_owned()));
        assert_eq!(say(bearer.clone(), None).await, Err(Code::Unauthenticated));
        let expired = pool.token(&TokenSpec::access("alice").expired());
        assert_eq!(say(bearer.clone(), Some(&expired)).await, Err(Code::Unauthenticated));
        assert_eq!(say(bearer, Some("a b")).await, Err(Code::InvalidArgument));

        let admins = JwtVerifier::builder(&settings.pool).client_id(&settings.client_id);
        let admins = admins.require_group("admins").build().unwrap();
        let bobs = pool.access_token("bob");
        let outcome = say(JwtBearer::new(admins), Some(bobs.expose())).await;
        assert_eq!(outcome, Err(Code::PermissionDenied));

        // A bearer that has no keys yet.
        pool.fail_next_at(Endpoint::Jwks, 1, Fault::Status(500));
        assert_eq!(say(settings.bearer().unwrap(), token).await, Err(Code::Unavailable));
    }
}
