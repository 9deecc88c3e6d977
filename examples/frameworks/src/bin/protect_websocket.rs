//! A WebSocket that ends with its token: the token comes with the handshake, and the connection is closed
//! when it expires, when its user signs out, or when its key is withdrawn.

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use axum::routing::any;
use cognito_auth::bearer::{Credentials, JwtBearer};
use cognito_auth::{AccessClaims, AccessToken};
use frameworks::settings::{Problem, Settings};

/// The application's own protocol, which the server selects. The client offers it beside the token.
const PROTOCOL: &str = "hello.v1";

/// A refused handshake is answered with the challenge, as any other request.
async fn live(
    State(bearer): State<JwtBearer>,
    credentials: Credentials<AccessClaims>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let token = credentials.token().clone();
    let claims = credentials.into_claims();
    upgrade
        .protocols([PROTOCOL])
        // The messages of this application are short.
        .max_message_size(64 * 1024)
        .on_upgrade(move |socket| serve(socket, bearer, token, claims))
}

async fn serve(mut socket: WebSocket, bearer: JwtBearer, token: AccessToken, claims: AccessClaims) {
    let refused = bearer.until_refused(&token);
    tokio::pin!(refused);
    loop {
        let answer = tokio::select! {
            reason = &mut refused => {
                // The word says nothing that its own user may not know.
                let reason = reason.code().into();
                let frame = CloseFrame { code: close_code::POLICY, reason };
                let _ = socket.send(Message::Close(Some(frame))).await;
                return;
            }
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => {
                    format!("{} said {text}", claims.username().unwrap_or("a machine"))
                }
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => return,
            },
        };
        if socket.send(Message::Text(answer.into())).await.is_err() {
            return;
        }
    }
}

fn app(bearer: &JwtBearer) -> Router {
    let bearer = bearer.token_in_websocket_protocol();
    Router::new().route("/live", any(live)).with_state(bearer)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let settings = Settings::from_environment(|name| std::env::var(name).ok()).await?;
    let app = app(&settings.bearer().map_err(Problem::from)?);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use cognito_auth::testing::{LocalUser, LocalUserPool, TokenSpec};
    use cognito_auth::{JwtVerifier, TokenVerifier as _, keys::RemoteKeySet};
    use futures_util::{SinkExt as _, StreamExt as _};
    use tokio::net::TcpStream;
    use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
    use tokio_tungstenite::tungstenite::{Error, Message};
    use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

    use super::*;

    type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

    struct Stage {
        pool: LocalUserPool,
        verifier: JwtVerifier,
        address: String,
    }

    async fn stage() -> Stage {
        let alice = LocalUser::new("alice", "Passw0rd!23");
        let pool = LocalUserPool::builder().user(alice).own_keys().start().await.unwrap();
        let keys = RemoteKeySet::builder(&pool.user_pool());
        let verifier = JwtVerifier::builder(&pool.user_pool())
            .client_id(pool.client_id())
            .keys(keys.cool_down(Duration::from_secs(1)).build().unwrap())
            .clock(pool.clock())
            .build()
            .unwrap();
        let app = app(&JwtBearer::new(verifier.clone()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("ws://{}/live", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Stage { pool, verifier, address }
    }

    impl Stage {
        /// What a browser sends for `new WebSocket(address, protocols)`.
        async fn connect(&self, protocols: &str) -> Result<Client, Error> {
            let mut request = self.address.as_str().into_client_request()?;
            let protocols = protocols.parse().unwrap();
            request.headers_mut().insert("sec-websocket-protocol", protocols);
            let (client, response) = connect_async(request).await?;
            assert_eq!(response.headers()["sec-websocket-protocol"], PROTOCOL);
            Ok(client)
        }

        async fn connected(&self, token: &str) -> Client {
            let mut client = self.connect(&format!("{PROTOCOL}, bearer.{token}")).await.unwrap();
            client.send(Message::text("hello")).await.unwrap();
            let answer = client.next().await.unwrap().unwrap();
            assert_eq!(answer, Message::text("alice said hello"));
            client
        }
    }

    /// The code and the reason with which the server closes.
    async fn closed(client: &mut Client) -> (u16, String) {
        let closed = tokio::time::timeout(Duration::from_secs(30), client.next()).await;
        match closed.unwrap().unwrap().unwrap() {
            Message::Close(Some(frame)) => (frame.code.into(), frame.reason.to_string()),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_handshake_needs_a_token() {
        let stage = stage().await;
        let stranger = stage.pool.token(&TokenSpec::access("alice").signed_by_stranger());
        for (protocols, status) in [
            (PROTOCOL.to_owned(), 401),
            (format!("{PROTOCOL}, bearer.{stranger}"), 401),
            (format!("{PROTOCOL}, bearer.a b"), 400),
        ] {
            let Err(Error::Http(response)) = stage.connect(&protocols).await else {
                panic!("{protocols}")
            };
            assert_eq!(response.status().as_u16(), status, "{protocols}");
        }
    }

    #[tokio::test]
    async fn a_sign_out_closes_it() {
        let stage = stage().await;
        let token = stage.pool.access_token("alice");
        let mut client = stage.connected(token.expose()).await;
        let claims = stage.verifier.verify_access(token.expose()).await.unwrap();
        stage.verifier.sign_out(&claims).await.unwrap();
        assert_eq!(closed(&mut client).await, (1008, "revoked".to_owned()));
    }

    #[tokio::test]
    async fn its_expiry_closes_it() {
        let stage = stage().await;
        let token = stage.pool.access_token("alice");
        let mut client = stage.connected(token.expose()).await;
        stage.pool.advance(Duration::from_secs(24 * 3600));
        assert_eq!(closed(&mut client).await, (1008, "expired".to_owned()));
    }

    #[tokio::test]
    async fn a_withdrawn_key_closes_it() {
        let stage = stage().await;
        let token = stage.pool.access_token("alice");
        let mut client = stage.connected(token.expose()).await;
        stage.pool.rotate_keys().unwrap();
        stage.pool.retire_old_keys();
        // A token with the new key makes the verifier fetch the keys.
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let new = stage.pool.access_token("alice");
        stage.verifier.verify_access(new.expose()).await.unwrap();
        assert_eq!(closed(&mut client).await, (1008, "unknown_key".to_owned()));
    }
}
