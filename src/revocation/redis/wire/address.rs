//! The URL of Redis: which servers, user and password, database, and whether TLS is used.

use std::fmt;
use std::sync::Arc;

use redis::{ProtocolVersion, RedisConnectionInfo};
use url::{Host, Url};

use crate::error::{ConfigError, UrlProblem};
use crate::loopback::is_loopback_host;

/// Host and port of one server. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct RedisAddress {
    pub(crate) host: Arc<str>,
    pub(crate) port: u16,
}

impl RedisAddress {
    pub(crate) fn new(host: &str, port: u16) -> Self {
        Self { host: host.into(), port }
    }

    /// As a server names another one: without a host it is at that server's own.
    pub(crate) fn announced(host: &str, port: u16, by: &Self) -> Self {
        match host {
            "" | "?" => Self { port, ..by.clone() },
            host => Self::new(host, port),
        }
    }

    /// The same rule as for `http`: what is not encrypted stays on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback_host(&self.host)
    }
}

impl fmt::Debug for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// What the servers of a URL are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Deployment {
    /// One address, which leads to the primary.
    OneAddress,
    /// Some nodes of a cluster, which name the others.
    Cluster,
    /// Sentinels, which know the address of the primary of this name.
    Sentinel(String),
}

/// A Redis URL, taken apart.
#[derive(Clone)]
pub(crate) struct RedisUrl {
    /// At least one.
    pub(crate) servers: Vec<RedisAddress>,
    pub(crate) deployment: Deployment,
    pub(crate) tls: bool,
    pub(crate) login: RedisConnectionInfo,
}

const SETTING: &str = "the Redis URL";
const DEFAULT_PORT: u16 = 6379;
const SENTINEL_PORT: u16 = 26_379;

fn wrong(reason: UrlProblem) -> ConfigError {
    ConfigError::Url { setting: SETTING, reason }
}

impl RedisUrl {
    /// `redis://` (plain) or `rediss://` (TLS), `user:password@`, host, `:port`, `/database`; with
    /// `+cluster` or `+sentinel` after the scheme several hosts, and with the latter the primary's name
    /// before the database.
    pub(crate) fn parse(url: &str) -> Result<Self, ConfigError> {
        let HostList { kind, first, rest } = HostList::split(url);
        let url = Url::parse(&first).map_err(|_| wrong(UrlProblem::NotAbsolute))?;
        let tls = match url.scheme() {
            "redis" | "valkey" => false,
            "rediss" | "valkeys" => true,
            _ => return Err(wrong(UrlProblem::NotRedis)),
        };
        // Other clients take `#insecure` for "do not look at the certificate".
        if url.fragment().is_some() || url.query().is_some() {
            return Err(wrong(UrlProblem::AfterDatabaseNumber));
        }
        let path = url.path().trim_matches('/');
        let (deployment, database, port) = match kind {
            None => (Deployment::OneAddress, path, DEFAULT_PORT),
            Some("cluster") if matches!(path, "" | "0") => (Deployment::Cluster, "", DEFAULT_PORT),
            Some("cluster") => return Err(wrong(UrlProblem::DatabaseOfCluster)),
            Some("sentinel") => {
                let (name, database) = path.split_once('/').unwrap_or((path, ""));
                let name = percent_decode(name).filter(|name| !name.is_empty());
                let name = name.ok_or_else(|| wrong(UrlProblem::NoPrimaryName))?;
                (Deployment::Sentinel(name), database, SENTINEL_PORT)
            }
            Some(_) => return Err(wrong(UrlProblem::NotRedis)),
        };
        let database = match database {
            "" => 0,
            number => number.parse::<u16>().map_err(|_| wrong(UrlProblem::NotADatabaseNumber))?,
        };
        let mut servers = vec![server(&url, port)?];
        for other in rest {
            let other = Url::parse(&other).map_err(|_| wrong(UrlProblem::NotAbsolute))?;
            servers.push(server(&other, port)?);
        }
        let login = login(&url, database)?;
        Ok(Self { servers, deployment, tls, login })
    }
}

/// A URL with several hosts, as one URL for each of them. The first has user, password and path.
struct HostList<'a> {
    kind: Option<&'a str>,
    first: String,
    rest: Vec<String>,
}

impl<'a> HostList<'a> {
    fn split(url: &'a str) -> Self {
        let plain = || Self { kind: None, first: url.to_owned(), rest: Vec::new() };
        let Some((scheme, after)) = url.split_once("://") else { return plain() };
        let Some((scheme, kind)) = scheme.split_once('+') else { return plain() };
        let (authority, path) = after.split_at(after.find(['/', '?', '#']).unwrap_or(after.len()));
        // The hosts begin after the last `@`, which stays with the first of them.
        let (login, hosts) = authority.split_at(authority.rfind('@').unwrap_or(0));
        let mut hosts = hosts.split(',');
        let first = format!("{scheme}://{login}{}{path}", hosts.next().unwrap_or_default());
        let rest = hosts.map(|host| format!("{scheme}://{host}")).collect();
        Self { kind: Some(kind), first, rest }
    }
}

fn server(url: &Url, default_port: u16) -> Result<RedisAddress, ConfigError> {
    let host = match url.host().ok_or_else(|| wrong(UrlProblem::NoHost))? {
        Host::Domain(name) => name.to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    Ok(RedisAddress::new(&host, url.port().unwrap_or(default_port)))
}

fn login(url: &Url, database: u16) -> Result<RedisConnectionInfo, ConfigError> {
    let mut login = no_login().set_db(i64::from(database));
    let decode =
        |text: &str| percent_decode(text).ok_or_else(|| wrong(UrlProblem::CredentialsNotEncoded));
    if !url.username().is_empty() {
        login = login.set_username(decode(url.username())?);
    }
    if let Some(password) = url.password() {
        login = login.set_password(decode(password)?);
    }
    Ok(login)
}

/// A connection without a password, to database 0.
pub(crate) fn no_login() -> RedisConnectionInfo {
    RedisConnectionInfo::default().set_protocol(ProtocolVersion::RESP2).set_skip_set_lib_name()
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' {
            let digits = [bytes.next()?, bytes.next()?];
            u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests;
