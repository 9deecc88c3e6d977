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
use tonic::{Request, Response, Status};

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
        .layer(RequireAccessLayer::new(bearer).allow_grpc_health())
        .add_service(GreeterServer::new(Hello))
        .serve_with_incoming(incoming)
        .await
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
    use tonic::transport::Channel;
    use tonic::{Code, client::Grpc};

    /// A client of a service that is protected by `bearer`.
    async fn connect(bearer: JwtBearer) -> Channel {
        let incoming = TcpIncoming::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let home = format!("http://{}", incoming.local_addr().unwrap());
        tokio::spawn(serve(incoming, bearer));
        Channel::from_shared(home).unwrap().connect().await.unwrap()
    }

    /// The greeting, or the gRPC status.
    async fn say(bearer: JwtBearer, token: Option<&str>) -> Result<String, Status> {
        let mut client = GreeterClient::new(connect(bearer).await);
        let mut request = Request::new("hello".to_owned());
        if let Some(token) = token {
            let value = format!("Bearer {token}").parse().unwrap();
            request.metadata_mut().insert("authorization", value);
        }
        client.hello(request).await.map(Response::into_inner)
    }

    async fn refused(bearer: JwtBearer, token: Option<&str>) -> (Code, String) {
        let status = say(bearer, token).await.unwrap_err();
        (status.code(), status.message().to_owned())
    }

    #[tokio::test]
    async fn only_with_a_token() {
        let settings = Settings::from_environment(|_| None).await.unwrap();
        let pool = settings.local.clone().unwrap();
        let bearer = settings.bearer().unwrap();

        let token = pool.access_token("alice");
        let token = Some(token.expose());
        assert_eq!(say(bearer.clone(), token).await.unwrap(), "hello, alice");
        let missing = (Code::Unauthenticated, "A bearer token is required.".to_owned());
        assert_eq!(refused(bearer.clone(), None).await, missing);
        let not_accepted = (Code::Unauthenticated, "The token is not accepted.".to_owned());
        let expired = pool.token(&TokenSpec::access("alice").expired());
        assert_eq!(refused(bearer.clone(), Some(&expired)).await, not_accepted);
        assert_eq!(refused(bearer.clone(), Some("a b")).await.0, Code::Internal);

        let admins = JwtVerifier::builder(&settings.pool).client_id(&settings.client_id);
        let admins = JwtBearer::new(admins.require_group("admins").build().unwrap());
        let bobs = pool.access_token("bob");
        let status = say(admins, Some(bobs.expose())).await.unwrap_err();
        assert_eq!(
            (status.code(), status.message()),
            (Code::PermissionDenied, "The token does not allow this.")
        );
        let challenge = status.metadata().get("www-authenticate").unwrap();
        assert_eq!(challenge, r#"Bearer error="insufficient_scope""#);

        // A bearer that has no keys yet.
        pool.fail_next_at(Endpoint::Jwks, 1, Fault::Status(500));
        assert_eq!(refused(settings.bearer().unwrap(), token).await.0, Code::Unavailable);
    }

    /// Here is no health service: the call comes to where one would be.
    #[tokio::test]
    async fn health_needs_no_token() {
        let settings = Settings::from_environment(|_| None).await.unwrap();
        for (path, expected) in [
            ("/grpc.health.v1.Health/Check", Code::Unimplemented),
            ("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", Code::Unauthenticated),
            ("/example.Greeter/Other", Code::Unauthenticated),
        ] {
            let mut client = Grpc::new(connect(settings.bearer().unwrap()).await);
            client.ready().await.unwrap();
            let codec = tonic_prost::ProstCodec::<String, String>::default();
            let request = Request::new("hello".to_owned());
            let answer = client.unary(request, path.parse().unwrap(), codec).await;
            assert_eq!(answer.unwrap_err().code(), expected, "{path}");
        }
    }
}
