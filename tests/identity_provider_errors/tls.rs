//! TLS peers whose certificate is not trusted, that speak an old version, or no TLS (R15, T16).

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cognito_auth::keys::{KeySet as _, RemoteKeySet};
use cognito_auth::{AuthError, KeysUnavailable, Unreachable};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use crate::Call;

/// A root certificate that signed nothing. With one, a client needs none of the system's.
pub(crate) fn some_root() -> Vec<u8> {
    include_bytes!("root.pem").to_vec()
}

/// `openssl s_server` with a certificate of its own for 127.0.0.1.
struct Server {
    child: Child,
    folder: PathBuf,
    origin: String,
}

impl Server {
    /// `None` where there is no openssl, said loudly.
    fn start(name: &str, flags: &[&str]) -> Option<Self> {
        let folder =
            std::env::temp_dir().join(format!("cognito-auth-tls-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut request = Command::new("openssl");
        request
            .current_dir(&folder)
            .args(["req", "-x509", "-nodes", "-days", "2", "-newkey", "ec"]);
        request.args(["-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=127.0.0.1"]);
        request.args(["-addext", "subjectAltName=IP:127.0.0.1"]);
        request.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
        let Ok(made) = request.args(["-keyout", "key.pem", "-out", "root.pem"]).output() else {
            crate::example::skip("openssl is not installed: apt-get install openssl");
            return None;
        };
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut child = Command::new("openssl")
            .current_dir(&folder)
            .args(["s_server", "-accept", "127.0.0.1:0", "-key", "key.pem", "-cert", "root.pem"])
            .args(["-www"])
            .args(flags)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let accepts = lines
            .map(Result::unwrap)
            .find_map(|line| Some(line.strip_prefix("ACCEPT ")?.to_owned()));
        let origin = format!("https://{}", accepts.expect("it says where it listens"));
        Some(Self { child, folder, origin })
    }

    fn root(&self) -> Vec<u8> {
        std::fs::read(self.folder.join("root.pem")).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

async fn outcome(origin: &str, root: &[u8]) -> (AuthError, KeysUnavailable) {
    let client = Call::UserInfo.client(origin).timeout(Duration::from_secs(5));
    let client = client.add_root_certificate_pem(root).build().unwrap();
    let pool = Call::UserInfo.pool(origin).with_jwks_uri(origin).unwrap();
    let keys = RemoteKeySet::builder(&pool).add_root_certificate_pem(root).build().unwrap();
    (Call::UserInfo.make(&client).await.unwrap_err(), keys.prefetch().await.unwrap_err())
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_told_and_how_to_trust_it() {
    let Some(server) = Server::start("current", &[]) else { return };
    let (error, keys) = outcome(&server.origin, &some_root()).await;
    assert_eq!(error, AuthError::Unreachable(Unreachable::Certificate));
    assert_eq!(keys, KeysUnavailable::Unreachable(Unreachable::Certificate));
    // Trusted, it answers with a page of HTML.
    let (error, keys) = outcome(&server.origin, &server.root()).await;
    assert_eq!(error.code(), "undecodable", "{error}");
    assert_eq!(keys, KeysUnavailable::Html);
}

#[tokio::test]
async fn tls_before_1_2_is_refused() {
    for version in ["-tls1", "-tls1_1"] {
        let old = [version, "-cipher", "DEFAULT@SECLEVEL=0"];
        let Some(server) = Server::start(&version[1..], &old) else { return };
        let (error, keys) = outcome(&server.origin, &server.root()).await;
        assert_eq!(error, AuthError::Unreachable(Unreachable::Tls), "{version}");
        assert_eq!(keys, KeysUnavailable::Unreachable(Unreachable::Tls), "{version}");
    }
}

#[tokio::test]
async fn a_peer_without_tls_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ =
                stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await;
        }
    });
    let (error, keys) = outcome(&origin, &some_root()).await;
    assert_eq!(error, AuthError::Unreachable(Unreachable::Tls));
    assert_eq!(keys, KeysUnavailable::Unreachable(Unreachable::Tls));
}
