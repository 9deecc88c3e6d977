//! The user pool of an example, from the environment.
//!
//! | variable | |
//! |---|---|
//! | `COGNITO_USER_POOL_ID` | such as `eu-west-1_AbCdEf123` |
//! | `COGNITO_CLIENT_ID` | the app client whose tokens are accepted |
//! | `COGNITO_CLIENT_SECRET` | only for an app client that has one |
//! | `COGNITO_DOMAIN` | only for examples that call the token endpoint |
//! | `COGNITO_ISSUER`, `COGNITO_JWKS_URI`, `COGNITO_IDP_ENDPOINT` | for emulators |
//! | `LISTEN_ADDR` | where a server listens; default `127.0.0.1:3000` |
//! | `COGNITO_REDIRECT_URI` | only for a web site, as registered on the app client; default `http://<LISTEN_ADDR>/callback` |
//!
//! With none of them set, the example starts a local user pool, so it needs no AWS account.
// No example uses all of it.
#![allow(dead_code, unreachable_pub)]

use std::fmt;

use cognito_auth::bearer::JwtBearer;
use cognito_auth::testing::{LocalClient, LocalUser, LocalUserPool};
use cognito_auth::{ClientSecret, CognitoClient, ConfigError, JwtVerifier, UserPool};
use tokio::net::TcpListener;

/// The local pool's client for services: id and secret.
pub const LOCAL_MACHINE: (&str, &str) = ("local1example1machine1", "local-example-secret");

/// The password of the local pool's users.
const PASSWORD: &str = "Passw0rd!23";

const NAMES: [&str; 7] = [
    "COGNITO_USER_POOL_ID",
    "COGNITO_CLIENT_ID",
    "COGNITO_CLIENT_SECRET",
    "COGNITO_DOMAIN",
    "COGNITO_ISSUER",
    "COGNITO_JWKS_URI",
    "COGNITO_IDP_ENDPOINT",
];

pub struct Settings {
    pub pool: UserPool,
    pub client_id: String,
    pub client_secret: Option<ClientSecret>,
    /// Dropping it stops the local pool.
    pub local: Option<LocalUserPool>,
}

