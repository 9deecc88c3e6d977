//! The address that the browser asked for, also where a router has taken a prefix off its path.

use http::Uri;
use http::request::Parts;

/// In the extensions of a request behind a layer: its address as the outermost layer had it.
#[cfg(feature = "tower")]
#[derive(Clone)]
struct Requested(Uri);

/// What the browser asked for. `Router::nest` of axum takes a prefix off the path, and leaves the whole
/// address in an extension.
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

/// For what is behind a layer.
#[cfg(feature = "tower")]
pub(super) fn remember_requested_uri(request: &mut Parts) {
    let uri = requested_uri(request).clone();
    request.extensions.insert(Requested(uri));
}
