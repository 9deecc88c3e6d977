//! The address that the browser requested, even if a router has removed a prefix of its path.

use http::Uri;
use http::request::Parts;

/// In the extensions of a request behind a layer: the address as the outermost layer received it.
#[cfg(feature = "tower")]
#[derive(Clone)]
struct Requested(Uri);

/// The address that the browser requested. `Router::nest` of axum removes a prefix of the path, and
/// puts the whole address into an extension.
pub(super) fn requested_uri(request: &Parts) -> &Uri {
    #[cfg(feature = "tower")]
    if let Some(Requested(uri)) = request.extensions.get() {
        return uri;
    }
    #[cfg(feature = "axum")]
    if let Some(axum::extract::OriginalUri(uri)) = request.extensions.get() {
        return uri;
    }
    &request.uri
}

/// For the services behind a layer.
#[cfg(feature = "tower")]
pub(super) fn remember_requested_uri(request: &mut Parts) {
    let uri = requested_uri(request).clone();
    request.extensions.insert(Requested(uri));
}
