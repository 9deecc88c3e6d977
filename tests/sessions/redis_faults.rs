//! Connections to Redis that say nothing, and lists of sessions that have long been idle.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::sessions::{
    NewSession, PublicSessionId, RedisSessions, SessionKey, SessionStore, UserIndex,
};

use super::app::{App, pool};
use super::proxy::Proxy;
use super::server::Server;

/// A firewall that forgets the connection drops what is sent on it, and closes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_says_nothing_is_left_though_callers_have_less_time_than_the_store() {
    let Some(server) = Server::start(&[]) else { return };
    let proxy = Proxy::start(server.port).await;
    let store = RedisSessions::builder(&proxy.url()).timeout(Duration::from_secs(30));
    let store: Arc<dyn SessionStore> = Arc::new(store.build().unwrap());
    let app = App::over(pool(), store, |builder| builder.store_timeout(Duration::from_secs(1)));
    let browser = app.sign_in("alice").await;
    proxy.forget_open_connections();
    assert_eq!(app.current(&browser).await.unwrap_err().code(), "store_unavailable");
    assert!(app.is_signed_in(&browser).await);
}

fn session(number: u32) -> (SessionKey, PublicSessionId) {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    let key = SessionKey::from_bytes(bytes);
    (key, PublicSessionId::from_bytes(bytes[..16].try_into().unwrap()))
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_were_idle_for_too_long_leave_the_list() {
    let Some(server) = Server::start(&[]) else { return };
    let store = RedisSessions::new(&server.url()).unwrap();
    let user = UserIndex::from_bytes([7; 32]);
    let day = Duration::from_secs(86_400);
    for number in 0..1000_u32 {
        let (key, public_id) = session(number);
        let expires = if number < 3 { day } else { Duration::from_millis(1) };
        let mut session = NewSession::new(&key, &user, public_id, b"a record", expires);
        session.ends = day;
        store.insert(session).await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(20)).await;
    let list = format!("cognito-auth:sessions-of:{{{user}}}");
    assert_eq!(server.number(&["ZCARD", &list]), 1000);
    assert_eq!(store.list(&user).await.unwrap().len(), 3);
    assert_eq!(server.number(&["ZCARD", &list]), 3);
    for number in 1000..2000_u32 {
        let (key, public_id) = session(number);
        store.insert(NewSession::new(&key, &user, public_id, b"a record", day)).await.unwrap();
    }
    let proxy = Proxy::start(server.port).await;
    let proxied = RedisSessions::builder(&proxy.url()).timeout(Duration::from_secs(30));
    assert_eq!(proxied.build().unwrap().remove_all(&user).await.unwrap().len(), 1003);
    let pieces = proxy.pieces();
    assert!(pieces < 1003, "no round trip for each session: {pieces}");
    assert!(store.list(&user).await.unwrap().is_empty());
    assert_eq!(server.number(&["DBSIZE"]), 0);
}
