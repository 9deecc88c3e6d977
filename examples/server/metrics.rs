//! `/metrics`: what the library counts, in the text format of Prometheus.

use std::sync::LazyLock;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use super::host;

/// There is one recorder in a process, whatever runs in it.
static PROMETHEUS: LazyLock<PrometheusHandle> = LazyLock::new(|| {
    PrometheusBuilder::new().install_recorder().expect("nothing else here installs a recorder")
});

/// From now on everything is counted.
pub(crate) fn record() {
    LazyLock::force(&PROMETHEUS);
}

/// Under a name of this machine alone.
pub(crate) async fn show(headers: HeaderMap) -> Response {
    if !host::is_asked_for_as_this_machine(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, PROMETHEUS.render()).into_response()
}