impl Settings {
    /// `lookup` is the environment.
    pub async fn from_environment(
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Problem> {
        match Self::of_cognito(&lookup)? {
            Some(settings) => Ok(settings),
            None => Self::of_local_pool().await,
        }
    }

    /// `None` when nothing is set.
    pub fn of_cognito(lookup: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, Problem> {
        let get = |name: &str| lookup(name).filter(|value| !value.is_empty());
        if NAMES.iter().all(|name| get(name).is_none()) {
            return Ok(None);
        }
        let required = ["COGNITO_USER_POOL_ID", "COGNITO_CLIENT_ID"];
        let [Some(pool_id), Some(client_id)] = required.map(&get) else {
            let missing = required.into_iter().filter(|name| get(name).is_none()).collect();
            return Err(Problem::Missing(missing));
        };
        let mut pool = UserPool::new(&pool_id)?;
        if let Some(domain) = get("COGNITO_DOMAIN") {
            pool = pool.with_domain(&domain)?;
        }
        if let Some(issuer) = get("COGNITO_ISSUER") {
            pool = pool.with_issuers([issuer])?;
        }
        if let Some(jwks_uri) = get("COGNITO_JWKS_URI") {
            pool = pool.with_jwks_uri(&jwks_uri)?;
        }
        if let Some(endpoint) = get("COGNITO_IDP_ENDPOINT") {
            pool = pool.with_idp_endpoint(&endpoint)?;
        }
        let client_secret = get("COGNITO_CLIENT_SECRET").map(ClientSecret::from);
        Ok(Some(Self { pool, client_id, client_secret, local: None }))
    }

    async fn of_local_pool() -> Result<Self, Problem> {
        let alice = LocalUser::new("alice", PASSWORD).email("alice@example.com").group("admins");
        let bob = LocalUser::new("bob", PASSWORD);
        let app = LocalClient::public("local1example1client1id")
            .redirect_uri("http://localhost:3000/callback")
            .scopes(["openid", "email", "aws.cognito.signin.user.admin", "orders/read"]);
        let machine =
            LocalClient::machine(LOCAL_MACHINE.0, LOCAL_MACHINE.1).scopes(["orders/read"]);
        let pool = LocalUserPool::builder().user(alice).user(bob).client(app).client(machine);
        let local = pool.start().await;
        let local = local.map_err(|error| Problem::Other(error.to_string()))?;
        println!("no COGNITO_… is set: started a local user pool");
        Ok(Self {
            pool: local.user_pool(),
            client_id: local.client_id(),
            client_secret: None,
            local: Some(local),
        })
    }

    /// Accepts access tokens of the pool's app client.
    pub fn bearer(&self) -> Result<JwtBearer, ConfigError> {
        Ok(JwtBearer::new(JwtVerifier::new(&self.pool, &self.client_id)?))
    }

    /// The app client, for sign-ins at the login page.
    pub fn client(&self) -> Result<CognitoClient, ConfigError> {
        let client = CognitoClient::builder(&self.pool, &self.client_id);
        match self.client_secret.clone() {
            Some(secret) => client.client_secret(secret).build(),
            None => client.build(),
        }
    }

    /// Listens, says so, and returns the redirect URI of the site that is served there.
    pub async fn listen(&self) -> Result<(TcpListener, String), Problem> {
        let address = setting("LISTEN_ADDR").unwrap_or_else(|| "127.0.0.1:3000".to_owned());
        let listener = TcpListener::bind(address).await?;
        let home = format!("http://{}/", listener.local_addr()?);
        let redirect_uri = setting("COGNITO_REDIRECT_URI");
        let redirect_uri = redirect_uri.unwrap_or_else(|| format!("{home}callback"));
        if let Some(local) = &self.local {
            local.add_redirect_uri(&redirect_uri)?;
            local.add_logout_uri(format!("{home}logged-out"))?;
            println!("open {home} and sign in as alice or bob with the password {PASSWORD}");
        }
        println!("ready: {home}");
        Ok((listener, redirect_uri))
    }

    /// Prints how to call a protected address. The token is the local pool's, and valid nowhere else.
    pub fn say_how_to_try(&self, address: impl fmt::Display) {
        if let Some(local) = &self.local {
            let token = local.access_token("alice");
            println!("try: curl -i -H 'Authorization: Bearer {}' {address}", token.expose());
        }
    }
}

/// A variable of the environment, if it is there and not empty.
pub fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A variable of the environment that has to be there.
pub fn required(name: &'static str) -> Result<String, Problem> {
    setting(name).ok_or_else(|| Problem::Missing(vec![name]))
}

/// Prints why an example ended, if it was an error.
pub fn exit(result: Result<(), Problem>) -> std::process::ExitCode {
    let Err(problem) = result else { return std::process::ExitCode::SUCCESS };
    eprintln!("{problem}");
    problem.exit_code()
}

/// Why an example does not start.
#[derive(Debug)]
pub enum Problem {
    Missing(Vec<&'static str>),
    Setting(String),
    Other(String),
}

impl Problem {
    /// 2 when a setting has to be changed, 1 otherwise.
    pub fn exit_code(&self) -> std::process::ExitCode {
        match self {
            Self::Missing(_) | Self::Setting(_) => std::process::ExitCode::from(2),
            Self::Other(_) => std::process::ExitCode::FAILURE,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(names) => write!(f, "missing: {}", names.join(", ")),
            Self::Setting(text) | Self::Other(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Problem {}

impl From<ConfigError> for Problem {
    fn from(error: ConfigError) -> Self {
        Self::Setting(error.to_string())
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        Self::Other(error.to_string())
    }
}
