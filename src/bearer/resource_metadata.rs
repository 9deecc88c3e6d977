//! [`ProtectedResourceMetadata`]: where clients learn which user pool this service takes tokens of.

use std::fmt;
use std::sync::Arc;

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    CACHE_CONTROL,
};
use http::{HeaderValue, Method, Response, StatusCode};
use serde::Serialize;
use url::Url;

use super::response::{json_response, method_not_allowed, not_found};
use crate::error::ConfigError;
use crate::pool::{UserPool, parse_address};

const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// The protected resource metadata of a service
/// ([RFC 9728](https://www.rfc-editor.org/rfc/rfc9728)): a JSON document at a well-known path, which names
/// the user pool, so that clients that know only the service's address, such as those of MCP, can sign a user
/// in. Cheap to clone.
///
/// ```
/// use cognito_auth::UserPool;
/// use cognito_auth::bearer::ProtectedResourceMetadata;
/// use http::Method;
///
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// let metadata = ProtectedResourceMetadata::new("https://api.example.com/orders", &pool)?
///     .scopes_supported(["orders/read", "orders/write"]);
/// assert_eq!(metadata.path(), "/.well-known/oauth-protected-resource/orders");
///
/// let response = metadata.respond(&Method::GET, metadata.path());
/// assert_eq!(response.status(), 200);
/// assert_eq!(
///     response.body(),
///     r#"{"resource":"https://api.example.com/orders","authorization_servers":["https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123"],"scopes_supported":["orders/read","orders/write"],"bearer_methods_supported":["header"]}"#,
/// );
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
///
/// Mount it at the root of the host, outside of what requires a token: with the feature `tower` it is a
/// `tower::Service`, in axum `route_service(metadata.path(), metadata)`. Pass its
/// [`address`](Self::address) to [`JwtBearer::resource_metadata`](super::JwtBearer::resource_metadata): a
/// client reads it from the challenge of a 401. The document has no secrets, and every web page may read it.
#[derive(Clone, PartialEq, Eq)]
pub struct ProtectedResourceMetadata(Arc<MetadataDocument>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct MetadataDocument {
    address: Url,
    members: MetadataMembers,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct MetadataMembers {
    resource: Url,
    authorization_servers: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes_supported: Vec<String>,
    bearer_methods_supported: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_documentation: Option<Url>,
}

impl ProtectedResourceMetadata {
    /// The metadata of the service at this address, for tokens of this pool. The pool is named by the first
    /// of its [issuers](UserPool::issuers), which has the pool's OpenID Connect discovery document.
    ///
    /// # Errors
    /// [`ConfigError::Url`] or [`ConfigError::InsecureUrl`] when the address is not `https` (or `http` on
    /// loopback), or has credentials, a query or a fragment.
    pub fn new(resource: &str, pool: &UserPool) -> Result<Self, ConfigError> {
        let resource = parse_address("resource", resource)?;
        let mut address = resource.clone();
        // RFC 9728 §3.1: between the host and the path, whose last slash is left out when it is all.
        let path = Some(resource.path()).filter(|path| *path != "/").unwrap_or_default();
        address.set_path(&format!("{WELL_KNOWN}{path}"));
        let members = MetadataMembers {
            resource,
            authorization_servers: pool.issuers().iter().take(1).cloned().collect(),
            scopes_supported: Vec::new(),
            bearer_methods_supported: ["header"],
            resource_name: None,
            resource_documentation: None,
        };
        Ok(Self(Arc::new(MetadataDocument { address, members })))
    }

    /// `scopes_supported`: the scopes that a client may request for this service. Default: not said.
    #[must_use]
    pub fn scopes_supported<S: Into<String>>(self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.with(|members| {
            members.scopes_supported = scopes.into_iter().map(Into::into).collect();
        })
    }

    /// `resource_name`: a name to show to users. Default: not said.
    #[must_use]
    pub fn resource_name(self, name: impl Into<String>) -> Self {
        self.with(|members| members.resource_name = Some(name.into()))
    }

    /// `resource_documentation`: a page for developers. Default: not said.
    #[must_use]
    pub fn resource_documentation(self, page: Url) -> Self {
        self.with(|members| members.resource_documentation = Some(page))
    }

    /// The path of the document: the well-known one, and behind it that of the service.
    pub fn path(&self) -> &str {
        self.0.address.path()
    }

    /// The address of the document.
    pub fn address(&self) -> &Url {
        &self.0.address
    }

    /// The response to a request: the document to `GET` and `HEAD` of [`path`](Self::path), 204 to the CORS
    /// preflight request for it, 405 to other methods, 404 to other paths.
    pub fn respond(&self, method: &Method, path: &str) -> Response<String> {
        let mut response = match (path == self.path(), method) {
            (false, _) => return not_found(),
            // The server leaves the body of a HEAD out.
            (true, &Method::GET | &Method::HEAD) => self.document(),
            (true, &Method::OPTIONS) => preflight(),
            (true, _) => return method_not_allowed("GET, HEAD, OPTIONS"),
        };
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
        response
    }

    fn document(&self) -> Response<String> {
        // Strings and addresses are always JSON.
        json_response(StatusCode::OK, serde_json::to_string(&self.0.members).unwrap_or_default())
    }

    fn with(mut self, set: impl FnOnce(&mut MetadataMembers)) -> Self {
        set(&mut Arc::make_mut(&mut self.0).members);
        self
    }
}

fn preflight() -> Response<String> {
    let mut response = Response::new(String::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD"));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("*"));
    response
}

impl fmt::Debug for ProtectedResourceMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ProtectedResourceMetadata").field(&self.0.members).finish()
    }
}

#[cfg(feature = "tower")]
mod service {
    use std::convert::Infallible;
    use std::future::{Ready, ready};
    use std::task::{Context, Poll};

    use http::{Request, Response};
    use tower_service::Service;

    use super::ProtectedResourceMetadata;

    /// With the feature `tower`: the same as [`respond`](ProtectedResourceMetadata::respond).
    #[cfg_attr(docsrs, doc(cfg(feature = "tower")))]
    impl<B> Service<Request<B>> for ProtectedResourceMetadata {
        type Response = Response<String>;
        type Error = Infallible;
        type Future = Ready<Result<Response<String>, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: Request<B>) -> Self::Future {
            ready(Ok(self.respond(request.method(), request.uri().path())))
        }
    }
}
