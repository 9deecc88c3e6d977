//! The URL of Redis: host and port, user and password, database, and whether TLS is used.

use std::fmt;

use redis::{ProtocolVersion, RedisConnectionInfo};
use url::{Host, Url};

use crate::error::{ConfigError, UrlProblem};
use crate::loopback::is_loopback_host;

/// A Redis URL, taken apart. `Debug` shows host and port only: the rest holds the password.
#[derive(Clone)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: bool,
    pub(crate) login: RedisConnectionInfo,
}

const SETTING: &str = "the Redis URL";
const DEFAULT_PORT: u16 = 6379;

impl Address {
    /// `redis://` (plain) or `rediss://` (TLS), `user:password@`, host, `:port`, `/database`.
    pub(crate) fn parse(url: &str) -> Result<Self, ConfigError> {
        let wrong = |reason| ConfigError::Url { setting: SETTING, reason };
        let url = Url::parse(url).map_err(|_| wrong(UrlProblem::NotAbsolute))?;
        let tls = match url.scheme() {
            "redis" | "valkey" => false,
            "rediss" | "valkeys" => true,
            _ => return Err(wrong(UrlProblem::NotRedis)),
        };
        // Other clients take `#insecure` for "do not look at the certificate".
        if url.fragment().is_some() || url.query().is_some() {
            return Err(wrong(UrlProblem::AfterDatabaseNumber));
        }
        let host = match url.host().ok_or_else(|| wrong(UrlProblem::NoHost))? {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        let database = match url.path().trim_matches('/') {
            "" => 0,
            number => number.parse::<u16>().map_err(|_| wrong(UrlProblem::NotADatabaseNumber))?,
        };
        let mut login = RedisConnectionInfo::default()
            .set_db(i64::from(database))
            .set_protocol(ProtocolVersion::RESP2)
            .set_skip_set_lib_name();
        let decode = |text: &str| {
            let decoded = percent_decode(text);
            decoded.ok_or_else(|| wrong(UrlProblem::CredentialsNotEncoded))
        };
        if !url.username().is_empty() {
            login = login.set_username(decode(url.username())?);
        }
        if let Some(password) = url.password() {
            login = login.set_password(decode(password)?);
        }
        Ok(Self { host, port: url.port().unwrap_or(DEFAULT_PORT), tls, login })
    }

    /// The same rule as for `http`: what is not encrypted stays on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback_host(&self.host)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
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
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_url_counts() {
        let address = Address::parse("rediss://app:p%40ss%C3%A9@cache.example.com:6380/3").unwrap();
        assert_eq!((address.host.as_str(), address.port), ("cache.example.com", 6380));
        assert!(address.tls && !address.is_loopback());
        assert_eq!(address.login.username(), Some("app"));
        assert_eq!(address.login.password(), Some("p@ssé"));
        assert_eq!(address.login.db(), 3);
        assert_eq!(format!("{address:?}"), "cache.example.com:6380");
    }

    #[test]
    fn what_is_left_out_has_a_default() {
        let address = Address::parse("redis://:secret@[::1]").unwrap();
        assert_eq!((address.host.as_str(), address.port), ("::1", 6379));
        assert_eq!((address.login.username(), address.login.db()), (None, 0));
        assert!(!address.tls && address.is_loopback());
        assert!(Address::parse("valkey://127.0.0.1:7000/").unwrap().is_loopback());
        assert!(!Address::parse("redis://localhost.example.com").unwrap().is_loopback());
    }

    #[test]
    fn an_address_that_cannot_be_used_is_refused_and_not_shown() {
        for (url, reason) in [
            ("cache:6379:hush", "it must begin with redis:// or rediss://"),
            ("", "it is not an absolute URL, such as https://auth.example.com"),
            ("http://hush@cache", "it must begin with redis:// or rediss://"),
            ("rediss://u:hush@cache/#insecure", "it must end after the database number"),
            ("rediss://u:hush@cache?protocol=resp3", "it must end after the database number"),
            ("redis:///0", "it names no host"),
            ("redis://u:hush@cache/zero", "what follows the host must be a database number"),
            ("redis://u:%ffhush@c", "user name and password must be UTF-8, percent-encoded"),
        ] {
            let error = Address::parse(url).unwrap_err();
            assert_eq!(error.to_string(), format!("{SETTING} is not a usable address: {reason}"));
            assert!(!error.to_string().contains("hush"));
        }
    }
}
