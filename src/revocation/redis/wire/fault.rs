//! What goes wrong between this process and Redis.

use redis::{ErrorKind, RedisError};

use crate::error::RevocationError;
use crate::revocation::redis::protocol::{Break, is_not_primary};

/// Redis' own words may hold an address or a key: they go nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RedisFault {
    /// No connection.
    Connect,
    /// The TLS handshake failed.
    #[cfg_attr(not(any(feature = "rustls", feature = "native-tls")), expect(dead_code))]
    Tls,
    /// There is no root certificate to check the server's with.
    #[cfg_attr(
        not(feature = "rustls"),
        allow(dead_code, reason = "tests name it without TLS, too")
    )]
    NoRootCertificates,
    /// User name or password are wrong, or are missing.
    Login,
    /// The user may not do this.
    Permission,
    /// The server is a replica, or a node of a cluster that does not have the keys. A replica answers
    /// reads all the same, and may have heard no news for long.
    NotPrimary,
    /// The keys are moving from one node of a cluster to another, and only one of them is there.
    Moving,
    /// Another machine is named by a server, and there is no TLS.
    Unencrypted,
    /// Fewer replicas than were asked for have confirmed a write in time. The primary has it.
    Replicas,
    /// The server is loading its data, or has no room, or the keys are of another type.
    Refused,
    /// No answer in time.
    Timeout,
    /// The connection ended.
    CutOff,
    /// An answer that makes no sense.
    Answer,
    /// Redis holds less than it did: it was emptied, or went back to an older state.
    DataLost,
    /// Changes are missing from the log: they came faster than they were read.
    Gap,
    /// This process does not keep up.
    Slow,
    /// The runtime that the follower ran in has ended.
    Stopped,
    /// The application's provider of credentials failed.
    Credentials,
    /// The copy was never complete yet.
    NotFilled,
}

/// Whether the next calls go over the connection that a fault came of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reuse {
    /// The server has answered, and another connection to it would have the same answer.
    Yes,
    /// Another connection may be that of another user, or lead to another server; a new one has the same answer.
    WhileNew,
    No,
}

impl RedisFault {
    /// A stable word for logs.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::NoRootCertificates => "no_root_certificates",
            Self::Login => "login",
            Self::Permission => "permission",
            Self::NotPrimary => "not_primary",
            Self::Moving => "moving",
            Self::Unencrypted => "unencrypted",
            Self::Replicas => "replicas",
            Self::Refused => "refused",
            Self::Timeout => "timeout",
            Self::CutOff => "cut_off",
            Self::Answer => "answer",
            Self::DataLost => "data_lost",
            Self::Gap => "gap",
            Self::Slow => "slow",
            Self::Stopped => "stopped",
            Self::Credentials => "credentials",
            Self::NotFilled => "not_filled",
        }
    }

    /// Whether the copy has to be compared with all of Redis again.
    pub(crate) fn breaks_the_log(self) -> bool {
        matches!(self, Self::DataLost | Self::Gap | Self::Answer)
    }
}

impl From<RedisFault> for RevocationError {
    fn from(fault: RedisFault) -> Self {
        Self::new(match fault {
            RedisFault::Connect => "no connection to Redis",
            RedisFault::Tls => {
                "no TLS with Redis: its certificate is not trusted, or it speaks none"
            }
            RedisFault::NoRootCertificates => {
                "no TLS with Redis: this machine has no root certificates: install the package \
                 ca-certificates, or add one with add_root_certificate_pem"
            }
            RedisFault::Login => "Redis does not accept the user name and password",
            RedisFault::Permission => "the Redis user lacks a permission",
            RedisFault::NotPrimary => "Redis is not the primary of these keys",
            RedisFault::Moving => "the keys are moving between nodes of the Redis cluster",
            RedisFault::Unencrypted => {
                "a Redis server names another machine, which would be connected to without TLS"
            }
            RedisFault::Replicas => "too few replicas of Redis have confirmed the write",
            RedisFault::Refused => "Redis refused the command",
            RedisFault::Timeout => "no answer from Redis in time",
            RedisFault::CutOff => "the connection to Redis ended",
            RedisFault::Answer => "Redis gave an answer that makes no sense",
            RedisFault::DataLost => "Redis has lost its data",
            RedisFault::Gap => "changes were missed",
            RedisFault::Slow => "this process does not keep up",
            RedisFault::Stopped => "the runtime that followed Redis has ended",
            RedisFault::Credentials => "the provider of Redis credentials failed",
            RedisFault::NotFilled => "the revocations are not here yet",
        })
    }
}

impl From<Break> for RedisFault {
    fn from(broken: Break) -> Self {
        match broken {
            Break::DataLost => Self::DataLost,
            Break::Gap => Self::Gap,
        }
    }
}

pub(crate) fn refused(error: &RedisError) -> RedisFault {
    match error.kind() {
        ErrorKind::AuthenticationFailed => RedisFault::Login,
        ErrorKind::Io => RedisFault::CutOff,
        ErrorKind::Parse | ErrorKind::UnexpectedReturnType => RedisFault::Answer,
        _ => match error.code() {
            Some("NOAUTH" | "WRONGPASS") => RedisFault::Login,
            Some("NOPERM") => RedisFault::Permission,
            Some("TRYAGAIN") => RedisFault::Moving,
            Some(code) if is_not_primary(code) => RedisFault::NotPrimary,
            // Redis 6 puts a script's error in words of its own.
            _ if error.detail().is_some_and(|detail| detail.contains("READONLY")) => {
                RedisFault::NotPrimary
            }
            // A script that may not run one of its commands fails without a code for it.
            _ if error.detail().is_some_and(is_about_permissions) => RedisFault::Permission,
            _ => RedisFault::Refused,
        },
    }
}

/// The words of Redis 6 and 7, and of Valkey and later ones of Redis.
fn is_about_permissions(detail: &str) -> bool {
    detail.contains("can't run this command") || detail.contains("ACL failure")
}

#[cfg(test)]
mod tests;
