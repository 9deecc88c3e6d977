//! All settings of the example, from the environment.
//!
//! | variable | |
//! |---|---|
//! | `LISTEN_ADDR` | where this server listens; default `127.0.0.1:3000`. A loopback address, unless `COGNITO_REDIRECT_URI` is set |
//! | `COGNITO_USER_POOL_ID` | such as `eu-west-1_AbCdEf123` |
//! | `COGNITO_CLIENT_ID` | the app client |
//! | `COGNITO_CLIENT_SECRET` | only for an app client that has one |
//! | `COGNITO_DOMAIN` | such as `https://my-app.auth.eu-west-1.amazoncognito.com` |
//! | `COGNITO_REDIRECT_URI` | as registered on the app client; default `http://<LISTEN_ADDR>/callback` |
//! | `COGNITO_SCOPES` | space-separated; default `openid email aws.cognito.signin.user.admin` |
//! | `COGNITO_ISSUER`, `COGNITO_JWKS_URI`, `COGNITO_IDP_ENDPOINT` | for emulators |
//! | `REDIS_URL` | where sessions and sign-outs are shared with other servers, such as `rediss://app:secret@cache.example.com`, `rediss+cluster://one,two` or `rediss+sentinel://one,two/main`; default this process only |
//! | `SESSION_KEYS` | required with `REDIS_URL`: keys that the servers share, each 32 octets in base64url, with commas between; the first seals. Default a key of this process |
//! | `LOCAL_POOL_ADDR` | where the local pool listens when no `COGNITO_…` is set; default a free port |

use std::fmt;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

use cognito_auth::testing::{LocalClient, LocalUser, LocalUserPool};
use cognito_auth::{ClientSecret, ConfigError, UserPool};

const DEFAULT_SCOPES: &str = "openid email aws.cognito.signin.user.admin";

/// The user of the local pool.
const USER: (&str, &str) = ("alice", "Passw0rd!23");

pub(crate) struct Settings {
    pub(crate) listen_address: SocketAddr,
    redis_url: Option<String>,
    session_keys: Option<String>,
    source: Source,
}

enum Source {
    Cognito(Box<Cognito>),
    Local { address: SocketAddr },
}

struct Cognito {
    pool: UserPool,
    client_id: String,
    client_secret: Option<ClientSecret>,
    redirect_uri: Option<String>,
    scopes: String,
}

/// The user pool, and where sessions and sign-outs are kept.
pub(crate) struct Provider {
    pub(crate) pool: UserPool,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<ClientSecret>,
    pub(crate) redirect_uri: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) redis_url: Option<String>,
    pub(crate) session_keys: Option<String>,
    /// The clock of the local pool, which can be advanced.
    pub(crate) clock: Option<Clock>,
}

pub(crate) type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

