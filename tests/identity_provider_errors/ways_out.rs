//! Which way a request takes: a proxy, an address in place of a look-up; and what fails on it (R15).
//! Plain http stays on this machine, whatever is set (T10).

use std::net::SocketAddr;
use std::time::Duration;

use cognito_auth::keys::{KeySet as _, RemoteKeySet};
use cognito_auth::{AuthError, CognitoClient, ConfigError, KeysUnavailable, Unreachable, UserPool};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use crate::{CLIENT, Call, SECRET};

const LONG: Duration = Duration::from_secs(5);
const POOL: &str = "eu-west-1_AbCdEf123";
const HOST: &str = "cognito-idp.eu-west-1.amazonaws.com";

/// A proxy that gives this answer to two requests, and then tells what they were.
async fn proxy(answer: &'static str) -> (Url, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://user:pass@{}", listener.local_addr().unwrap()).parse().unwrap();
    let requests = tokio::spawn(async move {
        let mut requests = Vec::new();
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut buffer = vec![0; 4096];
            let count = stream.read(&mut buffer).await.unwrap();
            requests.push(String::from_utf8_lossy(&buffer[..count]).into_owned());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        requests
    });
    (url, requests)
}

/// What a client and a key set make of this way out.
async fn through(proxy: &Url) -> (AuthError, KeysUnavailable) {
    let pool = UserPool::new(POOL).unwrap();
    let client = CognitoClient::builder(&pool, CLIENT)
        .client_secret(SECRET)
        .proxy(proxy.clone())
        .add_root_certificate_pem(&crate::tls::some_root())
        .timeout(LONG)
        .build()
        .unwrap();
    let keys = RemoteKeySet::builder(&pool)
        .proxy(proxy.clone())
        .add_root_certificate_pem(&crate::tls::some_root());
    let keys = keys.build().unwrap().prefetch().await.unwrap_err();
    (Call::GetUser.make(&client).await.unwrap_err(), keys)
}

