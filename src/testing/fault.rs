//! Faults on order, and how often each endpoint was asked.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::Method;

/// What a user pool is asked for, over both of Cognito's hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// `GET /oauth2/authorize`.
    Authorize,
    /// `GET` and `POST /login`.
    Login,
    /// `POST /oauth2/token`.
    Token,
    /// `GET /oauth2/userInfo`.
    UserInfo,
    /// `POST /oauth2/revoke`.
    Revoke,
    /// `GET /logout`.
    Logout,
    /// `GET /<pool>/.well-known/jwks.json`.
    Jwks,
    /// `GET /<pool>/.well-known/openid-configuration`.
    Discovery,
    /// GetUser of the JSON API.
    GetUser,
    /// GlobalSignOut of the JSON API.
    GlobalSignOut,
    /// RevokeToken of the JSON API.
    RevokeToken,
    /// GetTokensFromRefreshToken of the JSON API.
    GetTokensFromRefreshToken,
    /// InitiateAuth of the JSON API.
    InitiateAuth,
    /// RespondToAuthChallenge of the JSON API.
    RespondToAuthChallenge,
}

impl Endpoint {
    /// Which one a request is for.
    pub(crate) fn of(method: &Method, path: &str, target: Option<&str>) -> Option<Self> {
        Some(match path {
            "/oauth2/authorize" => Self::Authorize,
            "/login" => Self::Login,
            "/oauth2/token" => Self::Token,
            "/oauth2/userInfo" => Self::UserInfo,
            "/oauth2/revoke" => Self::Revoke,
            "/logout" => Self::Logout,
            "/" if method == Method::POST => Self::of_operation(target?)?,
            _ => match path.strip_prefix('/')?.split_once('/')? {
                // Below no pool: these two are not on the domain.
                ("", _) => return None,
                (_, ".well-known/jwks.json") => Self::Jwks,
                (_, ".well-known/openid-configuration") => Self::Discovery,
                _ => return None,
            },
        })
    }

    fn of_operation(target: &str) -> Option<Self> {
        Some(match target.strip_prefix("AWSCognitoIdentityProviderService.")? {
            "GetUser" => Self::GetUser,
            "GlobalSignOut" => Self::GlobalSignOut,
            "RevokeToken" => Self::RevokeToken,
            "GetTokensFromRefreshToken" => Self::GetTokensFromRefreshToken,
            "InitiateAuth" => Self::InitiateAuth,
            "RespondToAuthChallenge" => Self::RespondToAuthChallenge,
            _ => return None,
        })
    }

    /// Whether Cognito serves it on the host of the JSON API, not on the pool's domain.
    pub(crate) fn is_at_idp(self) -> bool {
        self.is_json_api() || matches!(self, Self::Jwks | Self::Discovery)
    }

    pub(crate) fn is_json_api(self) -> bool {
        matches!(
            self,
            Self::GetUser
                | Self::GlobalSignOut
                | Self::RevokeToken
                | Self::GetTokensFromRefreshToken
                | Self::InitiateAuth
                | Self::RespondToAuthChallenge
        )
    }
}

/// How a request can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// This status, an empty body. What is no HTTP status becomes 500.
    Status(u16),
    /// This status, and a page of HTML where JSON should be.
    Html(u16),
    /// Over the quota: `400` with `TooManyRequestsException` on the JSON API, `429` elsewhere.
    Throttle,
    /// No answer at all, until the caller gives up.
    Hang,
    /// Half an answer, then the connection ends.
    CutOff,
    /// The right answer, this much later.
    Slow(Duration),
}

/// Counts requests and hands out the faults that were ordered.
#[derive(Default)]
pub(crate) struct Traffic(Mutex<Book>);

#[derive(Default)]
struct Book {
    counts: HashMap<Endpoint, usize>,
    faults: Vec<Order>,
}

struct Order {
    endpoint: Option<Endpoint>,
    left: usize,
    fault: Fault,
}

impl Traffic {
    /// Notes a request; the oldest order that fits it is served.
    pub(crate) fn arrive(&self, endpoint: Endpoint) -> Option<Fault> {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *book.counts.entry(endpoint).or_default() += 1;
        let fits = |order: &&mut Order| order.endpoint.is_none_or(|wanted| wanted == endpoint);
        let order = book.faults.iter_mut().find(fits)?;
        order.left -= 1;
        let fault = order.fault;
        book.faults.retain(|order| order.left > 0);
        Some(fault)
    }

    /// Notes a request that no fault may hit.
    pub(crate) fn note(&self, endpoint: Endpoint) {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *book.counts.entry(endpoint).or_default() += 1;
    }

    pub(crate) fn order(&self, endpoint: Option<Endpoint>, times: usize, fault: Fault) {
        if times > 0 {
            let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            book.faults.push(Order { endpoint, left: times, fault });
        }
    }

    pub(crate) fn count(&self, endpoint: Endpoint) -> usize {
        let book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        book.counts.get(&endpoint).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_served_in_order_and_as_often_as_ordered() {
        let traffic = Traffic::default();
        traffic.order(Some(Endpoint::Jwks), 1, Fault::Hang);
        traffic.order(None, 2, Fault::Status(500));
        traffic.order(None, 0, Fault::CutOff);
        assert_eq!(traffic.arrive(Endpoint::Token), Some(Fault::Status(500)));
        assert_eq!(traffic.arrive(Endpoint::Jwks), Some(Fault::Hang));
        assert_eq!(traffic.arrive(Endpoint::Jwks), Some(Fault::Status(500)));
        assert_eq!(traffic.arrive(Endpoint::Jwks), None);
        assert_eq!(traffic.count(Endpoint::Jwks), 3);
        assert_eq!(traffic.count(Endpoint::Login), 0);
    }

    #[test]
    fn operations_are_told_by_the_target_header() {
        let of = |target| Endpoint::of(&Method::POST, "/", target);
        assert_eq!(of(Some("AWSCognitoIdentityProviderService.GetUser")), Some(Endpoint::GetUser));
        assert_eq!(of(Some("DynamoDB_20120810.GetUser")), None);
        assert_eq!(of(None), None);
        let jwks = Endpoint::of(&Method::GET, "/local_1/.well-known/jwks.json", None);
        assert_eq!(jwks, Some(Endpoint::Jwks));
        for path in
            ["/.well-known/jwks.json", "//.well-known/jwks.json", "/a/b/.well-known/jwks.json"]
        {
            assert_eq!(Endpoint::of(&Method::GET, path, None), None, "{path}");
        }
    }
}