impl Settings {
    /// `lookup` is the environment.
    pub(crate) fn from_environment(
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Problem> {
        let get = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let listen_address = address("LISTEN_ADDR", get("LISTEN_ADDR"), "127.0.0.1:3000")?;
        let any = [
            "USER_POOL_ID",
            "CLIENT_ID",
            "CLIENT_SECRET",
            "DOMAIN",
            "REDIRECT_URI",
            "SCOPES",
            "ISSUER",
            "JWKS_URI",
            "IDP_ENDPOINT",
        ];
        let source = if any.iter().any(|name| get(&format!("COGNITO_{name}")).is_some()) {
            Source::Cognito(Box::new(Cognito::from_environment(get)?))
        } else {
            let address = address("LOCAL_POOL_ADDR", get("LOCAL_POOL_ADDR"), "127.0.0.1:0")?;
            Source::Local { address }
        };
        let named = matches!(&source, Source::Cognito(cognito) if cognito.redirect_uri.is_some());
        if !listen_address.ip().is_loopback() && !named {
            // The callback would come to that address over plain http.
            return Err(Problem::Setting(format!(
                "LISTEN_ADDR is {listen_address}, which is no loopback address: set it to one, such \
                 as 127.0.0.1:3000, or set COGNITO_REDIRECT_URI (and the user pool) for a server \
                 that others reach"
            )));
        }
        let (redis_url, session_keys) = (get("REDIS_URL"), get("SESSION_KEYS"));
        if redis_url.is_some() && session_keys.is_none() {
            return Err(Problem::Setting(
                "missing: SESSION_KEYS. Servers that share sessions through REDIS_URL share these keys \
                 too: openssl rand -base64 32 | tr '+/' '-_' | tr -d '='"
                    .to_owned(),
            ));
        }
        Ok(Self { listen_address, redis_url, session_keys, source })
    }

    /// The provider, and the local pool if there is one. Dropping the local pool stops it.
    pub(crate) async fn provider(
        self,
        listening: SocketAddr,
    ) -> Result<(Provider, Option<LocalUserPool>), Problem> {
        let home = format!("http://{listening}/");
        let callback = format!("{home}callback");
        let (redis_url, session_keys) = (self.redis_url, self.session_keys);
        if session_keys.is_none() {
            println!(
                "SESSION_KEYS is not set: sessions, and sign-ins under way, end with this process"
            );
        }
        match self.source {
            Source::Cognito(cognito) => {
                let provider = Provider {
                    redirect_uri: cognito.redirect_uri.unwrap_or(callback),
                    scopes: cognito.scopes.split_whitespace().map(str::to_owned).collect(),
                    pool: cognito.pool,
                    client_id: cognito.client_id,
                    client_secret: cognito.client_secret,
                    redis_url,
                    session_keys,
                    clock: None,
                };
                Ok((provider, None))
            }
            Source::Local { address } => {
                let local = local_pool(address, &home, &callback).await?;
                println!("no COGNITO_… is set: this server has started a local user pool");
                if let Some(address) = local.address() {
                    println!("the local user pool is at http://{address}");
                }
                println!(
                    "open http://{listening}/ and sign in as {} with the password {}",
                    USER.0, USER.1
                );
                let provider = Provider {
                    pool: local.user_pool(),
                    client_id: local.client_id().to_owned(),
                    client_secret: None,
                    redirect_uri: callback,
                    scopes: DEFAULT_SCOPES.split(' ').map(str::to_owned).collect(),
                    redis_url,
                    session_keys,
                    clock: Some(Arc::new(local.clock())),
                };
                Ok((provider, Some(local)))
            }
        }
    }
}

impl Cognito {
    fn from_environment(get: impl Fn(&str) -> Option<String>) -> Result<Self, Problem> {
        let required = ["COGNITO_USER_POOL_ID", "COGNITO_CLIENT_ID", "COGNITO_DOMAIN"];
        let [Some(pool_id), Some(client_id), Some(domain)] = required.map(&get) else {
            return Err(Problem::Missing(
                required.into_iter().filter(|name| get(name).is_none()).collect(),
            ));
        };
        let mut pool = UserPool::new(&pool_id)?.with_domain(&domain)?;
        if let Some(issuer) = get("COGNITO_ISSUER") {
            pool = pool.with_issuers([issuer])?;
        }
        if let Some(jwks_uri) = get("COGNITO_JWKS_URI") {
            pool = pool.with_jwks_uri(&jwks_uri)?;
        }
        if let Some(endpoint) = get("COGNITO_IDP_ENDPOINT") {
            pool = pool.with_idp_endpoint(&endpoint)?;
        }
        Ok(Self {
            pool,
            client_id,
            client_secret: get("COGNITO_CLIENT_SECRET").map(ClientSecret::from),
            redirect_uri: get("COGNITO_REDIRECT_URI"),
            scopes: get("COGNITO_SCOPES").unwrap_or_else(|| DEFAULT_SCOPES.to_owned()),
        })
    }
}

async fn local_pool(
    address: SocketAddr,
    home: &str,
    callback: &str,
) -> Result<LocalUserPool, Problem> {
    let client = LocalClient::public("local1example1client1id")
        .redirect_uri(callback)
        .logout_uri(format!("{home}logged-out"))
        .scopes(DEFAULT_SCOPES.split(' '));
    let pool = LocalUserPool::builder().listen(address).client(client).start().await;
    let pool = pool.map_err(|error| Problem::Other(error.to_string()))?;
    pool.add_user(
        LocalUser::new(USER.0, USER.1)
            .email("alice@example.com")
            .email_verified(true)
            .attribute("name", "Alice Liddell")
            .group("admins"),
    );
    Ok(pool)
}

fn address(name: &str, value: Option<String>, default: &str) -> Result<SocketAddr, Problem> {
    let text = value.as_deref().unwrap_or(default);
    text.parse().map_err(|_| {
        Problem::Setting(format!("{name} is not an address such as {default}: `{text}`"))
    })
}

/// Why the server does not start.
#[derive(Debug)]
pub(crate) enum Problem {
    Missing(Vec<&'static str>),
    Setting(String),
    Other(String),
}

impl Problem {
    pub(crate) fn listen(address: SocketAddr, error: &std::io::Error) -> Self {
        Self::Other(format!(
            "cannot listen on {address}: {error}; set LISTEN_ADDR to another address"
        ))
    }

    /// 2 when a setting has to be changed, 1 otherwise.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Missing(_) | Self::Setting(_) => ExitCode::from(2),
            Self::Other(_) => ExitCode::FAILURE,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(names) => write!(
                f,
                "missing: {}. Set these too, or unset every COGNITO_… to use a local user pool.",
                names.join(", ")
            ),
            Self::Setting(text) | Self::Other(text) => f.write_str(text),
        }
    }
}

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