/// A CONNECT for the host, and nothing of the request: TLS begins behind it.
#[tokio::test]
async fn a_proxy_that_is_set_is_the_way_out_and_its_refusals_are_told() {
    for (answer, how, keys) in [
        (
            "HTTP/1.1 502 No\r\ncontent-length: 0\r\n\r\n",
            Unreachable::Proxy,
            KeysUnavailable::Unreachable(Unreachable::Proxy),
        ),
        (
            "HTTP/1.1 407 No\r\nproxy-authenticate: Basic realm=\"p\"\r\ncontent-length: 0\r\n\r\n",
            Unreachable::ProxyAuthentication,
            KeysUnavailable::Unreachable(Unreachable::ProxyAuthentication),
        ),
        ("", Unreachable::Proxy, KeysUnavailable::Unreachable(Unreachable::Proxy)),
        (
            "HTTP/1.1 200 OK\r\n\r\nnot TLS, and not a word of it is: enough for a record's head",
            Unreachable::Tls,
            KeysUnavailable::Unreachable(Unreachable::Tls),
        ),
    ] {
        let (url, requests) = proxy(answer).await;
        assert_eq!(through(&url).await, (AuthError::Unreachable(how), keys), "{answer:?}");
        for request in requests.await.unwrap() {
            assert!(request.starts_with(&format!("CONNECT {HOST}:443 HTTP/1.1\r\n")), "{request}");
            assert!(request.to_lowercase().contains("proxy-authorization: basic dxnlcjpwyxnz"));
            assert!(!request.contains(SECRET) && !request.contains("ey"), "{request}");
        }
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_told_apart_from_cognito() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let unknown = format!("http://{}.example:3128", "a".repeat(64)).parse().unwrap();
    for proxy in [gone, unknown] {
        let (error, keys) = through(&proxy).await;
        assert_eq!(error, AuthError::Unreachable(Unreachable::Proxy));
        assert_eq!(keys, KeysUnavailable::Unreachable(Unreachable::Proxy));
        let shown = format!("{error} {error:?} {keys}");
        assert!(!shown.contains("127.0.0.1") && !shown.contains("example"), "{shown}");
    }
}

#[test]
fn every_way_to_get_lost_has_words_of_its_own() {
    const ROOTS: &str = "this machine has no root certificates: install the package \
                         ca-certificates, or add one with add_root_certificate_pem";
    const ISSUER: &str = "the server's certificate is not trusted: install the package \
                          ca-certificates, or add its issuer with add_root_certificate_pem";
    for (unreachable, code, text) in [
        (Unreachable::Connect, "connect", "no connection"),
        (Unreachable::HostNotFound, "host_not_found", "no such host"),
        (Unreachable::Proxy, "proxy", "no connection through the proxy"),
        (
            Unreachable::ProxyAuthentication,
            "proxy_authentication",
            "the proxy asks for a user name and a password (status 407)",
        ),
        (Unreachable::Tls, "tls", "the TLS handshake failed"),
        (Unreachable::Certificate, "certificate", ISSUER),
        (Unreachable::NoRootCertificates, "no_root_certificates", ROOTS),
        (Unreachable::Timeout, "timeout", "no answer in time"),
        (Unreachable::CutOff, "cut_off", "the answer was cut off"),
    ] {
        let keys = KeysUnavailable::from(unreachable);
        let texts = (unreachable.to_string(), keys.to_string());
        assert_eq!(texts, (text.to_owned(), text.to_owned()));
        assert_eq!((unreachable.code(), keys.code()), (code, code));
    }
}

/// A pool on this machine, in plain http, and everything that would lead away from it.
#[test]
fn plain_http_does_not_leave_this_machine() {
    let other: SocketAddr = "192.0.2.1:80".parse().unwrap();
    let here: SocketAddr = "127.0.0.1:80".parse().unwrap();
    let mapped: SocketAddr = "[::ffff:127.0.0.1]:80".parse().unwrap();
    let no_proxy: Option<&str> = None;
    for (name, address, proxy, resolve, refused) in [
        ("as it is", "http://localhost", no_proxy, None, None),
        ("a proxy", "http://localhost", Some("http://proxy.example"), None, Some("the proxy")),
        ("over TLS", "http://127.0.0.1:9", Some("https://192.0.2.1"), None, Some("the proxy")),
        ("IPv6", "http://[::1]:9", Some("http://[2001:db8::1]"), None, Some("the proxy")),
        ("a proxy here", "http://localhost", Some("http://127.0.0.1:3128"), None, None),
        ("its name here", "http://localhost", Some("http://localhost:3128"), None, None),
        (
            "a proxy that is led away",
            "http://127.0.0.1:9",
            Some("http://localhost:3128"),
            Some(("localhost", other)),
            Some("the proxy"),
        ),
        ("led away", "http://localhost", None, Some(("localhost", other)), Some("resolve")),
        ("in capitals", "http://localhost", None, Some(("LocalHost", other)), Some("resolve")),
        ("led here", "http://localhost", None, Some(("localhost", here)), None),
        ("led here, mapped", "http://localhost", None, Some(("localhost", mapped)), None),
        ("another host", "http://localhost", None, Some(("other.example", other)), None),
        ("https", "https://localhost", Some("http://proxy.example"), None, None),
        ("https, led away", "https://localhost", None, Some(("localhost", other)), None),
    ] {
        let pool =
            || UserPool::new(POOL).unwrap().with_idp_endpoint("https://api.example").unwrap();
        let idp = pool().with_idp_endpoint(address).unwrap();
        let domain = pool().with_domain(address).unwrap();
        let root = crate::tls::some_root();
        let client = |pool| {
            let mut builder = CognitoClient::builder(&pool, CLIENT).add_root_certificate_pem(&root);
            if let Some(proxy) = proxy {
                builder = builder.proxy(proxy.parse().unwrap());
            }
            if let Some((host, address)) = resolve {
                builder = builder.resolve(host, address);
            }
            builder.build().err()
        };
        let mut keys = RemoteKeySet::builder(&pool().with_jwks_uri(address).unwrap())
            .add_root_certificate_pem(&root);
        if let Some(proxy) = proxy {
            keys = keys.proxy(proxy.parse().unwrap());
        }
        if let Some((host, address)) = resolve {
            keys = keys.resolve(host, address);
        }
        for error in [client(idp), client(domain), keys.build().err()] {
            let setting = error.map(|error| match error {
                ConfigError::Value { setting, reason } => {
                    assert!(reason.to_string().contains("use https for"), "{name}: {reason}");
                    setting
                }
                other => panic!("{name}: {other}"),
            });
            assert_eq!(setting, refused, "{name}");
        }
    }
}
