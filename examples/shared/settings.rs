//! The user pool of an example, from the environment.
//!
//! | variable | |
//! |---|---|
//! | `COGNITO_USER_POOL_ID` | such as `eu-west-1_AbCdEf123` |
//! | `COGNITO_CLIENT_ID` | the app client whose tokens are accepted |
//! | `COGNITO_CLIENT_SECRET` | only for an app client that has one |
//! | `COGNITO_DOMAIN` | only for examples that call the token endpoint |
//! | `COGNITO_ISSUER`, `COGNITO_JWKS_URI` | for emulators |
//!
//! With none of them set, the example starts a local user pool, so it needs no AWS account.
// No example uses all of it.
#![allow(dead_code, unreachable_pub)]

use std::fmt;

use cognito_auth::bearer::JwtBearer;
use cognito_auth::testing::{LocalClient, LocalUser, LocalUserPool};
use cognito_auth::{ClientSecret, ConfigError, JwtVerifier, UserPool};

/// The local pool's client for services: id and secret.
pub const LOCAL_MACHINE: (&str, &str) = ("local1example1machine1", "local-example-secret");

const NAMES: [&str; 6] = [
    "COGNITO_USER_POOL_ID",
    "COGNITO_CLIENT_ID",
    "COGNITO_CLIENT_SECRET",
    "COGNITO_DOMAIN",
    "COGNITO_ISSUER",
    "COGNITO_JWKS_URI",
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
        let client_secret = get("COGNITO_CLIENT_SECRET").map(ClientSecret::from);
        Ok(Some(Self { pool, client_id, client_secret, local: None }))
    }

    async fn of_local_pool() -> Result<Self, Problem> {
        let alice = LocalUser::new("alice", "Passw0rd!23").email("alice@example.com");
        let app = LocalClient::public("local1example1client1id")
            .redirect_uri("http://localhost:3000/callback")
            .scopes(["openid", "email", "aws.cognito.signin.user.admin", "orders/read"]);
        let machine =
            LocalClient::machine(LOCAL_MACHINE.0, LOCAL_MACHINE.1).scopes(["orders/read"]);
        let local = LocalUserPool::builder().user(alice).client(app).client(machine).start().await;
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

    /// Prints how to call a protected address. The token is the local pool's, and valid nowhere else.
    pub fn say_how_to_try(&self, address: impl fmt::Display) {
        if let Some(local) = &self.local {
            let token = local.access_token("alice");
            println!("try: curl -i -H 'Authorization: Bearer {}' {address}", token.expose());
        }
    }
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
