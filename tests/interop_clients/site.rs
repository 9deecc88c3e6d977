//! The example server with its sessions, as other people's cookie jars and browsers see it: over http as it
//! starts by itself, and behind TLS, where cookies have the prefix `__Host-` and `Secure`.

use std::path::PathBuf;

use cognito_auth::testing::{LocalClient, LocalUser, LocalUserPool};
use tokio::process::Child;

use crate::certificate::Certificate;
use crate::deep;
use crate::example::{Example, skip};
use crate::peers::Peers;
use crate::pool::expect;

const HOST: &str = "127.0.0.1";
const USER_NAME: &str = "alice";
const USER_PASSWORD: &str = "Passw0rd!23";

const STORIES: [&str; 7] = [
    "signs in from /account, and lands there",
    "keeps the session in a cookie of this host alone, out of reach of scripts, for twelve hours",
    "is refused a sign-out that another site posts",
    "signs out by a form of the site, and at the hosted page",
    "is not signed in by a copy of the old cookie",
    "is out when another device signs out everywhere",
    "as a script: is told where to sign out and where to sign in, and is not redirected",
];

/// What runs for one site.
struct Site {
    home: String,
    /// Of the names of its cookies.
    prefix: &'static str,
    certificate: Certificate,
    _example: Example,
    _behind_tls: Option<(Child, LocalUserPool)>,
}

impl Site {
    fn over_http() -> Option<Self> {
        let certificate = Certificate::made()?;
        let example = Example::start()?;
        let home = example.home.clone();
        Some(Self { home, prefix: "", certificate, _example: example, _behind_tls: None })
    }

    async fn over_tls(peers: &Peers) -> Option<Self> {
        let certificate = Certificate::made()?;
        let port = std::net::TcpListener::bind((HOST, 0)).unwrap().local_addr().unwrap().port();
        let settings = [
            ("TLS_KEY", certificate.key.display().to_string()),
            ("TLS_CERTIFICATE", certificate.certificate.display().to_string()),
            ("PORT", port.to_string()),
        ];
        let (front, line) = peers.start("tls_front.mjs", &settings).await;
        let home = format!("https://{HOST}:{line}/");
        let client = LocalClient::confidential("2example23456789abcdefghij", "a-secret-of-a-site")
            .redirect_uri(format!("{home}callback"))
            .logout_uri(format!("{home}logged-out"));
        let user = LocalUser::new(USER_NAME, USER_PASSWORD).email("alice@example.com");
        let pool = LocalUserPool::builder().client(client).user(user).build().unwrap();
        let user_pool = pool.user_pool();
        let settings = [
            ("LISTEN_ADDR", format!("{HOST}:{port}")),
            ("COGNITO_USER_POOL_ID", user_pool.id().to_string()),
            ("COGNITO_CLIENT_ID", pool.client_id()),
            ("COGNITO_CLIENT_SECRET", "a-secret-of-a-site".to_owned()),
            ("COGNITO_DOMAIN", user_pool.domain().unwrap().to_string()),
            ("COGNITO_REDIRECT_URI", format!("{home}callback")),
            ("COGNITO_ISSUER", user_pool.issuers()[0].clone()),
            ("COGNITO_JWKS_URI", user_pool.jwks_uri().to_string()),
            ("COGNITO_IDP_ENDPOINT", user_pool.idp_endpoint().to_string()),
        ];
        let mut command = Example::command(&Example::program()?);
        let example = Example::run(command.envs(settings));
        let behind_tls = Some((front, pool));
        let prefix = "__Host-";
        Some(Self { home, prefix, certificate, _example: example, _behind_tls: behind_tls })
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("SITE", self.home.clone()),
            ("HOST", HOST.to_owned()),
            ("PREFIX", self.prefix.to_owned()),
            ("CA", self.certificate.certificate.display().to_string()),
            ("USER_NAME", USER_NAME.to_owned()),
            ("USER_PASSWORD", USER_PASSWORD.to_owned()),
        ]
    }
}

async fn walk(peer: &str, script: &str, more: &[(&'static str, String)]) {
    let Some(peers) = Peers::installed() else { return };
    for over_tls in [false, true] {
        let site = if over_tls { Site::over_tls(&peers).await } else { Site::over_http() };
        let Some(site) = site else { return };
        let mut settings = site.settings();
        settings.extend_from_slice(more);
        let said = peers.run(script, &settings).await;
        let transport = if over_tls { "TLS" } else { "http" };
        expect(&format!("{peer} at a web site over {transport}"), &said, &STORIES);
    }
}

/// Where a program is installed; `None` where it is not, said loudly.
pub fn installed(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(program));
    let found = found.into_iter().find(|program| program.is_file());
    if found.is_none() {
        skip(&format!("{program} is not installed: apt-get install {program}"));
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn curl() {
    if installed("curl").is_some() {
        walk("curl", "curl.sh", &[]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests() {
    walk("requests", "requests_session.py", &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn playwright() {
    // tests/chromium drives the same browser in each run.
    if !deep::is_asked_for("interop_clients::site::playwright") {
        return;
    }
    let Some(chromium) = installed("chromium") else { return };
    if !Peers::installed().is_some_and(|peers| peers.have("playwright-core")) {
        return;
    }
    let home = std::env::temp_dir().display().to_string();
    let settings = [("CHROMIUM", chromium.display().to_string()), ("HOME", home)];
    walk("Playwright", "playwright.mjs", &settings).await;
}
